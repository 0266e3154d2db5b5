"""What do we believe of each customer today? One row a customer, every column in profiles/dictionary.py.

Two halves: `base` looks only at one customer's own facts (so it can be computed for those who changed), `score`
compares customers with each other and with the shop.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.insight import forecast as forecasting
from regulars.insight import products, rfm, rhythm, value
from regulars.insight.came_back import HORIZON_DAYS
from regulars.insight.facts import Engine, Facts
from regulars.insight.valid import GRACE_DAYS, Rule, counting, customer_days, net_orders

if TYPE_CHECKING:
    import ibis.expr.types as ir

YEAR = 365


@dataclass(frozen=True)
class Choices:
    """What the shop chose: which orders count, the assumed margin, and the horizon of N1."""

    rule: Rule = Rule()
    margin_percent: int | None = None
    horizon: int = HORIZON_DAYS


@dataclass(frozen=True)
class Base:
    """One customer's own history, staged: `customers` one row each, `gaps` one row a gap, `orders` all orders."""

    customers: "ir.Table"
    gaps: "ir.Table"
    orders: "ir.Table"
    days: "ir.Table"
    bought: "ir.Table"


def base(engine: Engine, facts: Facts, *, as_of: dt.date, choices: Choices, known_by: dt.date | None = None) -> Base:
    """Everything that follows from a customer's own facts known by the end of `as_of`."""
    orders = engine.stage(net_orders(facts, as_of=as_of, known_by=known_by, rule=choices.rule), "orders")
    valid = counting(orders)
    days = engine.stage(customer_days(valid), "days")
    bought = engine.stage(products.product_days(facts, valid), "bought")
    leading = engine.stage(products.leading_products(bought), "leading")
    gap_table = rhythm.gaps(days).left_join(
        leading, [("customer_id", "customer_id"), ("previous_day", "day")]
    ).drop("customer_id_right", "day_right")  # fmt: skip
    gap_table = engine.stage(gap_table, "gaps")
    parts = [
        _order_columns(orders),
        _day_columns(days, as_of),
        rhythm.gap_sums(gap_table),
        _basket_columns(facts, valid, bought, leading, choices),
        _people_columns(facts),
        _review_columns(facts, as_of),
    ]
    table = _edges(parts[1], days, leading)
    for part in (parts[0], *parts[2:]):
        table = table.left_join(part, "customer_id").drop("customer_id_right")
    return Base(engine.stage(table, "base"), gap_table, orders, days, bought)


def _order_columns(orders: "ir.Table") -> "ir.Table":
    named = orders.filter(orders.customer_id.notnull())
    counts = named.why_invalid.isnull()
    recent = named.mutate(counts=counts, moment=named.day.epoch_seconds() * 4096 + named.hour.fill_null(0))
    valid = recent.counts
    return recent.group_by("customer_id").aggregate(
        orders=valid.cast("int64").sum(),
        orders_not_counted=(~valid).cast("int64").sum(),
        orders_cancelled=(recent.why_invalid == "cancelled").fill_null(False).cast("int64").sum(),
        gross_total=recent.gross_net.sum(where=valid).fill_null(0),
        refunded_total=(recent.gross_net - recent.net).sum(where=valid).fill_null(0),
        orders_refunded=(recent.refunded > 0).sum(where=valid).fill_null(0).cast("int64"),
        orders_discounted=recent.discounted.cast("int64").sum(where=valid).fill_null(0),
        order_value_largest=recent.net.max(where=valid),
        channels=recent.channel.nunique(where=valid & (recent.channel != "")),
        channel_first=recent.channel.min(where=valid & (recent.channel != "")),
        channel_last=recent.channel.max(where=valid & (recent.channel != "")),
        country=recent.country.max(where=valid & (recent.country != "")),
    )


def _day_columns(days: "ir.Table", as_of: dt.date) -> "ir.Table":
    import ibis

    ago = ibis.literal(as_of).delta(days.day, unit="day")
    near, year, before = ago < 90, ago < YEAR, (ago >= YEAR) & (ago < 2 * YEAR)
    return days.group_by("customer_id").aggregate(
        first_day=days.day.min(),
        last_day=days.day.max(),
        order_days=days.count(),
        net_total=days.net.sum(),
        orders_90d=days.orders.sum(where=near).fill_null(0),
        orders_365d=days.orders.sum(where=year).fill_null(0),
        orders_before_365d=days.orders.sum(where=before).fill_null(0),
        net_90d=days.net.sum(where=near).fill_null(0),
        net_365d=days.net.sum(where=year).fill_null(0),
        net_before_365d=days.net.sum(where=before).fill_null(0),
    )


def _edges(table: "ir.Table", days: "ir.Table", leading: "ir.Table") -> "ir.Table":
    """Adds what stood at the first and the last order day."""
    first = days.select("customer_id", first_day="day", net_first_day="net")
    last = days.select("customer_id", last_day="day", net_last_day="net")
    first_product = leading.select("customer_id", first_day="day", first_variant="variant_id")
    last_product = leading.select("customer_id", last_day="day", last_variant="variant_id")
    for part, day in ((first, "first_day"), (last, "last_day"), (first_product, "first_day"), (last_product, "last_day")):
        joined = table.left_join(part, ["customer_id", day])
        table = joined.drop("customer_id_right", f"{day}_right")
    return table


def _basket_columns(
    facts: Facts, valid: "ir.Table", bought: "ir.Table", leading: "ir.Table", choices: Choices
) -> "ir.Table":
    import ibis

    costs = bought.left_join(facts.variants.select("variant_id", "category", "cost"), "variant_id")
    known = costs.cost.notnull()
    spent = costs.units * costs.cost
    totals = costs.group_by("customer_id").aggregate(
        units=costs.units.sum(),
        products=costs.variant_id.nunique(),
        categories=costs.category.nunique(where=costs.category != ""),
        net_with_cost=costs.net.sum(where=known).fill_null(0),
        cost_total=spent.sum(where=known).fill_null(0),
        net_of_lines=costs.net.sum(),
    )
    times = leading.group_by(["customer_id", "variant_id"]).aggregate(times=leading.count())
    best = ibis.window(group_by="customer_id", order_by=[times.times.desc(), times.variant_id])
    favourite = times.mutate(place=ibis.row_number().over(best))
    favourite = favourite.filter(favourite.place == 0).select("customer_id", favourite_variant="variant_id")
    return totals.left_join(favourite, "customer_id").drop("customer_id_right")


def _people_columns(facts: Facts) -> "ir.Table":
    people = facts.people
    return people.group_by("customer_id").aggregate(
        has_email=(people.kind == "email").any(),
        has_phone=(people.kind == "phone").any(),
        has_account=(people.kind == "account").any(),
        identifiers=people.count(),
    )


def _review_columns(facts: Facts, as_of: dt.date) -> "ir.Table":
    import ibis

    reviews = facts.reviews.filter(facts.reviews.day <= ibis.literal(as_of)).join(
        facts.people.select("identifier_id", "customer_id"), "identifier_id"
    )
    return reviews.group_by("customer_id").aggregate(
        reviews=reviews.count(), rating_mean=reviews.rating.mean(), last_review_day=reviews.day.max()
    )


def score(
    engine: Engine, facts: Facts, found: Base, *, as_of: dt.date, choices: Choices, history_days: int
) -> tuple["ir.Table", forecasting.Forecast, rhythm.ShopRhythm]:
    """The profile table, and how its forecast and its rhythm came about."""
    shop = rhythm.shop_rhythm(rhythm.gap_sums(found.gaps))
    levels = rhythm.product_levels(found.gaps, shop)
    table = found.customers.left_join(levels, [("last_variant", "variant_id")]).drop("variant_id")
    table = _measured(table, as_of, choices)
    table = engine.stage(rhythm.with_rhythm(table, shop, as_of=as_of), "paced")
    table = engine.stage(rfm.scored(table), "scored")
    table = engine.stage(value.graded(table), "graded")
    scores, model = forecasting.forecast(engine, table, as_of=as_of, history_days=history_days)
    table = table.left_join(scores, "customer_id").drop("customer_id_right")
    return _named(table, facts, as_of), model, shop


def _measured(table: "ir.Table", as_of: dt.date, choices: Choices) -> "ir.Table":
    import ibis

    today = ibis.literal(as_of)
    since_first = today.delta(table.first_day, unit="day")
    mature = since_first >= choices.horizon + GRACE_DAYS
    years = ibis.greatest(since_first.cast("float64"), float(YEAR)) / float(YEAR)
    assumed = None if choices.margin_percent is None else choices.margin_percent
    own_margin = (table.net_with_cost - table.cost_total).cast("float64")
    unknown_net = (table.net_total - table.net_with_cost).cast("float64")
    margin = ibis.null("float64") if assumed is None else own_margin + unknown_net * assumed / 100
    complete = table.net_with_cost >= table.net_of_lines
    second = table.second_gap
    return table.mutate(
        days_since_first_order=since_first,
        days_since_last_order=today.delta(table.last_day, unit="day"),
        net_a_year=(table.net_total.cast("float64") / years).round().cast("int64"),
        margin_total=ibis.ifelse(complete & (table.net_with_cost > 0), own_margin, margin).round().cast("int64"),
        came_back=ibis.cases(
            (second <= choices.horizon, True), (mature, False), else_=ibis.null("boolean")
        ),
    )  # fmt: skip


def _named(table: "ir.Table", facts: Facts, as_of: dt.date) -> "ir.Table":
    import ibis

    titles = facts.variants.select("variant_id", title=ibis.coalesce(facts.variants.title, facts.variants.sku))
    for role in ("first", "last", "favourite"):
        named = titles.select(**{f"{role}_variant": titles.variant_id, f"{role}_product": titles.title})
        table = table.left_join(named, f"{role}_variant").drop(f"{role}_variant_right")
    order_value = table.net_total.cast("float64") / table.order_days.cast("float64")
    return table.mutate(
        as_of=ibis.literal(as_of),
        order_value_mean=order_value.round().cast("int64"),
        refund_share=table.refunded_total.cast("float64") / table.gross_total.nullif(0).cast("float64"),
        discount_share=table.orders_discounted.cast("float64") / table.orders.nullif(0).cast("float64"),
        value_rank=ibis.row_number().over(ibis.window(order_by=[table.net_total.desc(), table.customer_id])) + 1,
        net_at_stake=ibis.ifelse(table.stage == "slipping", table.net_a_year, 0),
    )
