"""Will this customer order again, and how often, if they may leave at any time? The Pareto/NBD model: orders at a
personal rate (Gamma) until the customer leaves for good at a personal rate (Gamma). Schmittlein, Morrison & Colombo
1987, Management Science 33(1); Fader & Hardie 2005. In a form of sums that cannot cancel."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime import nbd, verdict
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.optimum import LOG_PARAMETER_MAX, Point, at, maximise
from regulars.insight.lifetime.pareto_integral import Powers, span
from regulars.insight.lifetime.paretonbd_likelihood import log_left, log_returns, log_silent, objective, pair
from regulars.insight.lifetime.quantile import solve_share

DRAFT_ROWS = 20_000
State = verdict.State


@dataclass(frozen=True)
class Parameters:
    """Order rates per day ~ Gamma(shape r, rate alpha in days), leaving rates ~ Gamma(s, beta in days). All positive."""

    r: float
    alpha: float
    s: float
    beta: float

    def __post_init__(self) -> None:
        if not all(0 < value < np.inf for value in (self.r, self.alpha, self.s, self.beta)):
            raise ValueError(f"parameters must be positive and finite: {self}")

    @property
    def shapes(self) -> Floats:
        """r, alpha, s, beta: shape (4,)."""
        return np.array([self.r, self.alpha, self.s, self.beta])


@dataclass(frozen=True)
class Fit(verdict.Judged, Parameters):
    """The parameters that make the histories likeliest, in days; where nobody leaves, the model is NBD."""


def fit(histories: Histories) -> Fit:
    """The likeliest Pareto/NBD parameters of these customers, at least as likely as NBD's.

    Always numbers, with a state: an empty shop, or one without repeat orders, gets rates of next to nothing.
    """
    rows = histories.distinct()
    null = nbd.fit(rows)
    limit, longest = float(np.exp(LOG_PARAMETER_MAX)), max(rows.longest, 1)
    if null.state is nbd.State.NO_REPEATS:
        return _named(Parameters(null.r, null.alpha, 1 / limit, limit * longest), rows, null=null, slope=0.0)
    best = _search(rows, null)
    r, ages, s, leaving = (float(value) for value in np.exp(best.theta))
    return _named(Parameters(r, ages * longest, s, leaving * longest), rows, null=null, slope=best.slope)


def log_likelihood(parameters: Parameters, histories: Histories) -> Floats:
    """Of each row's history for one customer, natural logarithm, in days, shape (rows,).

    The sum over j < x of ln(r + j), and ln of the chance to have left, now or later, without or before a further order
    (Fader & Hardie 2005, equation 17, integrated by parts).
    """
    rising = np.append(0.0, np.cumsum(np.log(parameters.r + np.arange(histories.x.max(initial=0)))))
    return np.asarray(rising[histories.x] + _log_history(parameters, histories), dtype=np.float64)


def p_alive(parameters: Parameters, histories: Histories) -> Floats:
    """The chance that a customer has not left for good, shape (rows,). Not the chance of a further order, which is
    smaller however long one waits: a customer may leave before ordering again."""
    now = pair(histories.x, histories.T)
    silent = log_silent(parameters.shapes, now)[0][now.place]
    return np.asarray(np.exp(np.minimum(silent - _log_history(parameters, histories), 0.0)), dtype=np.float64)


def p_order_within(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """The chance of at least one order in the next `days` days, shape (rows,): the figure to show for churn.

    1 - L(x, t_x, T + days) / L(x, t_x, T), with L the likelihood, as P(alive) times the integral of the chance to order
    then, and not to have left: exact also when it is tiny. Raises ValueError for days negative or not finite.
    """
    now = pair(histories.x, histories.T)
    if_alive = _p_order_if_alive(parameters, (now.x, now.day), np.full(now.x.shape, float(nbd.checked_days(days))))
    return p_alive(parameters, histories) * if_alive[now.place]


def next_order_quantile(parameters: Parameters, histories: Histories, *, days: float, share: float) -> Floats:
    """In how many days the next order has come for `share` of those who order within `days`, shape (rows,).

    Solves P(order in t) = share * P(order in days) for t; the answer depends on x and T alone. Raises ValueError for a
    share outside 0 .. 1, or bad days.
    """
    now = pair(histories.x, histories.T)
    waits = solve_share(
        lambda times, rows: _p_order_if_alive(parameters, (now.x[rows], now.day[rows]), times),
        np.full(now.x.shape, float(nbd.checked_days(days))),
        share=share,
    )
    return waits[now.place]


def expected_orders(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """Orders of each row's customer in the next `days` days, shape (rows,); a new customer is the row 0, 0, 0.

    P(alive) (r + x) / (alpha + T) times the mean time not left, (beta + T) (1 - ((beta + T) / (beta + T + days))^(s - 1))
    / (s - 1). Raises ValueError for days that are negative or not finite.
    """
    lived = parameters.beta + histories.T
    growth, excess = np.log1p(nbd.checked_days(days) / lived), parameters.s - 1
    time = lived * (growth if excess == 0 else -np.expm1(-excess * growth) / excess)
    rate = (parameters.r + histories.x) / (parameters.alpha + histories.T)
    return np.asarray(p_alive(parameters, histories) * rate * time, dtype=np.float64)


def _search(rows: Histories, null: nbd.Fit) -> Point:
    """The best point from two starts, or three in small shops, whose likelihood may have a second top where many leave
    at once; never lower than the edge where nobody leaves, which is NBD."""
    starts = [np.log([0.5, 1 / 20, 0.5, 1 / 20]), np.log([1.0, 1 / 5, 0.5, 1.0])]
    everybody = objective(rows)
    few = rows.sample(rows.customers * DRAFT_ROWS // rows.x.size)
    draft = objective(few) if rows.x.size > 2 * DRAFT_ROWS else None
    if draft is None:
        starts.append(np.log([2.0, 1.0, 0.2, 1e-3]))
    ordering = np.log([null.r, null.alpha / max(rows.longest, 1)])
    edge = at(everybody, np.append(ordering, [-LOG_PARAMETER_MAX, LOG_PARAMETER_MAX]))
    return max(maximise(everybody, starts, draft=draft), edge, key=lambda point: point.value)


def _named(parameters: Parameters, rows: Histories, *, null: nbd.Fit, slope: float) -> Fit:
    total = float((rows.count * log_likelihood(parameters, rows)).sum())
    gain = total - null.log_likelihood
    leaving = (parameters.s, parameters.beta / max(rows.longest, 1))
    state = verdict.judge(leaving, gain=gain, slope=slope)
    if null.state is nbd.State.NO_REPEATS:
        state = State.NO_REPEATS
    r, alpha, s, beta = parameters.r, parameters.alpha, parameters.s, parameters.beta
    return Fit(r, alpha, s, beta, log_likelihood=total, gain=gain, slope=slope, state=state)


def _log_history(parameters: Parameters, histories: Histories) -> Floats:
    """ln of the likelihood less the terms of x alone, shape (rows,)."""
    last, now = pair(histories.x, histories.t_x), pair(histories.x, histories.T)
    left = log_left(parameters.shapes, last)[0][last.place]
    returns = log_returns(parameters.shapes, now)[0][now.place]
    return np.logaddexp(left, returns)


def _p_order_if_alive(parameters: Parameters, pairs: tuple[Integers, Integers], times: Floats) -> Floats:
    """pairs: x and T. The integral of (r + x) / (alpha + T) (1 + t/A)^-(r + x + 1) (1 + t/B)^-s over the times."""
    x, T = pairs
    lived = T.astype(np.float64)
    rate, watched = parameters.r + x.astype(np.float64), parameters.alpha + lived
    powers = Powers(rate + 1, np.full(lived.shape, parameters.s), watched, parameters.beta + lived)
    return rate / watched * span(powers, times)
