"""Which of two versions did more? Compared by a yes or no of each person (came back, left), drawn by lot in known shares."""

import math
from dataclasses import dataclass

from regulars.insight.lift.sequence import ALPHA, YES_MIN, always
from regulars.insight.lift.split import BROKEN, log_e


@dataclass(frozen=True, slots=True)
class Version:
    """n: people drawn whose days are over; yes: those of them who did it."""

    n: int
    yes: int


@dataclass(frozen=True, slots=True)
class Compared:
    """How much more of a hundredth the second did than the first: `value` between `low` and `high`, as shares.

    state: "collecting" (too few yet), "broken" (not split as planned; no numbers), "open" (0 lies within), "better" or
    "worse" (of the second). The interval holds at every look at once.
    """

    state: str
    n: int
    yes: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    e: float = 1.0


def compare(first: Version, second: Version, *, planned: int, alpha: float = ALPHA) -> Compared:
    """Two versions that were drawn with the same chance. planned: people in both, as expected at the launch.

    The estimator is AIPW with the mean of both as forecast (measurement, 4.2): each person counts y less the mean,
    doubled, with the sign of their version.
    """
    n, yes = first.n + second.n, first.yes + second.yes
    if n and log_e([first.n, second.n], [0.5, 0.5]) > math.log(BROKEN):
        return Compared("broken", n, yes)
    if min(first.yes, second.yes) < YES_MIN:
        return Compared("collecting", n, yes)
    mean = yes / n
    value = 2 * (second.yes - second.n * mean - first.yes + first.n * mean) / n
    squares = 4 * (yes * (1 - mean) ** 2 + (n - yes) * mean**2) / n
    error = math.sqrt(max(squares - value * value, 0.0) / n)
    found = always(value, error, n, planned, alpha=alpha)
    state = "better" if found.low > 0 else "worse" if found.high < 0 else "open"
    return Compared(state, n, yes, value, *found)
