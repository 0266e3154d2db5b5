"""Which orders count, and what were they worth in the end?

One rule in one place (definition: docs/numbers/valid-order.md). An order counts when it was paid (or is to be paid on
delivery and went out) and was not a test, cancelled or refunded in full within the grace, worth nothing, a gift card
only, a renewal, an exchange of returned goods, or tagged to be left out.
Net revenue books refunds to the original order's day, in proportion to what they say was given back.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.insight.facts import Facts

if TYPE_CHECKING:
    import ibis.expr.types as ir

GRACE_DAYS = 14
SWAP_DAYS = 30


@dataclass(frozen=True)
class Rule:
    """What a merchant can choose about which orders count."""

    grace_days: int = GRACE_DAYS
    tags_left_out: tuple[str, ...] = ()


def net_orders(
    facts: Facts, *, as_of: dt.date, known_by: dt.date | None = None, rule: Rule | None = None
) -> "ir.Table":
    """Every order up to `as_of` that was known by the end of `known_by` (default `as_of`), with `customer_id`, `why_invalid` (NULL when it counts) and net amounts.

    Columns: order_id, customer_id, day, month (year*12+month-1), why_invalid, total, gross_net (before refunds),
    refunded, net (after refunds, never below 0), discounted, channel, country, hour.
    """
    import ibis

    rule = rule or Rule()
    known_by = known_by or as_of
    orders = facts.orders.filter(
        (facts.orders.day <= ibis.literal(as_of)) & (facts.orders.known_day <= ibis.literal(known_by))
    )
    orders = orders.left_join(facts.people, "identifier_id").drop("identifier_id_right", "kind")
    back = refunds_by_order(facts, as_of=as_of, known_by=known_by, grace_days=rule.grace_days)
    joined = orders.left_join(back, "order_id").drop("order_id_right")
    refunded = joined.refunded.fill_null(0)
    share_back = ibis.least(refunded, joined.total).cast("float64") / joined.total.nullif(0).cast("float64")
    given_back = ibis.least((share_back * joined.net).round().cast("int64").fill_null(0), joined.net)
    return joined.select(
        "order_id", "customer_id", "day", "total", "channel", "country", "hour",
        month=joined.day.year().cast("int64") * 12 + joined.day.month().cast("int64") - 1,
        why_invalid=_why_invalid(joined, facts, as_of=as_of, rule=rule),
        gross_net=joined.net,
        refunded=refunded,
        net=ibis.greatest(joined.net - given_back, 0),
        discounted=(joined.discount > 0) | (joined.discount_code.fill_null("") != ""),
    )  # fmt: skip


def refunds_by_order(facts: Facts, *, as_of: dt.date, known_by: dt.date, grace_days: int) -> "ir.Table":
    """Amounts given back by `as_of` as far as known by `known_by`, an order: order_id, refunded, refunded_in_grace.

    A refund without a date is as old as our knowledge of it.
    """
    import ibis

    refunds = facts.refunds.filter(
        facts.refunds.order_id.notnull()
        & ~facts.refunds.failed
        & (facts.refunds.known_day <= ibis.literal(known_by))
        & (facts.refunds.day.isnull() | (facts.refunds.day <= ibis.literal(as_of)))
    )
    refunds = refunds.mutate(happened=refunds.day.fill_null(refunds.known_day))
    joined = refunds.join(facts.orders.select("order_id", ordered="day"), "order_id")
    within = joined.happened.delta(joined.ordered, unit="day") <= grace_days
    return joined.group_by("order_id").aggregate(
        refunded=joined.amount.sum(), refunded_in_grace=joined.amount.sum(where=within)
    )


def _why_invalid(joined: "ir.Table", facts: Facts, *, as_of: dt.date, rule: Rule) -> "ir.StringValue":
    import ibis

    cancelled = joined.cancelled_day.notnull() & (joined.cancelled_day <= ibis.literal(as_of))
    in_grace = joined.cancelled_day.delta(joined.day, unit="day") <= rule.grace_days
    tags = ", " + joined.tags.fill_null("").lower().replace(" ", "").replace(",", ", ") + ", "
    left_out = ibis.literal(False)
    for tag in rule.tags_left_out:
        left_out = left_out | tags.contains(f", {tag.replace(' ', '')}, ")
    swapped = joined.order_id.isin(_swaps(joined, facts, as_of=as_of).order_id)
    return ibis.cases(
        (joined.test, "test"),
        (cancelled & in_grace, "cancelled"),
        (joined.status.isin(["voided", "failed", "unpaid", "unknown"]), joined.status),
        ((joined.status == "cancelled") & joined.cancelled_day.isnull(), "cancelled"),
        (joined.renewal, "renewal"),
        (joined.gift_card_only, "gift_card"),
        (joined.total.fill_null(0) <= 0, "zero_value"),
        (joined.refunded_in_grace.fill_null(0) >= joined.total, "refunded"),
        (left_out, "left_out"),
        (swapped, "swap"),
    )


def _swaps(joined: "ir.Table", facts: Facts, *, as_of: dt.date) -> "ir.Table":
    """Orders whose every product was given back by the same customer in the 30 days before: order_id."""
    import ibis

    back = facts.refunds.filter(
        facts.refunds.variant_id.notnull() & facts.refunds.day.notnull() & (facts.refunds.known_day <= ibis.literal(as_of))
    )
    back = back.join(joined.select("order_id", "customer_id"), "order_id")
    back = back.filter(back.customer_id.notnull()).select(
        "customer_id", "variant_id", returned_from="order_id", returned="day"
    )
    bought = facts.lines.filter(facts.lines.kind == "product").join(
        joined.select("order_id", "customer_id", "day"), "order_id"
    )
    candidates = bought.semi_join(back, ["customer_id"])
    pairs = candidates.left_join(back, ["customer_id", "variant_id"])
    since = pairs.day.delta(pairs.returned, unit="day")
    exchanged = (
        pairs.returned.notnull() & (since >= 0) & (since <= SWAP_DAYS) & (pairs.returned_from != pairs.order_id)
    )
    lines = pairs.group_by(["order_id", "position"]).aggregate(swap=exchanged.cast("int64").max())
    orders = lines.group_by("order_id").aggregate(all_swapped=lines.swap.min())
    return orders.filter(orders.all_swapped == 1).select("order_id")


def counting(orders: "ir.Table") -> "ir.Table":
    """The orders that count and have a customer."""
    return orders.filter(orders.why_invalid.isnull() & orders.customer_id.notnull())


def customer_days(valid: "ir.Table") -> "ir.Table":
    """Orders of one calendar day made one: customer_id, day, net, orders. Split baskets are not loyalty."""
    return valid.group_by(["customer_id", "day"]).aggregate(net=valid.net.sum(), orders=valid.count())


def starts(days: "ir.Table") -> "ir.Table":
    """When each customer began and came back: customer_id, first_day, second_day (NULL when not yet)."""
    first = days.group_by("customer_id").aggregate(first_day=days.day.min())
    later = days.join(first, "customer_id")
    later = later.filter(later.day > later.first_day)
    second = later.group_by("customer_id").aggregate(second_day=later.day.min())
    return first.left_join(second, "customer_id").drop("customer_id_right")
