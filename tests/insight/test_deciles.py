"""Tenths of the customers hold everybody once; the intervals of the two shares are as wide as theory says."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import oracle
from insight.random_shops import examples
from insight.shops import table
from regulars.insight.deciles import deciles, inequality

COLUMNS = {"customer_id": "int64", "orders": "int64", "net_total": "int64"}


def customers(money, orders=None):
    return table(COLUMNS, [(who, (orders or [1] * len(money))[who], net) for who, net in enumerate(money)])


@given(st.lists(st.tuples(st.sampled_from([0, 1, 5, 5, 1000]), st.integers(1, 9)), max_size=33))
@examples(15)
def test_tenths_equal_the_slow_ones_and_add_up(found):
    tenths = deciles(customers([net for net, _orders in found], [orders for _net, orders in found]))
    best_first = sorted(enumerate(found), key=lambda item: (-item[1][0], item[0]))
    slow: dict = {}
    for place, (_who, one) in enumerate(best_first):
        slow.setdefault(10 * place // len(found) + 1, []).append(one)
    assert [(t.number, t.customers, t.orders, t.net) for t in tenths] == [
        (number, len(some), sum(orders for _net, orders in some), sum(net for net, _orders in some))
        for number, some in slow.items()
    ]
    total = sum(net for net, _orders in found)
    assert sum(t.net for t in tenths) == total
    if total:
        assert sum(t.share for t in tenths) == pytest.approx(1)
        assert tenths[-1].share_to_here == 1
    else:
        assert {t.share for t in tenths} <= {None}


def test_one_customer_is_the_best_tenth():
    (only,) = deciles(customers([700]))
    assert (only.number, only.customers, only.share_to_here) == (1, 1, 1.0)


def gini(money):
    """Mean difference of all pairs over twice the mean."""
    n, total = len(money), sum(money)
    return Fraction(sum(abs(a - b) for a in money for b in money), 2 * n * total)


@given(st.lists(st.sampled_from([0, 1, 2, 2, 50, 999]), min_size=100, max_size=130))
@examples(5)
def test_the_two_shares_equal_their_plain_definitions(money):
    found = inequality(customers(money))
    if not sum(money):
        assert (found.gini.value, found.top_fifth.why_not) == (None, "nothing_spent")
        return
    assert found.top_fifth.value == pytest.approx(oracle.top_fifth(money))
    assert found.gini.value == pytest.approx(float(gini(money)))
    for one in (found.gini, found.top_fifth):
        assert 0 <= one.low <= one.value <= one.high <= 1
        assert one.n == len(money)


def test_below_a_hundred_customers_there_is_no_share():
    found = inequality(customers([1] * 99))
    assert (found.gini.value, found.gini.n, found.gini.why_not) == (None, 99, "too_few")
    assert inequality(customers([])).top_fifth.n == 0


def jackknife(money, statistic):
    """Standard error without any formula of the code: leave each one out (Efron and Stein 1981)."""
    n = len(money)
    without = [statistic(money[:i] + money[i + 1 :]) for i in range(n)]
    mean = sum(without) / n
    return math.sqrt((n - 1) / n * sum((one - mean) ** 2 for one in without))


def gini_sorted(money):
    n = len(money)
    ranked = sum((2 * place - n - 1) * net for place, net in enumerate(sorted(money), start=1))
    return ranked / (n * sum(money))


def top_share(money):
    """Share of the best fifth with a part of the customer at its edge."""
    best, fifth = sorted(money, reverse=True), len(money) / 5
    whole = math.floor(fifth)
    return (sum(best[:whole]) + (fifth - whole) * best[whole]) / sum(money)


def test_the_intervals_are_as_wide_as_leaving_each_customer_out_says():
    luck = random.Random(4)
    money = [round(math.exp(luck.gauss(8, 0.6))) for _who in range(1000)]
    found = inequality(customers(money))
    for one, statistic in ((found.gini, gini_sorted), (found.top_fifth, top_share)):
        assert (one.high - one.low) / (2 * 1.959964) == pytest.approx(jackknife(money, statistic), rel=0.02)
