"""Do two plays take from each other? For pairs that met enough of the same people, what the one changes where the other is
given too, less what it changes where the other is held out.

People who were met by both within the days of a play count from the later of the two, when both lots are drawn. Since the
earlier play may change whom the later one meets, a pair whose four cells are not split as drawn says nothing.
"""

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from regulars.insight.lift.forecasting import running_line
from regulars.insight.lift.many import claimed
from regulars.insight.lift.pairs import scores
from regulars.insight.lift.sequence import YES_MIN, always
from regulars.insight.lift.split import BROKEN, log_e
from regulars.measurement.windows import Drawn, after
from regulars.profiles.refresh import Asked

if TYPE_CHECKING:
    from regulars.measurement.learning import Everything
    from regulars.measurement.plays import Met

CELL_MIN = 1_000
"""So many people must be in each of the four cells before a pair is looked at (reference "measurement", 2.2)."""
CELLS = 4
Chances = tuple[float, float]


@dataclass
class Both:
    """Whom two plays met within so many days. drawn: the arm is the cell, twice the first play's side and the second's; the
    chance is that of the cell; split: by the chances of both lots, how many of those whose days are over are in which cell."""

    days: int
    drawn: list[Drawn] = field(default_factory=list)
    split: dict[Chances, Counter[int]] = field(default_factory=dict)

    def large_enough(self) -> bool:
        """Whether each cell has people enough whose days are over."""
        return min(sum(counts[cell] for counts in self.split.values()) for cell in range(CELLS)) >= CELL_MIN

    def as_drawn(self) -> bool:
        """Whether the cells are as large as the lots make them."""
        found = 0.0
        for (one, other), counts in self.split.items():
            shares = [first * second for first in (1 - one, one) for second in (1 - other, other)]
            found += log_e([counts[cell] for cell in range(CELLS)], shares)
        return found <= math.log(BROKEN)


def found(asked: Asked, plays: "Everything") -> dict[str, Any]:
    """pairs: of each pair with figures its plays, n, cells, estimate, low, high, e, and whether it may be claimed: few of the
    claims are false (e-BH over all pairs looked at); looked_at: their number."""
    rows = []
    for first, second in combinations(sorted(plays), 2):
        (play, form, met, _data), (other, others, met_too, _too) = plays[first], plays[second]
        both = _both(met, met_too, min(form.goal.within, others.goal.within), asked.dates.complete)
        if both.split and both.large_enough() and both.as_drawn():
            told = _judged(asked, both, planned=min(play.planned, other.planned))
            rows += [{"plays": [first, second]} | told] if told else []
    may = set(claimed([row["e"] for row in rows])) if rows else set()
    return {"pairs": [row | {"claimed": place in may} for place, row in enumerate(rows)], "looked_at": len(rows)}


def _both(met: "Met", other: "Met", days: int, complete: dt.date) -> Both:
    both, over = Both(days), complete - dt.timedelta(days=days - 1)
    if min(len(met.first), len(other.first)) < CELLS * CELL_MIN:
        return both
    for person in met.first.keys() & other.first.keys():
        pair = met.first[person], other.first[person]
        later = max(pair, key=lambda one: one.at)
        if abs(pair[0].at - pair[1].at).days >= days or later.at.date() > over:
            continue
        chance = math.prod(one.chance if one.arm else 1 - one.chance for one in pair)
        cell = 2 * pair[0].arm + pair[1].arm
        both.drawn.append(later._replace(arm=cell, chance=chance))
        both.split.setdefault((pair[0].chance, pair[1].chance), Counter())[cell] += 1
    return both


def _judged(asked: Asked, both: Both, *, planned: int) -> dict[str, Any] | None:
    """The interaction of who came back; None while a cell is too small, or too few of it came back."""
    import numpy as np

    one = after(asked, both.drawn, days=both.days)
    table = one.filter(one.over).order_by("customer_id").to_pyarrow()
    day, cell, orders, likely, chance = (
        table[name].to_numpy() for name in ("day", "arm", "orders", "likely", "chance")
    )
    back = orders > 0
    sizes, yes = (np.bincount(cell[which], minlength=CELLS) for which in (slice(None), back))
    if sizes.min() < CELL_MIN or yes.min() < YES_MIN:
        return None
    outcome = back.astype(float)
    line = running_line(day.astype("datetime64[D]").astype(np.int64), likely, outcome)
    phi = scores(outcome, np.isin(cell, (0, CELLS - 1)), chance, line)
    mean, n = float(phi.mean()), len(phi)
    low, high, e = always(mean, float(np.std(phi)) / math.sqrt(n), n, planned)
    return {"n": n, "cells": sizes.tolist(), "estimate": mean, "low": low, "high": high, "e": e}
