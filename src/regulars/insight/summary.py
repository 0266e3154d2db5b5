"""The whole answer for one shop: the two numbers, the shape of the base, the list of people, and the profiles."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.insight import cohorts, products, profile, value
from regulars.insight.came_back import CameBack, History, came_back
from regulars.insight.facts import Engine, Facts
from regulars.insight.forecast import Forecast
from regulars.insight.kept import Kept, kept
from regulars.insight.profile import Choices
from regulars.insight.rhythm import ShopRhythm
from regulars.insight.survival import Survival, time_to_second
from regulars.insight.valid import counting, starts

if TYPE_CHECKING:
    import ibis.expr.types as ir

SECOND_ORDER_DAYS = 365


@dataclass(frozen=True)
class Dates:
    """`as_of`: facts and profiles up to this day. `complete`: the last complete day, T of the two numbers.

    `known_by`: what became known later is not used (an undated refund is known at import); empty means `as_of`.
    """

    as_of: dt.date
    complete: dt.date
    history: History
    known_by: dt.date | None = None


@dataclass(frozen=True)
class Counts:
    """Plain sums over all orders, money in minor units. Cancelled orders are in `orders` only."""

    orders: int
    cancelled_orders: int
    orders_without_customer: int
    orders_not_counted: int
    customers: int
    gross_total: int
    refunded_total: int
    repeat_customers: int
    top20_share: float | None
    net_revenue: int

    @property
    def net_total(self) -> int:
        """Gross less refunds."""
        return self.gross_total - self.refunded_total


@dataclass(frozen=True)
class Summary:
    """Everything a report shows. `profiles`, `cohorts` and `first_products` are tables of the engine."""

    dates: Dates
    counts: Counts
    n1: CameBack
    n2: Kept
    survival: Survival
    concentration: value.Concentration
    forecast: Forecast
    rhythm: ShopRhythm
    profiles: "ir.Table"
    began: "ir.Table"
    cohorts: "ir.Table"
    first_products: "ir.Table"
    repeat_products: "ir.Table"
    returned_products: "ir.Table"


def summarise(engine: Engine, facts: Facts, dates: Dates, choices: Choices) -> Summary:
    """The summary of the facts known by `dates.as_of`."""
    found = profile.base(engine, facts, as_of=dates.as_of, choices=choices, known_by=dates.known_by)
    valid = counting(found.orders)
    complete = valid.filter(valid.day <= _date(dates.complete))
    began = engine.stage(starts(found.days), "began")
    began_complete = engine.stage(_began_by(began, dates.complete), "began_complete")
    history_days = (dates.as_of - dates.history.begins).days + 1
    profiles, model, rhythm = profile.score(
        engine, facts, found, as_of=dates.as_of, choices=choices, history_days=history_days
    )
    profiles = engine.stage(profiles, "profiles")
    window_end = dates.as_of - dt.timedelta(days=choices.horizon)
    return Summary(
        dates=dates,
        counts=count(found.orders, facts),
        n1=came_back(began_complete, as_of=dates.complete, history=dates.history, horizon=choices.horizon),
        n2=kept(complete, began_complete, as_of=dates.complete, history=dates.history),
        survival=time_to_second(
            began, first_from=dates.history.begins, first_to=dates.as_of, until=dates.as_of, horizon=SECOND_ORDER_DAYS
        ),
        concentration=value.concentration(profiles),
        forecast=model,
        rhythm=rhythm,
        profiles=profiles,
        began=began,
        cohorts=cohorts.cohorts(valid, began, as_of=dates.as_of),
        first_products=products.first_products(
            found.bought, began, first_from=dates.history.begins, first_to=window_end, horizon=choices.horizon
        ),
        repeat_products=products.repeat_by_product(found.bought, as_of=dates.as_of),
        returned_products=products.returns_by_product(facts, as_of=dates.as_of),
    )


def count(orders: "ir.Table", facts: Facts) -> Counts:
    """The plain sums. A person here is anybody with an order, cancelled or not."""
    import ibis

    state = orders.join(facts.orders.select("order_id", "cancelled_day", "status"), "order_id")
    cancelled = state.cancelled_day.notnull() | (state.status == "cancelled")
    kept_orders = ~cancelled
    row: dict[str, Any] = state.aggregate(
        orders=state.count(),
        cancelled=cancelled.cast("int64").sum(),
        nobody=state.customer_id.isnull().cast("int64").sum(),
        not_counted=state.why_invalid.notnull().cast("int64").sum(),
        customers=state.customer_id.nunique(),
        gross=state.total.sum(where=kept_orders),
        refunded=state.refunded.sum(where=kept_orders),
        net=state.net.sum(where=state.why_invalid.isnull()),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    named = state.filter(state.customer_id.notnull())
    each = named.group_by("customer_id").aggregate(
        kept=(~(named.cancelled_day.notnull() | (named.status == "cancelled"))).cast("int64").sum(),
        net_total=(named.total - named.refunded).sum(where=~(named.cancelled_day.notnull() | (named.status == "cancelled"))).fill_null(0),
    )
    repeat = each.aggregate(n=(each.kept >= 2).cast("int64").sum()).to_pyarrow().to_pylist()[0]["n"]
    numbers = {name: int(number or 0) for name, number in row.items()}
    return Counts(
        orders=numbers["orders"], cancelled_orders=numbers["cancelled"], orders_without_customer=numbers["nobody"],
        orders_not_counted=numbers["not_counted"], customers=numbers["customers"], gross_total=numbers["gross"],
        refunded_total=numbers["refunded"], repeat_customers=int(repeat or 0),
        top20_share=value.concentration(each).top_fifth, net_revenue=numbers["net"],
    )  # fmt: skip


def _date(day: dt.date) -> "ir.DateValue":
    import ibis

    return ibis.literal(day)


def _began_by(began: "ir.Table", as_of: dt.date) -> "ir.Table":
    from regulars.insight.came_back import began_by

    return began_by(began, as_of)
