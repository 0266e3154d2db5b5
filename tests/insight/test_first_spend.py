"""What stands in for N2: the net revenue a new customer brings in the first 90 days."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples, habits
from insight.shops import beginnings, day, valid_orders
from regulars.insight.came_back import History
from regulars.insight.first_spend import FirstSpend, first_spend

T = 800


def ask(found, *, begins=0, opened=True) -> FirstSpend:
    history = History(day(begins), opened=opened)
    return first_spend(valid_orders(found), beginnings(found), as_of=day(T), history=history)


def people(customers, spent):
    return {who: {day(when): net for when, net in spent.items()} for who in range(customers)}


def test_revenue_of_the_first_ninety_days_is_shared_among_all_new_customers():
    found = ask(people(100, {650: 500, 740: 300, 741: 9000}))
    assert (found.value, found.n, found.total, found.why_not) == (800, 100, 80_000, "")
    assert (found.low, found.high) == (800, 800)


def test_the_interval_is_the_usual_one_of_a_mean():
    found = ask({who: {day(650): 200 * (who % 2)} for who in range(400)})
    assert (found.value, found.low, found.high) == (
        100,
        pytest.approx(90.19, abs=0.01),
        pytest.approx(109.81, abs=0.01),
    )


def test_99_customers_give_a_sum_only():
    found = ask(people(99, {650: 500}))
    assert (found.value, found.total, found.n, found.why_not) == (None, 49_500, 99, "too_few")


def test_customers_who_may_be_old_ones_are_left_out():
    assert ask(people(100, {650: 500}), begins=471, opened=False).n == 0
    assert ask(people(100, {650: 500}), begins=470, opened=False).n == 100


@given(habits(), st.booleans())
@examples(10)
def test_the_sum_equals_the_slow_one(found, opened):
    mine = ask(found, begins=450, opened=opened)
    first = max(450 + 180, T - 194) if not opened else T - 194
    chosen = [days for days in found.values() if day(first) <= min(days) <= day(T - 104)]
    assert mine.n == len(chosen)
    assert mine.total == sum(net for days in chosen for when, net in days.items() if (when - min(days)).days <= 90)
