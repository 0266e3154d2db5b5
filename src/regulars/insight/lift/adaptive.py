"""Which of several versions did more, when the chances they were drawn with moved on the way?

While a version is drawn more often the better it seems, the plain means of the versions are biased, and their usual
intervals wrong (Zhang, Janson, Murphy 2020; Dimakopoulou, Ren, Zhou 2021). Each draw counts by one over the chance that
was kept with it, less what was forecast (augmented inverse probability weighting): then neither time nor luck can lean.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.insight.lift.aipw import CHANCE_MIN
from regulars.insight.lift.sequence import ALPHA, YES_MIN, always
from regulars.insight.lift.split import BROKEN, log_e
from regulars.insight.lift.versions import Compared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Draws:
    """One entry a draw whose days are over: the outcome, the version (from 0), the chance that version was drawn with, and
    the forecast of the outcome, made without it. Raises ValueError for lengths that differ and chances out of bounds."""

    outcome: "Numbers"
    version: "NDArray[np.int64]"
    chance: "Numbers"
    forecast: "Numbers"

    def __post_init__(self) -> None:
        if len({len(each) for each in (self.outcome, self.version, self.chance, self.forecast)}) != 1:
            raise ValueError("outcome, version, chance and forecast need one entry a draw")
        if len(self.chance) and not (self.chance.min() >= CHANCE_MIN and self.chance.max() <= 1):
            raise ValueError(f"a version that is compared is drawn with a chance of at least {CHANCE_MIN}")


@dataclass(frozen=True, slots=True)
class Rate:
    """One version: n draws whose days are over, yes: those of them who did it; of all people, had they drawn this one, the
    share `value` would have, between `low` and `high` at all looks at once. None while there are too few."""

    n: int
    yes: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


def rate(draws: Draws, version: int, *, planned: int, alpha: float = ALPHA) -> Rate:
    """How many of all people would have done it with this version. planned: draws expected when it began.

    phi = forecast + [drawn: this] (outcome - forecast) / chance; their mean, and the interval of `sequence.always`.
    """
    mine = draws.version == version
    n, yes = int(mine.sum()), int((draws.outcome[mine] > 0).sum())
    if yes < YES_MIN:
        return Rate(n, yes)
    value, error = _mean(draws.forecast + _share(draws, version))
    low, high, _e = always(value, error, len(mine), planned, alpha=alpha)
    return Rate(n, yes, value, low, high)


def against(draws: Draws, first: int, second: int, *, planned: int, alpha: float = ALPHA) -> Compared:
    """How many more of a hundred would have done it with the second version than with the first."""
    counts = [int((draws.outcome[draws.version == each] > 0).sum()) for each in (first, second)]
    n = int(((draws.version == first) | (draws.version == second)).sum())
    if min(counts) < YES_MIN:
        return Compared("collecting", n, sum(counts))
    value, error = _mean(_share(draws, second) - _share(draws, first))
    found = always(value, error, len(draws.outcome), planned, alpha=alpha)
    state = "better" if found.low > 0 else "worse" if found.high < 0 else "open"
    return Compared(state, n, sum(counts), value, *found)


def broken(counts: Mapping[tuple[float, ...], Sequence[int]]) -> bool:
    """Whether the lots did not fall as they were drawn: of each set of chances, how often each version came."""
    return sum(log_e(drawn, chances) for chances, drawn in counts.items()) > math.log(BROKEN)


def _share(draws: Draws, version: int) -> "Numbers":
    """What each draw says of this version beyond the forecast."""
    import numpy as np

    return np.asarray(np.where(draws.version == version, (draws.outcome - draws.forecast) / draws.chance, 0.0))


def _mean(phi: "Numbers") -> tuple[float, float]:
    """The mean with its standard error."""
    import numpy as np

    return float(phi.mean()), float(np.std(phi)) / math.sqrt(len(phi))
