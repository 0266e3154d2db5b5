import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import oracle
from insight.random_shops import examples, habits
from insight.shops import beginnings, day
from regulars.insight.survival import kaplan_meier, time_to_second

# 10e, 20c, 30e, 40c, 45e, 90e, 90c, and 91e, which is 90c within a horizon of 90 days.
FIXTURE = [(10, True), (20, False), (30, True), (40, False), (45, True), (90, True), (90, False), (90, False)]
lives = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40)


def counted(found):
    return [(days, int(came), int(not came)) for days, came in found]


def test_the_fixture_reads_63_54_percent_and_not_the_naive_half():
    assert kaplan_meier(counted(FIXTURE)).by(90) == pytest.approx(1 - 7 / 8 * 5 / 6 * 3 / 4 * 2 / 3)
    assert round(kaplan_meier(counted(FIXTURE)).by(90), 4) == 0.6354
    assert oracle.kaplan_meier(FIXTURE, 90) == pytest.approx(0.635417, abs=1e-6)


def test_whoever_came_back_after_the_horizon_was_only_watched_until_it():
    days = {1: (0, 91), 2: (0, 90), 3: (0,)}
    found = beginnings({who: {day(when): 1 for when in whens} for who, whens in days.items()})
    read = time_to_second(found, first_from=day(0), first_to=day(0), until=day(300), horizon=90)
    assert (read.days, read.n, read.by(90)) == ((90,), 3, pytest.approx(1 / 3))


@given(lives)
@examples(200)
def test_the_curve_equals_the_slow_product(found):
    curve = kaplan_meier(counted(found))
    for at in range(max(days for days, _came in found) + 1):
        assert curve.by(at) == pytest.approx(oracle.kaplan_meier(found, at), abs=1e-12)
    assert list(curve.came_back) == sorted(curve.came_back)
    for share, low, high in zip(curve.came_back, curve.low, curve.high, strict=True):
        assert 0 <= low <= share <= high <= 1


@given(lives, st.randoms(use_true_random=False))
@examples(50)
def test_the_order_of_rows_makes_no_difference(found, luck):
    mixed = luck.sample(found, len(found))
    assert kaplan_meier(counted(mixed)) == kaplan_meier(counted(found))


def test_nothing_is_said_of_days_that_nobody_was_watched_for():
    assert kaplan_meier([]).by(0) is None
    young = kaplan_meier([(5, 3, 0), (20, 0, 7)])
    assert (young.by(20), young.by(21)) == (pytest.approx(0.3), None)


def test_with_everybody_watched_the_curve_is_the_plain_share_with_its_usual_error():
    curve = kaplan_meier([(10, 30, 0), (90, 0, 70)])
    assert curve.by(90) == pytest.approx(0.3)
    assert (curve.low[0], curve.high[0]) == pytest.approx((0.3 - 1.96 * 0.045826, 0.3 + 1.96 * 0.045826), abs=1e-5)


@given(habits(last=200), st.integers(0, 100), st.integers(0, 200), st.sampled_from([30, 90, 365]))
@examples(15)
def test_time_to_second_order_counts_what_the_slow_way_counts(found, first_from, until, horizon):
    curve = time_to_second(
        beginnings(found), first_from=day(first_from), first_to=day(until), until=day(until), horizon=horizon
    )
    watched = []
    for days in found.values():
        first, second = [*sorted(days), None][:2]
        if day(first_from) <= first <= day(until):
            limit = min(horizon, (day(until) - first).days)
            came = second is not None and (second - first).days <= limit
            watched.append(((second - first).days if came else limit, came))
    assert curve.n == len(watched)
    if watched and max(days for days, _came in watched) >= horizon:
        assert curve.by(horizon) == pytest.approx(oracle.kaplan_meier(watched, horizon))
    else:
        assert curve.by(horizon) is None
