"""What does a new customer bring in the first 90 days? Shown while there is no N2 yet (docs/numbers.md#kept).

The same customers as N1: the whole horizon plus the grace has passed, and they are known to be new.
"""

import datetime as dt
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from regulars.insight.came_back import HORIZON_DAYS, N_MIN, History, Window, window
from regulars.insight.shares import Z_95

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class FirstSpend:
    """Mean net revenue of a new customer, minor units, with its 95 % interval (normal, over customers).

    `value` is None with "too_few" in `why_not` below 100 customers; `total` over `n` customers always stands.
    """

    value: float | None
    low: float | None
    high: float | None
    total: int
    n: int
    window: Window
    horizon: int
    why_not: str = ""


def first_spend(
    valid: "ir.Table", began: "ir.Table", *, as_of: dt.date, history: History, horizon: int = HORIZON_DAYS
) -> FirstSpend:
    """Net revenue per new customer from the first order day to `horizon` days later, as of the last complete day.

    `valid` has customer_id, day, net; `began` has customer_id, first_day.
    """
    import ibis

    days = window(as_of, horizon)
    first = max(days.first, history.first_known_new())
    chosen = began.filter((began.first_day >= ibis.literal(first)) & (began.first_day <= ibis.literal(days.last)))
    spent = valid.select("customer_id", "day", "net").join(chosen.select("customer_id", "first_day"), "customer_id")
    spent = spent.filter(spent.day.delta(spent.first_day, unit="day") <= horizon)
    each = spent.group_by("customer_id").aggregate(net=spent.net.sum())
    row = each.aggregate(
        n=each.count(), total=each.net.sum(), squares=(each.net.cast("float64") * each.net.cast("float64")).sum()
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    n, total = int(row["n"] or 0), int(row["total"] or 0)
    if n < N_MIN:
        return FirstSpend(None, None, None, total, n, days, horizon, "too_few")
    mean = total / n
    half = Z_95 * sqrt(max(0.0, row["squares"] / n - mean**2) / (n - 1))
    return FirstSpend(mean, max(0.0, mean - half), mean + half, total, n, days, horizon)
