"""The five lenses on one small base, against slow counts."""

import datetime as dt
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples, habits
from insight.shops import beginnings, day, rows, valid_orders
from regulars.insight.audit import cells, drivers, one_cohort, one_period, two_periods, whole_base
from regulars.insight.came_back import History
from regulars.insight.periods import Period
from regulars.insight.shares import wilson

YEAR = Period(dt.date(2023, 1, 1), dt.date(2023, 12, 31))
NEXT = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
LATER = dt.date(2026, 1, 1)


def everybody(n, *days, net=100):
    return {who: dict.fromkeys(days, net + who) for who in range(n)}


def test_the_first_lens_counts_one_period():
    spent = everybody(100, dt.date(2023, 3, 1)) | {
        1000 + who: {dt.date(2023, 5, 1): 7, dt.date(2023, 6, 1): 8, dt.date(2024, 1, 1): 9} for who in range(50)
    }
    found = one_period(valid_orders(spent), YEAR)
    assert (found.customers, found.orders, found.net) == (150, 200, sum(range(100, 200)) + 50 * 15)
    assert found.orders_each.value == pytest.approx(200 / 150)
    assert found.net_each.value == pytest.approx(found.net / 150)
    assert found.net_an_order.value == pytest.approx(found.net / 200)
    assert (found.once.value, found.once.low) == pytest.approx((100 / 150, wilson(100, 150)[0]))
    assert sum(tenth.customers for tenth in found.deciles) == found.inequality.gini.n == 150


def test_the_second_lens_splits_the_difference_over_three_factors_without_a_rest():
    then, now = everybody(100, dt.date(2023, 3, 1)), everybody(80, dt.date(2024, 3, 1), dt.date(2024, 9, 1), net=150)
    spent = {who: {**then[who], **now.get(who, {})} for who in then}
    found = two_periods(
        valid_orders(spent), beginnings(spent), then=YEAR, now=NEXT, history=History(YEAR.first, opened=True)
    )
    parts = found.drivers
    assert parts.customers + parts.orders_each + parts.net_an_order == pytest.approx(found.growth.difference)
    assert parts.customers < 0 < parts.net_an_order < parts.orders_each
    assert (found.then.net, found.now.net) == (found.growth.net_then, found.growth.net_now)


def test_equal_periods_have_no_drivers_and_empty_ones_cannot_be_split():
    spent = everybody(3, dt.date(2023, 3, 1))
    then, nothing = one_period(valid_orders(spent), YEAR), one_period(valid_orders(spent), NEXT)
    same = drivers(then, then)
    assert (same.customers, same.orders_each, same.net_an_order) == (0, 0, 0)
    assert drivers(then, nothing) is drivers(nothing, then) is None
    assert (nothing.customers, nothing.once.why_not, nothing.deciles) == (0, "too_few", ())


@given(habits(last=700), st.integers(0, 900).map(day), st.sampled_from([1, 3, 12]))
@examples(8)
def test_the_cells_equal_the_slow_count(spent, last, months):
    found = rows(cells(valid_orders(spent), beginnings(spent), as_of=last, months=months))

    def block(when):
        return (when.year * 12 + when.month - 1) // months * months

    slow: dict = defaultdict(lambda: [set(), 0, 0])
    members: dict = defaultdict(set)
    for who, days in spent.items():
        cohort = block(min(days))
        members[cohort].add(who)
        for when, net in days.items():
            cell = slow[cohort, block(when)]
            cell[0].add(who)
            cell[1] += 1
            cell[2] += net
    assert [(row["cohort"], row["period"]) for row in found] == sorted(slow)
    for row in found:
        customers, orders, net = slow[row["cohort"], row["period"]]
        size, before = (
            len(members[row["cohort"]]),
            [c[2] for k, c in slow.items() if k[0] == row["cohort"] and k[1] <= row["period"]],
        )
        after = row["period"] + months
        end = dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)
        assert (row["customers"], row["orders"], row["net"], row["size"]) == (len(customers), orders, net, size)
        assert (row["age"], row["net_to_here"]) == (row["period"] - row["cohort"], sum(before))
        assert (row["low"], row["high"]) == pytest.approx(wilson(len(customers), size))
        assert row["mature"] == (end + dt.timedelta(days=14) <= last)


def test_the_third_and_the_fifth_lens_look_at_the_same_cells_from_two_sides():
    spent = {
        1: {dt.date(2023, 1, 5): 100, dt.date(2023, 5, 5): 50},
        2: {dt.date(2023, 2, 5): 60},
        3: {dt.date(2023, 4, 9): 150},
    }
    table = cells(valid_orders(spent), beginnings(spent), as_of=LATER)
    first = rows(one_cohort(table, 2023 * 12))
    assert [(row["age"], row["orders_each"], row["net_an_order"], row["net_each"]) for row in first] == [
        (0, 1.0, 80.0, 80.0),
        (3, 1.0, 50.0, 105.0),
    ]
    by_period = rows(whole_base(table))
    assert [
        (row["period"] - 2023 * 12, row["cohort"] - 2023 * 12, row["net_of_period"], row["net_share"])
        for row in by_period
    ] == [
        (0, 0, 160, 1.0),
        (3, 0, 200, 0.25),
        (3, 3, 200, 0.75),
    ]
