"""Will this customer order again, and how often? The BG/NBD model: orders at a personal rate (Gamma), and after each
repeat order the customer leaves for good with a personal probability (Beta). Fader, Hardie & Lee 2005, Marketing
Science 24(2). Formulas in forms that neither overflow nor cancel; see `p_order_within` before showing `p_alive`."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime import nbd, verdict
from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.bgnbd_expectation import expected_if_alive
from regulars.insight.lifetime.bgnbd_likelihood import objective
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.optimum import LOG_PARAMETER_MAX, Point, at, maximise
from regulars.insight.lifetime.pairs import distinct_pairs

DRAFT_ROWS = 10_000
State = verdict.State


@dataclass(frozen=True)
class Parameters:
    """Order rates per day ~ Gamma(shape r, rate alpha in days), drop-out probabilities ~ Beta(a, b). All positive."""

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        if not all(0 < value < np.inf for value in (self.r, self.alpha, self.a, self.b)):
            raise ValueError(f"parameters must be positive and finite: {self}")

    @property
    def drop_out(self) -> float:
        """The mean probability of leaving after an order; known even where its spread is not."""
        return self.a / (self.a + self.b)


@dataclass(frozen=True)
class Fit(verdict.Judged, Parameters):
    """The parameters that make the histories likeliest, in days; where nobody leaves, the model is NBD."""


def fit(histories: Histories) -> Fit:
    """The likeliest BG/NBD parameters of these customers, at least as likely as NBD's.

    Always numbers, with a state: an empty shop, or one without repeat orders, gets rates of next to nothing.
    """
    rows = histories.distinct()
    null = nbd.fit(rows)
    if null.state is nbd.State.NO_REPEATS:
        limit = float(np.exp(LOG_PARAMETER_MAX))
        return _named(Parameters(null.r, null.alpha, 1 / limit, limit), rows, null=null, slope=0.0)
    best = _search(rows, null)
    r, ages, a, b = (float(value) for value in np.exp(best.theta))
    return _named(Parameters(r, ages * max(rows.longest, 1), a, b), rows, null=null, slope=best.slope)


def log_likelihood(parameters: Parameters, histories: Histories) -> Floats:
    """Of each row's history for one customer, natural logarithm, in days, shape (rows,).

    lnL = lnL(NBD) + ln B(a, b + x) - ln B(a, b) + ln(1 + e^d), d the log-odds of having left (Fader, Hardie & Lee
    2005, equation 6, factored).
    """
    stayed = parameters.b + np.arange(histories.x.max(initial=0))
    survival = np.append(0.0, -np.cumsum(np.log1p(parameters.a / stayed)))[histories.x]
    ordering = nbd.log_likelihood(nbd.Parameters(parameters.r, parameters.alpha), histories)
    return ordering + survival + np.logaddexp(0.0, _log_odds_left(parameters, histories))


def p_alive(parameters: Parameters, histories: Histories) -> Floats:
    """The chance that a customer has not left for good, shape (rows,); exactly 1 for everybody with x = 0.

    It is the chance of an order within an infinite time. Not a churn score: it ranks one-time buyers first.
    """
    from scipy.special import expit

    return np.asarray(expit(-_log_odds_left(parameters, histories)), dtype=np.float64)


def p_order_within(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """The chance of at least one order in the next `days` days, shape (rows,): the figure to show for churn.

    1 - L(x, t_x, T + days) / L(x, t_x, T), with L the likelihood: days more of silence. For BG/NBD that is
    P(alive) (1 - ((alpha + T) / (alpha + T + days))^(r + x)), exact also when it is tiny.
    Raises ValueError for days that are negative or not finite.
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
    """Orders of each row's customer in the next `days` days, shape (rows,); a new customer is the row 0, 0, 0.

    P(alive) times the orders of a customer who has not left (see `bgnbd_expectation`); the latter depend on x and T
    alone and are evaluated once for each pair. Raises ValueError for days that are negative or not finite.
    """
    pairs, place = distinct_pairs(histories.x, histories.T)
    ahead = np.asarray(nbd.checked_days(days) / (parameters.alpha + histories.T[pairs]), dtype=np.float64)
    if_alive = expected_if_alive((parameters.r, parameters.a, parameters.b), histories.x[pairs], ahead=ahead)
    return p_alive(parameters, histories) * if_alive[place]


def order_count_chances(parameters: Parameters, *, days: float, most: int) -> Floats:
    """The chances of 0, 1, ... `most` repeat orders in a customer's first `days` days, shape (most + 1,).

    Equation 8 of Fader, Hardie & Lee 2005. Raises ValueError for days that are negative or not finite.
    """
    from scipy.special import betainc, gammaln

    r, alpha, a, b = parameters.r, parameters.alpha, parameters.a, parameters.b
    number, share = np.arange(most + 1), nbd.checked_days(days) / (alpha + days)
    stayed = b + np.arange(most)
    survival = np.append(1.0, np.cumprod(stayed / (a + stayed)))
    ways = gammaln(r + number) - gammaln(r) - gammaln(number + 1)
    placed = np.exp(ways + r * np.log1p(-share)) * share**number
    chances = survival * placed
    chances[1:] += survival[1:] * a / stayed * betainc(number[1:], r, share)
    return np.asarray(chances, dtype=np.float64)


def _search(rows: Histories, null: nbd.Fit) -> Point:
    """The best point from two starts; never lower than the edge where nobody leaves, which is NBD."""
    starts = [np.log([0.5, 1 / 20, 1.0, 2.0]), np.log([0.5, 1 / 20, 0.1, 0.5])]
    everybody = objective(rows)
    few = rows.sample(rows.customers * DRAFT_ROWS // rows.x.size)
    draft = objective(few) if rows.x.size > 2 * DRAFT_ROWS else None
    ordering = np.log([null.r, null.alpha / max(rows.longest, 1)])
    edge = at(everybody, np.append(ordering, [-LOG_PARAMETER_MAX, LOG_PARAMETER_MAX]))
    return max(maximise(everybody, starts, draft=draft), edge, key=lambda point: point.value)


def _named(parameters: Parameters, rows: Histories, *, null: nbd.Fit, slope: float) -> Fit:
    total = _total(parameters, rows)
    gain = total - null.log_likelihood
    state = verdict.judge((parameters.a, parameters.b), gain=gain, slope=slope)
    if null.state is nbd.State.NO_REPEATS:
        state = State.NO_REPEATS
    values = (parameters.r, parameters.alpha, parameters.a, parameters.b)
    return Fit(*values, log_likelihood=total, gain=gain, slope=slope, state=state)


def _total(parameters: Parameters, rows: Histories) -> float:
    return float((rows.count * log_likelihood(parameters, rows)).sum())


def _log_odds_left(parameters: Parameters, histories: Histories) -> Floats:
    """The log-odds of having left at the last order, shape (rows,); minus infinity for x = 0, who cannot have left."""
    x, t_x = histories.x, histories.t_x
    silence = (parameters.r + x) * np.log1p((histories.T - t_x) / (parameters.alpha + t_x))
    odds = np.log(parameters.a) - np.log(parameters.b + np.maximum(x - 1, 0)) + silence
    return np.where(x > 0, odds, -np.inf)


def _p_order_if_alive(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    silence = (parameters.r + histories.x) * np.log1p(days / (parameters.alpha + histories.T))
    return np.asarray(-np.expm1(-silence), dtype=np.float64)
