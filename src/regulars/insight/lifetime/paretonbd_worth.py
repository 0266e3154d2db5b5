"""What are all future orders of a customer worth today? Under Pareto/NBD each is discounted to its day, to a horizon or for
ever: discounted expected transactions. Fader, Hardie & Lee 2005, J. Marketing Research 42(4)."""

import numpy as np

from regulars.insight.lifetime import paretonbd
from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.discounting import DAYS_PER_YEAR
from regulars.insight.lifetime.histories import Histories

NODES = 16
PANEL_WIDTH = 3.0
PANEL_FOLDS = 12.0
FOLDS_MAX = 45.0


def discounted_orders_ever(
    parameters: paretonbd.Parameters, histories: Histories, *, yearly_rate: float, after_days: float = 0.0
) -> Floats:
    """All orders from `after_days` on, each counted at its value today, shape (rows,): DERT, or the rest beyond a
    horizon, to be added to the `discounted_orders` up to there.

    P(alive) (r + x) / (alpha + T) times the integral of e^(-delta t) ((beta + T) / (beta + T + t))^s, delta =
    ln(1 + yearly_rate) / 365; it equals the expression with Kummer's U in the paper. Raises ValueError unless
    yearly_rate > 0 and after_days >= 0, both finite.
    """
    if not (0 < yearly_rate < np.inf and 0 <= after_days < np.inf):
        raise ValueError(f"a yearly rate must be positive, not {yearly_rate}; days not negative, not {after_days}")
    delta = float(np.log1p(yearly_rate)) / DAYS_PER_YEAR
    ages, place = np.unique(histories.T, return_inverse=True)
    lived = np.asarray(parameters.beta + ages + after_days, dtype=np.float64)
    lasting = np.exp(-delta * after_days + parameters.s * (np.log(parameters.beta + ages) - np.log(lived)))
    rate = (parameters.r + histories.x) / (parameters.alpha + histories.T)
    worth = lasting * _discounted_time(lived, s=parameters.s, delta=delta)
    return np.asarray(paretonbd.p_alive(parameters, histories) * rate * worth[place], dtype=np.float64)


def _discounted_time(lived: Floats, *, s: float, delta: float) -> Floats:
    """The integral over t > 0 of e^(-delta t) (1 + t / lived)^-s, in v = ln(1 + t / lived), shape as `lived`."""
    width = np.minimum(np.log1p(FOLDS_MAX / (delta * lived)), FOLDS_MAX / (s - 1) if s > 1 else np.inf)
    lost = delta * lived * np.expm1(width) + max(s - 1, 0.0) * width
    panels = np.ceil(np.maximum(width / PANEL_WIDTH, lost / PANEL_FOLDS))
    places, weights = np.polynomial.legendre.leggauss(NODES)
    total = np.zeros(lived.shape)
    for panel in range(int(panels.max(initial=0))):
        rows = np.flatnonzero(panels > panel)
        step = (width[rows] / panels[rows])[:, None]
        v = step * (panel + (places + 1) / 2)
        scale = lived[rows, None]
        total[rows] += (weights * step / 2 * scale * np.exp((1 - s) * v - delta * scale * np.expm1(v))).sum(axis=1)
    return total
