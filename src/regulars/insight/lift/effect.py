"""What did being written to change, against those held out? One number a person, an interval for every day of looking."""

import math
from dataclasses import dataclass

from regulars.insight.lift.aipw import Drawn, scores
from regulars.insight.lift.sequence import YES_MIN, always, smallest_visible
from regulars.insight.lift.split import BROKEN, log_e

TOO_SMALL = 0.20
"""If only a larger relative change than this could be seen in the end, the play is too small to be judged by itself."""


@dataclass(frozen=True, slots=True)
class Judged:
    """`value` is the change a person, between `low` and `high` at all looks at once; None where nothing may be said.
    `estimate` and its standard `error` are there from the second person on: to decide by, never to be claimed.

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
    estimate: float | None = None
    error: float | None = None


def judge(drawn: Drawn, *, planned: int) -> Judged:
    """Those whose days are over, each with the chance they were drawn with. planned: people expected at the launch."""
    y, treated = drawn.outcome, drawn.treated
    n, held = len(y), int((~treated).sum())
    yes = int((y[~treated] > 0).sum())
    mean = float(y[~treated].mean()) if held else 0.0
    seen = _visible(drawn, mean, planned)
    if split(drawn) > math.log(BROKEN):
        return Judged("do_not_trust", n, held, yes, mean)
    value, error = _estimate(drawn)
    if yes < YES_MIN:
        small = seen is not None and seen > TOO_SMALL
        state = "too_small" if small else "collecting"
        return Judged(state, n, held, yes, mean, visible=seen, estimate=value, error=error)
    assert value is not None
    assert error is not None
    found = always(value, error, n, planned)
    state = "works" if found.low > 0 else "harms" if found.high < 0 else "no_verdict"
    return Judged(state, n, held, yes, mean, value, *found, seen, value, error)


def _estimate(drawn: Drawn) -> tuple[float | None, float | None]:
    """The change a person with its standard error; None while an arm is empty."""
    import numpy as np

    if len(drawn.outcome) < 2 or drawn.treated.all() or not drawn.treated.any():
        return None, None
    phi = scores(drawn)
    return float(phi.mean()), float(np.std(phi)) / math.sqrt(len(phi))


def split(drawn: Drawn) -> float:
    """Evidence (natural logarithm) that the lot did not fall as it was drawn: of the stretches with one chance each, together."""
    import numpy as np

    found = 0.0
    for chance in np.unique(drawn.chance):
        mine = drawn.treated[drawn.chance == chance]
        found += log_e([int(mine.sum()), int((~mine).sum())], [float(chance), 1 - float(chance)])
    return found


def _visible(drawn: Drawn, mean: float, planned: int) -> float | None:
    import numpy as np

    y = drawn.outcome
    if mean <= 0 or len(y) < 2:
        return None
    held_out = 1 - float(drawn.chance.mean())
    explained = 1 - float(np.var(y - drawn.forecast)) / float(np.var(y)) if np.var(y) > 0 else 0.0
    return smallest_visible(
        max(planned, 1), held_out=held_out, variation=float(np.std(y)) / mean, explained=max(0.0, explained)
    )
