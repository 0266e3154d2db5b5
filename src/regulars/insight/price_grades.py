"""Do customers buy at the low, middle or high end, and do they climb or step down?

A variant's grade is its place within its category: the cheaper variants up to a third of the units sold are low, up to
two thirds middle, the rest high. Equal price, equal grade; categories with fewer than three prices have none.
"""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from regulars.insight.estimates import N_MIN, Estimate, missing
from regulars.insight.facts import Facts
from regulars.insight.periods import Period
from regulars.insight.shares import Z_95

if TYPE_CHECKING:
    import ibis.expr.types as ir

GRADES = ("low", "middle", "high")
PRICES_MIN = 3


@dataclass(frozen=True)
class Drift:
    """Customers who bought graded products in both periods, by whether their mean grade rose, fell or stayed.

    moves: customers from their usual grade then (first) to that now. net: (up - down) / n with its 95 % interval.
    """

    up: int
    down: int
    same: int
    moves: dict[tuple[str, str], int]
    net: Estimate


def price_grades(facts: Facts, bought: "ir.Table") -> "ir.Table":
    """variant_id, category, price (net a unit over all purchases, before refunds, whole minor units), grade (low,
    middle, high). Variants without a category, a price or a grade have no row. `bought` has variant_id, units, net."""
    import ibis

    sold = bought.group_by("variant_id").aggregate(units=bought.units.sum(), net=bought.net.sum())
    sold = sold.filter((sold.units > 0) & (sold.net > 0))
    named = sold.join(facts.variants.select("variant_id", "category"), "variant_id")
    named = named.filter(named.category != "")
    price = (named.net.cast("float64") / named.units.cast("float64")).round().cast("int64")
    priced = named.mutate(price=price)
    each = priced.group_by(["category", "price"]).aggregate(units=priced.units.sum())
    upward = ibis.window(group_by="category", order_by="price", preceding=None, following=0)
    whole = ibis.window(group_by="category")
    ranked = each.mutate(
        below=(each.units.sum().over(upward) - each.units) * 3, all=each.units.sum().over(whole),
        prices=each.count().over(whole),
    )  # fmt: skip
    ranked = ranked.filter(ranked.prices >= PRICES_MIN)
    grade = ibis.cases(
        (ranked.below < ranked["all"], "low"), (ranked.below < ranked["all"] * 2, "middle"), else_="high"
    )
    return priced.join(ranked.select("category", "price", grade=grade), ["category", "price"]).select(
        "variant_id", "category", "price", "grade"
    )


def of_customers(bought: "ir.Table", grades: "ir.Table") -> "ir.Table":
    """One row a customer: units low, middle and high; mean_grade (0 low .. 2 high); usual, the grade of most units
    (the lower when equal). `bought` has customer_id, variant_id, units; `grades` is that of `price_grades`."""
    import ibis

    graded = bought.filter(bought.units > 0).join(grades.select("variant_id", "grade"), "variant_id")
    each = graded.group_by("customer_id").aggregate(
        **{name: graded.units.sum(where=graded.grade == name).fill_null(0) for name in GRADES}
    )
    units = (each.low + each.middle + each.high).cast("float64")
    usual = ibis.cases(
        ((each.low >= each.middle) & (each.low >= each.high), "low"), (each.middle >= each.high, "middle"), else_="high"
    )
    return each.mutate(mean_grade=(each.middle + each.high * 2).cast("float64") / units, usual=usual)


def drift(bought: "ir.Table", grades: "ir.Table", *, then: Period, now: Period) -> Drift:
    """Where customers moved from `then` to `now`, measured by the same grades. `bought` also has day.

    The interval is that of the difference of two matched shares (A. Agresti, Y. Min, 2005, Statistics in Medicine 24,
    729-740: half a customer more in each of the four cells); none below 100 customers.
    """
    before = of_customers(bought.filter(then.holds(bought.day)), grades)
    after = of_customers(bought.filter(now.holds(bought.day)), grades)
    both = before.select("customer_id", was="usual", mean_then="mean_grade").join(
        after.select("customer_id", "usual", "mean_grade"), "customer_id"
    )
    step = (both.mean_grade > both.mean_then).cast("int64") - (both.mean_grade < both.mean_then).cast("int64")
    steps = both.mutate(step=step)
    rows = steps.group_by(["was", "usual", "step"]).aggregate(n=steps.count()).to_pyarrow().to_pylist()
    up, down, same = (sum(row["n"] for row in rows if row["step"] == way) for way in (1, -1, 0))
    moves = {(was, usual): 0 for was in GRADES for usual in GRADES}
    for row in rows:
        moves[row["was"], row["usual"]] += row["n"]
    return Drift(up, down, same, moves, _net(up, down, up + down + same))


def _net(up: int, down: int, n: int) -> Estimate:
    if n < N_MIN:
        return missing(n, "too_few")
    centre = (up - down) / (n + 2)
    half = Z_95 * sqrt(up + down + 1 - (up - down) ** 2 / (n + 2)) / (n + 2)
    return Estimate((up - down) / n, max(-1.0, centre - half), min(1.0, centre + half), n)
