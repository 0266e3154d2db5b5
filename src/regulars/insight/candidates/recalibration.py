"""Do customers of whom 30 % was said order 30 % of the time? If not, two numbers set the chances right.

Platt's logistic correction (1999, in Advances in Large Margin Classifiers), learned on past days only.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.insight.lifetime.arrays import Floats

P_MIN = 1e-6
STEPS_MAX = 50
SLOPE_MIN, SLOPE_MAX = 0.2, 5.0
SHIFT_MAX = 40.0


@dataclass(frozen=True)
class Recalibration:
    """log-odds = shift + slope * the log-odds that were said. A slope above 0 keeps the order of customers."""

    shift: float
    slope: float

    def __call__(self, chance: "Floats") -> "Floats":
        """The chances set right, shape as given."""
        import numpy as np
        from scipy.special import expit

        return np.asarray(expit(self.shift + self.slope * _log_odds(chance)), dtype=np.float64)


def recalibration(chance: "Floats", came: "Floats") -> Recalibration | None:
    """The likeliest correction of these chances given who came (0 or 1), shape (customers,) each.

    None where everybody came or nobody, where all chances are the same, or where the correction would be wild.
    """
    import numpy as np
    from scipy.special import expit

    told = _log_odds(chance)
    if not told.size or came.min() == came.max() or np.ptp(told) < P_MIN:
        return None
    design, weights = np.column_stack([np.ones_like(told), told]), np.array([0.0, 1.0])
    for _step in range(STEPS_MAX):
        said = expit(design @ weights)
        slope = design.T @ (came - said)
        curve = (design * (said * (1 - said))[:, None]).T @ design
        step = np.linalg.solve(curve + np.eye(2) * P_MIN, slope)
        weights = weights + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:
            break
    shift, steep = (float(weight) for weight in weights)
    return Recalibration(shift, steep) if SLOPE_MIN <= steep <= SLOPE_MAX else None


def level(chance: "Floats", came: "Floats") -> Recalibration | None:
    """The shift of all log-odds that gives these chances the mean of who came (0 or 1), shape (customers,) each.

    None where everybody came or nobody.
    """
    from scipy.optimize import brentq
    from scipy.special import expit

    share = float(came.mean()) if came.size else 0.0
    if not 0 < share < 1:
        return None
    told = _log_odds(chance)
    shift = brentq(lambda by: float(expit(told + by).mean()) - share, -SHIFT_MAX, SHIFT_MAX)
    return Recalibration(float(shift), 1.0)


def _log_odds(chance: "Floats") -> "Floats":
    import numpy as np

    safe = np.clip(chance, P_MIN, 1 - P_MIN)
    return np.asarray(np.log(safe) - np.log1p(-safe), dtype=np.float64)
