"""Where is a likelihood highest? From several starts with L-BFGS-B, then Newton's method, guarded: a step counts only
if the likelihood rises. Parameters are logarithms, objectives are means over customers, so one tolerance fits all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from regulars.insight.lifetime.arrays import Booleans, Floats

LOG_PARAMETER_MAX = 12.0
"""Parameters lie between e^-12 and e^12: beyond, nothing changes but the digits that rounding takes."""
GRADIENT_MAX = 1e-8
NEWTON_STEPS_MAX = 40
HALVINGS_MAX = 12
LOG_STEP_MAX = 2.0
DIFFERENCE = 1e-4
"""Between log-parameters, for second derivatives from two gradients."""
ROUNDING = 1e-13
"""Of a likelihood: a step that changes less is level, and good if it lowers the slope."""

Objective = Callable[[Floats], tuple[float, Floats]]
"""The mean log-likelihood at log-parameters of shape (k,), and its gradient, shape (k,)."""


@dataclass(frozen=True, eq=False)
class Point:
    """A place on the likelihood: log-parameters (k,), the mean log-likelihood there, its gradient (k,)."""

    theta: Floats
    value: float
    gradient: Floats

    @property
    def free(self) -> Booleans:
        """Which parameters may still move uphill: all but those pressed against their bound. Shape (k,)."""
        return (np.abs(self.theta) < LOG_PARAMETER_MAX) | (self.theta * self.gradient < 0)

    @property
    def slope(self) -> float:
        """The steepest derivative by a parameter that may still move; 0 at an optimum."""
        return float(np.abs(self.gradient[self.free]).max(initial=0.0))


def maximise(objective: Objective, starts: Sequence[Floats], *, draft: Objective | None = None) -> Point:
    """The highest point found, with every log-parameter within +-LOG_PARAMETER_MAX.

    draft: the objective on a sample of the customers. With it the starts are tried on the sample, which also gives
    the curvature, and all customers are passed over only a few times (about 4).
    """
    # For matrices this small, threads wait for each other far longer than they work: 15 times as long on busy cores.
    with _libraries().limit(limits=1, user_api="blas"):
        sketch = draft or objective
        best = max((_climb(sketch, start) for start in starts), key=lambda point: point.value)
        if draft is None:
            return _newton(objective, best)
        best = _newton(draft, best)
        return _newton(objective, at(objective, best.theta), curvature=_curvature(draft, best))


def at(objective: Objective, theta: Floats) -> Point:
    """The point of the likelihood at these log-parameters, shape (k,)."""
    return Point(theta, *objective(theta))


@cache
def _libraries() -> Any:
    """The linear algebra that NumPy and SciPy brought."""
    import scipy.optimize  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _climb(objective: Objective, start: Floats) -> Point:
    from scipy.optimize import minimize

    def descent(theta: Floats) -> tuple[float, Floats]:
        value, gradient = objective(theta)
        return -value, -gradient

    bounds = [(-LOG_PARAMETER_MAX, LOG_PARAMETER_MAX)] * start.size
    found = minimize(descent, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-11, "gtol": 1e-5})
    return at(objective, np.asarray(found.x, dtype=np.float64))


def _newton(objective: Objective, point: Point, *, curvature: Floats | None = None) -> Point:
    """Steps with one curvature while each brings the slope down to a quarter; then the curvature is renewed."""
    for _ in range(NEWTON_STEPS_MAX):
        if point.slope < GRADIENT_MAX:
            break
        borrowed = curvature is not None
        curvature = _curvature(objective, point) if curvature is None else curvature
        higher = _step(objective, point, curvature=curvature)
        if higher is None and not borrowed:
            break
        if higher is None or higher.slope > point.slope / 4:
            curvature = None
        point = higher or point
    return point


def _curvature(objective: Objective, point: Point) -> Floats:
    """The matrix of second derivatives, shape (k, k), from differences of the gradient."""
    rows = []
    for shift in np.eye(point.theta.size) * DIFFERENCE:
        rows.append((objective(point.theta + shift)[1] - objective(point.theta - shift)[1]) / (2 * DIFFERENCE))
    matrix = np.array(rows)
    return (matrix + matrix.T) / 2


def _step(objective: Objective, point: Point, *, curvature: Floats) -> Point | None:
    """A higher point along Newton's direction, or None when rounding leaves none."""
    direction = _direction(point, curvature)
    for halving in range(HALVINGS_MAX):
        theta = np.clip(point.theta + direction * 0.5**halving, -LOG_PARAMETER_MAX, LOG_PARAMETER_MAX)
        there = at(objective, theta)
        level = there.value >= point.value - ROUNDING * abs(point.value)
        if there.value > point.value or (level and there.slope < point.slope):
            return there
    return None


def _direction(point: Point, curvature: Floats) -> Floats:
    """Newton's step within the bounds: a parameter that would pass its bound goes just there, the others adjust."""
    step = np.zeros_like(point.theta)
    free = point.free
    for _ in range(step.size):
        step[free] = 0.0
        step[free] = _ascent(curvature[np.ix_(free, free)], (point.gradient + curvature @ step)[free])
        beyond = free & (np.abs(point.theta + step) > LOG_PARAMETER_MAX)
        if not beyond.any():
            break
        step[beyond] = np.sign(step[beyond]) * LOG_PARAMETER_MAX - point.theta[beyond]
        free &= ~beyond
    return step * min(1.0, LOG_STEP_MAX / max(float(np.abs(step).max()), 1e-300))


def _ascent(curvature: Floats, gradient: Floats) -> Floats:
    """Newton's step without bounds; uphill also where the likelihood bends the wrong way."""
    bends, axes = np.linalg.eigh(curvature)
    return axes @ ((axes.T @ gradient) / np.maximum(np.abs(bends), 1e-12))
