"""N2, the share of last year's revenue that was kept: its parts, its boundaries, and the slow count on random shops."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import oracle
from insight.random_shops import examples, habits
from insight.shops import beginnings, day, valid_orders
from regulars.insight import kept as module
from regulars.insight.came_back import History
from regulars.insight.kept import Kept, kept, months_between

# N2's last day is the grace before the last complete day; its two years are THEN and NOW.
LAST, END = 1000, 1000 - 14
THEN, NOW = END - 400, END - 100


def ask(found, last=LAST, *, begins=0, opened=True) -> Kept:
    history = History(day(begins), opened=opened)
    return kept(valid_orders(found), beginnings(found), as_of=day(last), history=history)


def people(customers, spent, *, first=1):
    return {who: {day(when): net for when, net in spent.items()} for who in range(first, first + customers)}


def cast():
    """Then 100, 200, 300; now 0, 150, 90; forty of each, since below 100 customers there is no share."""
    return (
        people(40, {THEN: 100})
        | people(40, {THEN: 200, NOW: 150}, first=100)
        | people(40, {THEN: 300, NOW: 90}, first=200)
    )


def test_the_fixture_keeps_40_percent_with_its_parts():
    found = ask(cast())
    assert (found.value, found.n, found.then, found.now) == (0.4, 120, 24_000, 9_600)
    assert (found.rebuy_rate, found.spend_now, found.spend_then) == (pytest.approx(2 / 3), 120, 200)
    assert found.rebuy_rate * found.spend_now / found.spend_then == pytest.approx(found.value)


def test_the_finer_split_tells_whether_the_better_customers_stayed():
    found = ask(cast())
    who_stayed, what_they_do = found.rebuyers_spend_then / found.spend_then, found.spend_now / found.rebuyers_spend_then
    assert (who_stayed, what_they_do) == (pytest.approx(1.25), pytest.approx(0.48))
    assert found.rebuy_rate * who_stayed * what_they_do == pytest.approx(found.value)


@pytest.mark.parametrize(
    ("when", "then", "now"),
    [
        (END - 730, 0, 0), (END - 729, 500, 0), (END - 365, 500, 0),
        (END - 364, 0, 500), (END, 0, 500), (END + 1, 0, 0),
    ],
)  # fmt: skip
def test_each_year_begins_after_its_first_day_and_ends_with_its_last(when, then, now):
    found = ask(people(100, {THEN: 1, when: 500}))
    assert (found.then - 100, found.now) == (then * 100, now * 100)


@pytest.mark.parametrize(("customers", "why_not"), [(99, "too_few"), (100, "")])
def test_99_customers_give_sums_and_100_a_share(customers, why_not):
    found = ask(people(customers, {THEN: 100, NOW: 50}))
    assert (found.why_not, found.value) == (why_not, None if why_not else 0.5)
    assert (found.n, found.then, found.now) == (customers, customers * 100, customers * 50)


def test_a_year_without_revenue_gives_no_number():
    found = ask(people(100, {THEN: 0, NOW: 50}))
    assert (found.why_not, found.value, found.low, found.new_last_year) == ("nothing_spent", None, None, None)


@pytest.mark.parametrize(("missing", "months", "why_not"), [(1, 23, "too_short"), (0, 24, "")])
def test_24_months_are_needed_before_the_grace(missing, months, why_not):
    last = (dt.date(2025, 1, 1) - day(0)).days + 14 - missing
    found = ask(people(100, {last - 14 - 400: 100}), last)
    assert (found.why_not, found.have_months) == (why_not, months)


@pytest.mark.parametrize("missing", range(40))
def test_whoever_has_24_months_has_both_years_whole(missing):
    first = dt.date(2023, 12, 1) + dt.timedelta(days=missing)
    last = next(d for d in (first + dt.timedelta(days=n) for n in range(720, 740)) if months_between(first, d) == 24)
    assert (last - first).days + 1 >= 730


def new_and_old():
    old = people(100, {END - 900: 10, THEN: 100, NOW: 80})
    return old | people(100, {THEN: 100, NOW: 30}, first=500)


def test_those_new_last_year_are_split_from_those_already_old():
    found = ask(new_and_old())
    assert (found.new_last_year, found.already_old, found.split_why_not) == (0.3, 0.8, "")


@pytest.mark.parametrize(("first", "group"), [(END - 730, "already_old"), (END - 729, "new_last_year")])
def test_new_last_year_means_the_first_order_lies_inside_that_year(first, group):
    found = ask(people(100, {first: 100, THEN: 100}))
    other = {"already_old": "new_last_year", "new_last_year": "already_old"}[group]
    assert (getattr(found, group), getattr(found, other)) == (0, None)


@pytest.mark.parametrize(("begins", "why_not"), [(END - 729 - 180, ""), (END - 729 - 179, "too_short")])
def test_the_split_needs_180_days_more_history_unless_it_reaches_the_opening(begins, why_not):
    found = {who: {d: net for d, net in days.items() if d >= day(begins)} for who, days in new_and_old().items()}
    answer = ask(found, begins=begins, opened=False)
    assert (answer.split_why_not, answer.value is None) == (why_not, False)
    assert (answer.new_last_year is None) == bool(why_not)
    assert ask(found, begins=begins, opened=True).split_why_not == ""


def test_a_part_of_fewer_than_100_customers_has_no_share():
    found = ask(new_and_old() | people(99, {THEN: 1}, first=900))
    assert found.split_why_not == ""
    few = ask(people(60, {END - 900: 1, THEN: 100}) | people(60, {THEN: 100}, first=500))
    assert (few.value, few.new_last_year, few.already_old, few.split_why_not) == (0, None, None, "too_few")


def test_the_interval_is_that_of_resampling_customers():
    luck = np.random.default_rng(5)
    then, now = luck.integers(50, 400, 300), luck.integers(0, 2, 300) * luck.integers(10, 500, 300)
    found = ask({who: {day(THEN): int(a), day(NOW): int(b)} for who, (a, b) in enumerate(zip(then, now, strict=True))})
    value, left_over = now.sum() / then.sum(), now - now.sum() / then.sum() * then
    half = 1.959964 * np.sqrt(300 * left_over.var(ddof=1)) / then.sum()
    assert (found.low, found.high) == pytest.approx((value - half, value + half), rel=1e-6)
    picks = luck.integers(0, 300, (4000, 300))
    ratios = now[picks].sum(axis=1) / then[picks].sum(axis=1)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(ratios, [0.025, 0.975])), abs=0.012)


@given(habits(last=1000), st.integers(760, 1000))
@examples(15)
def test_n2_equals_the_slow_count_and_its_parts_make_it_up(found, last):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "N_MIN", 2)
        mine = ask(found, last)
    slow = oracle.n2(
        {
            who: {d: n for d, n in days.items() if d <= day(last)}
            for who, days in found.items()
            if min(days) <= day(last)
        },
        day(last),
        n_min=2,
    )
    assert {name: getattr(mine, name) for name in slow} == slow
    if mine.value is not None:
        assert mine.low <= mine.value <= mine.high
    if mine.value:
        assert mine.rebuy_rate * mine.spend_now / mine.spend_then == pytest.approx(mine.value, rel=1e-12)
