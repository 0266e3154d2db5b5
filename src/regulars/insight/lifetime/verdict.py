"""What may a fit with churn claim? The same states for every lifetime model, by the gain in ln L over the same model
without churn, and by how far its drop-out parameters have run off. The thresholds were found for BG/NBD."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.optimum import LOG_PARAMETER_MAX, Objective, Point, at, maximise

GAIN_MIN = 2.0
"""Below this gain in ln L over NBD a history does not show who has left: 95 % of shops without churn stay below it."""
SLOPE_MAX = 1e-6
SHAPE_MIN, SHAPE_MAX = 1e-3, 100.0
"""With both shapes below the first, drop-out is all or nothing; both above the second, the same for all (+-10 %)."""


class State(StrEnum):
    """What a fit with churn may claim."""

    OK = "ok"
    NO_REPEATS = "no repeat orders"
    CHURN_NOT_IDENTIFIABLE = "churn not identifiable"
    SPREAD_NOT_IDENTIFIABLE = "spread not identifiable"
    NOT_CONVERGED = "not converged"


@dataclass(frozen=True)
class Judged:
    """What a fit with churn tells beside its parameters.

    log_likelihood: sum over customers. gain: log_likelihood less that of the same model where nobody leaves. slope: the
    largest derivative of the mean log-likelihood by the logarithm of a parameter within its bounds.
    """

    log_likelihood: float
    gain: float
    slope: float
    state: State


def judge(churn: tuple[float, float], *, gain: float, slope: float) -> State:
    """The state of a fit by its two drop-out shapes, its gain over "nobody leaves", and its steepest derivative."""
    if gain < GAIN_MIN:
        return State.CHURN_NOT_IDENTIFIABLE
    if min(churn) > SHAPE_MAX or max(churn) < SHAPE_MIN:
        return State.SPREAD_NOT_IDENTIFIABLE
    return State.NOT_CONVERGED if slope > SLOPE_MAX else State.OK


def without_churn(objective: Objective, starts: Sequence[Floats]) -> Point:
    """The highest point where nobody leaves: the last two of four parameters are held at the edge that says so.

    starts: of the first two log-parameters, shape (2,) each.
    """
    edge = np.array([-LOG_PARAMETER_MAX, LOG_PARAMETER_MAX])

    def ordering(theta: Floats) -> tuple[float, Floats]:
        value, gradient = objective(np.append(theta, edge))
        return value, gradient[:2]

    return at(objective, np.append(maximise(ordering, starts).theta, edge))
