"""The better version is drawn more often, none too seldom to learn from, and what is said of it holds though chances moved."""

import numpy as np
import pytest
from scipy import integrate, stats

from regulars.insight.lift.adaptive import Draws, against, broken, rate
from regulars.insight.lift.forecasting import running_line
from regulars.policy.chances import FLOOR, OUTCOME_DAYS, Tried, best, chances, even, weighed

A_WEEK, WEEKS, SHOPS = 3_000, 4, 60
MORE = 0.30


def test_a_version_is_drawn_as_often_as_it_is_likely_to_be_best_above_the_floor():
    twelve, twenty = Tried(100, 12), Tried(100, 20)
    assert best([twelve, twenty])[1] == pytest.approx(0.9365, abs=5e-7)
    assert chances([twelve, twenty]) == (0.1508, 0.8492)
    assert chances([Tried(10_000, 0), Tried(10_000, 9_000), Tried(0, 0), Tried(10_000, 10)])[0] == FLOOR


@pytest.mark.parametrize("tried", [
    [(0, 0), (0, 0), (0, 0)], [(10, 2), (90, 20), (0, 0), (799_000, 200)], [(33.4, 1.7), (2_000.5, 61.2)], [(3, 3), (2, 0)],
])  # fmt: skip
def test_the_likelihoods_are_those_of_slow_integration(tried):
    curves = [stats.beta(yes + 1, n - yes + 1) for n, yes in tried]
    points = sorted(float(curve.ppf(q)) for curve in curves for q in (0.001, 0.1, 0.5, 0.9, 0.999))
    found = best([Tried(*each) for each in tried])
    assert sum(found) == pytest.approx(1)
    for place, (said, curve) in enumerate(zip(found, curves, strict=True)):
        others = curves[:place] + curves[place + 1 :]
        slow = integrate.quad(
            lambda x, me=curve, them=others: me.pdf(x) * np.prod([each.cdf(x) for each in them]),
            0, 1, points=points, limit=400,
        )[0]  # fmt: skip
        assert said == pytest.approx(slow, abs=1e-7)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_equal_input_gives_equal_chances_that_add_up(count):
    tried = [Tried(200 + 7 * place, 11 * place) for place in range(count)]
    found = chances(tried)
    assert found == chances(list(tried))
    assert sum(found) == pytest.approx(1)
    assert min(found) >= min(FLOOR, 1) - 1e-6
    assert chances([Tried(0, 0)] * count) == pytest.approx(even(count), abs=1e-6)


@pytest.mark.parametrize("wrong", [(5, 6), (5, -1), (float("inf"), 1), (float("nan"), 0)])
def test_more_orders_than_people_are_refused(wrong):
    with pytest.raises(ValueError, match="cannot have ordered"):
        Tried(*wrong)


def test_no_more_than_four_versions_compete():
    with pytest.raises(ValueError, match="versions"):
        chances([Tried(1, 0)] * 5)


def counted(*groups):
    """(people, orders, version, chance) of each stretch of days, as one entry a draw."""
    columns = [np.concatenate([np.full(n, each) for n, _yes, *told in groups for each in told[place : place + 1]]) for place in (0, 1)]  # fmt: skip
    yes = np.concatenate([np.arange(n) < yes for n, yes, *_told in groups]).astype(float)
    return yes, columns[0].astype(int), columns[1]


def test_a_version_sent_more_in_december_does_not_look_better_for_it():
    """Both are as good: 5 of 100 order in November, 10 in December, when the second was sent nine times in ten."""
    yes, version, chance = counted((2_000, 100, 0, 0.5), (2_000, 100, 1, 0.5), (400, 40, 0, 0.1), (3_600, 360, 1, 0.9))
    plain = [Tried(2_400, 140), Tried(5_600, 460)]
    assert chances(plain)[1] > 0.89
    fair = weighed(yes, version, chance, count=2)
    assert [each.yes / each.n for each in fair] == pytest.approx([0.075, 0.075])
    assert chances(fair)[1] == pytest.approx(0.5, abs=0.02)
    draws = Draws(yes, version, chance, np.zeros(len(yes)))
    assert [rate(draws, place, planned=8_000).value for place in (0, 1)] == pytest.approx([0.075, 0.075])
    assert against(draws, 0, 1, planned=8_000).state == "open"


def test_while_chances_stay_people_are_counted_as_they_are():
    found = weighed(*counted((100, 12, 0, 0.3), (100, 20, 1, 0.7)), count=2)
    assert [(each.n, each.yes) for each in found] == [pytest.approx((100, 12)), pytest.approx((100, 20))]


def test_lots_that_did_not_fall_as_drawn_say_so():
    assert not broken({(0.5, 0.5): [480, 520], (0.1, 0.9): [110, 890]})
    assert broken({(0.5, 0.5): [480, 520], (0.1, 0.9): [310, 690]})


@pytest.mark.parametrize("chance", [0.01, 1.1, float("nan")])
def test_chances_that_leave_nothing_to_compare_are_refused(chance):
    with pytest.raises(ValueError, match="chance"):
        Draws(np.zeros(1), np.zeros(1, int), np.array([chance]), np.zeros(1))


def months(base, seed):
    """Four weeks in which the second version brings more: the chances of each day, and all draws with their days."""
    lot = np.random.default_rng(seed)
    day = np.repeat(np.arange(7 * WEEKS), A_WEEK // 7)
    version, chance, yes = np.zeros(len(day), int), np.ones(len(day)), np.zeros(len(day))
    told = []
    for today in range(7 * WEEKS):
        over, mine = day < today - OUTCOME_DAYS, day == today
        told.append(chances(weighed(yes[over], version[over], chance[over], count=2)))
        version[mine] = lot.random(mine.sum()) >= told[-1][0]
        chance[mine] = np.array(told[-1])[version[mine]]
        yes[mine] = lot.random(mine.sum()) < base * (1 + MORE * version[mine])
    return told, day, Draws(yes, version, chance, running_line(day, np.zeros(len(day)), yes))


def test_a_version_that_brings_three_tenths_more_is_sent_to_four_of_five_within_four_weeks():
    """Where 10 of 100 order within a week: 98 of 100 shops. Where 5 do, 87 get there; where 3 do, 69 (docs/decisions.md)."""
    base, got_there, covered = 0.10, 0, 0
    for seed in range(SHOPS):
        told, day, draws = months(base, seed)
        assert min(min(each) for each in told) >= FLOOR - 1e-9
        got_there += draws.version[day >= 7 * (WEEKS - 1)].mean() >= 0.8
        pair = against(draws, 0, 1, planned=WEEKS * A_WEEK)
        rates = [rate(draws, place, planned=WEEKS * A_WEEK) for place in (0, 1)]
        covered += pair.low <= base * MORE <= pair.high and all(
            each.low <= base * (1 + MORE * place) <= each.high for place, each in enumerate(rates)
        )
    assert got_there >= 0.95 * SHOPS
    assert covered >= 0.95 * SHOPS
