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


@dataclass(frozen=True)
class Grades:
    """The least money of grade A and of grade B, minor units; None when nobody has any."""

    a: int | None
    b: int | None


def grades(customers: "ir.Table", *, money: str = "net_total") -> Grades:
    """Where the grades of these customers end: A while those with more reach less than 80 % of all money, B to 95 %.

    Money in minor units (int64). Who has none, or whose money is not known (NULL), is left out of the total.
    """
    import ibis

    paid = customers.filter(customers[money] > 0)
    each = paid.group_by(money=paid[money]).aggregate(sum=paid[money].sum())
    downward = ibis.window(order_by=each.money.desc(), preceding=None, following=0)
    ranked = each.mutate(
        before=(each["sum"].sum().over(downward) - each["sum"]) * 100, all=each["sum"].sum().over(ibis.window())
    )
    row = ranked.aggregate(
        a=ranked.money.min(where=ranked.before < ranked["all"] * A_PERCENT),
        b=ranked.money.min(where=ranked.before < ranked["all"] * B_PERCENT),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    return Grades(**row)


def graded(customers: "ir.Table", by: Grades, *, money: str = "net_total", grade: str = "value_grade") -> "ir.Table":
    """Adds the column `grade`: A, B or C; NULL for those whose money is not known. Equal money, equal grade."""
    import ibis

    amount = customers[money]
    steps = [(amount >= least, name) for least, name in ((by.a, "A"), (by.b, "B")) if least is not None]
    named = ibis.cases((amount.isnull(), ibis.null("string")), *steps, else_="C")
    return customers.mutate(**{grade: named})


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
