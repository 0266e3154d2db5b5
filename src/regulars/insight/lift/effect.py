"""What did being written to change, against those held out? One number a person, an interval for every day of looking."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.insight.lift.aipw import Drawn, scores
from regulars.insight.lift.sequence import POWER_80, e_value, half_width
from regulars.insight.lift.split import BROKEN, log_e

if TYPE_CHECKING:
    from regulars.insight.lift.aipw import Numbers

YES_MIN = 100
"""So many of those held out must have ordered, or nothing is said."""
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
    reach = half_width(n, planned) * error
    state = "works" if value > reach else "harms" if value < -reach else "no_verdict"
    e = e_value(value / error, n, planned) if error else 1.0
    return Judged(state, n, held, yes, mean, value, value - reach, value + reach, e, seen)


def _visible(y: "Numbers", mean: float, share: float, planned: int) -> float | None:
    import numpy as np

    if mean <= 0 or len(y) < 2:
        return None
    arms = math.sqrt(1 / share + 1 / (1 - share)) / math.sqrt(max(planned, 1))
    return (half_width(max(planned, 1), max(planned, 1)) + POWER_80) * float(np.std(y)) / mean * arms
