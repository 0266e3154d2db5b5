"""Does everybody get their chance? How often people of a group get a play, against everybody else it is meant for.

About being reached, not about gaining by it: what a play does to one person cannot be known. Groups are named by the
merchant; none is guessed. docs/decisions.md#fairness.
"""

import math
from dataclasses import dataclass

FLOOR = 0.8
"""Below four fifths of the others' share a group is named (the four-fifths rule of US employment guidelines, 1978)."""
PEOPLE_MIN = 30
Z = 1.96
NEVER_SEEN = 0.025
"""Of a group of whom nobody was reached: a share so large that this happens with only such a chance is ruled out (exact)."""


@dataclass(frozen=True)
class Exposure:
    """Reached and meant, in the group and outside it; ratio of the two shares with its 95 % interval, None where there are too
    few people or nobody else was reached."""

    reached: int
    meant: int
    others_reached: int
    others_meant: int
    ratio: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def state(self) -> str:
        """ "too_few", "fine", "low" (below the floor, could be chance) or "unfair" (the whole interval below the floor)."""
        if self.ratio is None or self.high is None:
            return "too_few"
        if self.ratio >= FLOOR:
            return "fine"
        return "unfair" if self.high < FLOOR else "low"


def exposure(reached: int, meant: int, others_reached: int, others_meant: int) -> Exposure:
    """The ratio of the shares reached. Raises ValueError when more were reached than meant.

    >>> found = exposure(120, 3_000, 350, 7_000)
    >>> round(found.ratio, 2), round(found.low, 6), round(found.high, 6)
    (0.8, 0.653101, 0.979940)
    """
    if not (0 <= reached <= meant and 0 <= others_reached <= others_meant):
        raise ValueError(f"{reached} of {meant} and {others_reached} of {others_meant} cannot be")
    if min(meant, others_meant) < PEOPLE_MIN or not others_reached:
        return Exposure(reached, meant, others_reached, others_meant)
    ours, theirs = reached / meant, others_reached / others_meant
    if not reached:
        most = 1 - NEVER_SEEN ** (1 / meant)
        return Exposure(reached, meant, others_reached, others_meant, 0.0, 0.0, most / theirs)
    ratio = ours / theirs
    reach = math.exp(Z * math.sqrt((1 - ours) / reached + (1 - theirs) / others_reached))
    return Exposure(reached, meant, others_reached, others_meant, ratio, ratio / reach, ratio * reach)
