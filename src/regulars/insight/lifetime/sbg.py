"""How long will a contract run? The shifted beta-geometric model: at each renewal a customer leaves with a personal
probability (Beta), and we see it. Retention then rises with tenure by selection alone, though nobody becomes more loyal.
Fader & Hardie 2007, J. Interactive Marketing 21(1)."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from regulars.insight.lifetime.arrays import Booleans, Floats, Integers
from regulars.insight.lifetime.optimum import LOG_PARAMETER_MAX, Objective, maximise

SLOPE_MAX = 1e-6
SHAPE_MIN, SHAPE_MAX = 1e-3, 1_000.0
"""With alpha and beta both below the first, customers leave at once or never; both above the second, all alike."""


class State(StrEnum):
    """What an sBG fit may claim."""

    OK = "ok"
    NOBODY_LEFT = "nobody has left"
    NOBODY_STAYED = "nobody has stayed"
    SPREAD_NOT_IDENTIFIABLE = "spread not identifiable"
    NOT_CONVERGED = "not converged"


class ContractsError(ValueError):
    """These numbers cannot be contracts; the message says why."""


@dataclass(frozen=True, eq=False)
class Contracts:
    """Rows of equal contracts; arrays of shape (rows,).

    renewals: how often they were renewed. ended: whether they then were not; the others still run, and how long they
    will run is not known. count: contracts in the row. Raises ContractsError for a negative number or unequal lengths.
    """

    renewals: Integers
    ended: Booleans
    count: Integers

    def __post_init__(self) -> None:
        for name, kind in (("renewals", np.int64), ("ended", np.bool_), ("count", np.int64)):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=kind))
        if not self.renewals.shape == self.ended.shape == self.count.shape or self.renewals.ndim != 1:
            raise ContractsError("renewals, ended and count must be rows of equal length")
        if bool(((self.renewals < 0) | (self.count < 0)).any()):
            raise ContractsError("renewals and count must not be negative")

    @classmethod
    def of_cohort(cls, survivors: npt.ArrayLike) -> "Contracts":
        """Contracts begun together, from those that still ran after 0, 1, 2, ... renewals: never more than before."""
        running = np.asarray(survivors, dtype=np.int64)
        if running.size == 0:
            return cls(np.zeros(0, np.int64), np.zeros(0, np.bool_), np.zeros(0, np.int64))
        lost = -np.diff(running)
        if bool((lost < 0).any()):
            raise ContractsError("survivors must never rise")
        renewals = np.append(np.arange(lost.size), lost.size)
        return cls(renewals, np.append(np.ones(lost.size, np.bool_), False), np.append(lost, running[-1]))


@dataclass(frozen=True)
class Parameters:
    """The probability not to renew ~ Beta(alpha, beta); both positive."""

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        if not (0 < self.alpha < np.inf and 0 < self.beta < np.inf):
            raise ValueError(f"parameters must be positive and finite: {self}")


@dataclass(frozen=True)
class Fit(Parameters):
    """The parameters that make the contracts likeliest. log_likelihood: sum over contracts. slope: the largest
    derivative of the mean log-likelihood by the logarithm of a parameter within its bounds."""

    log_likelihood: float
    slope: float
    state: State


def fit(contracts: Contracts) -> Fit:
    """The likeliest sBG parameters, running contracts included. Always numbers, with a state; of no contracts, or none
    that ended, a probability of next to nothing to leave."""
    limit, everybody = float(np.exp(LOG_PARAMETER_MAX)), int(contracts.count.sum())
    lost = int(contracts.count[contracts.ended].sum())
    kept = int((contracts.count * contracts.renewals).sum()) > 0
    if not lost or not kept:
        shapes = (limit, 1 / limit) if lost else (1 / limit, limit)
        total = float((contracts.count * log_likelihood(Parameters(*shapes), contracts)).sum())
        state = State.NOBODY_STAYED if lost else State.NOBODY_LEFT
        return Fit(*shapes, log_likelihood=total, slope=0.0, state=state)
    best = maximise(_objective(contracts), [np.log([1.0, 1.0]), np.log([0.5, 5.0]), np.log([50.0, 200.0])])
    alpha, beta = (float(value) for value in np.exp(best.theta))
    state = State.NOT_CONVERGED if best.slope > SLOPE_MAX else State.OK
    if min(alpha, beta) > SHAPE_MAX or max(alpha, beta) < SHAPE_MIN:
        state = State.SPREAD_NOT_IDENTIFIABLE
    return Fit(alpha, beta, log_likelihood=best.value * everybody, slope=best.slope, state=state)


def log_likelihood(parameters: Parameters, contracts: Contracts) -> Floats:
    """Of each row's course for one contract, natural logarithm, shape (rows,).

    ln B(alpha, beta + n) - ln B(alpha, beta) for n renewals and no end yet; ln B(alpha + 1, beta + n) - ln B(alpha, beta)
    if it then ended (equations 5 and 6).
    """
    running = _log_survival(parameters, contracts.renewals)
    leaving = np.log(parameters.alpha / (parameters.alpha + parameters.beta + contracts.renewals))
    return running + np.where(contracts.ended, leaving, 0.0)


def survival(parameters: Parameters, renewals: Integers) -> Floats:
    """The share of contracts renewed at least so often, shape (rows,): B(alpha, beta + n) / B(alpha, beta)."""
    return np.asarray(np.exp(_log_survival(parameters, renewals)), dtype=np.float64)


def retention(parameters: Parameters, renewals: Integers) -> Floats:
    """The share renewed again of the contracts renewed so often, shape (rows,); it rises with tenure."""
    stayed = parameters.beta + renewals
    return np.asarray(stayed / (parameters.alpha + stayed), dtype=np.float64)


def expected_renewals(parameters: Parameters, renewals: Integers, *, periods: int) -> Floats:
    """Of a running contract renewed so often, the renewals in the next `periods` periods, shape (rows,).

    Raises ValueError for a negative number of periods.
    """
    if periods < 0:
        raise ValueError(f"periods must not be negative, not {periods}")
    ahead = np.arange(1, periods + 1)
    n, place = np.unique(renewals, return_inverse=True)
    before = parameters.beta + n[:, None] + ahead - 1
    runs = np.exp(-np.cumsum(np.log1p(parameters.alpha / before), axis=1)).sum(axis=1)
    return np.asarray(runs[place], dtype=np.float64)


def remaining_life(parameters: Parameters, renewals: Integers) -> Floats:
    """Of a running contract renewed so often, all renewals still to come, shape (rows,): (beta + n) / (alpha - 1).

    Infinite for alpha <= 1: too many would then stay for ever; ask for a number of periods instead.
    """
    if parameters.alpha <= 1:
        return np.full(np.shape(renewals), np.inf)
    return np.asarray((parameters.beta + renewals) / (parameters.alpha - 1), dtype=np.float64)


def discounted_renewals(parameters: Parameters, renewals: Integers, *, rate: float) -> Floats:
    """All renewals still to come, the next one in full, each later one discounted at `rate` a period, shape (rows,).

    (beta + n) / (alpha + beta + n) 2F1(1, beta + n + 1; alpha + beta + n + 1; 1 / (1 + d)) (Fader & Hardie 2010).
    Raises ValueError unless rate > 0.
    """
    from scipy.special import hyp2f1

    if not 0 < rate < np.inf:
        raise ValueError(f"a rate must be positive, not {rate}")
    stayed, everybody = parameters.beta + renewals, parameters.alpha + parameters.beta + renewals
    return np.asarray(stayed / everybody * hyp2f1(1, stayed + 1, everybody + 1, 1 / (1 + rate)), dtype=np.float64)


def _log_survival(parameters: Parameters, renewals: Integers) -> Floats:
    before = parameters.beta + np.arange(int(np.max(renewals, initial=0)))
    return -np.append(0.0, np.cumsum(np.log1p(parameters.alpha / before)))[renewals]


def _objective(contracts: Contracts) -> Objective:
    """The mean over contracts as a function of (ln alpha, ln beta), with its gradient, from two counts a period: the
    renewals, and the contracts that ended."""
    longest, everybody = int(contracts.renewals.max()), float(contracts.count.sum())
    count = contracts.count.astype(np.float64)
    at_n = np.bincount(contracts.renewals, count, longest + 1)
    ended = np.bincount(contracts.renewals[contracts.ended], count[contracts.ended], longest + 1)
    renewed = at_n.sum() - np.cumsum(at_n)
    n = np.arange(longest + 1)

    def mean(theta: Floats) -> tuple[float, Floats]:
        alpha, beta = np.exp(theta)
        at_risk = alpha + beta + n
        value = (ended * np.log(alpha / at_risk)).sum() - (renewed * np.log1p(alpha / (beta + n))).sum()
        by_alpha = (ended * (beta + n) - renewed * alpha) / at_risk
        by_beta = (renewed * alpha / (beta + n) - ended) * beta / at_risk
        return float(value) / everybody, np.array([by_alpha.sum(), by_beta.sum()]) / everybody

    return mean
