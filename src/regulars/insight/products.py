"""Which products bring people back, how often is each bought again, and how much of it comes back?"""

import datetime as dt
from typing import TYPE_CHECKING

from regulars.insight.valid import known_refunds

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.insight.facts import Facts


def product_days(facts: "Facts", valid: "ir.Table") -> "ir.Table":
    """What each customer bought on each day: customer_id, day, variant_id, units, net."""
    lines = facts.lines.filter((facts.lines.kind == "product") & facts.lines.variant_id.notnull())
    bought = lines.select("order_id", "variant_id", "quantity", line_net="net").join(
        valid.select("order_id", "customer_id", "day"), "order_id"
    )
    return bought.group_by(["customer_id", "day", "variant_id"]).aggregate(
        units=bought.quantity.sum(), net=bought.line_net.sum()
    )


def leading_products(bought: "ir.Table") -> "ir.Table":
    """The product that weighed most on each order day (ties by id): customer_id, day, variant_id."""
    import ibis

    order = ibis.window(group_by=["customer_id", "day"], order_by=[bought.net.desc(), bought.variant_id])
    ranked = bought.mutate(place=ibis.row_number().over(order))
    return ranked.filter(ranked.place == 0).select("customer_id", "day", "variant_id")


def repeat_by_product(bought: "ir.Table", *, as_of: dt.date) -> "ir.Table":
    """Per variant: buyers, repeat_buyers (the same product on a later day), repeat_rate, units, net, and the gaps
    between two purchases by one customer: gap_p25, gap_median, gap_p75, gaps."""
    import ibis

    until = bought.filter(bought.day <= ibis.literal(as_of))
    by_buyer = until.group_by(["variant_id", "customer_id"]).aggregate(
        times=until.count(), units=until.units.sum(), net=until.net.sum()
    )
    totals = by_buyer.group_by("variant_id").aggregate(
        buyers=by_buyer.count(), repeat_buyers=(by_buyer.times > 1).cast("int64").sum(),
        units=by_buyer.units.sum(), net=by_buyer.net.sum(),
    )  # fmt: skip
    order = ibis.window(group_by=["variant_id", "customer_id"], order_by="day")
    again = until.mutate(previous_day=until.day.lag().over(order))
    again = again.filter(again.previous_day.notnull())
    again = again.select("variant_id", gap=again.day.delta(again.previous_day, unit="day").cast("float64"))
    spread = again.group_by("variant_id").aggregate(
        gaps=again.count(), gap_p25=again.gap.quantile(0.25),
        gap_median=again.gap.quantile(0.5), gap_p75=again.gap.quantile(0.75),
    )  # fmt: skip
    joined = totals.left_join(spread, "variant_id").drop("variant_id_right")
    rate = joined.repeat_buyers.cast("float64") / joined.buyers.cast("float64")
    return joined.mutate(repeat_rate=rate, gaps=joined.gaps.fill_null(0))


def first_products(
    bought: "ir.Table", began: "ir.Table", *, first_from: dt.date, first_to: dt.date, horizon: int
) -> "ir.Table":
    """Per variant in first baskets of [first_from, first_to]: newcomers, came_back (within `horizon` days).

    Only customers who had the whole horizon and the grace may be counted: the window must end early enough.
    """
    import ibis

    chosen = began.filter((began.first_day >= ibis.literal(first_from)) & (began.first_day <= ibis.literal(first_to)))
    baskets = bought.join(chosen, [bought.customer_id == chosen.customer_id, bought.day == chosen.first_day])
    within = baskets.second_day.delta(baskets.first_day, unit="day") <= horizon
    return baskets.group_by("variant_id").aggregate(
        newcomers=baskets.count(), came_back=within.fill_null(False).cast("int64").sum()
    )


def returns_by_product(facts: "Facts", *, as_of: dt.date, known_by: dt.date | None = None) -> "ir.Table":
    """Per variant: units_back, refunds, up to `as_of` as far as known by `known_by` (default `as_of`).

    Refunds that name no product are not counted anywhere.
    """
    refunds = known_refunds(facts, as_of=as_of, known_by=known_by or as_of)
    refunds = refunds.filter(refunds.variant_id.notnull())
    return refunds.group_by("variant_id").aggregate(
        units_back=refunds.quantity.fill_null(1).sum(), refunds=refunds.count()
    )
