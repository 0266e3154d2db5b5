"""Will this customer order again, also if they ordered only once? The MBG/NBD model: orders at a personal rate (Gamma),
and after each order, the first included, the customer leaves for good with a personal probability (Beta). Batislam,
Denizel & Filiztekin 2007, IJRM 24(3); Hoppe & Wagner 2007. It is MBG/CNBD-k with k = 1, in closed form."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime import bgnbd, nbd, verdict
from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.bgnbd_expectation import expected_if_alive
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.mbgcnbd_likelihood import objective
from regulars.insight.lifetime.optimum import LOG_PARAMETER_MAX, Point, at, maximise
from regulars.insight.lifetime.pairs import distinct_pairs

DRAFT_ROWS = 20_000
State = verdict.State
Parameters = bgnbd.Parameters
"""The same four; orders survived count from the first, which is in the formulas, not in them."""


@dataclass(frozen=True)
class Fit(verdict.Judged, Parameters):
    """The parameters that make the histories likeliest, in days; where nobody leaves, the model is NBD."""


def fit(histories: Histories) -> Fit:
    """The likeliest MBG/NBD parameters of these customers, at least as likely as NBD's.

    Always numbers, with a state: an empty shop, or one without repeat orders, gets rates of next to nothing.
    """
    rows = histories.distinct()
    null = nbd.fit(rows)
    if null.state is nbd.State.NO_REPEATS:
        limit = float(np.exp(LOG_PARAMETER_MAX))
        shapes = (null.r, null.alpha, 1 / limit, limit)
        total = _total(Parameters(*shapes), rows)
        gain = total - null.log_likelihood
        return Fit(*shapes, log_likelihood=total, gain=gain, slope=0.0, state=State.NO_REPEATS)
    best = _search(rows, null)
    r, ages, a, b = (float(value) for value in np.exp(best.theta))
    shapes = (r, ages * max(rows.longest, 1), a, b)
    total = _total(Parameters(*shapes), rows)
    gain = total - null.log_likelihood
    state = verdict.judge((a, b), gain=gain, slope=best.slope)
    return Fit(*shapes, log_likelihood=total, gain=gain, slope=best.slope, state=state)


def log_likelihood(parameters: Parameters, histories: Histories) -> Floats:
    """Of each row's history for one customer, natural logarithm, in days, shape (rows,).

    lnL = lnL(NBD) + ln B(a, b + x + 1) - ln B(a, b) + ln(1 + e^d), d the log-odds of having left (Batislam, Denizel &
    Filiztekin 2007, factored).
    """
    reached = parameters.b + np.arange(histories.x.max(initial=0) + 1)
    survival = -np.cumsum(np.log1p(parameters.a / reached))[histories.x]
    ordering = nbd.log_likelihood(nbd.Parameters(parameters.r, parameters.alpha), histories)
    return ordering + survival + np.logaddexp(0.0, _log_odds_left(parameters, histories))


def p_alive(parameters: Parameters, histories: Histories) -> Floats:
    """The chance that a customer has not left for good, shape (rows,): the chance of an order in an infinite time."""
    from scipy.special import expit

    return np.asarray(expit(-_log_odds_left(parameters, histories)), dtype=np.float64)


def p_order_within(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """The chance of at least one order in the next `days` days, shape (rows,): the figure to show for churn.

    P(alive) (1 - ((alpha + T) / (alpha + T + days))^(r + x)), exact also when it is tiny. Raises ValueError for days
    that are negative or not finite.
    """
    return p_alive(parameters, histories) * _p_order_if_alive(parameters, histories, days=nbd.checked_days(days))


def next_order_quantile(parameters: Parameters, histories: Histories, *, days: float, share: float) -> Floats:
    """In how many days the next order has come for `share` of those who order within `days`, shape (rows,).

    Solves P(order in t) = share * P(order in days) for t. Raises ValueError for a share outside 0 .. 1, or bad days.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must lie in 0 .. 1, not {share}")
    ordered = share * _p_order_if_alive(parameters, histories, days=nbd.checked_days(days))
    waits = np.expm1(-np.log1p(-ordered) / (parameters.r + histories.x))
    return np.minimum((parameters.alpha + histories.T) * waits, days)


def expected_orders(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """Orders of each row's customer in the next `days` days, shape (rows,).

    P(alive) times the orders of a customer who has not left, whose drop-out probability is Beta(a, b + x + 1): those of
    BG/NBD with one order more survived. Raises ValueError for days that are negative or not finite.
    """
    pairs, place = distinct_pairs(histories.x, histories.T)
    ahead = np.asarray(nbd.checked_days(days) / (parameters.alpha + histories.T[pairs]), dtype=np.float64)
    if_alive = expected_if_alive((parameters.r, parameters.a, parameters.b + 1), histories.x[pairs], ahead=ahead)
    return p_alive(parameters, histories) * if_alive[place]


def _search(rows: Histories, null: nbd.Fit) -> Point:
    """The best point from two starts; never lower than the edge where nobody leaves, which is NBD."""
    starts = [np.log([0.5, 1 / 20, 1.0, 2.0]), np.log([0.5, 1 / 20, 0.1, 0.5])]
    everybody = objective(rows, k=1)
    few = rows.sample(rows.customers * DRAFT_ROWS // rows.x.size)
    draft = objective(few, k=1) if rows.x.size > 2 * DRAFT_ROWS else None
    ordering = np.log([null.r, null.alpha / max(rows.longest, 1)])
    edge = at(everybody, np.append(ordering, [-LOG_PARAMETER_MAX, LOG_PARAMETER_MAX]))
    return max(maximise(everybody, starts, draft=draft), edge, key=lambda point: point.value)


def _total(parameters: Parameters, rows: Histories) -> float:
    return float((rows.count * log_likelihood(parameters, rows)).sum())


def _log_odds_left(parameters: Parameters, histories: Histories) -> Floats:
    """The log-odds of having left at the last order, shape (rows,)."""
    x, t_x = histories.x, histories.t_x
    silence = (parameters.r + x) * np.log1p((histories.T - t_x) / (parameters.alpha + t_x))
    return np.asarray(np.log(parameters.a) - np.log(parameters.b + x) + silence, dtype=np.float64)


def _p_order_if_alive(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    silence = (parameters.r + histories.x) * np.log1p(days / (parameters.alpha + histories.T))
    return np.asarray(-np.expm1(-silence), dtype=np.float64)
