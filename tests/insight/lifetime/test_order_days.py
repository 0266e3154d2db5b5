"""Order days in arrays become the histories and the spend of their customers."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples
from regulars.insight.lifetime.gaps import sum_log_gaps
from regulars.insight.lifetime.histories import HistoriesError
from regulars.insight.lifetime.order_days import OrderDays, gather

END = 40
orders = st.lists(
    st.tuples(st.sampled_from([-3, 0, 1, 2, 7, 10**12]), st.integers(-9, END), st.integers(-5, 20)), max_size=40
)


def seen(found: OrderDays):
    """Of each customer: x, t_x, T, the mean repeat value and the net value of all."""
    rows = zip(
        *(column[found.row] for column in (found.histories.x, found.histories.t_x, found.histories.T)), strict=True
    )
    return {
        int(name): (*map(int, row), m, net)
        for name, row, m, net in zip(found.customer, rows, found.m.tolist(), found.net.tolist(), strict=True)
    }


def one_by_one(rows):
    """The same, from the definitions."""
    people = defaultdict(lambda: defaultdict(float))
    for who, when, net in rows:
        people[who][when] += net
    answer = {}
    for who, days in people.items():
        first, x = min(days), len(days) - 1
        repeat = max(sum(days.values()) - days[first], 0.0)
        answer[who] = (x, max(days) - first, END - first, repeat / x if x else 0.0, sum(days.values()))
    return answer


@given(orders)
@examples(60)
def test_every_customer_gets_the_numbers_of_the_definitions(rows):
    found = gather(*np.array(rows, dtype=np.int64).reshape(-1, 3).T, end=END)
    assert seen(found) == one_by_one(rows)
    assert found.customer.tolist() == sorted(one_by_one(rows))
    days = np.array(sorted({(who, when) for who, when, _net in rows}), dtype=np.int64).reshape(-1, 2)
    assert found.log_gaps == pytest.approx(sum_log_gaps(*days.T), abs=1e-12)


@given(orders)
@examples(30)
def test_histories_are_distinct_and_count_their_customers(rows):
    found = gather(*np.array(rows, dtype=np.int64).reshape(-1, 3).T, end=END)
    assert found.histories.distinct() is found.histories
    assert np.bincount(found.row, minlength=found.histories.x.size).tolist() == found.histories.count.tolist()


def test_small_types_hold_long_spans():
    found = gather(np.array([200, 3], np.uint8), np.array([-30_000, 30_000], np.int16), np.ones(2), end=30_000)
    assert seen(found) == {3: (0, 0, 0, 0.0, 1.0), 200: (0, 0, 60_000, 0.0, 1.0)}


def test_histories_too_long_to_be_sorted_in_one_number_are_sorted_all_the_same():
    who, when = np.divmod(np.arange(80_000), 20_000)
    found = gather(who, when * 50, np.ones(80_000), end=999_999)
    assert found.histories.x.tolist() == [19_999]
    assert found.histories.count.tolist() == [4]


def test_what_is_given_is_left_as_it_was():
    who, when, net = np.array([1, 1]), np.array([3, 5]), np.array([2.0, 4.0])
    gather(who, when, net, end=9)
    assert (who.tolist(), when.tolist(), net.tolist()) == ([1, 1], [3, 5], [2.0, 4.0])


@pytest.mark.parametrize(
    ("who", "when", "net", "rule"),
    [
        ([1], [2, 3], [1.0], "of one length"),
        ([1.5], [2], [1.0], "customer must be whole numbers"),
        ([1], [2.0], [1.0], "day must be whole numbers"),
        ([1], [END + 1], [1.0], "up to the end"),
        ([1], [END - 2_000_000], [1.0], "up to the end"),
        ([1], [2], [np.nan], "net must be finite"),
    ],
)
def test_columns_that_no_shop_can_have_are_refused(who, when, net, rule):
    with pytest.raises(HistoriesError, match=rule):
        gather(who, when, net, end=END)
