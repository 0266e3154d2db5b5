"""How much of the business hangs on how few customers? Tenths of the customers, best first, and two shares with
their interval: what the top fifth brings, and the Gini index.

Sources: C. M. Beach, R. Davidson (1983), Review of Economic Studies 50, 723-735 (top share); R. Davidson (2009),
Journal of Econometrics 150, 30-40 (Gini index). Both are large-sample intervals without resampling.
"""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from regulars.insight.estimates import N_MIN, Estimate, missing
from regulars.insight.shares import Z_95

if TYPE_CHECKING:
    import ibis.expr.types as ir

TENTHS = 10


@dataclass(frozen=True)
class Decile:
    """A tenth of the customers, 1 = best. Net revenue in minor units; shares of all net revenue, None of nothing.

    share_to_here: of this tenth and all better ones.
    """

    number: int
    customers: int
    orders: int
    net: int
    share: float | None
    share_to_here: float | None


@dataclass(frozen=True)
class Inequality:
    """top_fifth: share of net revenue of the best fifth, their number rounded up. gini: 0 all alike, near 1 one has all."""

    top_fifth: Estimate
    gini: Estimate


def deciles(customers: "ir.Table") -> tuple[Decile, ...]:
    """The tenths of `customers` (customer_id, orders, net_total in minor units), those that hold anybody, best first.

    The customer in place p of n, counted from 0, is in the tenth 1 + floor(10 p / n); equal money is placed by id.
    """
    placed = _placed(customers).mutate(number=lambda t: (t.place - 1) * TENTHS // t.n + 1)
    rows = placed.group_by("number").aggregate(
        customers=placed.count(), orders=placed.orders.sum(), net=placed.net.sum()
    ).order_by("number").to_pyarrow().to_pylist()  # fmt: skip
    total, reached, found = sum(row["net"] for row in rows), 0, []
    for row in rows:
        reached += row["net"]
        shares = (row["net"] / total, reached / total) if total > 0 else (None, None)
        found.append(Decile(row["number"], row["customers"], row["orders"], row["net"], *shares))
    return tuple(found)


def inequality(customers: "ir.Table") -> Inequality:
    """Top fifth and Gini index of `customers` (customer_id, orders, net_total in minor units, none negative)."""
    placed = _placed(customers)
    money = placed.net.cast("float64")
    row = placed.aggregate(
        n=placed.count(), total=money.sum(), squares=(money * money).sum(),
        at_fifth=placed.net.min(where=(placed.place - 1) * 5 < placed.n),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    n = int(row["n"] or 0)
    why_not = "too_few" if n < N_MIN else "nothing_spent" if row["total"] <= 0 else ""
    if why_not:
        return Inequality(missing(n, why_not), missing(n, why_not))
    return Inequality(_top_fifth(placed, row), _gini(placed, n, row["total"]))


def _placed(customers: "ir.Table") -> "ir.Table":
    """One row a customer: net, orders, place (from 1, best first), upto (money of all worse ones and this one), n."""
    import ibis

    chosen = customers.select("customer_id", "orders", net=customers.net_total.fill_null(0))
    best_first = [chosen.net.desc(), chosen.customer_id]
    worst_first = [chosen.net, chosen.customer_id.desc()]
    return chosen.select(
        "net", "orders",
        place=ibis.row_number().over(ibis.window(order_by=best_first)) + 1,
        upto=chosen.net.sum().over(ibis.window(order_by=worst_first, preceding=None, following=0)),
        n=chosen.count().over(ibis.window()),
    )  # fmt: skip


def _top_fifth(placed: "ir.Table", row: dict[str, Any]) -> Estimate:
    """Share T of those in the first places. Each customer's influence is ((x - q)+ + q p - T x) / mean, where q is the
    last money within the fifth and p the fifth of the customers; its mean is 0, its mean square over n the variance.
    """
    n, total, squares, q = int(row["n"]), row["total"], row["squares"], float(row["at_fifth"])
    above = placed.net.cast("float64") - q
    better = placed.net > row["at_fifth"]
    more = placed.aggregate(
        over=above.sum(where=better).fill_null(0.0),
        over2=(above * above).sum(where=better).fill_null(0.0),
        cross=(above * placed.net.cast("float64")).sum(where=better).fill_null(0.0),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    floor = q * ((n + 4) // 5) / n
    value = (more["over"] + n * floor) / total
    a_a = more["over2"] + 2 * floor * more["over"] + n * floor**2
    a_x = more["cross"] + floor * total
    return _bounded(value, a_a - 2 * value * a_x + value**2 * squares, total, n)


def _gini(placed: "ir.Table", n: int, total: float) -> Estimate:
    """G = sum (2i - 1) x_(i) / (n sum x) - 1, i from the poorest; each one's influence (Davidson 2009)
    is (z - mean z) / mean x with z = -(G + 1) x_(i) + ((2i - 1) x_(i) - 2 sum of x up to i) / n.
    """
    money, upto = placed.net.cast("float64"), placed.upto.cast("float64")
    weight = ((placed.n - placed.place) * 2 + 1).cast("float64") / n
    spread = money * weight - upto * (2.0 / n)
    row = placed.aggregate(
        ranked=(money * weight).sum(), s=spread.sum(), ss=(spread * spread).sum(), xx=(money * money).sum(),
        sx=(spread * money).sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    value = row["ranked"] / total - 1
    mean = (row["s"] - (value + 1) * total) / n
    z_z = row["ss"] - 2 * (value + 1) * row["sx"] + (value + 1) ** 2 * row["xx"]
    return _bounded(value, z_z - n * mean**2, total, n)


def _bounded(value: float, influence2: float, total: float, n: int) -> Estimate:
    """The interval within 0 and 1; influence2 is the sum of the squared influences times the squared mean."""
    half = Z_95 * sqrt(max(0.0, influence2)) / total
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), n)
