"""What do a customer's own facts say, without a look at anybody else? The parts of which `profile.base` is made."""

import datetime as dt
from typing import TYPE_CHECKING

from regulars.insight.facts import Facts

if TYPE_CHECKING:
    import ibis.expr.types as ir

YEAR_DAYS = 365
NEAR_DAYS = 90
# No row among gaps, baskets or reviews means none of them.
COUNTS = (
    "gaps", "units", "products", "categories", "net_with_cost", "cost_total", "net_of_lines", "reviews",
)  # fmt: skip


def united(parts: "list[ir.Table]") -> "ir.Table":
    """The first of the parts with the columns of the others, by customer_id; counts that are missing are 0."""
    table = parts[0]
    for part in parts[1:]:
        table = table.left_join(part, "customer_id").drop("customer_id_right")
    return table.mutate(**{name: table[name].fill_null(0) for name in COUNTS})


def order_columns(orders: "ir.Table") -> "ir.Table":
    """From all orders of a customer, those that do not count included: numbers, sums (minor units), channels, country.

    The first and the last channel, and the country of the last order, are of the orders that count and name one.
    """
    import ibis

    named = orders.filter(orders.customer_id.notnull())
    in_time = [named.day, named.hour.fill_null(0), named.order_id]
    placed = named.mutate(place=ibis.row_number().over(ibis.window(group_by="customer_id", order_by=in_time)))
    counts = placed.why_invalid.isnull()
    from_channel, from_country = counts & (placed.channel != ""), counts & (placed.country != "")
    return placed.group_by("customer_id").aggregate(
        orders=counts.cast("int64").sum(),
        orders_not_counted=(~counts).cast("int64").sum(),
        orders_cancelled=(placed.why_invalid == "cancelled").fill_null(False).cast("int64").sum(),
        gross_total=placed.gross_net.sum(where=counts).fill_null(0),
        refunded_total=(placed.gross_net - placed.net).sum(where=counts).fill_null(0),
        orders_refunded=(placed.refunded > 0).cast("int64").sum(where=counts).fill_null(0),
        orders_discounted=placed.discounted.cast("int64").sum(where=counts).fill_null(0),
        order_value_largest=placed.net.max(where=counts),
        channels=placed.channel.nunique(where=from_channel),
        channel_first=placed.channel.argmin(placed.place, where=from_channel),
        channel_last=placed.channel.argmax(placed.place, where=from_channel),
        country=placed.country.argmax(placed.place, where=from_country),
    )


def day_columns(days: "ir.Table", leading: "ir.Table", as_of: dt.date) -> "ir.Table":
    """From order days: first and last, how many, order days, orders and net revenue (minor units) of the last 90 and 365 days and
    the year before, net revenue and leading product of the first and the last day."""
    import ibis

    ago = ibis.literal(as_of).delta(days.day, unit="day")
    near, year, before = ago < NEAR_DAYS, ago < YEAR_DAYS, (ago >= YEAR_DAYS) & (ago < 2 * YEAR_DAYS)
    table = days.group_by("customer_id").aggregate(
        first_day=days.day.min(),
        last_day=days.day.max(),
        order_days=days.count(),
        net_total=days.net.sum(),
        order_days_90d=near.cast("int64").sum(),
        order_days_365d=year.cast("int64").sum(),
        orders_90d=days.orders.sum(where=near).fill_null(0),
        orders_365d=days.orders.sum(where=year).fill_null(0),
        orders_before_365d=days.orders.sum(where=before).fill_null(0),
        net_90d=days.net.sum(where=near).fill_null(0),
        net_365d=days.net.sum(where=year).fill_null(0),
        net_before_365d=days.net.sum(where=before).fill_null(0),
    )
    return _edges(table, days, leading)


def _edges(table: "ir.Table", days: "ir.Table", leading: "ir.Table") -> "ir.Table":
    """Adds what stood at the first and the last order day."""
    for edge in ("first", "last"):
        day = f"{edge}_day"
        net = days.select("customer_id", **{day: days.day, f"net_{edge}_day": days.net})
        product = leading.select("customer_id", **{day: leading.day, f"{edge}_variant": leading.variant_id})
        for part in (net, product):
            table = table.left_join(part, ["customer_id", day]).drop("customer_id_right", f"{day}_right")
    return table


def basket_columns(facts: Facts, bought: "ir.Table", leading: "ir.Table") -> "ir.Table":
    """From what was bought: units, products, categories, net revenue of product lines (before refunds), the part of it
    whose cost is known and that cost (minor units), and the product that led most order days."""
    costs = bought.left_join(facts.variants.select("variant_id", "category", "cost"), "variant_id")
    known = costs.cost.notnull()
    totals = costs.group_by("customer_id").aggregate(
        units=costs.units.sum(),
        products=costs.variant_id.nunique(),
        categories=costs.category.nunique(where=costs.category != ""),
        net_with_cost=costs.net.sum(where=known).fill_null(0),
        cost_total=(costs.units * costs.cost).sum(where=known).fill_null(0),
        net_of_lines=costs.net.sum(),
    )
    return totals.left_join(_favourites(leading), "customer_id").drop("customer_id_right")


def _favourites(leading: "ir.Table") -> "ir.Table":
    import ibis

    times = leading.group_by(["customer_id", "variant_id"]).aggregate(times=leading.count())
    best = ibis.window(group_by="customer_id", order_by=[times.times.desc(), times.variant_id])
    placed = times.mutate(place=ibis.row_number().over(best))
    return placed.filter(placed.place == 0).select("customer_id", favourite_variant="variant_id")


def people_columns(facts: Facts) -> "ir.Table":
    """How a customer can be recognised: has_email, has_phone, has_account, identifiers."""
    people = facts.people
    return people.group_by("customer_id").aggregate(
        has_email=(people.kind == "email").any(),
        has_phone=(people.kind == "phone").any(),
        has_account=(people.kind == "account").any(),
        identifiers=people.count(),
    )


def review_columns(facts: Facts, as_of: dt.date) -> "ir.Table":
    """Reviews up to `as_of`: reviews, rating_mean, last_review_day."""
    import ibis

    reviews = facts.reviews.filter(facts.reviews.day <= ibis.literal(as_of)).join(
        facts.people.select("identifier_id", "customer_id"), "identifier_id"
    )
    return reviews.group_by("customer_id").aggregate(
        reviews=reviews.count(), rating_mean=reviews.rating.mean(), last_review_day=reviews.day.max()
    )
