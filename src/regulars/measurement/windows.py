"""What did people do in the days after a decision? One row a customer, from the lake, whatever became of the decision."""

import datetime as dt
from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from regulars.insight.valid import counting, net_orders
from regulars.profiles.refresh import Asked
from regulars.shop.models import the_shop

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


EPOCH = dt.date(1970, 1, 1).toordinal()


class Drawn(NamedTuple):
    """One decision: whose, on which side, when it was due; the chance of being treated, and what was expected of the person
    then (an order: likely; money: margin). year: of which year's lot, where one is drawn anew each year; a person counts once
    in each."""

    identifier: int
    arm: int
    at: dt.datetime
    chance: float = 0.5
    likely: float = 0.0
    margin: float = 0.0
    year: int = 1


def after(asked: Asked, drawn: Iterable[Drawn], *, days: int, each: bool = False) -> "ir.Table":
    """As `firsts`, with over (whether the days are over), orders and net within them, counted from the day.

    each: a row for each day a customer was decided about, where every time has its own lot.
    """
    import ibis

    facts, dates = asked.facts, asked.dates
    one = firsts(asked, drawn, each=each)
    orders = counting(net_orders(facts, as_of=dates.as_of, known_by=dates.known_by, rule=asked.choices.rule))
    bought = one.join(orders.select("customer_id", "net", bought="day"), "customer_id")
    bought = bought.filter(bought.bought.delta(bought.day, unit="day").between(0, days - 1))
    bought = bought.group_by(["customer_id", "time"]).aggregate(orders=bought.count(), net=bought.net.sum())
    one = one.left_join(bought, ["customer_id", "time"]).drop("customer_id_right", "time_right", "time")
    return one.mutate(
        orders=one.orders.fill_null(0), net=one.net.fill_null(0),
        over=one.day.delta(ibis.literal(dates.complete), unit="day") <= -(days - 1),
    )  # fmt: skip


def firsts(asked: Asked, drawn: Iterable[Drawn], *, each: bool = False) -> "ir.Table":
    """customer_id, time, and of their first decision: arm, day, identifier_id, chance, likely, margin and year.

    each: their first of each day, which time tells; else of each year. Who was drawn into two arms (united later) is left out.
    """
    import ibis

    people = asked.engine.stage(ibis.memtable(_table(drawn)), "drawn").left_join(
        asked.facts.people.select("identifier_id", "customer_id"), "identifier_id"
    )
    # Who never ordered may be no fact yet; left out until they do, they would count only where the letter worked.
    people = people.mutate(customer_id=people.customer_id.fill_null(people.identifier_id))
    people = people.mutate(time=(people.day if each else people.year).cast("string"))
    first = {name: people[name].argmin(people.day) for name in ("identifier_id", "chance", "likely", "margin", "year")}
    one = people.group_by(["customer_id", "time"]).aggregate(
        arm=people.arm.min(), other=people.arm.max(), day=people.day.min(), **first
    )
    return one.filter(one.arm == one.other).drop("other")


def _table(drawn: Iterable[Drawn]) -> "pa.Table":
    """As columns, a few bytes a row."""
    import pyarrow as pa

    zone = ZoneInfo(the_shop().zone)
    identifiers, arms, days, years = array("q"), array("i"), array("i"), array("i")
    known = {name: array("d") for name in ("chance", "likely", "margin")}
    for one in drawn:
        identifiers.append(one.identifier)
        arms.append(one.arm)
        days.append(one.at.astimezone(zone).toordinal() - EPOCH)
        years.append(one.year)
        for name, values in known.items():
            values.append(getattr(one, name))
    day = pa.array(days, pa.int32()).cast(pa.date32())
    columns = {name: pa.array(values, pa.float64()) for name, values in known.items()}
    return pa.table(
        {"identifier_id": pa.array(identifiers, pa.int64()), "arm": pa.array(arms, pa.int32()), "day": day,
         "year": pa.array(years, pa.int32())} | columns
    )  # fmt: skip
