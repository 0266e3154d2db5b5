"""What do we believe of each customer today? One row a customer, every column in profiles/dictionary.py.

Two halves: `base` looks only at one customer's own facts, `score` measures them by the yardsticks of the shop
(yardsticks.py). Both can therefore be computed for everybody, or with the same result for those who changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING

from regulars.insight import forecast as forecasting
from regulars.insight import own_history, products, rfm, rhythm, value
from regulars.insight.came_back import HORIZON_DAYS
from regulars.insight.candidates.choice import UNWATCHED, Choice
from regulars.insight.dates import Dates
from regulars.insight.facts import Engine, Facts
from regulars.insight.valid import GRACE_DAYS, Rule, counting, customer_days, net_orders
from regulars.insight.yardsticks import Yardsticks

if TYPE_CHECKING:
    import datetime as dt

    import ibis.expr.types as ir

YEAR_DAYS = 365
CUSTOMERS_AT_ONCE = 1_000_000
"""So many are put together at a time, so that memory does not grow with the shop."""


@dataclass(frozen=True)
class Choices:
    """What the shop chose: which orders count, the assumed margin (whole percent), the horizon of N1 in days, and by its
    back-test what forecasts it."""

    rule: Rule = field(default_factory=Rule)
    margin_percent: int | None = None
    horizon: int = HORIZON_DAYS
    forecast: Choice = UNWATCHED


@dataclass(frozen=True)
class Base:
    """One customer's own history, staged: `parts` one row a customer, `gaps` one row a gap, `orders` all orders."""

    parts: "tuple[ir.Table, ...]"
    gaps: "ir.Table"
    orders: "ir.Table"
    days: "ir.Table"
    bought: "ir.Table"

    @property
    def customers(self) -> "ir.Table":
        """One row a customer."""
        return united(self.parts)


def united(parts: "Sequence[ir.Table]") -> "ir.Table":
    """The rows of several tables with the same columns."""
    return reduce(lambda one, other: one.union(other), parts)


def base(engine: Engine, facts: Facts, *, dates: Dates, choices: Choices, customers: "ir.Table | None" = None) -> Base:
    """Everything that follows from a customer's own facts up to `dates.as_of`, as known by `dates.known_by`.

    customers: a table with customer_id; only those are computed, with the same rows as in the base of everybody.
    Whoever has no order that counts has no row in `customers`.
    """
    if customers is not None:
        facts = engine.facts_of(facts, customers)
    as_of = dates.as_of
    found = net_orders(facts, as_of=as_of, known_by=dates.known_by, rule=choices.rule)
    orders = engine.stage(found, "orders")
    valid = counting(orders)
    days = engine.stage(customer_days(valid), "days")
    bought = engine.stage(products.product_days(facts, valid), "bought")
    leading = engine.stage(products.leading_products(bought), "leading")
    gaps = engine.stage(_gaps_after_products(days, leading), "gaps")
    own = _Own(orders, days, bought, leading, gaps, facts.people)
    slices = -(-int(days.customer_id.nunique().to_pyarrow().as_py()) // CUSTOMERS_AT_ONCE)
    parts = [_customers(engine, facts, own.part(place, slices), dates, choices) for place in range(max(1, slices))]
    return Base(tuple(parts), gaps, orders, days, bought)


@dataclass(frozen=True)
class _Own:
    """What is each customer's own, staged; every table has customer_id."""

    orders: "ir.Table"
    days: "ir.Table"
    bought: "ir.Table"
    leading: "ir.Table"
    gaps: "ir.Table"
    people: "ir.Table"

    def part(self, place: int, slices: int) -> "_Own":
        """The same of every so many-th customer."""
        if slices <= 1:
            return self
        return _Own(*(table.filter(table.customer_id % slices == place) for table in vars(self).values()))


def _customers(engine: Engine, facts: Facts, own: _Own, dates: Dates, choices: Choices) -> "ir.Table":
    """One row a customer, staged."""
    facts = replace(facts, people=own.people)
    parts = [
        own_history.day_columns(own.days, own.leading, dates.as_of),
        own_history.order_columns(own.orders),
        rhythm.gap_sums(own.gaps),
        own_history.basket_columns(facts, own.bought, own.leading),
        own_history.people_columns(facts),
        own_history.review_columns(facts, dates.as_of),
    ]
    # One at a time: all at once would have to fit into memory together.
    staged = [engine.stage(part, "part") for part in parts]
    found = engine.stage(_measured(own_history.united(staged), dates.as_of, choices), "base")
    engine.drop(*staged)
    return found


def _gaps_after_products(days: "ir.Table", leading: "ir.Table") -> "ir.Table":
    """The gaps with variant_id, the leading product of the day before the gap."""
    pairs = [("customer_id", "customer_id"), ("previous_day", "day")]
    return rhythm.gaps(days).left_join(leading, pairs).drop("customer_id_right", "day_right")


def score(engine: Engine, facts: Facts, customers: "ir.Table", by: Yardsticks, *, dates: Dates) -> "ir.Table":
    """The profile table of `customers` (those of a `base`, everybody or a part), each row on its own."""
    table = customers.left_join(by.levels, [("last_variant", "variant_id")]).drop("variant_id")
    table = engine.stage(rhythm.with_rhythm(table, by.rhythm), "paced")
    table = value.graded(rfm.scored(table, by.fifths), by.grades)
    table = engine.stage(value.graded(table, by.margins, money="margin_total", grade="margin_grade"), "graded")
    scores = forecasting.forecast(engine, table, by.forecast, as_of=dates.as_of, history_days=dates.history_days)
    table = table.left_join(scores, "customer_id").drop("customer_id_right")
    return _named(table, facts, dates.as_of)


def _measured(table: "ir.Table", as_of: "dt.date", choices: Choices) -> "ir.Table":
    import ibis

    today = ibis.literal(as_of)
    since_first = today.delta(table.first_day, unit="day")
    years = ibis.greatest(since_first, YEAR_DAYS).cast("float64") / YEAR_DAYS
    mature = since_first >= choices.horizon + GRACE_DAYS
    return table.mutate(
        days_since_first_order=since_first,
        days_since_last_order=today.delta(table.last_day, unit="day"),
        net_a_year=(table.net_total.cast("float64") / years).round().cast("int64"),
        margin_total=_margin(table, choices.margin_percent),
        came_back=ibis.cases(
            (table.second_gap <= choices.horizon, True), (mature, False), else_=ibis.null("boolean")
        ),
    )  # fmt: skip


def _margin(table: "ir.Table", assumed_percent: int | None) -> "ir.IntegerValue":
    """Net revenue times the margin rate of the customer's baskets, minor units, rounded half up.

    Lines without a known cost earn the assumed percentage; without one, the margin of who bought any is not known.
    Refunds take their share of the margin with them.
    """
    import ibis

    net, lines = table.net_total.cast("float64"), table.net_of_lines.cast("float64")
    of_known = (table.net_with_cost - table.cost_total).cast("float64")
    complete = (table.net_of_lines > 0) & (table.net_with_cost >= table.net_of_lines)
    from_costs = net * of_known / lines.nullif(0)
    if assumed_percent is None:
        return ibis.ifelse(complete, from_costs, ibis.null("float64")).round().cast("int64")
    of_unknown = (table.net_of_lines - table.net_with_cost).cast("float64") * assumed_percent / 100
    blended = (net * (of_known + of_unknown) / lines.nullif(0)).fill_null(net * assumed_percent / 100)
    return ibis.ifelse(complete, from_costs, blended).round().cast("int64")


def _named(table: "ir.Table", facts: Facts, as_of: "dt.date") -> "ir.Table":
    import ibis

    variants = facts.variants
    titles = variants.select("variant_id", title=ibis.coalesce(variants.title.nullif(""), variants.sku.nullif("")))
    for role in ("first", "last", "favourite"):
        named = titles.select(**{f"{role}_variant": titles.variant_id, f"{role}_product": titles.title})
        table = table.left_join(named, f"{role}_variant").drop(f"{role}_variant_right")
    order_value = table.net_total.cast("float64") / table.order_days.cast("float64")
    return table.mutate(
        as_of=ibis.literal(as_of),
        cost_known_share=table.net_with_cost.cast("float64") / table.net_of_lines.nullif(0).cast("float64"),
        order_value_mean=order_value.round().cast("int64"),
        refund_share=table.refunded_total.cast("float64") / table.gross_total.nullif(0).cast("float64"),
        discount_share=table.orders_discounted.cast("float64") / table.orders.nullif(0).cast("float64"),
        net_at_stake=ibis.ifelse(table.stage == "slipping", table.net_a_year, 0),
    )
