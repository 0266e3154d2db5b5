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


def graded(customers: "ir.Table", *, money: str = "net_total", grade: str = "value_grade") -> "ir.Table":
    """Adds the column `grade`: A while the better customers reach less than 80 % of all money, B to 95 %, then C.

    Customers without any positive money are C; those whose money is not known (NULL) have no grade and are left out
    of the total. Ties are broken by customer_id, so grades never depend on row order. Money in minor units (int64).
    """
    import ibis

    ranked = customers.mutate(money_=ibis.greatest(customers[money].fill_null(0), 0))
    best_first = ibis.window(order_by=[ranked.money_.desc(), ranked.customer_id], preceding=None, following=0)
    reached = ranked.mutate(
        before_=ranked.money_.sum().over(best_first) - ranked.money_, all_=ranked.money_.sum().over(ibis.window())
    )
    named = ibis.cases(
        (reached[money].isnull(), ibis.null("string")),
        (reached.money_ <= 0, "C"),
        (reached.before_ * 100 < reached.all_ * A_PERCENT, "A"),
        (reached.before_ * 100 < reached.all_ * B_PERCENT, "B"),
        else_="C",
    )
    return reached.mutate(**{grade: named}).drop("money_", "before_", "all_")


def concentration(customers: "ir.Table", *, money: str = "net_total") -> Concentration:
    """The curve at each hundredth of the customers; the share of the top fifth, their number rounded up."""
    placed = _placed(customers, money)
    # The hundredths passed change exactly at these places, and the last of the top fifth is ceil(n / 5): integers only.
    at_hundredth = (placed.place * CURVE_POINTS) % placed.n < CURVE_POINTS
    at_fifth = (placed.place * 5 >= placed.n) & ((placed.place - 1) * 5 < placed.n)
    kept = placed.filter(at_hundredth | at_fifth).order_by("place").to_pyarrow().to_pydict()
    if not kept["place"]:
        return Concentration((), (), 0, None)
    n, total = kept["n"][0], kept["reached"][-1]
    if total <= 0:
        return Concentration((), (), n, None)
    best = dict(zip(kept["place"], kept["reached"], strict=True))[(n + 4) // 5]
    return Concentration(
        people=(0.0, *(place / n for place in kept["place"])),
        revenue=(0.0, *(reached / total for reached in kept["reached"])),
        n=n,
        top_fifth=best / total,
    )


def _placed(customers: "ir.Table", money: str) -> "ir.Table":
    """One row a customer, best first: place (from 1), reached (money of all up to here), n."""
    import ibis

    ranked = customers.select("customer_id", money_=customers[money].fill_null(0))
    order = [ranked.money_.desc(), ranked.customer_id]
    return ranked.select(
        place=ibis.row_number().over(ibis.window(order_by=order)) + 1,
        reached=ranked.money_.sum().over(ibis.window(order_by=order, preceding=None, following=0)),
        n=ranked.count().over(ibis.window()),
    )
