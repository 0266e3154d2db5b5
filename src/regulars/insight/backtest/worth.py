"""What will an order of each customer of a snapshot bring? Gamma-gamma on the repeat orders; and the margin of it."""

import numpy as np

from regulars.insight.backtest.snapshot import Snapshot
from regulars.insight.forecast import MARGIN_ORDERS
from regulars.insight.lifetime import gamma_gamma
from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.histories import Spend


def value_of_an_order(now: Snapshot) -> Floats:
    """Expected net revenue of an order, minor units, shape (customers,). As in `insight.forecast`."""
    repeat = np.maximum(now.net_total - now.net_first, 0.0)
    paid = (now.x > 0) & (repeat > 0)
    mean = np.divide(repeat, now.x, out=np.zeros_like(repeat), where=now.x > 0)
    fit = gamma_gamma.fit(Spend.of(now.x[paid], mean[paid]))
    if fit.state is gamma_gamma.State.NO_SPEND:
        return np.maximum(now.net_total, 0.0) / (now.x + 1)
    if fit.q <= 1 or fit.state is gamma_gamma.State.NOT_CONVERGED:
        return np.where(now.x > 0, mean, fit.median)
    return (repeat + fit.v) * fit.p / (now.x * fit.p + (fit.q - 1))


def margin_rate(now: Snapshot) -> Floats:
    """Margin by net revenue, shape (customers,): the customer's own, shrunk to the shop's by the number of order days.

    NaN for everybody where the shop's is not known. As in `insight.forecast`.
    """
    known = np.isfinite(now.margin) & (now.net_total > 0)
    if not known.any():
        return np.full(now.n, np.nan)
    of_shop = float(now.margin[known].sum() / now.net_total[known].sum())
    own = np.divide(now.margin, now.net_total, out=np.full(now.n, of_shop), where=known)
    weight = now.x + 1
    return np.asarray((own * weight + of_shop * MARGIN_ORDERS) / (weight + MARGIN_ORDERS), dtype=np.float64)
