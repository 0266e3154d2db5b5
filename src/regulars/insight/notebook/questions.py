"""Further questions in a notebook: each takes the opened shop and gives a `Result`; docs/questions/ has a page for each."""

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from regulars.insight.notebook.opened import Opened
from regulars.insight.notebook.result import Result
from regulars.insight.periods import Period
from regulars.insight.valid import GRACE_DAYS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.insight.estimates import Estimate

YEAR_DAYS = 365


def years(shop: Opened) -> tuple[Period, Period]:
    """The two years up to the last day all orders of which have had their grace; the two halves of a shorter history."""
    last = shop.dates.complete - dt.timedelta(days=GRACE_DAYS)
    half = dt.timedelta(days=max(1, min(YEAR_DAYS, ((last - shop.dates.history.begins).days + 1) // 2)))
    day = dt.timedelta(days=1)
    return Period(last - 2 * half + day, last - half), Period(last - half + day, last)


def growth(shop: Opened, then: Period | None = None, now: Period | None = None) -> Result:
    """What lies between the net revenue of two periods."""
    from regulars.insight import growth as asked

    before, after = years(shop)
    found = asked.growth(
        shop.valid, shop.began, then=then or before, now=now or after, history=shop.dates.history
    )  # fmt: skip
    parts = {
        name: getattr(found, name) for name in ("new", "unknown", "returned", "kept", "expanded", "shrunk", "lost")
    }
    said = (
        f"Net revenue went from {shop.money(found.net_then)} to {shop.money(found.net_now)}: {shop.money(found.new.net)} of new "
        f"customers, {shop.money(found.lost.net)} lost; {_estimate(found.net_kept)} of the earlier revenue was kept."
    )
    return Result(said, table([{"part": name, **asdict(part)} for name, part in parts.items()]), found)


def deciles(shop: Opened) -> Result:
    """Tenths of the customers, best first."""
    from regulars.insight import deciles as asked

    profiles = shop.summary.profiles
    found, how = asked.deciles(profiles), asked.inequality(profiles)
    said = (
        f"The best tenth brings {found[0].share or 0:.0%} of net revenue; Gini index {_estimate(how.gini, percent=False)}."
        if found
        else "There is nobody yet."
    )
    return Result(said, table([asdict(each) for each in found], DECILES), (found, how))


def next_orders(shop: Opened) -> Result:
    """Does loyalty grow: how soon and how surely the next order comes after the first, second, third."""
    from regulars.insight import order_survival as asked

    until = shop.dates.complete - dt.timedelta(days=GRACE_DAYS)
    steps = asked.next_orders(shop.history.days, shop.began, history=shop.dates.history, until=until)
    rows = [
        {"number": each.number, "n": each.curve.n, "by_90": each.by(90).value, "by_365": each.by(365).value}
        for each in steps
    ]
    shares = [
        f"after order {row['number']} {row['by_90']:.0%} within 90 days" for row in rows if row["by_90"] is not None
    ]
    said = "; ".join(shares)
    return Result(f"The next order comes: {said or 'too early to say'}.", table(rows, STEPS), steps)


def affinity(shop: Opened) -> Result:
    """Which products the same customers buy. The chart-less table has one row a pair."""
    from regulars.insight import affinity as asked

    pairs = shop.engine.stage(asked.affinity(shop.history.bought), "pairs")
    n = int(pairs.count().to_pyarrow().as_py())
    return Result(
        f"{n:,} pairs of products are bought by the same customers often enough to say so.", shop.titled(pairs)
    )


def next_best(shop: Opened) -> Result:
    """For each customer the product to show next, with its reason."""
    from regulars.insight import affinity as asked

    pairs = shop.engine.stage(asked.affinity(shop.history.bought), "pairs")
    found = shop.engine.stage(asked.next_best(shop.history.bought, pairs), "next_best")
    n = int(found.count().to_pyarrow().as_py())
    return Result(f"For {n:,} customers there is a product to show next.", shop.named(shop.titled(found)))


def bundles(shop: Opened) -> Result:
    """What is bought together in one basket more often than by chance."""
    from regulars.insight import bundles as asked

    found = asked.bundles(shop.history.bought)
    rows = [asdict(each) | {"variants": ", ".join(map(str, each.variants)), "share": each.share} for each in found]
    return Result(f"{len(found)} pairs and triples are surely bought together.", table(rows, BUNDLES), found)


def replenishment(shop: Opened) -> Result:
    """When what is used up is bought again."""
    from regulars.insight import replenishment as asked

    found = shop.engine.stage(asked.replenishment(shop.history.bought, as_of=shop.dates.as_of), "consumables")
    n = int(found.count().to_pyarrow().as_py())
    return Result(f"{n:,} products are used up and bought again.", shop.titled(found))


def discounts(shop: Opened) -> Result:
    """How far customers, and the shop, depend on discounts. table: one row a customer."""
    from regulars.insight import discounts as asked

    last = shop.dates.complete - dt.timedelta(days=shop.choices.horizon + GRACE_DAYS)
    began = shop.began.filter(shop.began.first_day <= last)
    found = asked.of_shop(shop.valid, began, horizon=shop.choices.horizon)
    customers = asked.of_customers(shop.valid)
    said = (
        f"{_estimate(found.orders)} of orders and {_estimate(found.net)} of net revenue were discounted; of those who "
        f"began with a discount {_estimate(found.came_back_discounted)} came back, of the others "
        f"{_estimate(found.came_back_full)}."
    )
    return Result(said, shop.named(customers), found)


def price_grades(shop: Opened) -> Result:
    """Whether customers buy the low, the middle or the high of what there is. table: one row a customer."""
    from regulars.insight import price_grades as asked

    grades = shop.engine.stage(asked.price_grades(shop.facts, shop.history.bought), "price_grades")
    customers = shop.engine.stage(asked.of_customers(shop.history.bought, grades), "grades_of")
    rows = customers.group_by("usual").aggregate(n=customers.count()).order_by("usual").to_pyarrow().to_pylist()
    said = ", ".join(f"{row['n']:,} {row['usual']}" for row in rows)
    return Result(f"Customers by the price grade they mostly buy: {said or 'none yet'}.", shop.named(customers))


def triangle(shop: Opened) -> Result:
    """What cohorts have brought and will have brought at the age of the oldest."""
    from regulars.insight import audit
    from regulars.insight import triangle as asked

    cells = shop.engine.stage(audit.cells(shop.valid, shop.began, as_of=shop.dates.complete), "cells")
    found = asked.chain_ladder(asked.triangle(cells, as_of=shop.dates.complete, history=shop.dates.history))
    rows = [asdict(each) for each in found.cohorts]
    said = "Too early to say: there are fewer than four cohorts of a quarter with revenue."
    if found.total is not None:
        ends = [shop.money(amount) for amount in (found.total.in_the_end, found.total.low, found.total.high)]
        said = f"{len(rows)} cohorts of a quarter will have brought {ends[0]} ({ends[1]} to {ends[2]}) by the age of the oldest."
    return Result(said, table(rows, TRIANGLE), found)


def changes(shop: Opened) -> Result:
    """What changed that is worth knowing; nothing in nineteen of twenty looks where nothing happened."""
    from regulars.insight import changes as asked
    from regulars.insight.change_counts import Look
    from regulars.insight.finding_words import told

    look = Look(shop.dates.complete, shop.dates.history, shop.choices.horizon)
    found = asked.changes(shop.valid, shop.began, shop.history.bought, look=look)
    variants = shop.facts.variants.select("variant_id", "title").to_pyarrow().to_pylist()
    titles = {str(row["variant_id"]): row["title"] for row in variants}
    sentences = [told(each, titles=titles) for each in found.findings]
    rows = [asdict(each) | {"sentence": said} for each, said in zip(found.findings, sentences, strict=True)]
    said = " ".join(sentences) or f"Nothing stands out in {found.tested} comparisons."
    return Result(said, table(rows, CHANGES), found)


def table(rows: list[dict[str, Any]], columns: dict[str, str] | None = None) -> "ir.Table":
    """Rows as an Ibis table; `columns` (name -> type) for those that may be none."""
    import ibis

    if columns is not None:
        return ibis.memtable([{name: row.get(name) for name in columns} for row in rows], schema=ibis.schema(columns))
    return ibis.memtable(rows)


def _estimate(found: "Estimate", *, percent: bool = True) -> str:
    if found.value is None:
        return "an unknown share" if percent else "not known yet"
    shown = (found.value, found.low, found.high)
    value, low, high = (f"{x:.0%}" if percent else f"{x:.2f}" for x in shown if x is not None)
    return f"{value} ({low} to {high})"


DECILES = {
    "number": "int64",
    "customers": "int64",
    "orders": "int64",
    "net": "int64",
    "share": "float64",
    "share_to_here": "float64",
}
STEPS = {"number": "int64", "n": "int64", "by_90": "float64", "by_365": "float64"}
BUNDLES = {
    "variants": "string",
    "baskets": "int64",
    "n": "int64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
    "lift": "float64",
    "low": "float64",
    "high": "float64",
}
TRIANGLE = {
    "cohort": "int64",
    "so_far": "int64",
    "in_the_end": "float64",
    "error": "float64",
    "low": "float64",
    "high": "float64",
}
CHANGES = {
    "sentence": "string",
    "kind": "string",
    "about": "string",
    "name": "string",
    "value": "float64",
    "usual": "float64",
    "low": "float64",
    "high": "float64",
    "n": "int64",
    "basis": "string",
    "p_adjusted": "float64",
}
