"""What do customers buy after giving something back? The same again, another of its kind, something else, or nothing.

An order that only exchanges the returned goods does not count as loyalty (swaps.py), but it is an answer here.
"""

import datetime as dt
from typing import TYPE_CHECKING

from regulars.insight.estimates import wilson_columns
from regulars.insight.facts import Facts
from regulars.insight.valid import known_refunds

if TYPE_CHECKING:
    import ibis.expr.types as ir

HORIZON_DAYS = 60


def after_returns(facts: Facts, orders: "ir.Table", *, as_of: dt.date, known_by: dt.date | None = None) -> "ir.Table":
    """One row a return and variant bought next: customer_id, day (of the return), variant_id (given back), bought_id
    (NULL when nothing was), kind ("same", "alike", "other" or "nothing").

    A return is a customer's variant on a day, dated, gone through and at least 60 days before `as_of`. Next is the first
    day, the same or up to 60 days later, on which the customer bought any product in another order than the returned
    one. same: the product, in any size; alike: another of its category. `orders` is insight.valid.net_orders.
    """
    import ibis

    back = _returned(facts, orders, as_of=as_of, known_by=known_by or as_of)
    lines = facts.lines.filter((facts.lines.kind == "product") & facts.lines.variant_id.notnull())
    counted = orders.filter(orders.why_invalid.isnull() | (orders.why_invalid == "swap"))
    goods = lines.select("order_id", bought_id="variant_id").join(
        counted.select("order_id", "customer_id", bought_day="day"), "order_id"
    )
    pairs = back.join(goods, "customer_id")
    since = pairs.bought_day.delta(pairs.day, unit="day")
    another = pairs.returned_from.isnull() | (pairs.returned_from != pairs.order_id)
    one = ["customer_id", "day", "variant_id"]
    later = pairs.filter((since >= 0) & (since <= HORIZON_DAYS) & another).select(*one, "bought_id", "bought_day")
    later = later.distinct()
    first = later.mutate(next_day=later.bought_day.min().over(ibis.window(group_by=one)))
    first = first.filter(first.bought_day == first.next_day).select(*one, "bought_id")
    found = back.select(*one).distinct().left_join(first, one).select(*one, "bought_id")
    return _with_kind(found, facts)


def outcomes(after: "ir.Table") -> "ir.Table":
    """One row a variant given back: returns, and how many of them led to the same, alike, other or nothing; exchanged
    (same or alike, of all) with low and high (Wilson). A return that led to several counts for the nearest.

    `after` is that of `after_returns`.
    """
    ranks = {"same": 3, "alike": 2, "other": 1}
    rank = sum((after.kind == kind).cast("int64") * value for kind, value in ranks.items())
    ranked = after.mutate(nearness=rank)
    each = ranked.group_by(["customer_id", "day", "variant_id"]).aggregate(nearness=ranked.nearness.max())
    counted = each.group_by("variant_id").aggregate(
        returns=each.count(),
        **{kind: (each.nearness == value).cast("int64").sum() for kind, value in (*ranks.items(), ("nothing", 0))},
    )
    kept = counted.same + counted.alike
    low, high = wilson_columns(kept, counted.returns)
    return counted.mutate(exchanged=kept.cast("float64") / counted.returns.cast("float64"), low=low, high=high)


def instead(after: "ir.Table") -> "ir.Table":
    """One row a variant given back and another bought next: variant_id, bought_id, kind, times. `after` as above."""
    bought = after.filter(after.bought_id.notnull() & (after.kind != "same"))
    return bought.group_by(["variant_id", "bought_id", "kind"]).aggregate(times=bought.count())


def _returned(facts: Facts, orders: "ir.Table", *, as_of: dt.date, known_by: dt.date) -> "ir.Table":
    """customer_id, day, variant_id, returned_from (an order or NULL); the customer is that of the order, of the identifier when no order is named."""
    import ibis

    refunds = known_refunds(facts, as_of=as_of - dt.timedelta(days=HORIZON_DAYS), known_by=known_by)
    refunds = refunds.filter(refunds.variant_id.notnull() & refunds.day.notnull())
    joined = refunds.select("order_id", "identifier_id", "variant_id", "day").left_join(
        orders.select("order_id", by_order="customer_id"), "order_id"
    )
    joined = joined.drop("order_id_right").left_join(
        facts.people.select("identifier_id", by_identifier="customer_id"), "identifier_id"
    )
    customer = ibis.ifelse(joined.order_id.isnull(), joined.by_identifier, joined.by_order)
    named = joined.select("day", "variant_id", customer_id=customer, returned_from=joined.order_id)
    return named.filter(named.customer_id.notnull()).distinct()


def _with_kind(found: "ir.Table", facts: Facts) -> "ir.Table":
    import ibis

    variants = facts.variants
    goods = variants.select(
        "variant_id", product=ibis.coalesce(variants.product_id, variants.variant_id),
        category=variants.category.nullif(""),
    )  # fmt: skip
    own = goods.rename(own_product="product", own_category="category")
    other = goods.rename(bought_id="variant_id", other_product="product", other_category="category")
    joined = found.left_join(own, "variant_id").drop("variant_id_right")
    joined = joined.left_join(other, "bought_id").drop("bought_id_right")
    product = ibis.coalesce(joined.own_product, joined.variant_id)
    kind = ibis.cases(
        (joined.bought_id.isnull(), "nothing"),
        (product == ibis.coalesce(joined.other_product, joined.bought_id), "same"),
        (joined.own_category == joined.other_category, "alike"),
        else_="other",
    )
    return joined.mutate(kind=kind).drop("own_product", "own_category", "other_product", "other_category")
