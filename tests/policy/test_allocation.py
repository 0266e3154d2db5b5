"""Who gets what: published cases, brute force, a linear programme above it, limits that hold, ties by lot."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.policy.allocation import NOTHING, allocate
from regulars.policy.limit_prices import Count, Wishes

NAN = np.nan
VALUE = np.array([[3, 7, 0], [NAN, 6.5, 1], [1.5, -1, 4], [0.4, 5, 2.5], [-0.2, -3, -0.5]])
COST = np.tile([0.0, 5.0, 1.0], (5, 1))


@pytest.mark.parametrize(
    ("budget", "stock", "best", "bound"),
    [(None, None, 22.5, 22.5), (10, None, 16.0, 18.4), (7, None, 16.0, 16.0), (7, 1, 16.0, 16.0), (3, 1, 10.5, 10.8)],
)
def test_the_published_cases(budget, stock, best, bound):
    found = allocate(Wishes(VALUE, COST, budget, () if stock is None else (Count("gift", (1,), stock),)))
    assert (found.value, found.bound) == (pytest.approx(best), pytest.approx(bound, abs=1e-6))
    assert found.play[4] == NOTHING


def taken(wishes, play):
    rows = np.flatnonzero(play != NOTHING)
    return wishes.value[rows, play[rows]].sum(), wishes.cost[rows, play[rows]].sum()


def fits(wishes, play):
    spent = taken(wishes, play)[1]
    return (wishes.budget is None or spent <= wishes.budget + 1e-9) and all(
        np.isin(play, count.plays).sum() <= count.most for count in wishes.counts
    )


@st.composite
def small_days(draw):
    customers, plays = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    money = st.sampled_from([NAN, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 7.5])
    value = np.array([[draw(money) for _play in range(plays)] for _one in range(customers)])
    cost = np.array(
        [[draw(st.sampled_from([0.0, 0.5, 1.0, 4.0])) for _play in range(plays)] for _one in range(customers)]
    )
    budget = draw(st.none() | st.sampled_from([0.0, 1.0, 3.5, 9.0]))
    counts = tuple(
        Count(f"limit {place}", tuple(draw(st.sets(st.integers(0, plays - 1), min_size=1))), draw(st.integers(0, 4)))
        for place in range(draw(st.integers(0, 2)))
    )
    return Wishes(value, cost, budget, counts)


def best_of_all(wishes):
    customers, plays = wishes.value.shape
    best = 0.0
    for play in itertools.product(range(-1, plays), repeat=customers):
        chosen = np.array(play)
        value = taken(wishes, chosen)[0]
        if value > best and fits(wishes, chosen):  # NaN is never greater
            best = value
    return best


@given(small_days())
@settings(max_examples=120, deadline=None)
def test_small_days_stay_within_their_limits_and_between_the_best_and_the_bound(wishes):
    found = allocate(wishes)
    assert fits(wishes, found.play)
    rows = np.flatnonzero(found.play != NOTHING)
    assert (wishes.value[rows, found.play[rows]] > 0).all()
    best = best_of_all(wishes)
    largest = np.nanmax(np.nan_to_num(wishes.value), initial=0.0)
    limits = len(wishes.counts) + (wishes.budget is not None)
    assert found.value <= best + 1e-9
    assert found.bound >= best - 1e-6
    assert found.value >= best - limits * largest * 2 - 1e-9


def day(customers, seed=1):
    draw = np.random.default_rng(seed)
    value = np.where(draw.random((customers, 6)) < 0.4, draw.gamma(1.2, 2, (customers, 6)) - 1, NAN)
    cost = draw.uniform(0.02, 2, (customers, 6))
    counts = (Count("gift", (0,), customers // 40), Count("sms", (1, 2), customers // 25))
    return Wishes(value, cost, customers * 0.12, counts, np.arange(customers))


def linear_bound(wishes):
    """The best value when customers may be cut into parts, by HiGHS."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    customers, plays = np.nonzero(np.nan_to_num(wishes.value) > 0)
    many, one = len(customers), np.ones(len(customers))
    rows = [coo_array((one, (customers, range(many))), shape=(len(wishes.value), many))]
    limits, most = [wishes.cost[customers, plays]], [wishes.budget]
    for count in wishes.counts:
        limits.append(np.isin(plays, count.plays).astype(float))
        most.append(count.most)
    from scipy.sparse import vstack

    above = vstack([*rows, coo_array(np.array(limits))])
    found = linprog(-wishes.value[customers, plays], above, [*np.ones(len(wishes.value)), *most], bounds=(0, 1))
    return -found.fun


def test_a_day_of_four_thousand_is_as_good_as_a_linear_programme_allows():
    wishes = day(4_000)
    found, linear = allocate(wishes), linear_bound(wishes)
    assert fits(wishes, found.play)
    assert found.bound == pytest.approx(linear, rel=1e-5)
    assert linear * (1 - 2e-3) <= found.value <= linear + 1e-6


def test_the_gap_of_a_large_day_is_small_also_from_yesterdays_prices():
    wishes = day(60_000)
    found = allocate(wishes)
    assert fits(wishes, found.play)
    assert found.gap <= 1e-4
    tomorrow = day(60_000, seed=2)
    again = allocate(tomorrow, start=(found.budget_price, *found.count_prices))
    assert fits(tomorrow, again.play)
    assert again.gap <= 1e-4


def test_the_order_of_the_rows_makes_no_difference():
    draw = np.random.default_rng(3)
    value = draw.integers(0, 4, (400, 3)).astype(float)
    lot, shuffled = draw.permutation(400), draw.permutation(400)
    counts = (Count("gift", (0, 1), 37),)
    one = allocate(Wishes(value, np.ones((400, 3)), 90.0, counts, lot)).play
    other = allocate(Wishes(value[shuffled], np.ones((400, 3)), 90.0, counts, lot[shuffled])).play
    assert (one[shuffled] == other).all()


def test_prices_say_what_one_more_would_bring():
    value = np.arange(10, 0, -1.0)[:, None]
    found = allocate(Wishes(value, np.zeros((10, 1)), counts=(Count("gift", (0,), 4),)))
    assert found.value == 10 + 9 + 8 + 7
    assert found.count_prices == (6.0,)


def test_a_day_without_anybody_or_anything_worth_doing_is_quiet():
    for value in (np.zeros((0, 3)), np.full((4, 3), NAN), np.full((4, 3), -1.0)):
        found = allocate(Wishes(value, np.zeros(value.shape), 5.0, (Count("gift", (0,), 1),)))
        assert (found.value, found.bound, found.gap) == (0, 0, 0)
        assert (found.play == NOTHING).all()


WRONG = {
    "shape": {"cost": np.zeros((2, 2))},
    "below 0": {"cost": -COST},
    "finite": {"cost": np.full((5, 3), np.inf)},
    "lot": {"lot": np.arange(4)},
    "limit": {"counts": (Count("gift", (3,), 1),)},
    "budget": {"budget": -1.0},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_is_refused(what):
    with pytest.raises(ValueError, match=what if what != "limit" else "names a play"):
        Wishes(**({"value": VALUE, "cost": COST} | WRONG[what]))
