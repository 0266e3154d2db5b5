"""How did the figure of a play come about? What could be said of it at the end of each month, from those whose days were over
then: the interval that holds at all looks, so the whole path holds at once."""

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from regulars.insight.lift.aipw import Drawn as Arms
from regulars.insight.lift.aipw import scores
from regulars.insight.lift.sequence import YES_MIN, always
from regulars.measurement.windows import EPOCH

if TYPE_CHECKING:
    from regulars.insight.lift.aipw import Whole

MONTHS_KEPT = 36


def path(people: Arms, day: "Whole", *, planned: int, window: int, until: dt.date) -> list[dict[str, Any]]:
    """day, n, value, low and high (of one person, how many more came back), at month ends up to `until` and on it.

    day: of the first decision of each, since 1970. Months in which fewer than YES_MIN of those held out had come back have
    no figure. people.outcome: 1 for those who came back.
    """
    import numpy as np

    if not len(day):
        return []
    phi, over = scores(people), day + window - 1
    held_back = (people.outcome > 0) & ~people.treated
    found = []
    for end in _ends(dt.date.fromordinal(int(over.min()) + EPOCH), until):
        known = over <= end.toordinal() - EPOCH
        if int((held_back & known).sum()) < YES_MIN:
            continue
        mine = phi[known]
        value, error = float(mine.mean()), float(np.std(mine)) / math.sqrt(len(mine))
        reach = always(value, error, len(mine), planned)
        found.append({"day": end.isoformat(), "n": len(mine), "value": value, "low": reach.low, "high": reach.high})
    return found[-MONTHS_KEPT:]


def _ends(first: dt.date, until: dt.date) -> list[dt.date]:
    """The last days of the months from `first` on, and `until`."""
    found, month = [], first.replace(day=1)
    while month <= until:
        following = (month + dt.timedelta(days=32)).replace(day=1)
        found.append(min(until, following - dt.timedelta(days=1)))
        month = following
    return found
