"""What did people do in the days after a decision? One row a customer, from the lake, whatever became of the decision."""

import datetime as dt
from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from regulars.insight.valid import counting, net_orders
from regulars.profiles.refresh import Asked
from regulars.shop.models import the_shop

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


def after(asked: Asked, drawn: Iterable[tuple[int, int, dt.datetime]], *, days: int) -> "ir.Table":
    """customer_id, arm, day, over (whether the days are over), orders and net within them, counted from the day.

    drawn: identifier, arm, and when it was due. Who was drawn into two arms (united later) is left out.
    """
    import ibis

    facts, dates = asked.facts, asked.dates
    people = asked.engine.stage(ibis.memtable(_table(drawn)), "drawn").left_join(
        facts.people.select("identifier_id", "customer_id"), "identifier_id"
    )
    # Who never ordered may be no fact yet; left out until they do, they would count only where the letter worked.
    people = people.mutate(customer_id=people.customer_id.fill_null(people.identifier_id))
    one = people.group_by("customer_id").aggregate(arm=people.arm.min(), other=people.arm.max(), day=people.day.min())
    one = one.filter(one.arm == one.other).drop("other")
    orders = counting(net_orders(facts, as_of=dates.as_of, known_by=dates.known_by, rule=asked.choices.rule))
    bought = one.join(orders.select("customer_id", "net", bought="day"), "customer_id")
    bought = bought.filter(bought.bought.delta(bought.day, unit="day").between(0, days - 1))
    bought = bought.group_by("customer_id").aggregate(orders=bought.count(), net=bought.net.sum())
    one = one.left_join(bought, "customer_id").drop("customer_id_right")
    return one.mutate(
        orders=one.orders.fill_null(0), net=one.net.fill_null(0),
        over=one.day.delta(ibis.literal(dates.complete), unit="day") <= -(days - 1),
    )  # fmt: skip


def _table(drawn: Iterable[tuple[int, int, dt.datetime]]) -> "pa.Table":
    """As columns, a few bytes a row."""
    import pyarrow as pa

    zone, epoch = ZoneInfo(the_shop().zone), dt.date(1970, 1, 1).toordinal()
    identifiers, arms, days = array("q"), array("i"), array("i")
    for identifier, arm, at in drawn:
        identifiers.append(identifier)
        arms.append(arm)
        days.append(at.astimezone(zone).toordinal() - epoch)
    day = pa.array(days, pa.int32()).cast(pa.date32())
    return pa.table({"identifier_id": pa.array(identifiers, pa.int64()), "arm": pa.array(arms, pa.int32()), "day": day})
