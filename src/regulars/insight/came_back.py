"""N1: of the new customers, how many came back within 90 days? (docs/numbers/came-back.md)

Only customers who had the whole horizon plus the grace are counted, and only those known to be new: first seen at
least 180 days after the history begins, unless it reaches the shop's opening.
"""

import datetime as dt
from dataclasses import dataclass
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
    """N1 with everything that must stand beside it. `value` is None with the reason in `why_not`."""

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
    """N1 as of the last complete day `as_of`. `began` comes from `insight.valid.starts`."""
    import ibis

    days = window(as_of, horizon)
    need = WINDOW_DAYS + horizon + GRACE_DAYS + (0 if history.opened else TRUNCATION_DAYS)
    have = (as_of - history.begins).days + 1
    inside = (began.first_day >= ibis.literal(days.first)) & (began.first_day <= ibis.literal(days.last))
    known_new = began.first_day >= ibis.literal(history.first_known_new())
    within = began.second_day.delta(began.first_day, unit="day") <= horizon
    row = began.aggregate(
        n=(inside & known_new).cast("int64").sum(),
        k=(inside & known_new & within.fill_null(False)).cast("int64").sum(),
        unknown=(inside & ~known_new).cast("int64").sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    n, k, unknown = (int(row[name] or 0) for name in ("n", "k", "unknown"))
    why_not = "too_short" if have < need else "too_few" if n < N_MIN else ""
    value = None if why_not else k / n
    low, high = (None, None) if why_not else wilson(k, n)
    earlier = None
    if compare and not why_not:
        moved = as_of - dt.timedelta(days=SAME_SEASON_DAYS)
        earlier = came_back(began_by(began, moved), as_of=moved, history=history, horizon=horizon, compare=False)
    return CameBack(
        value, k, n, low, high, days, horizon, why_not, have, need,
        early_read=_early_read(began, as_of=as_of, days=days, history=history, horizon=horizon) if compare else None,
        unknown=unknown, last_year=earlier, verdict=_verdict((k, n), earlier) if value is not None else "",
    )  # fmt: skip


def began_by(began: "ir.Table", as_of: dt.date) -> "ir.Table":
    """The same table as it was at the end of `as_of`, as far as order days tell."""
    import ibis

    end = ibis.literal(as_of)
    seen = began.filter(began.first_day <= end)
    return seen.mutate(second_day=ibis.ifelse(seen.second_day <= end, seen.second_day, ibis.null("date")))


def _early_read(
    began: "ir.Table", *, as_of: dt.date, days: Window, history: History, horizon: int
) -> float | None:
    first_from = max(days.first, history.first_known_new())
    until = as_of - dt.timedelta(days=GRACE_DAYS)
    survival = time_to_second(began, first_from=first_from, first_to=until, until=until, horizon=horizon)
    return survival.by(horizon) if survival.n >= N_MIN else None


def _verdict(now: tuple[int, int], earlier: CameBack | None) -> str:
    """`up`, `down` or `noise` against the same season last year; empty when there is nothing to compare with."""
    if earlier is None or earlier.n < N_MIN:
        return ""
    low, high = newcombe(now, (earlier.k, earlier.n))
    if low <= 0 <= high:
        return "noise"
    return "up" if low > 0 else "down"
