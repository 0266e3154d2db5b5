"""Published campaigns and tests give the published figures; what cannot be believed is said."""

import numpy as np
import pytest

from regulars.insight.lift.aipw import Drawn, scores
from regulars.insight.lift.experiment import Trial, analyse, split_of


def trial(control, treated, **rest):
    arms = ["control"] * len(control) + ["new"] * len(treated)
    given = {"shares": {"control": 0.5, "new": 0.5}, "covariates": {}} | rest
    return Trial(arms, "control", outcomes={"y": np.array([*control, *treated], float)}, **given)


def test_scores_set_right_for_the_chance_and_the_forecast():
    numbers = [
        np.array(each, float) for each in ([10, 0, 4, 20, 0, 6], [0.5, 0.5, 0.5, 0.8, 0.8, 0.8], [5, 1, 3, 8, 2, 6])
    ]
    found = scores(Drawn(numbers[0], np.array([1, 1, 0, 1, 0, 1], bool), numbers[1], numbers[2]))
    assert found.tolist() == pytest.approx([10, -2, -2, 15, 10, 0])
    assert found.mean() == pytest.approx(5.166667, rel=1e-6)
    assert found.std(ddof=1) / 6**0.5 == pytest.approx(3.015700, rel=1e-6)


@pytest.mark.parametrize("chance", [0.01, 0.99])
def test_chances_that_leave_nothing_to_compare_are_refused(chance):
    with pytest.raises(ValueError, match="chance"):
        Drawn(np.ones(2), np.ones(2, bool), np.full(2, chance), np.ones(2))


def test_what_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        Drawn(np.array([1, np.nan]), np.ones(2, bool), np.full(2, 0.5), np.ones(2))


@pytest.mark.parametrize(
    ("counts", "share", "chi_square", "p", "state"),
    [
        ((1000, 9000), 0.1, 0, 1, "fine"),
        ((1100, 8900), 0.1, 11.111111, 0.000858, "broken"),
        ((44700, 45489), 0.5, 6.902405, 0.008608, "uneven"),
    ],
)
def test_arms_of_other_sizes_than_planned_are_seen(counts, share, chi_square, p, state):
    found = split_of({"a": counts[0], "b": counts[1]}, {"a": share, "b": 1 - share})
    assert (found.chi_square, found.p) == (pytest.approx(chi_square, rel=1e-6, abs=1e-9), pytest.approx(p, rel=1e-3))
    assert found.state == state


def test_two_identical_arms_have_no_verdict_and_a_constant_outcome_no_spread():
    _split, (found,) = analyse(trial([0, 1] * 300, [0, 1] * 300))
    assert (found.state, found.raw.value) == ("no_verdict", 0)
    _split, (still,) = analyse(trial([1] * 200, [1] * 200))
    assert (still.raw.error, still.raw.e, still.state) == (0, 1, "no_verdict")


def test_no_verdict_from_arms_that_are_not_as_planned():
    _split, (found,) = analyse(trial([0, 1] * 300, [1] * 800))
    assert found.state == "do_not_trust"


def test_covariates_take_variance_away_and_leave_the_effect():
    draw = np.random.default_rng(1)
    before = draw.gamma(2, 30, 8000)
    treated = draw.random(8000) < 0.5
    y = before + draw.normal(0, 10, 8000) + 4 * treated
    arms = np.where(treated, "new", "control").tolist()
    told = Trial(arms, "control", {"control": 0.5, "new": 0.5}, {"y": y}, {"before": before})
    _split, (found,) = analyse(told)
    assert found.adjusted.error < found.raw.error / 3
    assert found.adjusted.value == pytest.approx(4, abs=4 * found.adjusted.error)


def test_one_absurd_person_does_not_decide_once_the_largest_are_cut_off():
    draw = np.random.default_rng(2)
    usual = draw.gamma(2, 30, 2000)
    _split, (found,) = analyse(trial(usual, [*usual[1:], 900_000]))
    assert abs(found.raw.value) > 100
    assert abs(found.capped.value) < 2
    assert found.heaviest_share > 0.5


def test_unequal_shares_are_set_right():
    draw = np.random.default_rng(3)
    control, treated = draw.poisson(2, 900), draw.poisson(2.6, 8100)
    _split, (found,) = analyse(trial(control, treated, shares={"control": 0.1, "new": 0.9}))
    assert found.raw.fixed[0] < 0.6 < found.raw.fixed[1]
    assert found.raw.always[0] < 0.6 < found.raw.always[1]
