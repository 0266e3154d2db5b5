"""N1: of the new customers, how many came back within 90 days? (docs/numbers.md#came-back)

Only customers who had the whole horizon plus the grace are counted, and only those known to be new: first seen at
least 180 days after the history begins, unless it reaches the shop's opening.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from regulars.insight.shares import newcombe, wilson
from regulars.insight.survival import time_to_second
from regulars.insight.valid import GRACE_DAYS

if TYPE_CHECKING:
    import ibis.expr.types as ir

HORIZON_DAYS = 90
WINDOW_DAYS = 91
TRUNCATION_DAYS = 180
SAME_SEASON_DAYS = 364
N_MIN = 100


@dataclass(frozen=True)
class Window:
    """The days on which the counted customers began, both included."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class CameBack:
    """N1 with everything that must stand beside it. `value` is None with the reason in `why_not`.

    why_not: "", "too_short" (`have_days` of `need_days` of history) or "too_few" (n below 100; k of n still stand).
    early_read: Kaplan-Meier estimate at the horizon. unknown: customers of the window who may be old ones.
    verdict: "up", "down" or "noise" against `last_year`, the same window 364 days before; "" when it cannot be said.
    """

    value: float | None
    k: int
    n: int
    low: float | None
    high: float | None
    window: Window
    horizon: int
    why_not: str = ""
    have_days: int = 0
    need_days: int = 0
    early_read: float | None = None
    unknown: int = 0
    last_year: "CameBack | None" = None
    verdict: str = ""


@dataclass(frozen=True)
class History:
    """Where the shop's orders begin in our data; `opened` when that is the shop's opening."""

    begins: dt.date
    opened: bool = False

    def first_known_new(self) -> dt.date:
        """The first day on which a customer not seen before is surely new."""
        return self.begins if self.opened else self.begins + dt.timedelta(days=TRUNCATION_DAYS)


def window(as_of: dt.date, horizon: int) -> Window:
    """91 days of first orders, the last of which has had horizon plus grace by `as_of` (the last complete day)."""
    last = as_of - dt.timedelta(days=horizon + GRACE_DAYS)
    return Window(last - dt.timedelta(days=WINDOW_DAYS - 1), last)


def came_back(
    began: "ir.Table", *, as_of: dt.date, history: History, horizon: int = HORIZON_DAYS, compare: bool = True
) -> CameBack:
    """N1 as of the last complete day `as_of`; with `compare` also the early read and the same season last year.

    `began` has customer_id, first_day, second_day (insight.valid.starts).
    """
    found = _counted(began, as_of=as_of, history=history, horizon=horizon)
    if not compare:
        return found
    earlier = None
    if found.value is not None:
        moved = as_of - dt.timedelta(days=SAME_SEASON_DAYS)
        earlier = _counted(began_by(began, moved), as_of=moved, history=history, horizon=horizon)
    early = _early_read(began, as_of=as_of, history=history, horizon=horizon)
    return replace(found, early_read=early, last_year=earlier, verdict=_verdict(found, earlier))


def began_by(began: "ir.Table", as_of: dt.date) -> "ir.Table":
    """The same table as it was at the end of `as_of`, as far as order days tell."""
    import ibis

    end = ibis.literal(as_of)
    seen = began.filter(began.first_day <= end)
    return seen.mutate(second_day=ibis.ifelse(seen.second_day <= end, seen.second_day, ibis.null("date")))


def _counted(began: "ir.Table", *, as_of: dt.date, history: History, horizon: int) -> CameBack:
    import ibis

    days = window(as_of, horizon)
    inside = (began.first_day >= ibis.literal(days.first)) & (began.first_day <= ibis.literal(days.last))
    known_new = began.first_day >= ibis.literal(history.first_known_new())
    within = (began.second_day.delta(began.first_day, unit="day") <= horizon).fill_null(False)
    row = began.aggregate(
        n=(inside & known_new).cast("int64").sum(),
        k=(inside & known_new & within).cast("int64").sum(),
        unknown=(inside & ~known_new).cast("int64").sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    n, k, unknown = (int(row[name] or 0) for name in ("n", "k", "unknown"))
    have = (as_of - history.begins).days + 1
    need = WINDOW_DAYS + horizon + GRACE_DAYS + (0 if history.opened else TRUNCATION_DAYS)
    why_not = "too_short" if have < need else "too_few" if n < N_MIN else ""
    value, (low, high) = (None, (None, None)) if why_not else (k / n, wilson(k, n))
    return CameBack(value, k, n, low, high, days, horizon, why_not, have, need, unknown=unknown)


def _early_read(began: "ir.Table", *, as_of: dt.date, history: History, horizon: int) -> float | None:
    first_from = max(window(as_of, horizon).first, history.first_known_new())
    until = as_of - dt.timedelta(days=GRACE_DAYS)
    survival = time_to_second(began, first_from=first_from, first_to=until, until=until, horizon=horizon)
    return survival.by(horizon) if survival.n >= N_MIN else None


def _verdict(now: CameBack, earlier: CameBack | None) -> str:
    if earlier is None or now.value is None or earlier.value is None:
        return ""
    low, high = newcombe((now.k, now.n), (earlier.k, earlier.n))
    if low <= 0 <= high:
        return "noise"
    return "up" if low > 0 else "down"
