"""One curve a step: from the first order to the second, from the second to the third, and so on."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import oracle
from insight.random_shops import examples, habits
from insight.shops import ADA, BEN, CLEO, beginnings, day, table
from regulars.insight.came_back import History
from regulars.insight.order_survival import log_log, next_orders
from regulars.insight.survival import kaplan_meier

OPENED = History(day(0), opened=True)


def ask(found, until=800, history=OPENED, horizon=365):
    days = table(
        {"customer_id": "int64", "day": "date", "net": "int64"},
        [(who, when, net) for who, whens in found.items() for when, net in whens.items()],
    )
    return next_orders(days, beginnings(found), history=history, until=day(until), horizon=horizon)


def test_each_step_counts_those_who_made_the_order_before_it():
    spent = {ADA: (0, 10, 30), BEN: (0, 50), CLEO: (5,)}
    found = ask({who: {day(at): 1 for at in days} for who, days in spent.items()})
    assert [(step.number, step.curve.n, step.curve.days) for step in found] == [
        (1, 3, (10, 50)),
        (2, 2, (20,)),
        (3, 1, ()),
    ]


@given(habits(last=300), st.integers(0, 300), st.sampled_from([30, 365]), st.booleans())
@examples(10)
def test_the_curves_equal_the_slow_ones(found, until, horizon, opened):
    steps = {step.number: step for step in ask(found, until, History(day(0), opened=opened), horizon)}
    lives: dict = {}
    for whens in found.values():
        seen = [when for when in sorted(whens) if when <= day(until)]
        if not seen or (not opened and (seen[0] - day(0)).days < 180):
            continue
        for number, (when, later) in enumerate(zip(seen, [*seen[1:], None], strict=True), start=1):
            limit = min(horizon, (day(until) - when).days)
            came = later is not None and (later - when).days <= limit
            lives.setdefault(number, []).append(((later - when).days if came else limit, came))
    assert {number: step.curve.n for number, step in steps.items()} == {
        number: len(some) for number, some in lives.items()
    }
    for number, some in lives.items():
        for at in (0, 7, horizon):
            if at <= max(days for days, _came in some):
                assert steps[number].curve.by(at) == pytest.approx(oracle.kaplan_meier(some, at))
            else:
                assert steps[number].curve.by(at) is None


counts = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12).map(
    lambda found: [(day_, came, left) for day_, (came, left) in enumerate(found) if came + left]
)


@given(counts)
@examples(200)
def test_the_interval_keeps_within_the_bounds_and_around_the_curve(found):
    curve = log_log(found)
    assert curve.came_back == kaplan_meier(found).came_back
    assert len(curve.low) == len(curve.high) == len(curve.days)
    for share, low, high in zip(curve.came_back, curve.low, curve.high, strict=True):
        assert 0 <= low <= share <= high <= 1


def test_the_interval_is_the_transformed_one_of_the_textbook():
    curve = log_log([(10, 6, 1), (20, 3, 2), (30, 0, 8)])
    surviving = 14 / 20 * 10 / 13
    spread = math.sqrt(6 / (20 * 14) + 3 / (13 * 10)) / abs(math.log(surviving))
    middle = math.log(-math.log(surviving))
    ends = [1 - math.exp(-math.exp(middle + sign * 1.959964 * spread)) for sign in (-1, 1)]
    assert (curve.low[1], curve.high[1]) == pytest.approx(tuple(ends), abs=1e-6)


def test_a_share_needs_a_hundred_customers_who_were_watched_so_long():
    some = {who: {day(0): 1} | ({day(20): 1} if who % 4 == 0 else {}) for who in range(100)}
    (first, second) = ask(some, until=60)
    assert first.by(30).value == pytest.approx(0.25)
    assert first.by(30).low < 0.25 < first.by(30).high
    assert (first.by(10).value, first.by(61).why_not) == (0.0, "too_short")
    assert (second.by(30).value, second.by(30).n, second.by(30).why_not) == (None, 25, "too_few")


def test_an_empty_shop_has_no_step():
    assert ask({}) == ()
