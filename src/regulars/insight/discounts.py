"""Who buys only with a discount, and how much does the shop live on discounts?

A customer's level follows from the interval of their own share of discounted orders, so nobody is called dependent on
the strength of one order. The shop's shares take customers as the unit, since one customer's orders are alike.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.insight.estimates import N_MIN, Estimate, ratio, share, wilson_columns
from regulars.insight.shares import newcombe

if TYPE_CHECKING:
    import ibis.expr.types as ir

ORDERS_MIN = 3
LEVELS = ("only", "mostly", "sometimes", "never", "too_few")


@dataclass(frozen=True)
class Dependence:
    """How far the shop depends on discounts.

    orders, net: shares of the orders and of net revenue that were discounted. levels: customers of each level.
    came_back_discounted, came_back_full: of those whose first order day was discounted or not and who had time to come
    back, the share who did; difference_low and difference_high bound the first less the second (Newcombe).
    """

    orders: Estimate
    net: Estimate
    levels: dict[str, int]
    came_back_discounted: Estimate
    came_back_full: Estimate
    difference_low: float | None
    difference_high: float | None


def of_customers(valid: "ir.Table") -> "ir.Table":
    """One row a customer: orders, orders_discounted, net, net_discounted (minor units), share of orders discounted with
    low and high (Wilson), level.

    level: "only" (at least 3 orders, all discounted), "mostly" (low above one half), "never" (at least 3 orders, none
    discounted), "too_few" (fewer than 3 orders), else "sometimes". `valid` has customer_id, net, discounted.
    """
    import ibis

    each = valid.group_by("customer_id").aggregate(
        orders=valid.count(), orders_discounted=valid.discounted.cast("int64").sum(),
        net=valid.net.sum(), net_discounted=valid.net.sum(where=valid.discounted).fill_null(0),
    )  # fmt: skip
    low, high = wilson_columns(each.orders_discounted, each.orders)
    table = each.mutate(share=each.orders_discounted.cast("float64") / each.orders.cast("float64"), low=low, high=high)
    level = ibis.cases(
        (table.orders < ORDERS_MIN, "too_few"),
        (table.orders_discounted == table.orders, "only"),
        (table.orders_discounted == 0, "never"),
        (table.low > 0.5, "mostly"),
        else_="sometimes",
    )
    return table.mutate(level=level)


def of_shop(valid: "ir.Table", mature: "ir.Table", *, horizon: int) -> Dependence:
    """The shop's dependence. `valid` has customer_id, day, net, discounted; `mature` has customer_id, first_day,
    second_day of those customers who had the whole horizon (days) and the grace, and no others."""
    people = of_customers(valid)
    counted = people.group_by("level").aggregate(n=people.count()).to_pyarrow().to_pylist()
    found = {row["level"]: row["n"] for row in counted}
    groups = _by_first_day(valid, mature, horizon)
    (k1, n1), (k2, n2) = groups[True], groups[False]
    low, high = newcombe(groups[True], groups[False]) if min(n1, n2) >= N_MIN else (None, None)
    return Dependence(
        ratio(people, "orders_discounted", "orders"), ratio(people, "net_discounted", "net"),
        {level: found.get(level, 0) for level in LEVELS}, share(k1, n1), share(k2, n2), low, high,
    )  # fmt: skip


def _by_first_day(valid: "ir.Table", mature: "ir.Table", horizon: int) -> dict[bool, tuple[int, int]]:
    """Who came back, of all, by whether anything on the first order day was discounted."""
    pairs = [mature.customer_id == valid.customer_id, mature.first_day == valid.day]
    first = mature.join(valid.select("customer_id", "day", "discounted"), pairs)
    within = (first.second_day.delta(first.first_day, unit="day") <= horizon).fill_null(False)
    first = first.select("customer_id", came=within.cast("int64"), cut=first.discounted.cast("int64"))
    each = first.group_by("customer_id").aggregate(came=first.came.max(), cut=first.cut.max())
    rows = each.group_by("cut").aggregate(k=each.came.sum(), n=each.count()).to_pyarrow().to_pylist()
    return {False: (0, 0), True: (0, 0)} | {row["cut"] == 1: (row["k"], row["n"]) for row in rows}
