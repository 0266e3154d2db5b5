"""Which customers bring most of the revenue? Grades by cumulative share, and the shop's own 80/20 curve."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

A_PERCENT = 80
B_PERCENT = 95
CURVE_POINTS = 100


@dataclass(frozen=True)
class Concentration:
    """The 80/20 curve: after each `people` share (best first) the `revenue` share reached; n customers in all."""

    people: tuple[float, ...]
    revenue: tuple[float, ...]
    n: int
    top_fifth: float | None


def graded(customers: "ir.Table", *, money: str = "net_total") -> "ir.Table":
    """Adds value_grade: A while the best customers before this one reach less than 80 % of all money, B to 95 %, then C.

    Customers without any positive money are C. Ties are broken by customer_id, so grades never depend on row order.
    """
    import ibis

    positive = ibis.greatest(customers[money], 0)
    ranked = customers.mutate(money_=positive)
    best_first = ibis.window(order_by=[ranked.money_.desc(), ranked.customer_id], preceding=None, following=0)
    reached = ranked.mutate(before_=ranked.money_.sum().over(best_first) - ranked.money_, all_=ranked.money_.sum().over(ibis.window()))
    grade = ibis.cases(
        (reached.money_ <= 0, "C"),
        (reached.before_ * 100 < reached.all_ * A_PERCENT, "A"),
        (reached.before_ * 100 < reached.all_ * B_PERCENT, "B"),
        else_="C",
    )
    return reached.mutate(value_grade=grade).drop("money_", "before_", "all_")


def concentration(customers: "ir.Table", *, money: str = "net_total") -> Concentration:
    """The curve at each hundredth of the customers; the share of the top fifth, their number rounded up."""
    import ibis

    ranked = customers.select("customer_id", money_=customers[money])
    order = [ranked.money_.desc(), ranked.customer_id]
    placed = ranked.mutate(
        place=ibis.row_number().over(ibis.window(order_by=order)) + 1,
        reached=ranked.money_.sum().over(ibis.window(order_by=order, preceding=None, following=0)),
        n=ranked.count().over(ibis.window()),
    )
    # ceil(place * 100 / n) changes exactly at the last customer of each hundredth
    step = (placed.place * CURVE_POINTS) // placed.n
    before = ((placed.place - 1) * CURVE_POINTS) // placed.n
    fifth = (placed.n + 4) // 5
    kept = placed.filter((step > before) | (placed.place == fifth)).order_by("place").to_pyarrow().to_pydict()
    if not kept["place"]:
        return Concentration((), (), 0, None)
    n, total = kept["n"][0], kept["reached"][-1]
    if total <= 0:
        return Concentration((), (), n, None)
    at_fifth = dict(zip(kept["place"], kept["reached"], strict=True))[(n + 4) // 5]
    return Concentration(
        people=(0.0, *(place / n for place in kept["place"])),
        revenue=(0.0, *(reached / total for reached in kept["reached"])),
        n=n,
        top_fifth=at_fifth / total,
    )
