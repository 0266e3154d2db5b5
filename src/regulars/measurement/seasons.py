"""How did a play do season by season? One estimate for each year and version of its text, of those who met it first in it.

Seasons in which hardly anybody came back are taken together with the next, since they cannot tell how unsure they are.
For pooling (pooling.py), never for claiming.
"""

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from regulars.insight.lift.aipw import Drawn as Arms
from regulars.insight.lift.aipw import scores
from regulars.measurement.windows import EPOCH

if TYPE_CHECKING:
    from regulars.insight.lift.aipw import Whole

YES_OF_A_SEASON_MIN = 10
"""So many of each side must have come back before a season has figures of its own."""


def begins(day: "Whole", versions: Sequence[dt.date]) -> list[dt.date]:
    """The first days of each season between the first and the last of these days (since 1970): of years, and of versions."""
    if not len(day):
        return []
    first, last = (dt.date.fromordinal(int(end) + EPOCH) for end in (day.min(), day.max()))
    years = [dt.date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    return sorted({first, *years, *(each for each in versions if first < each <= last)})


def split(people: Arms, day: "Whole", seasons: Sequence[dt.date]) -> list[dict[str, Any]]:
    """from, n, estimate (of the change a person) and its standard error, for each season with figures of its own."""
    import numpy as np

    if not seasons:
        return []
    place = np.searchsorted([each.toordinal() - EPOCH for each in seasons], day, side="right") - 1
    yes = people.outcome > 0
    counts = [
        np.bincount(place[side], minlength=len(seasons)) for side in (yes & people.treated, yes & ~people.treated)
    ]
    groups = _together(list(zip(*(each.tolist() for each in counts), strict=True)))
    phi, found = scores(people), []
    for low, high in groups:
        mine = phi[(place >= low) & (place < high)]
        error = float(np.std(mine)) / math.sqrt(len(mine))
        found.append({"from": seasons[low].isoformat(), "n": len(mine), "estimate": float(mine.mean()), "error": error})
    return found


def _together(yes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of seasons (from, up to) in which enough of both sides came back; what is left over joins the last."""
    found: list[tuple[int, int]] = []
    begun, sums = 0, (0, 0)
    for place, (treated, held) in enumerate(yes):
        sums = (sums[0] + treated, sums[1] + held)
        if min(sums) >= YES_OF_A_SEASON_MIN:
            found.append((begun, place + 1))
            begun, sums = place + 1, (0, 0)
    if found:
        found[-1] = (found[-1][0], len(yes))
    return found
