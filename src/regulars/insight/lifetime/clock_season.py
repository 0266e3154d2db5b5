"""How much of what a month did will it do again next year? Orders a month against those expected without season are
level, slow change, season, and whims of single months that never return. How large each is, the shop's own months say
as far as they can: the season is averaged over all sizes by how likely they make the data (Gaussian processes on
logarithms; C. Rasmussen & C. Williams, 2006, Gaussian Processes for Machine Learning, 2.2 and 5.2)."""

from itertools import product

import numpy as np

from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.clock import FACTOR_MAX, FACTOR_MIN, year_mean

YEAR = 12
LEVEL = 3.0
"""The standard deviation of a logarithm that may be anything."""
SLOW_MONTHS = 12.0
"""Slow change is smooth over so many months; it cannot follow a season."""
WHIM_MONTHS = 2.0
"""Half of a whim is of one month alone, the other half fades over about so many."""
SMOOTHNESS = 1.0
"""Half of a season is of each month alone, the other half moves from month to month as smoothly as this says."""
SEASONS = {0.0: 0.5, 0.05: 0.1, 0.1: 0.1, 0.2: 0.1, 0.4: 0.1, 0.8: 0.1}
WHIMS = {0.02: 1 / 9, 0.05: 2 / 9, 0.1: 3 / 9, 0.2: 2 / 9, 0.4: 1 / 9}
SLOW = {0.1: 0.4, 0.3: 0.4, 1.0: 0.2}
"""Standard deviations of the logarithm, and how much each is believed before the data speak."""
ORDERS_ADDED = 1.0
"""To observed and expected orders, so that an empty month has a logarithm."""


def season_factors(month: Integers, observed: Floats, expected: Floats) -> Floats:
    """m of January .. December, shape (12,), mean 1 over a year, within FACTOR_MIN .. FACTOR_MAX, shrunk towards 1.

    month: counted from any January, each once, ascending. observed: orders in it. expected: orders in it without any
    season, positive; its level does not matter. All of shape (months,).
    """
    expected = expected * (observed.sum() / expected.sum())
    ratios = np.log((observed + ORDERS_ADDED) / (expected + ORDERS_ADDED))
    noise = 1 / ((observed + expected) / 2 + ORDERS_ADDED)
    apart = np.abs(month[:, None] - month).astype(np.float64)
    calendar = _season_kernel(np.arange(YEAR)[:, None] - month)
    among = _season_kernel(apart)
    chances, means = [], []
    for (season, p), (whim, q), (slow, s) in product(SEASONS.items(), WHIMS.items(), SLOW.items()):
        spread = LEVEL**2 + slow**2 * np.exp(-((apart / SLOW_MONTHS) ** 2) / 2) + season**2 * among
        spread += whim**2 * (np.eye(month.size) + np.exp(-apart / WHIM_MONTHS)) / 2 + np.diag(noise)
        solved = np.linalg.solve(spread, ratios)
        chances.append(np.log(p * q * s) - (np.linalg.slogdet(spread)[1] + ratios @ solved) / 2)
        means.append(season**2 * calendar @ solved)
    weights = np.exp(np.array(chances) - max(chances))
    return _bounded(np.exp(weights @ np.array(means) / weights.sum()))


def _season_kernel(apart: Integers | Floats) -> Floats:
    """How alike two months are whose calendar places are so many months apart: 1 for the same month."""
    smooth = np.exp(-2 * np.sin(np.pi * apart / YEAR) ** 2 / SMOOTHNESS**2)
    return np.asarray(((apart % YEAR == 0) + smooth) / 2, dtype=np.float64)


def _bounded(factors: Floats) -> Floats:
    """The same factors with mean 1 over a year; what lies beyond the bounds is put on them, the others share the rest."""
    from scipy.optimize import brentq

    even = factors / year_mean(factors)
    if even.min() >= FACTOR_MIN and even.max() <= FACTOR_MAX:
        return np.asarray(even, dtype=np.float64)

    def at_level(logarithm: float) -> Floats:
        return np.clip(np.exp(logarithm) * even, FACTOR_MIN, FACTOR_MAX)

    reach = float(np.abs(np.log(even)).max()) + np.log(FACTOR_MAX / FACTOR_MIN)
    return at_level(brentq(lambda level: year_mean(at_level(level)) - 1, -reach, reach, xtol=1e-14))
