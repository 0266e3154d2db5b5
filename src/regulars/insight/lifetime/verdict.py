"""What may a fit with churn claim? The same states for every lifetime model, by the gain in ln L over the same model
without churn, and by how far its drop-out parameters have run off. The thresholds are those of BG/NBD."""

from collections.abc import Sequence

import numpy as np

from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.bgnbd import GAIN_MIN, SHAPE_MAX, SHAPE_MIN, SLOPE_MAX, State
from regulars.insight.lifetime.optimum import LOG_PARAMETER_MAX, Objective, Point, at, maximise


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
