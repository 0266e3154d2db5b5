"""After the first, second, third ... order: how many come again, and how soon? One Kaplan-Meier curve a step.

The step from the first order to the second is hardest, later ones get easier: the picture shows where a shop loses
its customers. Interval: log-log transform of Greenwood's variance, which stays within 0 and 1 (J. D. Kalbfleisch, R. L.
Prentice, The Statistical Analysis of Failure Time Data, 2nd ed., 1.4).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from regulars.insight.came_back import History
from regulars.insight.estimates import N_MIN, Estimate, missing
from regulars.insight.shares import Z_95
from regulars.insight.survival import Survival, kaplan_meier

if TYPE_CHECKING:
    import ibis.expr.types as ir

STEPS = 6
HORIZON_DAYS = 365
Counts = Sequence[tuple[int, int, int]]


@dataclass(frozen=True)
class Step:
    """From order day `number` to the next one. `curve.n` customers made the step's beginning."""

    number: int
    curve: Survival

    def by(self, day: int) -> Estimate:
        """The share that had ordered again by `day`; none below 100 customers, or when nobody was watched so long."""
        value = self.curve.by(day)
        if self.curve.n < N_MIN or value is None:
            return missing(self.curve.n, "too_few" if self.curve.n < N_MIN else "too_short")
        before = [place for place, at in enumerate(self.curve.days) if at <= day]
        if not before:
            return Estimate(0.0, 0.0, 0.0, self.curve.n)
        return Estimate(value, self.curve.low[before[-1]], self.curve.high[before[-1]], self.curve.n)


def next_orders(
    days: "ir.Table", began: "ir.Table", *, history: History, until: dt.date, horizon: int = HORIZON_DAYS
) -> tuple[Step, ...]:
    """The first six steps that anybody made, watched until `until` (the last mature day), at most `horizon` days.

    `days` has one row a customer and day; `began` has customer_id, first_day. Only customers known to be new are
    counted, since the order numbers of others are not known.
    """
    import ibis

    new = began.filter(began.first_day >= ibis.literal(history.first_known_new())).select("customer_id")
    seen = days.filter(days.day <= ibis.literal(until)).semi_join(new, "customer_id")
    in_time = ibis.window(group_by="customer_id", order_by="day")
    steps = seen.select("day", number=ibis.row_number().over(in_time) + 1, next_day=seen.day.lead().over(in_time))
    steps = steps.filter(steps.number <= STEPS)
    gap = steps.next_day.delta(steps.day, unit="day")
    watched = ibis.least(ibis.literal(until).delta(steps.day, unit="day"), horizon)
    came = (gap <= watched).fill_null(False)
    rows = steps.select("number", days=ibis.ifelse(came, gap, watched), event=came.cast("int64"))
    counted = rows.group_by(["number", "days"]).aggregate(events=rows.event.sum(), n=rows.count())
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for row in counted.to_pyarrow().to_pylist():
        found[row["number"]].append((row["days"], row["events"], row["n"] - row["events"]))
    return tuple(Step(number, log_log(sorted(found[number]))) for number in sorted(found))


def log_log(counts: Counts) -> Survival:
    """The Kaplan-Meier curve of (days observed, came back that day, censored that day) with log-log intervals.

    S^exp(+-z sqrt(V) / ln S) with V = sum of d / (n (n - d)), one row a day, in order. When everybody has come back
    the lower bound is the one before.

    >>> curve = log_log([(10, 30, 0), (90, 0, 70)])
    >>> round(curve.low[0], 4), round(curve.high[0], 4)
    (0.2203, 0.4002)
    """
    curve, at_risk, greenwood = kaplan_meier(counts), sum(came + left for _day, came, left in counts), 0.0
    bounds: list[tuple[float, float]] = []
    for _day, came, left in counts:
        if came:
            greenwood += came / (at_risk * (at_risk - came)) if at_risk > came else 0.0
            surviving = 1 - curve.came_back[len(bounds)]
            last = at_risk == came
            bounds.append((bounds[-1][0] if bounds else 0.0, 1.0) if last else _bounds(surviving, greenwood))
        at_risk -= came + left
    return replace(curve, low=tuple(low for low, _high in bounds), high=tuple(high for _low, high in bounds))


def _bounds(surviving: float, greenwood: float) -> tuple[float, float]:
    """The interval of 1 - S."""
    reach = exp(Z_95 * sqrt(greenwood) / -log(surviving))
    low, high = surviving ** (1 / reach), surviving**reach
    return 1 - low, 1 - high
