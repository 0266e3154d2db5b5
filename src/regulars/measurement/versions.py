"""Which words did more? The versions of a letter compared by who ordered in the days after it was due, and who left.

Everybody who drew a version counts to it, also those whom it did not reach in the end: that is part of what it does.
Days that are not over yet count for nobody. People of two versions (united later) are left out.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from regulars.actions.messaging.models import Message, MessageEvent
from regulars.decisions.models import Decision
from regulars.insight.lift.sequence import ALPHA
from regulars.insight.lift.versions import Version, compare
from regulars.insight.valid import counting, net_orders
from regulars.measurement.kept_findings import QUESTION, WINDOW_DAYS
from regulars.measurement.models import Finding
from regulars.plays.models import Campaign
from regulars.profiles import lake
from regulars.profiles.refresh import Asked, asked_of
from regulars.shop.models import the_shop

if TYPE_CHECKING:
    import pyarrow as pa

ENDED = dt.timedelta(days=90)
"""So long after its launch a campaign is looked at again; refunds are settled by then."""
LEFT = ("unsubscribe", "complaint")


def measure(*, now: dt.datetime) -> int:
    """Compare the versions of every campaign that has several and is not long over; returns how many."""
    recent = Campaign.objects.filter(launched_at__gt=now - ENDED).order_by("pk")
    campaigns = [one for one in recent if len(one.letters) > 1]
    if not campaigns:
        return 0
    with lake.alone(), asked_of(the_shop(), now=now) as asked:
        for campaign in campaigns if asked else ():
            assert asked is not None
            Finding.objects.update_or_create(
                source=campaign.source, question=QUESTION,
                defaults={"as_of": asked.dates.complete, "data": _found(campaign, asked)},
            )  # fmt: skip
    return len(campaigns)


def _found(campaign: Campaign, asked: Asked) -> dict[str, Any]:
    count = len(campaign.letters)
    rows = _counted(asked, _drawn(campaign))
    versions = [{"drawn": 0, "n": 0, "yes": 0, "left": 0} | rows.get(one, {}) for one in range(count)]
    for one, left in _left(campaign).items():
        versions[min(one, count - 1)]["left"] += left
    planned = round(campaign.audience * (1 - campaign.hold_out / 100) * 2 / count)
    counts = [Version(each["n"], each["yes"]) for each in versions]
    pairs = [compare(counts[0], each, planned=planned, alpha=ALPHA / (count - 1)) for each in counts[1:]]
    return {"window_days": WINDOW_DAYS, "versions": versions, "pairs": [asdict(pair) for pair in pairs]}


def _drawn(campaign: Campaign) -> "pa.Table":
    """Who drew which version and when it was due: identifier_id, version, day (in the shop's zone)."""
    import pyarrow as pa

    zone = ZoneInfo(the_shop().zone)
    decided = Decision.objects.filter(source=campaign.source, arm=Decision.Arm.TREATED)
    rows = list(decided.values_list("identifier_id", "variant", "not_before"))
    days = [at.astimezone(zone).date() for _pk, _version, at in rows]
    return pa.table(
        {"identifier_id": [row[0] for row in rows], "version": [row[1] for row in rows], "day": days},
        schema=pa.schema([("identifier_id", pa.int64()), ("version", pa.int32()), ("day", pa.date32())]),
    )


def _counted(asked: Asked, drawn: "pa.Table") -> dict[int, dict[str, int]]:
    """For each version: drawn, n (whose days are over), yes (of those: ordered within them)."""
    import ibis

    facts, dates = asked.facts, asked.dates
    people = asked.engine.stage(ibis.memtable(drawn), "drawn").left_join(
        facts.people.select("identifier_id", "customer_id"), "identifier_id"
    )
    # Who never ordered may be no fact yet; left out until they do, they would count only where the letter worked.
    people = people.mutate(customer_id=people.customer_id.fill_null(people.identifier_id))
    one = people.group_by("customer_id").aggregate(
        version=people.version.min(), other=people.version.max(), day=people.day.min()
    )
    one = one.filter(one.version == one.other)
    orders = counting(net_orders(facts, as_of=dates.as_of, known_by=dates.known_by, rule=asked.choices.rule))
    after = one.join(orders.select("customer_id", bought="day"), "customer_id")
    within = after.bought.delta(after.day, unit="day").between(0, WINDOW_DAYS - 1)
    back = after.filter(within).select("customer_id").distinct().mutate(back=True)
    one = one.left_join(back, "customer_id").drop("customer_id_right")
    over = one.day.delta(ibis.literal(dates.complete), unit="day") <= -(WINDOW_DAYS - 1)
    rows = one.group_by("version").aggregate(
        drawn=one.count(), n=over.sum(), yes=(over & one.back.fill_null(False)).sum()
    )
    return {row.pop("version"): {name: int(value or 0) for name, value in row.items()} for row in _rows(rows)}


def _rows(table: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found


def _left(campaign: Campaign) -> dict[int, int]:
    """For each version, how many of its messages made somebody leave or complain."""
    places = {letter: place for place, letter in enumerate(campaign.letters)}
    sent = Message.objects.filter(source=campaign.source)
    said = MessageEvent.objects.filter(kind__in=LEFT, message_id__in=sent.values("pk"))
    ids = list(said.values_list("message_id", flat=True).distinct())
    found: dict[int, int] = {}
    for letter in _letters(ids):
        found[places.get(letter, 0)] = found.get(places.get(letter, 0), 0) + 1
    return found


def _letters(messages: Sequence[int]) -> list[int]:
    return [
        letter
        for start in range(0, len(messages), 500)
        for letter in Message.objects.filter(pk__in=messages[start : start + 500]).values_list("letter_id", flat=True)
        if letter is not None
    ]
