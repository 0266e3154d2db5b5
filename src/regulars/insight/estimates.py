"""How sure is a number? A value with its 95 % interval and how many it rests on, or the reason why there is none."""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from regulars.insight.shares import Z_95, wilson

if TYPE_CHECKING:
    import ibis.expr.types as ir

N_MIN = 100


@dataclass(frozen=True)
class Estimate:
    """`value` with its 95 % interval, over `n` (customers unless said otherwise).

    Value and interval are None with the reason in `why_not`: "too_few", or "nothing_spent" for a share of nothing.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    why_not: str = ""


def missing(n: int, why_not: str) -> Estimate:
    """No number, and why."""
    return Estimate(None, None, None, n, why_not)


def share(k: int, n: int, *, n_min: int = N_MIN) -> Estimate:
    """The share k of n with Wilson's interval; none below `n_min`.

    >>> share(23, 99).why_not, round(share(23, 100).low, 6)
    ('too_few', 0.158433)
    """
    if n < max(1, n_min):
        return missing(n, "too_few")
    return Estimate(k / n, *wilson(k, n), n)


def ratio(people: "ir.Table", over: str, under: str, *, n_min: int = N_MIN) -> Estimate:
    """Sum of the column `over` / sum of the column `under`; `people` has one row a customer, so they are the unit.

    Large-sample interval of a ratio of sums over customers: variance n/(n-1) sum (over - value x under)^2 /
    (sum under)^2. Source: W. G. Cochran, Sampling Techniques, 3rd ed., 2.11.
    """
    x, y = people[over].cast("float64"), people[under].cast("float64")
    row = people.aggregate(
        n=people.count(), x=x.sum(), y=y.sum(), xx=(x * x).sum(), yy=(y * y).sum(), xy=(x * y).sum()
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    return ratio_of_sums(row, n_min=n_min)


def ratio_of_sums(row: dict[str, float], *, n_min: int = N_MIN) -> Estimate:
    """The same from sums: n, x, y, xx (of squares), yy, xy."""
    n = int(row["n"] or 0)
    if n < max(2, n_min):
        return missing(n, "too_few")
    if row["y"] <= 0:
        return missing(n, "nothing_spent")
    value = row["x"] / row["y"]
    spread = row["xx"] - 2 * value * row["xy"] + value**2 * row["yy"]
    half = Z_95 * sqrt(max(0.0, spread) * n / (n - 1)) / row["y"]
    return Estimate(value, value - half, value + half, n)


def wilson_columns(k: "ir.NumericValue", n: "ir.NumericValue") -> "tuple[ir.FloatingValue, ir.FloatingValue]":
    """Wilson's interval of k of n as two columns (low, high), NULL where n is 0: `shares.wilson` inside the engine."""
    import ibis

    z2, one = Z_95**2, ibis.literal(1.0)
    people = n.cast("float64").nullif(0.0)
    p = k.cast("float64") / people
    scale = one + z2 / people
    centre = (p + z2 / (people * 2.0)) / scale
    half = ((p * (one - p) / people + z2 / (people * people * 4.0)).sqrt() * Z_95) / scale
    # At k = 0 and k = n an end is the share itself, but for rounding. Least and greatest pass over NULL.
    low, high = ibis.least(p, ibis.greatest(centre - half, 0.0)), ibis.greatest(p, ibis.least(centre + half, 1.0))
    nothing = ibis.null("float64")
    return ibis.ifelse(n > 0, low, nothing), ibis.ifelse(n > 0, high, nothing)
