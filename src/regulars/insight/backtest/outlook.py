"""What will each customer, and the shop, do in the next days? Foreseen by what won in this shop's own back-test."""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from regulars.insight.backtest.run import Backtest, tried
from regulars.insight.backtest.snapshot import Known, Snapshot, known_today, past_of, take
from regulars.insight.backtest.worth import margin_rate, value_of_an_order
from regulars.insight.candidates.registry import learn
from regulars.insight.dates import Dates
from regulars.insight.facts import Engine, Facts
from regulars.insight.lifetime import enough
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.profile import Choices


@dataclass(frozen=True, eq=False)
class Range:
    """A value with what is usual beside it, shape (customers,) each."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Total:
    """A sum over all customers, with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Outlook:
    """The `horizon` days after `day`. customer: numbers, ascending. net: net revenue, minor units.

    p_order, orders, net, margin: of each customer (margin NaN where costs are not known); total_orders, total_net: of all. The intervals hold 80 % (backtest.ranges).
    why_not: the reason there is no outlook, with `have` of `need`; then the arrays are empty.
    """

    day: dt.date
    horizon: int
    customer: Integers
    p_order: Range
    orders: Range
    net: Range
    margin: Range
    total_orders: Total
    total_net: Total
    backtest: Backtest
    why_not: str = ""
    have: float = 0.0
    need: float = 0.0


def outlook(engine: Engine, facts: Facts, dates: Dates, choices: Choices, *, horizon: int) -> Outlook:
    """The outlook as of `dates.complete`."""
    known = known_today(engine, facts, dates, choices)
    test = tried(engine, known, dates, horizon)
    now = take(engine, known, dates.complete, horizon=horizon, most=None)
    histories, _row = now.histories()
    lack = enough.cannot_tell_yet(histories, history_days=now.history_days)
    if lack is not None:
        return replace(_nothing(dates, horizon, test), why_not=lack.reason.name.lower(), have=lack.have, need=lack.need)
    return _foreseen(now, _before(engine, known, now), test)


def _before(engine: Engine, known: Known, now: Snapshot) -> Snapshot | None:
    day = now.day - dt.timedelta(days=now.horizon)
    return take(engine, known, day, horizon=now.horizon) if day > known.history.begins else None


def _foreseen(now: Snapshot, before: Snapshot | None, test: Backtest) -> Outlook:
    choice, ranges = test.choice, test.ranges
    names = (choice.orders, choice.chance)
    said = learn(past_of(now, before), names).say(now, names)
    orders, chance = said[choice.orders].orders, said[choice.chance].chance
    chance = choice.recalibration(chance) if choice.recalibration else chance
    net = orders * value_of_an_order(now)
    return Outlook(
        now.day, now.horizon, now.customer,
        Range(chance, *ranges.of_chance(chance)),
        Range(orders, *ranges.of_orders(orders)),
        Range(net, *ranges.of_net(net)),
        Range(*(part * margin_rate(now) for part in (net, *ranges.of_net(net)))),
        Total(float(orders.sum()), *ranges.of_total(float(orders.sum()))),
        Total(float(net.sum()), *ranges.of_net_total(float(net.sum()))),
        test,
    )  # fmt: skip


def _nothing(dates: Dates, horizon: int, test: Backtest) -> Outlook:
    none, total = Range(np.zeros(0), np.zeros(0), np.zeros(0)), Total(0.0, 0.0, 0.0)
    empty = np.zeros(0, dtype=np.int64)
    return Outlook(dates.complete, horizon, empty, none, none, none, none, total, total, test)
