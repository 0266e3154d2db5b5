"""Will this customer take the next chance? The BG/BB model for chances that come one by one (a box a month, a campaign a
year): each is taken with a personal probability (Beta) by those who have not left, and before each the customer leaves
for good with a personal probability (Beta). Fader, Hardie & Shang 2010, Marketing Science 29(6).

Histories count chances in place of days: x of them taken after the first order, the last at chance t_x of T."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime import verdict
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.bgbb_likelihood import log_history, log_orders, log_stays, objective, tabulate
from regulars.insight.lifetime.histories import Histories, HistoriesError
from regulars.insight.lifetime.optimum import LOG_PARAMETER_MAX, maximise
from regulars.insight.lifetime.pairs import distinct_pairs

PAIRS_AT_ONCE = 1_024
CHANCES_MAX = 10_000
ROUNDING = 1e-12
State = verdict.State


@dataclass(frozen=True)
class Parameters:
    """Chances are taken with probability ~ Beta(alpha, beta), left for good with ~ Beta(gamma, delta). All positive."""

    alpha: float
    beta: float
    gamma: float
    delta: float

    def __post_init__(self) -> None:
        if not all(0 < value < np.inf for value in (self.alpha, self.beta, self.gamma, self.delta)):
            raise ValueError(f"parameters must be positive and finite: {self}")

    @property
    def shapes(self) -> Floats:
        """alpha, beta, gamma, delta: shape (4,)."""
        return np.array([self.alpha, self.beta, self.gamma, self.delta])


@dataclass(frozen=True)
class Fit(verdict.Judged, Parameters):
    """The parameters that make the histories likeliest."""


def fit(histories: Histories) -> Fit:
    """The likeliest BG/BB parameters of these customers, at least as likely as if nobody left.

    Always numbers, with a state. Raises HistoriesError when more chances are taken than there were.
    """
    rows = _checked(histories).distinct()
    limit = float(np.exp(LOG_PARAMETER_MAX))
    if not rows.x.any():
        nobody = (1 / limit, limit, 1 / limit, limit)
        total = float((rows.count * log_likelihood(Parameters(*nobody), rows)).sum())
        return Fit(*nobody, log_likelihood=total, gain=0.0, slope=0.0, state=State.NO_REPEATS)
    everybody = objective(rows)
    null = verdict.without_churn(everybody, [np.log([1.0, 1.0]), np.log([0.3, 3.0])])
    found = maximise(everybody, [np.log([1.0, 1.0, 1.0, 3.0]), np.log([0.3, 1.0, 0.3, 10.0])])
    best = max(found, null, key=lambda point: point.value)
    alpha, beta, gamma, delta = (float(value) for value in np.exp(best.theta))
    total, gain = best.value * rows.customers, (best.value - null.value) * rows.customers
    state = verdict.judge((gamma, delta), gain=gain, slope=best.slope)
    return Fit(alpha, beta, gamma, delta, log_likelihood=total, gain=gain, slope=best.slope, state=state)


def log_likelihood(parameters: Parameters, histories: Histories) -> Floats:
    """Of each row's history for one customer, natural logarithm, shape (rows,); equation 6 of the paper, for one order
    of orders and silences. Raises HistoriesError when more chances are taken than there were."""
    rows = _checked(histories)
    tables = tabulate(parameters.shapes, np.unique(rows.x), rows.longest)
    return np.asarray(log_history(tables, rows), dtype=np.float64)


def p_alive(parameters: Parameters, histories: Histories, *, ahead: int = 0) -> Floats:
    """The chance not to have left after `ahead` further chances, shape (rows,). 1 is the paper's P(alive at n + 1)."""
    x, T = histories.x, histories.T
    silent = (
        log_orders(parameters.shapes, x, T - x) + log_stays(parameters.shapes, histories.longest + ahead)[T + ahead]
    )
    return np.asarray(np.exp(np.minimum(silent - log_likelihood(parameters, histories), 0.0)), dtype=np.float64)


def p_order_within(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """The chance to take at least one of the next `days` chances, shape (rows,): the sum over the first one taken.

    Raises ValueError for a number of chances that is not whole, negative or too large.
    """
    pairs, place = distinct_pairs(histories.x, histories.T)
    ahead, if_alive = _checked_chances(days), np.empty(pairs.size)
    for start in range(0, pairs.size, PAIRS_AT_ONCE):
        rows = pairs[start : start + PAIRS_AT_ONCE]
        taken = _first_taken(parameters, (histories.x[rows], histories.T[rows]), ahead)
        if_alive[start : start + PAIRS_AT_ONCE] = taken[:, -1]
    return p_alive(parameters, histories) * if_alive[place]


def next_order_quantile(parameters: Parameters, histories: Histories, *, days: float, share: float) -> Floats:
    """At which of the next `days` chances the first one taken has come for at least `share` of those who take one,
    shape (rows,): a whole number. Raises ValueError for a share outside 0 .. 1, or bad days."""
    if not 0 <= share <= 1:
        raise ValueError(f"share must lie in 0 .. 1, not {share}")
    pairs, place = distinct_pairs(histories.x, histories.T)
    ahead, numbers = _checked_chances(days), np.empty(pairs.size)
    for start in range(0, pairs.size, PAIRS_AT_ONCE):
        rows = pairs[start : start + PAIRS_AT_ONCE]
        taken = _first_taken(parameters, (histories.x[rows], histories.T[rows]), ahead)
        short = taken[:, :-1] < share * taken[:, -1:] * (1 - ROUNDING)
        numbers[start : start + PAIRS_AT_ONCE] = short.sum(axis=1)
    return numbers[place]


def expected_orders(parameters: Parameters, histories: Histories, *, days: float) -> Floats:
    """How many of the next `days` chances each row's customer takes, shape (rows,).

    The probability to take one, times the sum of the chances to be there: no difference of Gamma functions. Raises
    ValueError for a number of chances that is not whole, negative or too large.
    """
    steps = np.arange(1, _checked_chances(days) + 1)
    stays = log_stays(parameters.shapes, histories.longest + steps.size)
    ages, place = np.unique(histories.T, return_inverse=True)
    there = np.array([np.exp(stays[age + steps] - stays[age]).sum() for age in ages.tolist()])
    took = _took(parameters, histories.x, histories.T)
    return np.asarray(p_alive(parameters, histories) * took * there[place], dtype=np.float64)


def discounted_orders_ever(parameters: Parameters, histories: Histories, *, rate: float) -> Floats:
    """All chances each row's customer will ever take, discounted at `rate` for each chance, shape (rows,): DERT.

    P(alive) (alpha + x) / (alpha + beta + n) (delta + n) / ((gamma + delta + n) (1 + d)) 2F1(1, delta + n + 1;
    gamma + delta + n + 1; 1 / (1 + d)), n chances so far. Raises ValueError unless rate > 0.
    """
    from scipy.special import hyp2f1

    if not 0 < rate < np.inf:
        raise ValueError(f"a rate must be positive, not {rate}")
    gamma, stayed = parameters.gamma, parameters.delta + histories.T
    later = hyp2f1(1, stayed + 1, gamma + stayed + 1, 1 / (1 + rate)) * stayed / ((gamma + stayed) * (1 + rate))
    return np.asarray(p_alive(parameters, histories) * _took(parameters, histories.x, histories.T) * later)


def _first_taken(parameters: Parameters, pairs: tuple[Integers, Integers], ahead: int) -> Floats:
    """The chances that somebody not left takes one of the next 0, 1, ... `ahead`: shape (pairs, ahead + 1).

    pairs: x and the chances so far.
    """
    steps = np.arange(ahead)
    x, T = pairs[0][:, None], pairs[1][:, None]
    stays = log_stays(parameters.shapes, int(T.max(initial=0)) + ahead)
    took = _took(parameters, x, T + steps)
    passed = np.cumsum(np.log1p(-took), axis=1) - np.log1p(-took)
    first = np.exp(passed + np.log(took) + stays[T + steps + 1] - stays[T])
    return np.concatenate([np.zeros(x.shape), np.cumsum(first, axis=1)], axis=1)


def _took(parameters: Parameters, x: Integers, chances: Integers) -> Floats:
    """The mean probability to take a chance after x of so many were taken."""
    return np.asarray((parameters.alpha + x) / (parameters.alpha + parameters.beta + chances), dtype=np.float64)


def _checked(histories: Histories) -> Histories:
    if bool((histories.x > histories.t_x).any()):
        raise HistoriesError("x must not pass t_x: each chance can be taken once")
    return histories


def _checked_chances(days: float) -> int:
    if not 0 <= days <= CHANCES_MAX or days != int(days):
        raise ValueError(f"chances ahead must be a whole number in 0 .. {CHANCES_MAX}, not {days}")
    return int(days)
