"""The whole answer for one shop: the two numbers, the shape of the base, the list of people, and the profiles."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.insight import cohorts, products, profile, value
from regulars.insight.came_back import CameBack, began_by, came_back
from regulars.insight.dates import Dates
from regulars.insight.facts import Engine, Facts
from regulars.insight.first_spend import FirstSpend, first_spend
from regulars.insight.forecast import NEAR_DAYS, Told
from regulars.insight.kept import Kept, kept
from regulars.insight.profile import Choices
from regulars.insight.survival import Survival, time_to_second
from regulars.insight.valid import GRACE_DAYS, counting, customer_days, net_orders, starts
from regulars.insight.yardsticks import Yardsticks, yardsticks

if TYPE_CHECKING:
    import ibis.expr.types as ir

SECOND_ORDER_DAYS = 365

__all__ = ["Counts", "Dates", "Measured", "Products", "Summary", "count", "summarise", "summarise_again"]


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
class Products:
    """A row a variant: how it brings newcomers back, how often it is bought again, how much of it comes back."""

    first: "ir.Table"
    repeat: "ir.Table"
    returned: "ir.Table"


@dataclass(frozen=True)
class Measured:
    """The profiles of everybody, and the yardsticks they were measured by."""

    profiles: "ir.Table"
    by: Yardsticks


@dataclass(frozen=True)
class Summary:
    """Everything a report shows. `profiles`, `began` and `cohorts` are tables of the engine.

    first_spend stands in for N2 as long as there is none. products: None where they were not asked.
    """

    dates: Dates
    counts: Counts
    n1: CameBack
    n2: Kept
    first_spend: FirstSpend
    survival: Survival
    concentration: value.Concentration
    yardsticks: Yardsticks
    profiles: "ir.Table"
    began: "ir.Table"
    cohorts: "ir.Table"
    products: Products | None


def summarise(
    engine: Engine, facts: Facts, dates: Dates, choices: Choices, *, found: "profile.Base | None" = None
) -> Summary:
    """The summary of the facts up to `dates.as_of`, as known by `dates.known_by`; found: `profile.base`, if it is there."""
    found = found or profile.base(engine, facts, dates=dates, choices=choices)
    told = _told(engine, facts, dates, choices)
    by = yardsticks(engine, found.customers, found.gaps, dates=dates, told=told)
    scored = (profile.score(engine, facts, part, by, dates=dates) for part in found.parts)
    profiles = profile.united([engine.stage(part, "profiles") for part in scored])
    began = _began(engine, found.days, dates)
    return Summary(
        yardsticks=by,
        profiles=profiles,
        products=_products(facts, found, began, dates, choices),
        **_of_the_shop(found.orders, began, profiles, dates, choices),
    )


def summarise_again(engine: Engine, facts: Facts, known: Measured, dates: Dates, choices: Choices) -> Summary:
    """The summary when everybody is measured already; products are not asked."""
    found = net_orders(facts, as_of=dates.as_of, known_by=dates.known_by, rule=choices.rule)
    orders = engine.stage(found, "orders")
    began = _began(engine, customer_days(counting(orders)), dates)
    whole = _of_the_shop(orders, began, known.profiles, dates, choices)
    return Summary(yardsticks=known.by, profiles=known.profiles, products=None, **whole)


def _told(engine: Engine, facts: Facts, dates: Dates, choices: Choices) -> Told:
    """What the forecast is told; the lesson only where the choice has candidates that need one."""
    from regulars.insight.backtest.snapshot import known_today, lesson_of, take
    from regulars.insight.candidates.registry import needs_lesson

    lesson = None
    if needs_lesson((choices.forecast.orders, choices.forecast.chance)):
        day = dates.complete - dt.timedelta(days=NEAR_DAYS)
        known = known_today(engine, facts, dates, choices)
        lesson = lesson_of(take(engine, known, day, horizon=NEAR_DAYS)) if day > dates.history.begins else None
    return Told(dates.history_days, dates.history.opened, choices.forecast, lesson)


def _began(engine: Engine, days: "ir.Table", dates: Dates) -> "ir.Table":
    return engine.stage(began_by(starts(days), dates.complete), "began")


def _of_the_shop(
    orders: "ir.Table", began: "ir.Table", profiles: "ir.Table", dates: Dates, choices: Choices
) -> dict[str, Any]:
    """Whatever follows from the orders alone; how customers came back as of the last complete day."""
    valid = counting(orders)
    valid = valid.filter(valid.day <= dates.complete)
    asked: dict[str, Any] = {"as_of": dates.complete, "history": dates.history}
    mature = dates.complete - dt.timedelta(days=GRACE_DAYS)
    return {
        "dates": dates,
        "counts": count(orders),
        "concentration": value.concentration(profiles),
        "began": began,
        "n1": came_back(began, **asked, horizon=choices.horizon),
        "n2": kept(valid, began, **asked),
        "first_spend": first_spend(valid, began, **asked, horizon=choices.horizon),
        "survival": time_to_second(
            began, first_from=dates.history.first_known_new(), first_to=mature, until=mature, horizon=SECOND_ORDER_DAYS
        ),
        "cohorts": cohorts.cohorts(valid, began, as_of=dates.complete),
    }  # fmt: skip


def _products(facts: Facts, found: profile.Base, began: "ir.Table", dates: Dates, choices: Choices) -> Products:
    last = dates.complete - dt.timedelta(days=GRACE_DAYS + choices.horizon)
    first_from = dates.history.first_known_new()
    return Products(
        first=products.first_products(
            found.bought, began, first_from=first_from, first_to=last, horizon=choices.horizon
        ),
        repeat=products.repeat_by_product(found.bought, as_of=dates.as_of),
        returned=products.returns_by_product(facts, as_of=dates.as_of, known_by=dates.known_by),
    )


def count(orders: "ir.Table") -> Counts:
    """The plain sums. A person here is anybody with an order, cancelled or not. `orders`: insight.valid.net_orders."""
    live = ~orders.cancelled
    row: dict[str, Any] = orders.aggregate(
        orders=orders.count(),
        cancelled_orders=orders.cancelled.cast("int64").sum(),
        orders_without_customer=orders.customer_id.isnull().cast("int64").sum(),
        orders_not_counted=orders.why_invalid.notnull().cast("int64").sum(),
        customers=orders.customer_id.nunique(),
        gross_total=orders.total.sum(where=live),
        refunded_total=orders.refunded.sum(where=live),
        net_revenue=orders.net.sum(where=orders.why_invalid.isnull()),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    named = orders.filter(orders.customer_id.notnull())
    each = named.group_by("customer_id").aggregate(
        live=(~named.cancelled).cast("int64").sum(),
        net_total=(named.total - named.refunded).sum(where=~named.cancelled).fill_null(0),
    )
    repeat = each.filter(each.live >= 2).count().to_pyarrow().as_py()
    return Counts(
        **{name: int(number or 0) for name, number in row.items()},
        repeat_customers=int(repeat), top20_share=value.concentration(each).top_fifth,
    )  # fmt: skip
