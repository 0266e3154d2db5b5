"""Which orders count, and what were they worth in the end?

One rule in one place (definition: docs/numbers.md#valid-order). An order counts when it was paid (or is to be paid on
delivery and went out) and was not a test, cancelled or refunded in full within the grace, worth nothing, a gift card
only, a renewal, an exchange of returned goods (swaps.py), or tagged to be left out.
Net revenue books refunds to the original order's day, in proportion to what they say was given back.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.insight.facts import Facts
from regulars.insight.swaps import swaps

if TYPE_CHECKING:
    import ibis.expr.types as ir

GRACE_DAYS = 14
UNPAID = ("voided", "failed", "unpaid", "unknown")


@dataclass(frozen=True)
class Rule:
    """What a merchant can choose about which orders count."""

    grace_days: int = GRACE_DAYS
    tags_left_out: tuple[str, ...] = ()


def net_orders(
    facts: Facts, *, as_of: dt.date, known_by: dt.date | None = None, rule: Rule | None = None
) -> "ir.Table":
    """Every order up to `as_of` that was known by the end of `known_by` (default `as_of`), and what it came to.

    Columns: order_id, customer_id, day, month (year*12+month-1), why_invalid (NULL when it counts), cancelled (by
    `as_of`, within the grace or later), total, gross_net (before refunds), refunded, net (after refunds, never below
    0), discounted, channel, country, hour. Money in minor units.
    """
    import ibis

    rule, known_by = rule or Rule(), known_by or as_of
    orders = known_orders(facts, as_of=as_of, known_by=known_by)
    refunds = known_refunds(facts, as_of=as_of, known_by=known_by)
    back = refunds_by_order(refunds, facts.orders, grace_days=rule.grace_days)
    swapped = swaps(orders, facts, refunds).mutate(swapped=True)
    joined = orders.left_join(back, "order_id").drop("order_id_right")
    joined = joined.left_join(swapped, "order_id").drop("order_id_right")
    return joined.select(
        "order_id", "customer_id", "day", "total", "channel", "country", "hour",
        month=joined.day.year().cast("int64") * 12 + joined.day.month().cast("int64") - 1,
        why_invalid=_why_invalid(joined, as_of=as_of, rule=rule),
        cancelled=_cancelled(joined, as_of),
        gross_net=joined.net,
        refunded=joined.refunded.fill_null(0),
        net=ibis.greatest(joined.net - _given_back(joined), 0),
        discounted=(joined.discount.fill_null(0) > 0) | (joined.discount_code.fill_null("") != ""),
    )  # fmt: skip


def known_orders(facts: Facts, *, as_of: dt.date, known_by: dt.date) -> "ir.Table":
    """The orders up to `as_of` as far as known by `known_by`, with customer_id (NULL for an unresolved person)."""
    import ibis

    orders = facts.orders.filter(
        (facts.orders.day <= ibis.literal(as_of)) & (facts.orders.known_day <= ibis.literal(known_by))
    )
    people = facts.people.select("identifier_id", "customer_id")
    return orders.left_join(people, "identifier_id").drop("identifier_id_right")


def known_refunds(facts: Facts, *, as_of: dt.date, known_by: dt.date) -> "ir.Table":
    """The refunds that went through by `as_of`, as far as known by `known_by`.

    A refund without a date is as old as our knowledge of it.
    """
    import ibis

    refunds = facts.refunds
    return refunds.filter(
        ~refunds.failed.fill_null(False)
        & (refunds.known_day <= ibis.literal(known_by))
        & (refunds.day.isnull() | (refunds.day <= ibis.literal(as_of)))
    )


def refunds_by_order(refunds: "ir.Table", orders: "ir.Table", *, grace_days: int) -> "ir.Table":
    """Amounts given back, an order: order_id, refunded, refunded_in_grace (within `grace_days` of the order's day)."""
    happened = refunds.filter(refunds.order_id.notnull())
    happened = happened.mutate(happened=happened.day.fill_null(happened.known_day))
    joined = happened.join(orders.select("order_id", ordered="day"), "order_id")
    within = joined.happened.delta(joined.ordered, unit="day") <= grace_days
    return joined.group_by("order_id").aggregate(
        refunded=joined.amount.sum(), refunded_in_grace=joined.amount.sum(where=within)
    )


def _given_back(joined: "ir.Table") -> "ir.IntegerValue":
    """The part of an order's net revenue that its refunds took away, rounded half up.

    Multiplied before it is divided: exact as long as the product stays below 2^53.
    """
    import ibis

    refunded = ibis.least(joined.refunded.fill_null(0), joined.total).cast("float64")
    share = refunded * joined.net.cast("float64") / joined.total.nullif(0).cast("float64")
    return ibis.least(share.round().cast("int64").fill_null(0), joined.net)


def _cancelled(joined: "ir.Table", as_of: dt.date) -> "ir.BooleanValue":
    import ibis

    dated = (joined.cancelled_day <= ibis.literal(as_of)).fill_null(False)
    return dated | ((joined.status == "cancelled") & joined.cancelled_day.isnull()).fill_null(False)


def _why_invalid(joined: "ir.Table", *, as_of: dt.date, rule: Rule) -> "ir.StringValue":
    import ibis

    in_grace = (joined.cancelled_day.delta(joined.day, unit="day") <= rule.grace_days).fill_null(True)
    # A payment is voided when its order is cancelled: before that day nobody knew.
    not_yet = (joined.status == "voided") & (joined.cancelled_day > ibis.literal(as_of)).fill_null(False)
    return ibis.cases(
        (joined.test, "test"),
        (_cancelled(joined, as_of) & in_grace, "cancelled"),
        (joined.status.isin(UNPAID) & ~not_yet, joined.status),
        (joined.renewal, "renewal"),
        (joined.gift_card_only, "gift_card"),
        (joined.total.fill_null(0) <= 0, "zero_value"),
        (joined.refunded_in_grace.fill_null(0) >= joined.total, "refunded"),
        (_tagged(joined.tags, rule.tags_left_out), "left_out"),
        (joined.swapped, "swap"),
    )


def _tagged(tags: "ir.StringValue", names: tuple[str, ...]) -> "ir.BooleanValue":
    """Whether one of the comma-separated tags is one of `names`; upper case and spaces make no difference."""
    import ibis

    listed = "," + tags.fill_null("").lower().replace(" ", "") + ","
    found = ibis.literal(False)
    for name in names:
        found = found | listed.contains(f",{name.lower().replace(' ', '')},")
    return found


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
