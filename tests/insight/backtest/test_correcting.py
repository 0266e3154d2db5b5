"""Chances set right by the days before: a level that moved, odds that were too steep, and no cure where none is needed."""

import datetime as dt

import numpy as np
import pytest
from scipy.special import expit, logit

from regulars.insight.backtest.correcting import corrected
from regulars.insight.candidates.recalibration import level

TRUE = np.tile([0.1, 0.3, 0.5, 0.8], 2000)


def days(*worlds, said=TRUE):
    """What was said, and who came by each world's chances, a day each."""
    luck = np.random.default_rng(5)
    first = dt.date(2026, 1, 1)
    return {
        first + dt.timedelta(90 * place): (said, (luck.random(true.size) < true).astype(float))
        for place, true in enumerate(worlds)
    }


def test_honest_chances_stay_as_they_are():
    found = corrected(days(TRUE, TRUE, TRUE, TRUE))
    assert found.recalibration is None
    assert len(found.chances) == 4
    assert all(np.array_equal(said, TRUE) for said, _came in found.chances)


def test_a_level_that_fell_for_good_is_learned_from_the_last_day():
    fell = expit(logit(TRUE) - 1.5)
    found = corrected(days(TRUE, fell, fell, fell, fell))
    assert found.recalibration is not None
    assert found.recalibration.slope == pytest.approx(1.0)
    assert found.recalibration.shift == pytest.approx(-1.5, abs=0.1)
    said, came = found.chances[-1]
    assert said.mean() == pytest.approx(came.mean(), abs=0.02)


def test_odds_that_were_too_steep_are_flattened():
    steep = expit(3 * logit(TRUE) + 0.5)
    found = corrected(days(TRUE, TRUE, TRUE, said=steep))
    assert found.recalibration is not None
    assert found.recalibration.slope == pytest.approx(1 / 3, abs=0.05)


@pytest.mark.parametrize("came", [[0, 0], [1, 1], []])
def test_there_is_no_level_where_all_or_none_came(came):
    assert level(np.full(len(came), 0.5), np.array(came, float)) is None
