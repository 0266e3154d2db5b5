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
from regulars.insight.candidates.seen import Lesson, Past, Repeats, Seen, columns_of, repeats_of
from regulars.insight.dates import Dates
from regulars.insight.facts import Engine, Facts
from regulars.insight.lifetime import enough
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.profile import Choices
from regulars.insight.rhythm import repeats_by_day
from regulars.insight.valid import counting, customer_days, net_orders

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

SAMPLE_MAX = 50_000


@dataclass(frozen=True, eq=False)
class Snapshot(Seen):
    """Customers at the end of `day`, and their next `horizon` days. Arrays of shape (customers,).

    history_days: days of history behind it. opened: it reaches back to the shop's opening. log_gaps: the sum of ln(gap
    in days). net_total, net_first: net revenue of all order days and of the first, minor units; margin: of all, NaN where not
    known. orders, net: what came,
    order days and net revenue; meaningless while the outcome is not known. repeats: of these customers, by day.
    """

    day: dt.date
    history_days: int
    opened: bool
    customer: Integers
    log_gaps: Floats
    net_total: Floats
    net_first: Floats
    margin: Floats
    orders: Integers
    net: Floats
    repeats: Repeats


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
    counts = repeats_by_day(found.gaps, found.customers, new_from=surely_new_from(known.history))
    repeats = repeats_of(counts.to_pyarrow(), day)
    return _snapshot(table.order_by("customer_id").to_pyarrow(), past, horizon, repeats)


def surely_new_from(history: History) -> dt.date:
    """Whoever is first seen from this day on was no customer before the history begins."""
    return history.begins + dt.timedelta(days=enough.SEEN_BEFORE_DAYS_MIN)


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


def past_of(now: Snapshot, before: Snapshot | None) -> Past:
    """What could be learned at the end of the day of `now`; the lesson is what became of the customers of `before`."""
    histories, row = now.histories()
    gaps = np.bincount(row, now.log_gaps, minlength=histories.x.size).astype(np.float64)
    lesson = _lesson(before, now) if before is not None and before.n else None
    return Past(now.day, histories, gaps, now.history_days, now.opened, lesson, now.repeats)


def lesson_of(before: Snapshot) -> Lesson:
    """What is known today of the customers of a past day."""
    return Lesson(before, before.orders)


def _lesson(before: Snapshot, now: Snapshot) -> Lesson:
    """Of the customers of both: order days in the days up to `now`, as far as known then."""
    _both, then, later = np.intersect1d(before.customer, now.customer, assume_unique=True, return_indices=True)
    seen = Seen(
        before.horizon, before.x[then], before.t_x[then], before.T[then], before.recent[then], before.features[then]
    )
    return Lesson(seen, now.recent[later])


def _snapshot(rows: "pa.Table", past: Dates, horizon: int, repeats: Repeats) -> Snapshot:
    def column(name: str) -> Floats:
        return columns_of(rows, (name,))[:, 0]

    def whole(name: str) -> Integers:
        return np.asarray(rows.column(name).fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int64)

    since_first, since_last = whole("days_since_first_order"), whole("days_since_last_order")
    return Snapshot(
        horizon=horizon, x=whole("order_days") - 1, t_x=since_first - since_last, T=since_first, recent=whole("recent"),
        features=columns_of(rows), day=past.as_of, history_days=past.history_days, opened=past.history.opened,
        customer=whole("customer_id"), log_gaps=np.nan_to_num(column("log_sum")), net_total=column("net_total"),
        net_first=column("net_first_day"), margin=column("margin_total"), orders=whole("came_orders"), net=column("came_net"), repeats=repeats,
    )  # fmt: skip
