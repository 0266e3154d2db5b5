"""When will a customer with a rhythm order again? The MBG/CNBD-k model: as MBG/NBD, but gaps are Erlang-k, so that a
larger k means more regular buyers; k = 1 is MBG/NBD. Platzer & Reutterer 2016; Reutterer, Platzer & Schroeder 2020.
The gaps enter as one sum of logarithms for the whole shop."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime import bgnbd, mbgnbd, nbd, verdict
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.mbgcnbd_expectation import orders_if_alive, stages_done
from regulars.insight.lifetime.mbgcnbd_likelihood import objective, unfinished
from regulars.insight.lifetime.optimum import Point, maximise
from regulars.insight.lifetime.pairs import distinct_pairs
from regulars.insight.lifetime.quantile import solve_share

STAGES_MAX = 12
FALLS_MAX = 2
"""k is raised until ln L has fallen so many times."""
DRAFT_ROWS = 20_000
State = verdict.State


@dataclass(frozen=True)
class Parameters(bgnbd.Parameters):
    """Stage rates per day ~ Gamma(shape r, rate alpha in days), k stages to an order, drop-out ~ Beta(a, b)."""

    k: int

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.k < 1:
            raise ValueError(f"k is a number of stages, at least 1, not {self.k}")


@dataclass(frozen=True)
class Fit(verdict.Judged, Parameters):
    """The parameters that make the histories and their gaps likeliest, in days; the gain is over the same k."""


def fit(histories: Histories, *, log_gaps: float | None = None) -> Fit:
    """The likeliest parameters of these customers, k included. Always numbers, with a state.

    log_gaps: the sum of ln(gap in days) over all gaps between order days of all customers. Without it a rhythm cannot
    be told, and k is 1.
    """
    rows = histories.distinct()
    best, falls = _first(rows), 0
    for k in range(2, STAGES_MAX + 1 if log_gaps is not None and rows.x.any() else 2):
        tried = _fit(rows, k, log_gaps=log_gaps or 0.0)
        falls += tried.log_likelihood < best.log_likelihood
        best = max(best, tried, key=lambda one: one.log_likelihood)
        if falls == FALLS_MAX:
            break
    return best


def log_likelihood(parameters: Parameters, histories: Histories, *, log_gaps: Floats | float = 0.0) -> Floats:
    """Of each row's history for one customer, natural logarithm, in days, shape (rows,).

    log_gaps: the sum of ln(gap in days) of that customer, shape (rows,); left out, ln L lacks (k - 1) times it.
    """
    from scipy.special import gammaln

    k, x = parameters.k, histories.x
    reached = parameters.b + np.arange(x.max(initial=0) + 1)
    survival = -np.cumsum(np.log1p(parameters.a / reached))[x]
    rising = np.append(0.0, np.cumsum(np.log(parameters.r + np.arange(k * x.max(initial=0)))))[k * x]
    ordering = rising - parameters.r * np.log1p(histories.T / parameters.alpha)
    ordering -= k * x * np.log(parameters.alpha + histories.T)
    left, silent = _log_silences(parameters, histories)
    return np.asarray(ordering + survival + np.logaddexp(left, silent) + (k - 1) * log_gaps - x * gammaln(k))


def p_alive(parameters: Parameters, histories: Histories) -> Floats:
    """The chance that a customer has not left for good, shape (rows,): the chance of an order in an infinite time."""
    from scipy.special import expit

    left, silent = _log_silences(parameters, histories)
    return np.asarray(expit(silent - left), dtype=np.float64)


def p_order_within(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """The chance of at least one order in the next `days` days, shape (rows,): P(alive) times the chance that the
    stages still missing are done in time. Raises ValueError for days that are negative or not finite."""
    ahead = np.asarray(nbd.checked_days(days) / (parameters.alpha + histories.T), dtype=np.float64)
    done = _stage_chances(parameters, histories)
    return p_alive(parameters, histories) * _p_order_if_alive(parameters, histories.x, done, ahead)


def next_order_quantile(parameters: Parameters, histories: Histories, *, days: float, share: float) -> Floats:
    """In how many days the next order has come for `share` of those who order within `days`, shape (rows,).

    Solves P(order in t) = share * P(order in days) for t. Raises ValueError for a share outside 0 .. 1, or bad days.
    """
    x, done = histories.x, _stage_chances(parameters, histories)
    watched = np.asarray(parameters.alpha + histories.T, dtype=np.float64)
    return watched * solve_share(
        lambda ahead, rows: _p_order_if_alive(parameters, x[rows], done[rows], ahead),
        nbd.checked_days(days) / watched,
        share=share,
    )


def expected_orders(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """Orders of each row's customer in the next `days` days, shape (rows,), exact (no approximation, no simulation).

    Raises ValueError for days that are negative or not finite.
    """
    pairs, place = distinct_pairs(histories.x, histories.T)
    ahead = np.asarray(nbd.checked_days(days) / (parameters.alpha + histories.T[pairs]), dtype=np.float64)
    shapes = (parameters.r, parameters.a, parameters.b)
    if_alive = orders_if_alive(shapes, parameters.k, histories.x[pairs], ahead=ahead)
    return p_alive(parameters, histories) * (_stage_chances(parameters, histories) * if_alive[place]).sum(axis=1)


def _first(rows: Histories) -> Fit:
    """k = 1, which is MBG/NBD."""
    one = mbgnbd.fit(rows)
    told = {"log_likelihood": one.log_likelihood, "gain": one.gain, "slope": one.slope}
    return Fit(one.r, one.alpha, one.a, one.b, 1, **told, state=one.state)


def _fit(rows: Histories, k: int, *, log_gaps: float) -> Fit:
    everybody = objective(rows, k=k)
    null = verdict.without_churn(everybody, [np.log([0.5, 1 / (20 * k)]), np.log([2.0, 1 / k])])
    best = max(_search(rows, k), null, key=lambda point: point.value)
    r, ages, a, b = (float(value) for value in np.exp(best.theta))
    parameters = Parameters(r, ages * max(rows.longest, 1), a, b, k)
    total = float((rows.count * log_likelihood(parameters, rows)).sum()) + (k - 1) * log_gaps
    gain = (best.value - null.value) * rows.customers
    state = verdict.judge((a, b), gain=gain, slope=best.slope)
    shapes = (parameters.r, parameters.alpha, a, b, k)
    return Fit(*shapes, log_likelihood=total, gain=gain, slope=best.slope, state=state)


def _search(rows: Histories, k: int) -> Point:
    starts = [np.log([0.5, 1 / (20 * k), 1.0, 2.0]), np.log([1.0, 1 / (10 * k), 0.5, 1.0])]
    few = rows.sample(rows.customers * DRAFT_ROWS // rows.x.size)
    draft = objective(few, k=k) if rows.x.size > 2 * DRAFT_ROWS else None
    return maximise(objective(rows, k=k), starts, draft=draft)


def _log_silences(parameters: Parameters, histories: Histories) -> tuple[Floats, Floats]:
    """ln S1 and ln S2: the silence since the last order if the customer has left, and if not, shape (rows,) each."""
    x, t_x, T = histories.x, histories.t_x, histories.T
    rate = parameters.r + parameters.k * x.astype(np.float64)
    left = np.log(parameters.a) - np.log(parameters.b + x) + rate * np.log1p((T - t_x) / (parameters.alpha + t_x))
    share = np.asarray((T - t_x) / (parameters.alpha + T), dtype=np.float64)
    silent = unfinished(rate, share, k=parameters.k)[0]
    return np.asarray(left, dtype=np.float64), np.log(silent)


def _stage_chances(parameters: Parameters, histories: Histories) -> Floats:
    """The chances that 0, 1, ... k - 1 stages of the next gap are done, of customers not left: shape (rows, k)."""
    rate = parameters.r + parameters.k * histories.x
    share = (histories.T - histories.t_x) / (parameters.alpha + histories.T)
    terms = [np.ones_like(share)]
    for stage in range(1, parameters.k):
        terms.append(terms[-1] * share * (rate + stage - 1) / stage)
    chances = np.stack(terms, axis=-1)
    return np.asarray(chances / chances.sum(axis=1, keepdims=True), dtype=np.float64)


def _p_order_if_alive(parameters: Parameters, x: Integers, done: Floats, ahead: Floats) -> Floats:
    """done: the chances of the stages done, shape (rows, k). ahead: days / (alpha + T)."""
    stages = np.arange(float(parameters.k))
    rate = (parameters.r + parameters.k * x)[:, None] + stages
    return np.asarray((done * stages_done(parameters.k - stages, rate, ahead=ahead[:, None])).sum(axis=1))
