"""Who said no, complained or gave something back within two weeks of first meeting a play, on both sides? To be read, not only
to be alarmed by (harms.py): what harm there may be is known even while it is small.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from regulars.actions.messaging.models import Message, MessageEvent
from regulars.customers.models import Consent
from regulars.customers.owners import owners_of
from regulars.insight.lift.rare import Counted, difference
from regulars.insight.valid import known_refunds
from regulars.measurement.windows import EPOCH, Drawn, firsts
from regulars.profiles.refresh import Asked
from regulars.shop.models import the_shop

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

GUARDED_DAYS = 14
NAMES = ("unsubscribed", "complained", "returned")
Times = Mapping[int, list[dt.datetime]]


@dataclass(frozen=True)
class Said:
    """By customer, when they said no to anything, and when they reported a message as unwanted; refunds: as `_refund_days`."""

    unsubscribed: Times
    complained: Times
    refunds: "ir.Table"

    def anything(self, customer: int) -> list[dt.datetime]:
        """Both together."""
        return [*self.unsubscribed.get(customer, ()), *self.complained.get(customer, ())]


def said(asked: Asked) -> Said:
    """What all customers said and gave back so far; asked once a night, for all plays."""
    denied = list(Consent.objects.filter(state=Consent.State.DENIED).values_list("identifier_id", "at"))
    events = list(MessageEvent.objects.filter(kind="complaint").values_list("message_id", "at"))
    ids = dict(Message.objects.filter(pk__in=[pk for pk, _at in events]).values_list("pk", "identifier_id"))
    complaints = [(ids[pk], at) for pk, at in events if pk in ids]
    owner = owners_of(identifier for identifier, _at in denied + complaints)
    refunds = asked.engine.stage(_refund_days(asked), "refund_days")
    return Said(_by_customer(denied, owner), _by_customer(complaints, owner), refunds)


def _by_customer(times: Iterable[tuple[int, dt.datetime]], owner: Mapping[int, int]) -> Times:
    found: dict[int, list[dt.datetime]] = {}
    for identifier, at in times:
        if identifier in owner:
            found.setdefault(owner[identifier], []).append(at)
    return found


def of(asked: Asked, drawn: list[Drawn], said: Said) -> dict[str, Any]:
    """days; n and, by name, how many of the treated and the held out, with low and high of the difference (a share of people,
    at all looks together); changed: whether they were drawn with different chances, so that plain shares mislead.

    Of people whose two weeks are over; days count whole, in the shop's zone."""
    people = _people(asked, drawn, said.refunds)
    treated, chances = people["arm"] == 1, people["chance"]
    happened = {"returned": people["returned"]} | {
        name: _within(people, getattr(said, name)) for name in ("unsubscribed", "complained")
    }
    found: dict[str, Any] = {"days": GUARDED_DAYS, "changed": len(set(chances.tolist())) > 1, "n": _by_arm(treated)}
    for name in NAMES:
        low, high = difference(_counted(happened[name], treated, chances))
        found[name] = _by_arm(treated, happened[name]) | {"low": low, "high": high}
    return found


def _people(asked: Asked, drawn: list[Drawn], refunds: "ir.Table") -> dict[str, Any]:
    """customer_id, arm, chance, day (since 1970) and returned, of those whose two weeks are over; the engine is not asked
    while nobody's are."""
    import ibis
    import numpy as np

    over = asked.dates.complete - dt.timedelta(days=GUARDED_DAYS - 1)
    if not any(one.at.date() <= over for one in drawn):
        return {name: np.empty(0, bool if name in ("arm", "returned") else float)
                for name in ("customer_id", "arm", "chance", "day", "returned")}  # fmt: skip
    one = firsts(asked, drawn)
    one = one.filter(one.day <= ibis.literal(over))
    back = one.join(refunds, "customer_id")
    back = back.filter(back.back.delta(back.day, unit="day").between(0, GUARDED_DAYS - 1))
    back = back.select("customer_id", returned=ibis.literal(True)).distinct()
    table = one.left_join(back, "customer_id").select("customer_id", "arm", "chance", "day", "returned")
    rows = table.mutate(returned=table.returned.fill_null(False)).order_by("customer_id").to_pyarrow()
    found = {name: rows[name].to_numpy() for name in ("customer_id", "arm", "chance", "returned")}
    return found | {"day": rows["day"].cast("int32").to_numpy()}


def _refund_days(asked: Asked) -> "ir.Table":
    """customer_id and back, a row for each refund or return that went through; one without a day is as old as it is known."""
    facts, dates = asked.facts, asked.dates
    refunds = known_refunds(facts, as_of=dates.as_of, known_by=dates.known_by or dates.as_of)
    orders = facts.orders.select("order_id", orderer="identifier_id")
    whose = refunds.left_join(orders, "order_id").drop("order_id_right")
    whose = whose.mutate(
        back=whose.day.fill_null(whose.known_day), identifier_id=whose.orderer.fill_null(whose.identifier_id)
    )
    people = facts.people.select("identifier_id", "customer_id")
    return whose.join(people, "identifier_id").select("customer_id", "back")


def _within(people: Mapping[str, Any], times: Times) -> "Flags":
    """Whether each person said it within the two weeks."""
    import numpy as np

    zone, found = ZoneInfo(the_shop().zone), np.zeros(len(people["customer_id"]), bool)
    for place in np.flatnonzero(np.isin(people["customer_id"], np.fromiter(times, np.int64, len(times)))):
        began = int(people["day"][place]) + EPOCH
        days = (at.astimezone(zone).toordinal() - began for at in times[int(people["customer_id"][place])])
        found[place] = any(0 <= day < GUARDED_DAYS for day in days)
    return found


def _by_arm(treated: "Flags", mine: "Flags | None" = None) -> dict[str, int]:
    chosen = treated | True if mine is None else mine
    return {"treated": int((chosen & treated).sum()), "held_out": int((chosen & ~treated).sum())}


def _counted(happened: "Flags", treated: "Flags", chances: Any) -> list[Counted]:
    """Counts of the people drawn with each chance."""
    import numpy as np

    found = []
    for chance in np.unique(chances):
        mine = chances == chance
        sides = (mine & treated, mine & ~treated)
        counts = [int(side.sum()) for side in sides] + [int((side & happened).sum()) for side in sides]
        found.append(Counted(float(chance), *counts))
    return found
