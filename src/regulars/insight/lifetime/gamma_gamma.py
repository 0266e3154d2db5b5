"""What will this customer pay for an order? The Gamma-Gamma model: amounts vary around a personal mean, and the means
differ between customers. One's own mean counts for more the more orders stand behind it; the rest is the shop's mean.
Colombo & Jiang 1999; Fader & Hardie 2013 (note 025). It assumes that spend does not depend on frequency."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from regulars.insight.lifetime.arrays import Floats, Integers, sum_by
from regulars.insight.lifetime.histories import Spend
from regulars.insight.lifetime.optimum import Objective, maximise

DRAFT_ROWS = 10_000
SLOPE_MAX = 1e-6
SHAPE_MAX = 10_000.0
"""With q above it, personal means differ by less than 1 %; with p above it, a customer's orders do."""


class State(StrEnum):
    """What a Gamma-Gamma fit may claim."""

    OK = "ok"
    NO_SPEND = "no repeat spend"
    NO_POPULATION_SPEND = "no population spend"
    SPREAD_NOT_IDENTIFIABLE = "spread not identifiable"
    NOT_CONVERGED = "not converged"


@dataclass(frozen=True)
class Parameters:
    """Amounts ~ Gamma(shape p, rate nu), nu ~ Gamma(shape q, rate v); v in the shop's unit of money. All positive."""

    p: float
    q: float
    v: float

    def __post_init__(self) -> None:
        if not all(0 < value < np.inf for value in (self.p, self.q, self.v)):
            raise ValueError(f"parameters must be positive and finite: {self}")


@dataclass(frozen=True)
class Fit(Parameters):
    """The parameters that make the mean values likeliest.

    median: of the customers' own mean values; stands in where the population mean is infinite (q <= 1). customers:
    those who came back and paid. log_likelihood: their sum. slope: the largest derivative of the mean log-likelihood.
    """

    median: float
    customers: int
    log_likelihood: float
    slope: float
    state: State


@dataclass(frozen=True, eq=False)
class _Tally:
    """Sums over the customers with x repeat orders, shape (largest x + 1,), and their rows, money divided by `scale`.

    customers: in all. spenders: with each x. orders: 0, 1, 2, ... log_spend: of ln(x m). log_mean: of ln m over
    everybody. x, spend, count: shape (rows,).
    """

    customers: int
    spenders: Floats
    orders: Floats
    log_spend: Floats
    log_mean: float
    x: Integers
    spend: Floats
    count: Floats


def fit(spend: Spend) -> Fit:
    """The likeliest Gamma-Gamma parameters; rows without a repeat order, or that paid nothing, are left out.

    Always numbers, with a state: without any repeat spend p, q and v are 1 and the median is 0.
    """
    paid = (spend.x > 0) & (spend.m > 0)
    rows = Spend(spend.x[paid], spend.m[paid], spend.count[paid])
    if not rows.x.size:
        return Fit(1.0, 1.0, 1.0, median=0.0, customers=0, log_likelihood=0.0, slope=0.0, state=State.NO_SPEND)
    scale = float(np.average(rows.m, weights=rows.count))
    every = rows.x.size // DRAFT_ROWS
    draft = _objective(Spend(rows.x[::every], rows.m[::every], rows.count[::every]), scale) if every > 1 else None
    starts = [np.log([1.0, 2.0, 1.0]), np.log([5.0, 4.0, 0.6])]
    best = maximise(_objective(rows, scale), starts, draft=draft)
    p, q, v = (float(value) for value in np.exp(best.theta))
    customers = int(rows.count.sum())
    return Fit(
        *(p, q, v * scale),
        median=_median(rows),
        customers=customers,
        log_likelihood=best.value * customers,
        slope=best.slope,
        state=_state(p, q, slope=best.slope),
    )


def log_likelihood(parameters: Parameters, spend: Spend) -> Floats:
    """Of each row's mean value m for one customer, natural logarithm, shape (rows,); 0 for rows that say nothing
    (x = 0 or m = 0).

    lnL = q ln v + (p x - 1) ln m + p x ln x - (p x + q) ln(v + x m) - ln B(p x, q)  (note 025, equation 1a)
    """
    from scipy.special import betaln

    p, q, v = parameters.p, parameters.q, parameters.v
    paid = (spend.x > 0) & (spend.m > 0)
    x, m = np.where(paid, spend.x, 1), np.where(paid, spend.m, 1.0)
    value = -q * np.log1p(x * m / v) - p * x * np.log1p(v / (x * m)) - np.log(m) - betaln(p * x, q)
    return np.where(paid, value, 0.0)


def expected_value(fitted: Fit, spend: Spend) -> Floats:
    """The mean net value of a customer's future orders, shape (rows,), in the unit of m.

    p (v + x m) / (p x + q - 1) (note 025, equation 5); with q <= 1 there is no population mean: then the own mean of
    those with x > 0, and the shop's median for x = 0. Raises ValueError when the shop has no repeat spend at all.
    """
    if fitted.state is State.NO_SPEND:
        raise ValueError("no customer has paid for a repeat order: there is no value to expect yet")
    x, m = spend.x, spend.m
    if fitted.q <= 1:
        return np.where(x > 0, m, fitted.median)
    return np.asarray(fitted.p * (fitted.v + x * m) / (fitted.p * x + (fitted.q - 1)), dtype=np.float64)


def _state(p: float, q: float, *, slope: float) -> State:
    if max(p, q) > SHAPE_MAX:
        return State.SPREAD_NOT_IDENTIFIABLE
    if slope > SLOPE_MAX:
        return State.NOT_CONVERGED
    return State.NO_POPULATION_SPEND if q <= 1 else State.OK


def _median(rows: Spend) -> float:
    if bool(np.all(rows.count == 1)):
        middle = (rows.m.size - 1) // 2
        return float(np.partition(rows.m, middle)[middle])
    order = np.argsort(rows.m)
    upto = np.cumsum(rows.count[order])
    return float(rows.m[order][np.searchsorted(upto, upto[-1] / 2)])


def _tally(rows: Spend, scale: float) -> _Tally:
    count = rows.count.astype(np.float64)
    spend = rows.x * (rows.m / scale)
    return _Tally(
        customers=int(rows.count.sum()),
        spenders=sum_by(rows.x, count),
        orders=np.arange(rows.x.max() + 1.0),
        log_spend=sum_by(rows.x, count * np.log(spend)),
        log_mean=float((count * np.log(rows.m)).sum()),
        x=rows.x,
        spend=spend,
        count=count,
    )


def _objective(rows: Spend, scale: float) -> Objective:
    """The mean over customers as a function of (ln p, ln q, ln(v / scale)), with its gradient.

    One logarithm for each row, ln(1 + x m / v); all else is a sum over the distinct x.
    """
    from scipy.special import betaln, digamma

    sums = _tally(rows, scale)
    seen = sums.spenders > 0
    x, spenders, log_spend = sums.orders[seen], sums.spenders[seen], sums.log_spend[seen]

    def mean(theta: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(theta)
        above = sum_by(sums.x, sums.count * np.log1p(sums.spend / v))[seen]
        share = sum_by(sums.x, sums.count * (sums.spend / (sums.spend + v)))[seen]
        below = spenders * theta[2] + above - log_spend
        value = -(q * above + p * x * below + spenders * betaln(p * x, q)).sum() - sums.log_mean
        together = digamma(p * x + q)
        by_p = -p * (x * (below + spenders * (digamma(p * x) - together))).sum()
        by_q = -q * (above + spenders * (digamma(q) - together)).sum()
        by_v = (q * share - p * x * (spenders - share)).sum()
        return float(value) / sums.customers, np.array([by_p, by_q, by_v]) / sums.customers

    return mean
