"""N2: of last year's customers, how much of their revenue was kept? (docs/numbers.md#kept)

N2 = net revenue of B in the last 365 days / net revenue of B in the 365 days before, B = everybody who bought then.
It is the product of the rebuy rate and the change in spend; the interval resamples customers in the large-sample
limit (the delta method for a ratio of sums over customers: Cochran, Sampling Techniques, 3rd ed., 2.11).
"""

import datetime as dt
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from regulars.insight.came_back import History
from regulars.insight.shares import Z_95
from regulars.insight.valid import GRACE_DAYS

if TYPE_CHECKING:
    import ibis.expr.types as ir

YEAR_DAYS = 365
MONTHS_NEEDED = 24
N_MIN = 100


@dataclass(frozen=True)
class Kept:
    """N2 with its parts. Sums are minor units. `value` is None with the reason in `why_not`.

    why_not: "", "too_short" (`have_months` of 24), "too_few" (n below 100: sums only) or "nothing_spent".
    new_last_year, already_old: N2 of those who began in the first of the two years, and before it. Each is None when
    its group is smaller than 100; both are None with "too_short" in `split_why_not` while old customers may look new.
    as_of: the last day counted, the grace before the last complete day.
    """

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
    rebuyers_then: int = 0
    split_why_not: str = ""

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

    @property
    def rebuyers_spend_then(self) -> float | None:
        """Net revenue a rebuyer then, minor units: above `spend_then` when the better customers stayed."""
        return self.rebuyers_then / self.rebuyers if self.rebuyers else None


def kept(valid: "ir.Table", began: "ir.Table", *, as_of: dt.date, history: History) -> Kept:
    """N2 as of the last complete day `as_of`. `valid` has customer_id, day, net; `began` has first_day."""
    end = as_of - dt.timedelta(days=GRACE_DAYS)
    middle, start = end - dt.timedelta(days=YEAR_DAYS), end - dt.timedelta(days=2 * YEAR_DAYS)
    people = _two_years(valid, began, start=start, middle=middle, end=end)
    row = _sums(people)
    n, then, now = int(row["n"] or 0), int(row["then"] or 0), int(row["now"] or 0)
    have_months = months_between(history.begins, end)
    why_not = _why_not(have_months, n, then)
    value, low, high = (None, None, None) if why_not else _ratio(row)
    new, old, split_why_not = (None, None, why_not) if why_not else _split(people, start, history)
    return Kept(
        value, n, low, high, then, now, int(row["rebuyers"] or 0), why_not, have_months, new, old, as_of=end,
        rebuyers_then=int(row["rebuyers_then"] or 0), split_why_not=split_why_not,
    )  # fmt: skip


def months_between(first: dt.date, last: dt.date) -> int:
    """Whole months from `first` to the day after `last`.

    >>> import datetime as dt
    >>> months_between(dt.date(2023, 1, 1), dt.date(2024, 12, 31))
    24
    >>> months_between(dt.date(2023, 1, 1), dt.date(2024, 12, 30))
    23
    """
    after = last + dt.timedelta(days=1)
    return (after.year - first.year) * 12 + after.month - first.month - (after.day < first.day)


def _why_not(have_months: int, n: int, then: int) -> str:
    """24 whole months up to the last day counted are never less than twice 365 days."""
    if have_months < MONTHS_NEEDED:
        return "too_short"
    if n < N_MIN:
        return "too_few"
    return "nothing_spent" if then <= 0 else ""


def _two_years(valid: "ir.Table", began: "ir.Table", *, start: dt.date, middle: dt.date, end: dt.date) -> "ir.Table":
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
        rebuyers_then=people.then.sum(where=people.bought == 1),
        then2=(then * then).sum(), now2=(now * now).sum(), cross=(then * now).sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    return row


def _ratio(row: dict[str, float]) -> tuple[float, float, float]:
    """now / then with its 95 % interval; variance n/(n-1) sum (now - value then)^2 / (sum then)^2."""
    n, then, now = row["n"], float(row["then"]), float(row["now"])
    value = now / then
    spread = row["now2"] - 2 * value * row["cross"] + value**2 * row["then2"]
    half = Z_95 * sqrt(max(0.0, spread) * n / (n - 1)) / then
    return value, max(0.0, value - half), value + half


def _split(people: "ir.Table", start: dt.date, history: History) -> tuple[float | None, float | None, str]:
    """N2 of those new last year, of those already old, and why there is none."""
    import ibis

    if history.first_known_new() > start + dt.timedelta(days=1):
        return None, None, "too_short"
    split = people.mutate(is_new=people.first_day > ibis.literal(start))
    rows = split.group_by("is_new").aggregate(
        n=split.count(), then=split.then.sum(), now=split.now.sum()
    ).to_pyarrow().to_pylist()  # fmt: skip
    shares = {row["is_new"]: row["now"] / row["then"] for row in rows if row["n"] >= N_MIN and row["then"] > 0}
    new_last_year, already_old = shares.get(True), shares.get(False)
    return new_last_year, already_old, "" if shares else "too_few"
