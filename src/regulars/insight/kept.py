"""N2: of last year's customers, how much of their revenue was kept? (docs/numbers/kept.md)

N2 = net revenue of B in the last 365 days / net revenue of B in the 365 days before, B = everybody who bought then.
It is the product of the rebuy rate and the change in spend; the interval resamples customers in the large-sample
limit (the delta method for a ratio of sums over customers: Cochran, Sampling Techniques, 3rd ed., 2.11).
"""

import datetime as dt
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from regulars.insight.came_back import TRUNCATION_DAYS, History
from regulars.insight.shares import Z_95
from regulars.insight.valid import GRACE_DAYS

if TYPE_CHECKING:
    import ibis.expr.types as ir

YEAR_DAYS = 365
MONTHS_NEEDED = 24
N_MIN = 100


@dataclass(frozen=True)
class Kept:
    """N2 with its parts. Sums are minor units. `value` is None with the reason in `why_not`."""

    value: float | None
    n: int
    low: float | None
    high: float | None
    then: int
    now: int
    rebuyers: int
    why_not: str = ""
    have_months: int = 0
    new_last_year: float | None = None
    already_old: float | None = None
    as_of: dt.date | None = None

    @property
    def rebuy_rate(self) -> float | None:
        """Share of last year's customers who bought again."""
        return self.rebuyers / self.n if self.n else None

    @property
    def spend_then(self) -> float | None:
        """Net revenue a buyer then, minor units."""
        return self.then / self.n if self.n else None

    @property
    def spend_now(self) -> float | None:
        """Net revenue a rebuyer now, minor units."""
        return self.now / self.rebuyers if self.rebuyers else None


def kept(valid: "ir.Table", began: "ir.Table", *, as_of: dt.date, history: History) -> Kept:
    """N2 as of the last complete day `as_of`. `valid` has customer_id, day, net; `began` has first_day."""
    end = as_of - dt.timedelta(days=GRACE_DAYS)
    middle, start = end - dt.timedelta(days=YEAR_DAYS), end - dt.timedelta(days=2 * YEAR_DAYS)
    people = _two_years(valid, began, start=start, middle=middle, end=end)
    row = _sums(people)
    n, then, now = int(row["n"] or 0), int(row["then"] or 0), int(row["now"] or 0)
    have_months = months_between(history.begins, as_of)
    why_not = _why_not(start, have_months, n, then, history)
    value, low, high = (None, None, None) if why_not else _ratio(row)
    new, old = _split(people, start, history) if not why_not else (None, None)
    return Kept(
        value, n, low, high, then, now, int(row["rebuyers"] or 0), why_not, have_months, new, old, as_of=end
    )  # fmt: skip


def months_between(first: dt.date, last: dt.date) -> int:
    """Whole months from `first` to the day after `last`."""
    after = last + dt.timedelta(days=1)
    return (after.year - first.year) * 12 + after.month - first.month - (after.day < first.day)


def _why_not(start: dt.date, have_months: int, n: int, then: int, history: History) -> str:
    if have_months < MONTHS_NEEDED or start + dt.timedelta(days=1) < history.begins:
        return "too_short"
    if n < N_MIN:
        return "too_few"
    return "nothing_spent" if then <= 0 else ""


def _two_years(
    valid: "ir.Table", began: "ir.Table", *, start: dt.date, middle: dt.date, end: dt.date
) -> "ir.Table":
    """One row a customer of last year: then, now, bought (0 or 1), first_day."""
    import ibis

    was_then = (valid.day > ibis.literal(start)) & (valid.day <= ibis.literal(middle))
    is_now = (valid.day > ibis.literal(middle)) & (valid.day <= ibis.literal(end))
    each = valid.group_by("customer_id").aggregate(
        orders_then=was_then.cast("int64").sum(),
        then=valid.net.sum(where=was_then).fill_null(0),
        now=valid.net.sum(where=is_now).fill_null(0),
        bought=is_now.cast("int64").max(),
    )
    return each.filter(each.orders_then > 0).join(began.select("customer_id", "first_day"), "customer_id")


def _sums(people: "ir.Table") -> dict[str, float]:
    then, now = people.then.cast("float64"), people.now.cast("float64")
    row: dict[str, float] = people.aggregate(
        n=people.count(), then=people.then.sum(), now=people.now.sum(), rebuyers=people.bought.sum(),
        then2=(then * then).sum(), now2=(now * now).sum(), cross=(then * now).sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    return row


def _ratio(row: dict[str, float]) -> tuple[float, float, float]:
    n, then, now = row["n"], float(row["then"]), float(row["now"])
    value = now / then
    spread = row["now2"] - 2 * value * row["cross"] + value**2 * row["then2"]
    half = Z_95 * sqrt(max(0.0, spread) * n / (n - 1)) / then
    return value, max(0.0, value - half), value + half


def _split(people: "ir.Table", start: dt.date, history: History) -> tuple[float | None, float | None]:
    """N2 of those new last year and of those already old; unsplit while old customers may look new."""
    if not history.opened and history.begins + dt.timedelta(days=TRUNCATION_DAYS) > start + dt.timedelta(days=1):
        return None, None
    import ibis

    new = people.first_day > ibis.literal(start)
    row = people.aggregate(
        then_new=people.then.sum(where=new), now_new=people.now.sum(where=new),
        then_old=people.then.sum(where=~new), now_old=people.now.sum(where=~new),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    shares = [
        float(row[f"now_{group}"] or 0) / float(row[f"then_{group}"]) if (row[f"then_{group}"] or 0) > 0 else None
        for group in ("new", "old")
    ]
    return shares[0], shares[1]
