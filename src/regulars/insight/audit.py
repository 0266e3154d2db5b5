"""What does the whole customer base look like? The five lenses of the customer-base audit.

One period; two periods; one cohort over time; cohorts compared; the whole base by cohort. Source: P. S. Fader, B. G. S.
Hardie, M. Ross, The Customer-Base Audit (2022). Lenses 3 to 5 are three ways to look at one table of cells.
"""

import datetime as dt
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from regulars.insight.came_back import History
from regulars.insight.cohorts import finished_month
from regulars.insight.deciles import Decile, Inequality, deciles, inequality
from regulars.insight.estimates import Estimate, ratio, share, wilson_columns
from regulars.insight.growth import Growth, growth
from regulars.insight.periods import Period

if TYPE_CHECKING:
    import ibis.expr.types as ir

QUARTER_MONTHS = 3


@dataclass(frozen=True)
class OnePeriod:
    """Lens 1. Sums of a period (net revenue in minor units), their means a customer and an order, and how they spread.

    once: share of the period's customers with a single order in it.
    """

    customers: int
    orders: int
    net: int
    orders_each: Estimate
    net_each: Estimate
    net_an_order: Estimate
    once: Estimate
    deciles: tuple[Decile, ...]
    inequality: Inequality


@dataclass(frozen=True)
class Drivers:
    """What customers, orders a customer and revenue an order contribute to a difference, minor units, together all."""

    customers: float
    orders_each: float
    net_an_order: float


@dataclass(frozen=True)
class TwoPeriods:
    """Lens 2. Both periods, who moved between them, and which of three factors moved revenue (None from or to 0)."""

    then: OnePeriod
    now: OnePeriod
    growth: Growth
    drivers: Drivers | None


def one_period(valid: "ir.Table", period: Period) -> OnePeriod:
    """Lens 1: how do the customers of one period differ? `valid` has customer_id, day, net (minor units)."""
    inside = valid.filter(period.holds(valid.day))
    people = inside.group_by("customer_id").aggregate(orders=inside.count(), net_total=inside.net.sum())
    people = people.mutate(one=people.orders * 0 + 1)
    row = people.aggregate(
        customers=people.count(), orders=people.orders.sum(), net=people.net_total.sum(),
        once=(people.orders == 1).cast("int64").sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    customers, orders, net, once = (int(row[name] or 0) for name in ("customers", "orders", "net", "once"))
    return OnePeriod(
        customers, orders, net, ratio(people, "orders", "one"), ratio(people, "net_total", "one"),
        ratio(people, "net_total", "orders"), share(once, customers), deciles(people), inequality(people),
    )  # fmt: skip


def two_periods(valid: "ir.Table", began: "ir.Table", *, then: Period, now: Period, history: History) -> TwoPeriods:
    """Lens 2: what changed from one period to the next? As for `growth.growth`."""
    moved = growth(valid, began, then=then, now=now, history=history)
    before, after = one_period(valid, then), one_period(valid, now)
    return TwoPeriods(before, after, moved, drivers(before, after))


def drivers(then: OnePeriod, now: OnePeriod) -> Drivers | None:
    """The difference of revenue as a sum over its three factors: logarithmic mean times the log of each factor's change.

    Leaves no rest. Source: B. W. Ang (2004), Energy Policy 32, 1131-1139 (additive LMDI).
    """
    if not (then.net > 0 and now.net > 0):
        return None
    change = log(now.net / then.net)
    mean = float(then.net) if now.net == then.net else (now.net - then.net) / change
    each = [log(now.customers / then.customers), log(now.orders / then.orders) - log(now.customers / then.customers)]
    return Drivers(mean * each[0], mean * each[1], mean * (change - sum(each)))


def cells(valid: "ir.Table", began: "ir.Table", *, as_of: dt.date, months: int = QUARTER_MONTHS) -> "ir.Table":
    """Lens 4, and the table of lenses 3 and 5: one row a cohort and period that saw orders, as of the last complete day.

    Columns: cohort and period (first month of the block of `months`, year*12+month-1), age (months between them), size
    (customers of the cohort), customers, orders, net (minor units), net_to_here (of this and earlier ages), share
    (of the cohort that ordered) with low and high, mature (the block and its grace are over). `valid` has customer_id,
    month, net; `began` has customer_id, first_day. `months` divides 12.
    """
    import ibis

    joined = valid.join(began.select("customer_id", "first_day"), "customer_id")
    first = joined.first_day.year().cast("int64") * 12 + joined.first_day.month().cast("int64") - 1
    blocks = joined.select(
        "customer_id", "net", cohort=first - first % months, period=joined.month - joined.month % months
    )
    found = blocks.group_by(["cohort", "period"]).aggregate(
        customers=blocks.customer_id.nunique(), orders=blocks.count(), net=blocks.net.sum()
    )
    sizes = found.filter(found.cohort == found.period).select("cohort", size="customers")
    table = found.join(sizes, "cohort")
    to_here = ibis.window(group_by="cohort", order_by="period", preceding=None, following=0)
    low, high = wilson_columns(table.customers, table["size"])
    return table.mutate(
        age=table.period - table.cohort,
        net_to_here=table.net.sum().over(to_here),
        share=table.customers.cast("float64") / table["size"].cast("float64"),
        low=low, high=high,
        mature=table.period + (months - 1) <= ibis.literal(finished_month(as_of)),
    ).order_by(["cohort", "period"])  # fmt: skip


def one_cohort(found: "ir.Table", cohort: int) -> "ir.Table":
    """Lens 3: how does the behaviour of one cohort change? The rows of `cells` of the cohort, by age, with orders_each
    (orders an active customer), net_an_order and net_each (to here, a customer of the cohort), float64 minor units."""
    rows = found.filter(found.cohort == cohort)
    return rows.mutate(
        orders_each=rows.orders.cast("float64") / rows.customers.cast("float64"),
        net_an_order=rows.net.cast("float64") / rows.orders.cast("float64"),
        net_each=rows.net_to_here.cast("float64") / rows["size"].cast("float64"),
    ).order_by("age")


def whole_base(found: "ir.Table") -> "ir.Table":
    """Lens 5: of which cohorts does each period live? The rows of `cells` by period and cohort, with net_of_period (of
    all cohorts) and net_share (of the period's net revenue, NULL of nothing)."""
    import ibis

    every = found.net.sum().over(ibis.window(group_by="period"))
    rows = found.mutate(net_of_period=every, net_share=found.net.cast("float64") / every.nullif(0).cast("float64"))
    return rows.order_by(["period", "cohort"])
