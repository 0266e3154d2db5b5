"""What is usual beside a forecast: learned from past days, and it holds what it promises."""

import numpy as np
import pytest

from regulars.insight.backtest.ranges import COVERAGE, interval


def test_without_past_days_a_total_gets_the_usual_range_of_shops():
    low, high = interval(1000.0, ())
    assert 700 < low < 850
    assert 1150 < high < 1400


def test_a_shop_whose_totals_were_always_close_gets_a_narrow_range_and_a_wild_one_a_wide_one():
    width = {spread: np.ptp(interval(1000.0, (spread, -spread) * 3)) for spread in (0.02, 0.15, 0.6)}
    assert width[0.02] < width[0.15] < width[0.6]


def test_a_shop_that_always_had_more_than_was_said_gets_a_higher_range():
    low, high = interval(1000.0, (0.2,) * 6)
    assert low > interval(1000.0, (0.0,) * 6)[0]
    assert (low * high) ** 0.5 > 1100


@pytest.mark.parametrize("days", [2, 4, 6])
def test_so_many_totals_come_out_inside_as_promised(days):
    """Shops whose misses spread as those of real ones do: the promise holds over shops."""
    luck, inside = np.random.default_rng(days), 0
    shops = 4000
    for _shop in range(shops):
        spread = 0.16 * np.sqrt(3 / luck.chisquare(3))
        misses = luck.normal(0, spread, days + 1)
        low, high = interval(1.0, tuple(misses[:-1]))
        inside += low <= np.exp(misses[-1]) <= high
    assert inside / shops == pytest.approx(COVERAGE, abs=0.08)
