"""What are future orders worth today? Orders expected up to a horizon, each day discounted at a yearly rate."""

from collections.abc import Callable

import numpy as np

from regulars.insight.lifetime.arrays import Floats

DAYS_PER_YEAR = 365
NODES = 12
NODES_EVER = 10
PART_MIN = 5e-4
"""Of the whole: a node that can bring no more is not asked. The farthest are, and cost most, since the model adds up every order."""


def discounted_orders(expected: Callable[[float], Floats], *, days: float, yearly_rate: float) -> Floats:
    """Expected orders of the next `days` days, each counted at its value today; shape as `expected` returns.

    expected: days ahead -> orders expected by then, e.g. `lambda days: expected_orders(fit, histories, days=days)`.
    yearly_rate: 0.15 for 15 % a year; the rate per day is delta = ln(1 + yearly_rate) / 365. The integral of
    e^(-delta t) dE(t) over 0 .. days, by parts: e^(-delta days) E(days) + delta * integral of e^(-delta t) E(t), with
    Gauss's rule. Raises ValueError for a rate of -1 or less.
    """
    if yearly_rate <= -1:
        raise ValueError(f"a yearly rate must be above -1, not {yearly_rate}")
    delta = float(np.log1p(yearly_rate)) / DAYS_PER_YEAR
    places, weights = np.polynomial.legendre.leggauss(NODES)
    total = np.exp(-delta * days) * expected(days)
    for place, weight in zip(days * (places + 1) / 2, days * weights / 2, strict=True):
        total = total + delta * weight * np.exp(-delta * place) * expected(float(place))
    return np.asarray(total, dtype=np.float64)


def ever(expected: Callable[[float], Floats], *, yearly_rate: float) -> Floats:
    """All expected orders still to come, each at its value today; shape as `expected` returns.

    delta * integral of e^(-delta t) E(t) over t > 0, by the rule of Gauss and Laguerre: within 0.4 % of Pareto/NBD's
    closed form (`paretonbd_worth`). Raises ValueError unless yearly_rate > 0.
    """
    if not 0 < yearly_rate < np.inf:
        raise ValueError(f"a yearly rate must be positive and finite, not {yearly_rate}")
    delta = float(np.log1p(yearly_rate)) / DAYS_PER_YEAR
    places, weights = np.polynomial.laguerre.laggauss(NODES_EVER)
    # E(t) never grows faster than t, and the weights times places sum to 1.
    told = [
        (place, weight)
        for place, weight in zip(places.tolist(), weights.tolist(), strict=True)
        if place * weight > PART_MIN
    ]
    return np.asarray(sum(weight * expected(place / delta) for place, weight in told), dtype=np.float64)
