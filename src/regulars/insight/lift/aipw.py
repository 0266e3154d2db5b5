"""One number a person: what they did, set right for the chance with which they were drawn and for what was forecast.

Augmented inverse probability weighting with known chances (Robins, Rotnitzky, Zhao 1994): unbiased whatever the forecast
is worth, as long as it was made without the outcome; a good one takes variance away.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

CHANCE_MIN, CHANCE_MAX = 0.02, 0.98
"""Chances beyond these leave nothing to compare with; they are refused, never clipped."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """People of two arms, one entry each: outcome, whether treated, the chance of being treated, and the forecast of the
    outcome (of both arms alike). Raises ValueError for lengths that differ, chances out of bounds, and what is not finite."""

    outcome: "Numbers"
    treated: "NDArray[np.bool_]"
    chance: "Numbers"
    forecast: "Numbers"

    def __post_init__(self) -> None:
        import numpy as np

        if len({len(each) for each in (self.outcome, self.treated, self.chance, self.forecast)}) != 1:
            raise ValueError("outcome, arm, chance and forecast need one entry a person")
        if not (np.isfinite(self.outcome).all() and np.isfinite(self.forecast).all()):
            raise ValueError("outcomes and forecasts are finite numbers")
        if len(self.chance) and not (self.chance.min() >= CHANCE_MIN and self.chance.max() <= CHANCE_MAX):
            raise ValueError(f"the chance of being treated lies between {CHANCE_MIN} and {CHANCE_MAX}")


def scores(drawn: Drawn) -> "Numbers":
    """phi of each person; their mean is the effect of the treatment on a person.

    >>> import numpy as np
    >>> numbers = lambda *each: np.array(each, dtype=float)
    >>> people = Drawn(numbers(10, 0, 4, 20, 0, 6), np.array([True, True, False, True, False, True]),
    ...                numbers(.5, .5, .5, .8, .8, .8), numbers(5, 1, 3, 8, 2, 6))
    >>> scores(people).round(6).tolist()
    [10.0, -2.0, -2.0, 15.0, 10.0, 0.0]
    """
    import numpy as np

    weight = np.where(drawn.treated, 1 / drawn.chance, -1 / (1 - drawn.chance))
    return np.asarray(weight * (drawn.outcome - drawn.forecast))
