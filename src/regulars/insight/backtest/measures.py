"""How good was a forecast, now that we know what happened? Measures of totals, of each customer, and of probabilities.

Every measure takes one entry a customer. Smaller is better, but for `auc` and `top_share`.
"""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime.arrays import Floats, Integers

BINS = 10
TOP_PERCENT = 10
P_MIN = 1e-6


@dataclass(frozen=True)
class OrdersScore:
    """How well orders were foreseen. bias: forecast total less actual one, as a share of the actual; NaN without any.

    rmse: root of the mean squared error of a customer. top_share: part of the actual orders that the tenth of the
    customers with the highest forecast made.
    """

    bias: float
    rmse: float
    top_share: float


@dataclass(frozen=True)
class ChanceScore:
    """How well P(order) was foreseen. brier: mean squared error. log: mean negative log-likelihood (nats).

    ece: expected calibration error over ten bins of equally many customers. auc: the chance that somebody who ordered
    was put above somebody who did not; NaN when all did or nobody.
    """

    brier: float
    log: float
    ece: float
    auc: float


@dataclass(frozen=True)
class Bin:
    """Customers with about the same forecast: mean `said`, the share `came`, and n."""

    said: float
    came: float
    n: int


def orders_score(forecast: Floats, actual: Integers) -> OrdersScore:
    """The score of expected orders against actual ones, shape (customers,) each."""
    total, said = float(actual.sum()), float(forecast.sum())
    error = forecast - actual
    best = np.argsort(-forecast, kind="stable")[: -(-forecast.size * TOP_PERCENT // 100)]
    return OrdersScore(
        bias=(said - total) / total if total else float("nan"),
        rmse=float(np.sqrt(np.mean(error * error))) if error.size else 0.0,
        top_share=float(actual[best].sum()) / total if total else 0.0,
    )


def chance_score(forecast: Floats, came: Integers) -> ChanceScore:
    """The score of P(order) against who did order (0 or 1), shape (customers,) each."""
    if not forecast.size:
        return ChanceScore(0.0, 0.0, 0.0, float("nan"))
    safe = np.clip(forecast, P_MIN, 1 - P_MIN)
    log = -np.mean(np.where(came == 1, np.log(safe), np.log1p(-safe)))
    return ChanceScore(
        brier=float(np.mean((forecast - came) ** 2)),
        log=float(log),
        ece=sum(abs(each.said - each.came) * each.n for each in calibration(forecast, came)) / forecast.size,
        auc=_auc(forecast, came),
    )


def calibration(forecast: Floats, came: Integers, *, bins: int = BINS) -> tuple[Bin, ...]:
    """Bins of equally many customers by their forecast, lowest first; equal forecasts may part at a border."""
    order = np.argsort(forecast, kind="stable")
    parts = (part for part in np.array_split(order, bins) if part.size)
    return tuple(Bin(float(forecast[part].mean()), float(came[part].mean()), int(part.size)) for part in parts)


def _auc(forecast: Floats, came: Integers) -> float:
    """Mann-Whitney U over its maximum, ties counted half."""
    ordered, silent = int(came.sum()), int(came.size - came.sum())
    if not ordered or not silent:
        return float("nan")
    _values, place, count = np.unique(forecast, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2
    return float((rank[place][came == 1].sum() - ordered * (ordered + 1) / 2) / (ordered * silent))
