"""How long until the second order, when many have not had the time yet? Kaplan-Meier, from counts of days.

Source: E. L. Kaplan, P. Meier (1958), J. Am. Stat. Assoc. 53, 457-481; variance: Greenwood (1926).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from regulars.insight.shares import Z_95

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Survival:
    """Share of customers who came back by each day: `days`, `came_back`, 95 % `low` and `high`, and how many began.

    `watched`: the longest time in days that anybody was observed; nothing is known of later days.
    """

    days: tuple[int, ...]
    came_back: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n: int
    watched: int = 0

    def by(self, day: int) -> float | None:
        """The share that came back by `day`; None when nobody, or nobody for so long, was observed."""
        if not self.n or day > self.watched:
            return None
        share = 0.0
        for at, value in zip(self.days, self.came_back, strict=True):
            if at > day:
                break
            share = value
        return share


def kaplan_meier(counts: Iterable[tuple[int, int, int]]) -> Survival:
    """From (days observed, came back that day, censored that day); events come before censorings on one day.

    S(t) = product over event days up to t of (1 - d/n), `came_back` = 1 - S. Rows of the same day are added up.

    >>> fixture = [(10, 1, 0), (20, 0, 1), (30, 1, 0), (40, 0, 1), (45, 1, 0), (90, 1, 2)]
    >>> round(kaplan_meier(fixture).by(90), 6)
    0.635417
    """
    rows = _by_day(counts)
    at_risk = n = sum(events + censored for _day, events, censored in rows)
    surviving, greenwood = 1.0, 0.0
    found: list[tuple[int, float, float]] = []
    for day, events, censored in rows:
        if events:
            surviving *= 1 - events / at_risk
            if at_risk > events:
                greenwood += events / (at_risk * (at_risk - events))
            found.append((day, 1 - surviving, Z_95 * surviving * sqrt(greenwood)))
        at_risk -= events + censored
    return Survival(
        days=tuple(day for day, _share, _half in found),
        came_back=tuple(share for _day, share, _half in found),
        low=tuple(max(0.0, share - half) for _day, share, half in found),
        high=tuple(min(1.0, share + half) for _day, share, half in found),
        n=n,
        watched=rows[-1][0] if rows else 0,
    )


def _by_day(counts: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    events: dict[int, int] = defaultdict(int)
    censored: dict[int, int] = defaultdict(int)
    for day, came, waiting in counts:
        events[day] += came
        censored[day] += waiting
    return [(day, events[day], censored[day]) for day in sorted(events)]


def time_to_second(
    began: "ir.Table", *, first_from: dt.date, first_to: dt.date, until: dt.date, horizon: int
) -> Survival:
    """Time to the second order of those who began in [first_from, first_to], watched until `until`, at most `horizon`.

    `began` has customer_id, first_day, second_day (insight.valid.starts). Observed are
    min(second - first, horizon, until - first) days.
    """
    import ibis

    end = ibis.literal(until)
    chosen = began.filter((began.first_day >= ibis.literal(first_from)) & (began.first_day <= ibis.literal(first_to)))
    watched = ibis.least(end.delta(chosen.first_day, unit="day"), horizon)
    gap = chosen.second_day.delta(chosen.first_day, unit="day")
    came = (gap <= watched).fill_null(False)
    rows = chosen.mutate(days=ibis.ifelse(came, gap, watched), event=came)
    counted = rows.group_by("days").aggregate(
        events=rows.event.cast("int64").sum(), censored=(~rows.event).cast("int64").sum()
    )
    table = counted.to_pyarrow().to_pydict()
    return kaplan_meier(zip(table["days"], table["events"], table["censored"], strict=True))
