"""What was known of each customer at the end of one past day, and what came of it?

Facts are taken as of that day and as known by then; the outcome may use everything known today. At most SAMPLE_MAX
customers, chosen by a hash of their number: no luck, no bias by age.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regulars.insight import profile
from regulars.insight.came_back import History
from regulars.insight.dates import Dates
from regulars.insight.facts import Engine, Facts
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import Histories
from regulars.insight.profile import Choices
from regulars.insight.valid import counting, customer_days, net_orders

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

SAMPLE_MAX = 50_000
# What a learner may look at: all of it from the customer's own facts.
FEATURES = (
    "order_days", "orders", "days_since_first_order", "days_since_last_order", "gaps", "last_gap", "shortest_gap",
    "longest_gap", "log_sum", "orders_90d", "orders_365d", "orders_before_365d", "net_total", "net_90d", "net_365d",
    "net_first_day", "net_last_day", "order_value_largest", "units", "products", "categories", "refunded_total",
    "orders_refunded", "orders_discounted", "orders_cancelled", "channels", "identifiers", "reviews", "rating_mean",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Customers at the end of `day`, and their next `horizon` days. Arrays of shape (customers,).

    history_days: days of history behind it. opened: it reaches back to the shop's opening. recent: order days in the last `horizon` days. log_gaps: the sum of ln(gap
    in days). net_total, net_first: net revenue of all order days and of the first, minor units. features: shape
    (customers, len(FEATURES)), NaN where not known. orders, net: what came, order days and net revenue; meaningless
    while the outcome is not known.
    """

    day: dt.date
    horizon: int
    history_days: int
    opened: bool
    customer: Integers
    x: Integers
    t_x: Integers
    T: Integers
    log_gaps: Floats
    recent: Integers
    net_total: Floats
    net_first: Floats
    features: Floats
    orders: Integers
    net: Floats

    @property
    def n(self) -> int:
        """How many customers."""
        return int(self.x.size)

    def histories(self) -> tuple[Histories, Integers]:
        """The distinct histories, and the row of each customer."""
        days = int(self.T.max(initial=0)) + 1
        keys = (self.x * days + self.T) * days + self.t_x
        _keys, first, row, count = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
        return Histories(self.x[first], self.t_x[first], self.T[first], count), row


@dataclass(frozen=True)
class Known:
    """Everything known today: the facts, the order days that count (customer_id, day, net), and where history begins."""

    facts: Facts
    days: "ir.Table"
    history: History
    choices: Choices


def known_today(engine: Engine, facts: Facts, dates: Dates, choices: Choices) -> Known:
    """What outcomes are read from: order days up to the last complete day."""
    orders = net_orders(facts, as_of=dates.complete, known_by=dates.known_by, rule=choices.rule)
    days = engine.stage(customer_days(counting(orders)), "days_known")
    return Known(facts, days, dates.history, choices)


def take(engine: Engine, known: Known, day: dt.date, *, horizon: int, most: int | None = SAMPLE_MAX) -> Snapshot:
    """The snapshot of the end of `day`, and what is known today of the `horizon` days after it.

    most: of so many customers at most; None means everybody.
    """
    past = Dates(as_of=day, complete=day, history=known.history, known_by=day)
    chosen = engine.stage(_sample(known.days, day, most), "chosen")
    found = profile.base(engine, known.facts, dates=past, choices=known.choices, customers=chosen)
    table = _with_days(found.customers, found.days, known.days, day=day, horizon=horizon)
    return _snapshot(table.order_by("customer_id").to_pyarrow(), past, horizon)


def _sample(days: "ir.Table", day: dt.date, most: int | None) -> "ir.Table":
    """The customers with an order by the end of `day`; when they are many, those with the lowest hashes."""
    import ibis

    seen = days.filter(days.day <= ibis.literal(day)).select("customer_id").distinct()
    if most is None:
        return seen
    lots = seen.mutate(lot=seen.customer_id.cast("string").hexdigest("md5"))
    return lots.order_by(["lot", "customer_id"]).limit(most).select("customer_id")


def _with_days(customers: "ir.Table", past: "ir.Table", known: "ir.Table", *, day: dt.date, horizon: int) -> "ir.Table":
    """Adds recent, and what came: came_orders and came_net."""
    import ibis

    end = ibis.literal(day)
    near = past.filter(past.day > ibis.literal(day - dt.timedelta(days=horizon)))
    recent = near.group_by("customer_id").aggregate(recent=near.count())
    later = known.filter((known.day > end) & (known.day <= ibis.literal(day + dt.timedelta(days=horizon))))
    came = later.group_by("customer_id").aggregate(came_orders=later.count(), came_net=later.net.sum())
    table = customers.left_join(recent, "customer_id").drop("customer_id_right")
    table = table.left_join(came, "customer_id").drop("customer_id_right")
    return table.mutate(**{name: table[name].fill_null(0) for name in ("recent", "came_orders", "came_net")})


def _snapshot(rows: "pa.Table", past: Dates, horizon: int) -> Snapshot:
    def column(name: str) -> Floats:
        return np.asarray(rows.column(name).to_numpy(zero_copy_only=False), dtype=np.float64)

    def whole(name: str) -> Integers:
        return np.asarray(rows.column(name).fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int64)

    since_first, since_last = whole("days_since_first_order"), whole("days_since_last_order")
    return Snapshot(
        day=past.as_of, horizon=horizon, history_days=past.history_days, opened=past.history.opened, customer=whole("customer_id"), x=whole("order_days") - 1, t_x=since_first - since_last,
        T=since_first, log_gaps=np.nan_to_num(column("log_sum")), recent=whole("recent"), net_total=column("net_total"),
        net_first=column("net_first_day"), features=np.column_stack([column(name) for name in FEATURES]),
        orders=whole("came_orders"), net=column("came_net"),
    )  # fmt: skip
