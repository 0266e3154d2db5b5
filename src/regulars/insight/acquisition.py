"""What does a new customer cost against a kept one, by channel, and when has a newcomer paid that back?

Costs come as a table of the merchant's own. What they buy is measured in contribution, never in revenue: net revenue times
the margin, summed over the newcomers who had the whole horizon. Nothing here says that the money caused the customers.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.insight.came_back import History
from regulars.insight.estimates import Estimate, missing, ratio_of_sums
from regulars.insight.periods import Period
from regulars.insight.valid import GRACE_DAYS

if TYPE_CHECKING:
    import ibis.expr.types as ir

HORIZON_DAYS = 365
AIMS = ("new", "kept")


@dataclass(frozen=True)
class Terms:
    """Margin in whole percent (None: not known), horizon in days, the last complete day."""

    as_of: dt.date
    history: History
    margin_percent: int | None = None
    horizon: int = HORIZON_DAYS


@dataclass(frozen=True)
class Channel:
    """A channel's costs in a period, minor units, and what its customers brought.

    cost_new and cost_kept make up `cost`. new: customers whose first order came through the channel in the period;
    kept: older customers who bought through it. per_new, per_kept: cost of each, None when there are none.
    value: contribution of a newcomer within the horizon, minor units, over the newcomers of the period who had it. ratio:
    value over per_new. payback_days: the first day on which newcomers had brought what they cost on average; None
    when they have not within the horizon.
    """

    name: str
    cost: int
    cost_new: int
    cost_kept: int
    new: int
    kept: int
    per_new: float | None
    per_kept: float | None
    value: Estimate
    ratio: Estimate
    payback_days: int | None


def acquisition(
    valid: "ir.Table", began: "ir.Table", costs: "ir.Table", *, period: Period, terms: Terms
) -> tuple[Channel, ...]:
    """One row a channel with orders or costs in the period, the dearest first.

    `valid` has order_id, customer_id, day, net, channel; `began` has customer_id, first_day; `costs` has channel, day
    (the first of a month stands for the month's bill), cost (minor units) and aim ("new", "kept" or ""). Costs without an
    aim are shared by the channel's first orders and its other orders of the period; where there are no orders, they
    went to win new customers and won none. Newcomers who may be old customers count as neither new nor kept.
    """
    paid = _rows(_costs(costs, period))
    orders = {row["channel"]: row for row in _rows(_orders(valid, began, period, terms.history))}
    brought: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(_brought(valid, began, period, terms)):
        brought.setdefault(row["channel"], []).append(row)
    spent: dict[str, dict[str, int]] = {}
    for row in paid:
        spent.setdefault(row["channel"], {})[row["aim"] if row["aim"] in AIMS else ""] = row["cost"]
    names = sorted({*spent, *orders})
    found = [_channel(name, spent.get(name, {}), orders.get(name, {}), brought.get(name, []), terms) for name in names]
    return tuple(sorted(found, key=lambda one: (-one.cost, one.name)))


def _rows(table: "ir.Table") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows


def _costs(costs: "ir.Table", period: Period) -> "ir.Table":
    inside = costs.filter(period.holds(costs.day))
    named = inside.mutate(aim=inside.aim.isin(AIMS).ifelse(inside.aim, ""))
    return named.group_by(["channel", "aim"]).aggregate(cost=named.cost.sum())


def _placed(valid: "ir.Table", began: "ir.Table", period: Period, history: History) -> "ir.Table":
    """Orders of the period with first_day, and whether the customer is surely new (began in it) or old."""
    import ibis

    inside = valid.filter(period.holds(valid.day)).select("order_id", "customer_id", "day", "channel")
    joined = inside.join(began.select("customer_id", "first_day"), "customer_id")
    starts = joined.first_day >= ibis.literal(period.first)
    known = joined.first_day >= ibis.literal(history.first_known_new())
    return joined.mutate(is_new=starts & known, is_old=~starts)


def _orders(valid: "ir.Table", began: "ir.Table", period: Period, history: History) -> "ir.Table":
    """Per channel: new and kept customers, first orders and other orders. A first order is the first of its day."""
    import ibis

    placed = _placed(valid, began, period, history)
    by_day = ibis.window(group_by=["customer_id", "day"], order_by="order_id")
    placed = placed.mutate(place=ibis.row_number().over(by_day))
    first = placed.is_new & (placed.day == placed.first_day) & (placed.place == 0)
    return placed.group_by("channel").aggregate(
        new=first.cast("int64").sum(), orders=placed.count(), kept=placed.customer_id.nunique(where=placed.is_old)
    )


def _brought(valid: "ir.Table", began: "ir.Table", period: Period, terms: Terms) -> "ir.Table":
    """Net revenue of the mature newcomers of each first channel, by age in days: channel, customer_id, age, net."""
    import ibis

    placed = _placed(valid, began, period, terms.history)
    last = terms.as_of - dt.timedelta(days=terms.horizon + GRACE_DAYS)
    firsts = placed.filter(placed.is_new & (placed.day == placed.first_day) & (placed.first_day <= ibis.literal(last)))
    each = firsts.group_by(["customer_id", "first_day"]).aggregate(channel=firsts.channel.argmin(firsts.order_id))
    spent = valid.select("customer_id", "day", "net").join(each, "customer_id")
    age = spent.day.delta(spent.first_day, unit="day")
    aged = spent.mutate(age=age).filter(age <= terms.horizon)
    sums = aged.group_by(["channel", "customer_id"]).aggregate(net=aged.net.sum())
    ages = aged.group_by(["channel", "age"]).aggregate(net=aged.net.sum())
    money = sums.net.cast("float64")
    whole = sums.group_by("channel").aggregate(n=sums.count(), net=sums.net.sum(), squares=(money * money).sum())
    return ages.join(whole.select("channel", "n", "squares", total="net"), "channel")


def _channel(
    name: str, spent: dict[str, int], orders: dict[str, Any], brought: list[dict[str, Any]], terms: Terms
) -> Channel:
    new, kept, all_orders = (int(orders.get(key) or 0) for key in ("new", "kept", "orders"))
    shared = spent.get("", 0)
    to_new = (2 * shared * new + all_orders) // (2 * all_orders) if all_orders else shared
    cost_new, cost_kept = spent.get("new", 0) + to_new, spent.get("kept", 0) + shared - to_new
    per_new = cost_new / new if new else None
    value = _value(brought, terms.margin_percent)
    return Channel(
        name, cost_new + cost_kept, cost_new, cost_kept, new, kept, per_new, cost_kept / kept if kept else None,
        value, _over(value, per_new), _payback(brought, per_new, terms.margin_percent),
    )  # fmt: skip


def _value(brought: list[dict[str, Any]], margin_percent: int | None) -> Estimate:
    n = int(brought[0]["n"]) if brought else 0
    if margin_percent is None:
        return missing(n, "no_margin")
    if not n:
        return missing(0, "too_few")
    total, squares = float(brought[0]["total"]), brought[0]["squares"]
    mean = ratio_of_sums({"n": n, "x": total, "y": n, "xx": squares, "yy": n, "xy": total})
    return _times(mean, margin_percent / 100)


def _over(value: Estimate, per_new: float | None) -> Estimate:
    if value.value is None:
        return value
    return _times(value, 1 / per_new) if per_new else missing(value.n, "no_cost")


def _times(one: Estimate, factor: float) -> Estimate:
    if one.value is None or one.low is None or one.high is None:
        return one
    return Estimate(one.value * factor, one.low * factor, one.high * factor, one.n)


def _payback(brought: list[dict[str, Any]], per_new: float | None, margin_percent: int | None) -> int | None:
    """Only for as many newcomers as the value needs."""
    if per_new is None or _value(brought, margin_percent).value is None:
        return None
    needed, reached = per_new * brought[0]["n"] * 100, 0
    for row in sorted(brought, key=lambda one: one["age"]):
        reached += row["net"] * (margin_percent or 0)
        if reached >= needed:
            return int(row["age"])
    return None
