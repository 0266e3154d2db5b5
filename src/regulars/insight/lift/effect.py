"""What did being written to change, against those held out? One number a person, an interval for every day of looking."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.insight.lift.aipw import Drawn, scores
from regulars.insight.lift.sequence import YES_MIN, always, smallest_visible
from regulars.insight.lift.split import BROKEN, log_e

if TYPE_CHECKING:
    from regulars.insight.lift.aipw import Numbers

TOO_SMALL = 0.20
"""If only a larger relative change than this could be seen in the end, the play is too small to be judged by itself."""


@dataclass(frozen=True, slots=True)
class Judged:
    """`value` is the change a person, between `low` and `high` at all looks at once; None where nothing may be said.

    state: "do_not_trust" (not split as planned), "collecting" (too few of the held out ordered yet), "too_small" (so few
    people that only a change above `visible`, relative, would be seen), "no_verdict", "works", "harms".
    """

    state: str
    n: int
    n_held_out: int
    yes_held_out: int
    mean_held_out: float
    value: float | None = None
    low: float | None = None
    high: float | None = None
    e: float = 1.0
    visible: float | None = None


def judge(drawn: Drawn, *, share: float, planned: int) -> Judged:
    """Those whose days are over. share: chance of being treated, the same for all. planned: people expected at the launch."""
    import numpy as np

    y, treated = drawn.outcome, drawn.treated
    n, held = len(y), int((~treated).sum())
    yes = int((y[~treated] > 0).sum())
    mean = float(y[~treated].mean()) if held else 0.0
    seen = _visible(y, mean, share, planned)
    if n and log_e([n - held, held], [share, 1 - share]) > math.log(BROKEN):
        return Judged("do_not_trust", n, held, yes, mean)
    if yes < YES_MIN:
        small = seen is not None and seen > TOO_SMALL
        return Judged("too_small" if small else "collecting", n, held, yes, mean, visible=seen)
    phi = scores(drawn)
    value, error = float(phi.mean()), float(np.std(phi)) / math.sqrt(n)
    found = always(value, error, n, planned)
    state = "works" if found.low > 0 else "harms" if found.high < 0 else "no_verdict"
    return Judged(state, n, held, yes, mean, value, *found, seen)


def _visible(y: "Numbers", mean: float, share: float, planned: int) -> float | None:
    import numpy as np

    if mean <= 0 or len(y) < 2:
        return None
    return smallest_visible(max(planned, 1), held_out=1 - share, variation=float(np.std(y)) / mean)
