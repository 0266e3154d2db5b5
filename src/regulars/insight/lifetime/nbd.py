"""How often would everybody order if nobody ever left? The NBD model: each customer orders at a rate of their own for
ever, and the rates are Gamma distributed. It is the baseline to beat, and the null model for "do customers leave?"."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from regulars.insight.lifetime.arrays import Floats, sum_by
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.optimum import LOG_PARAMETER_MAX, Objective, maximise

SHAPE_MAX = 1_000.0
"""A larger r means order rates that differ by less than 3 % between customers."""


class State(StrEnum):
    """What an NBD fit may claim."""

    OK = "ok"
    NO_REPEATS = "no repeat orders"
    NO_SPREAD = "order rates do not differ"


@dataclass(frozen=True)
class Parameters:
    """Order rates per day ~ Gamma(shape r, rate alpha in days); the mean rate is r / alpha. Both are positive."""

    r: float
    alpha: float

    def __post_init__(self) -> None:
        if not (0 < self.r < np.inf and 0 < self.alpha < np.inf):
            raise ValueError(f"parameters must be positive and finite: {self}")


@dataclass(frozen=True)
class Fit(Parameters):
    """The parameters that make the histories likeliest. log_likelihood: sum over customers, in days."""

    log_likelihood: float
    state: State


@dataclass(frozen=True, eq=False)
class Tally:
    """All that an NBD fit needs of a shop, in a few thousand numbers.

    customers, longest: in all, and the greatest age in days (at least 1). beyond: customers with more than 0, 1, ...
    repeat orders, shape (largest x,). days: the distinct ages, shape (n,), with the customers (`watched`) and the
    repeat orders (`orders`) of each age.
    """

    customers: int
    longest: float
    beyond: Floats
    days: Floats
    watched: Floats
    orders: Floats


def fit(histories: Histories) -> Fit:
    """The likeliest NBD parameters of these customers; of an empty shop or one without repeat orders a rate of
    next to nothing, and the state that says so. Never fails to return numbers."""
    counts = tally(histories)
    if not counts.beyond.size:
        limit = float(np.exp(LOG_PARAMETER_MAX))
        return _named(histories, Parameters(1 / limit, limit * counts.longest), state=State.NO_REPEATS)
    starts = [np.log([0.5, 1 / 20]), np.log([2.0, 1.0])]
    best = maximise(_objective(counts), starts).theta
    r, alpha = float(np.exp(best[0])), float(np.exp(best[1])) * counts.longest
    return _named(histories, Parameters(r, alpha), state=State.NO_SPREAD if r > SHAPE_MAX else State.OK)


def log_likelihood(parameters: Parameters, histories: Histories) -> Floats:
    """Of each row's history for one customer, natural logarithm, in days, shape (rows,): lnL =
    sum over j < x of ln(r + j) - r ln(1 + T / alpha) - x ln(alpha + T) (Ehrenberg 1959; Fader & Hardie 2005)."""
    r, alpha, x = parameters.r, parameters.alpha, histories.x
    rising = np.append(0.0, np.cumsum(np.log(r + np.arange(x.max(initial=0)))))
    return rising[x] - r * np.log1p(histories.T / alpha) - x * np.log(alpha + histories.T)


def expected_orders(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """Orders of each row's customer in the next `days` days, shape (rows,): (r + x) / (alpha + T) * days.

    Raises ValueError for days that are negative or not finite, as all forecasts do.
    """
    return (parameters.r + histories.x) / (parameters.alpha + histories.T) * checked_days(days)


def p_order_within(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """The chance of at least one order in the next `days` days, shape (rows,)."""
    watched = parameters.alpha + histories.T
    return np.asarray(-np.expm1(-(parameters.r + histories.x) * np.log1p(checked_days(days) / watched)))


def checked_days(days: float) -> float:
    """The same days, fit for a forecast; ValueError when they are negative or not finite."""
    if not 0 <= days < np.inf:
        raise ValueError(f"days must be finite and not negative, not {days}")
    return days


def tally(histories: Histories) -> Tally:
    """The few numbers of these histories that an NBD fit needs."""
    count = histories.count.astype(np.float64)
    frequencies = sum_by(histories.x, count)
    watched = sum_by(histories.T, count)
    orders = sum_by(histories.T, count * histories.x)
    days = np.flatnonzero(watched)
    return Tally(
        customers=histories.customers,
        longest=float(max(histories.longest, 1)),
        beyond=frequencies[::-1].cumsum()[::-1][1:],
        days=days.astype(np.float64),
        watched=watched[days],
        orders=orders[days],
    )


def summed_log_likelihood(counts: Tally, *, r: float, alpha: float) -> tuple[float, Floats]:
    """Over all customers, with its derivatives by ln r and ln alpha, shape (2,).

    ln(alpha + T) is taken as ln alpha + ln(1 + T / alpha): large r and alpha then lose no digits.
    """
    rising = r + np.arange(counts.beyond.size)
    silence = np.log1p(counts.days / alpha)
    elapsed = counts.days / (counts.days + alpha)
    value = (counts.beyond * np.log(rising)).sum() - (counts.watched * r * silence).sum()
    value -= (counts.orders * (np.log(alpha) + silence)).sum()
    by_r = r * ((counts.beyond / rising).sum() - (counts.watched * silence).sum())
    by_alpha = (counts.watched * r * elapsed - counts.orders * (1 - elapsed)).sum()
    return float(value), np.array([by_r, by_alpha])


def _objective(counts: Tally) -> Objective:
    def mean(theta: Floats) -> tuple[float, Floats]:
        r, alpha = np.exp(theta)
        value, gradient = summed_log_likelihood(counts, r=float(r), alpha=float(alpha) * counts.longest)
        return value / counts.customers, gradient / counts.customers

    return mean


def _named(histories: Histories, parameters: Parameters, *, state: State) -> Fit:
    total = float((histories.count * log_likelihood(parameters, histories)).sum())
    return Fit(parameters.r, parameters.alpha, log_likelihood=total, state=state)
