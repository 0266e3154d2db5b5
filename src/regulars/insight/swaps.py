"""Which orders are only the exchange of something given back? The same product bought again within 30 days of its
return is an exchange, not loyalty; an order counts as long as one of its products is new."""

from typing import TYPE_CHECKING

from regulars.insight.facts import Facts

if TYPE_CHECKING:
    import ibis.expr.types as ir

SWAP_DAYS = 30


def swaps(orders: "ir.Table", facts: Facts, refunds: "ir.Table") -> "ir.Table":
    """Orders all of whose products the same customer had given back in the 30 days before: order_id.

    orders: order_id, customer_id, day. refunds: those known and not failed. Only lines of customers who gave something
    back shortly before are looked at, so a shop without dated returns pays next to nothing.
    """
    import ibis

    back = _returned(orders, facts, refunds)
    span = ibis.interval(days=SWAP_DAYS)
    soon = [orders.customer_id == back.customer_id, orders.day >= back.returned, orders.day <= back.returned + span]
    near = orders.semi_join(back, soon).select("order_id", "customer_id", "day")
    lines = facts.lines.filter(facts.lines.kind == "product").select("order_id", "position", "variant_id")
    bought = _with_product(lines.join(near, "order_id"), facts)
    pairs = bought.left_join(back, ["customer_id", "product_id"])
    since = pairs.day.delta(pairs.returned, unit="day")
    other = pairs.returned_from.isnull() | (pairs.returned_from != pairs.order_id)
    exchanged = ((since >= 0) & (since <= SWAP_DAYS) & other).fill_null(False)
    each = pairs.group_by(["order_id", "position"]).aggregate(swap=exchanged.cast("int64").max())
    whole = each.group_by("order_id").aggregate(all_swapped=each.swap.min())
    return whole.filter(whole.all_swapped == 1).select("order_id")


def _returned(orders: "ir.Table", facts: Facts, refunds: "ir.Table") -> "ir.Table":
    """What customers gave back on a known day: customer_id, product_id, returned, returned_from (an order or NULL).

    The customer is that of the order; of the identifier when the refund names no order.
    """
    import ibis

    dated = refunds.filter(refunds.variant_id.notnull() & refunds.day.notnull())
    dated = _with_product(dated.select("order_id", "identifier_id", "variant_id", returned="day"), facts)
    orders = orders.select("order_id", by_order="customer_id")
    people = facts.people.select("identifier_id", by_identifier="customer_id")
    owned = dated.left_join(orders, "order_id").drop("order_id_right")
    owned = owned.left_join(people, "identifier_id").drop("identifier_id_right")
    customer = ibis.ifelse(owned.order_id.isnull(), owned.by_identifier, owned.by_order)
    named = owned.select("product_id", "returned", customer_id=customer, returned_from=owned.order_id)
    return named.filter(named.customer_id.notnull())


def _with_product(table: "ir.Table", facts: Facts) -> "ir.Table":
    """Adds product_id, so that another size of the same product is the same; the variant itself when it has none."""
    import ibis

    products = facts.variants.select("variant_id", product="product_id")
    joined = table.left_join(products, "variant_id").drop("variant_id_right")
    return joined.mutate(product_id=ibis.coalesce(joined.product, joined.variant_id)).drop("product")
