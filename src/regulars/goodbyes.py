"""Whoever was told goodbye by a play is left in peace until they order or answer; letters about orders still come."""

import datetime as dt
from collections.abc import Iterable

from regulars.actions.messaging.models import Message, MessageEvent
from regulars.customers import pausing
from regulars.customers.models import Identifier, Pause
from regulars.customers.owners import owners_of
from regulars.orders.models import Order
from regulars.plays.models import PlayVersion
from regulars.plays.reading import PlayMistakes, read
from regulars.profiles import people
from regulars.shop.among import among

LOOKED_AT = dt.timedelta(days=400)
"""Letters that left longer ago have been looked at, also in a shop that rested for long."""
GOODBYE = Pause.Why.GOODBYE


def keep(*, now: dt.datetime) -> tuple[int, int]:
    """Begin the peace of those whose letter has left, and end that of those who came back. Twice changes nothing.

    Returns how many began, and how many ended."""
    return _begin(now), _end(now)


def _begin(now: dt.datetime) -> int:
    """Once for each letter, so that a peace that has ended does not begin again."""
    left = Message.objects.filter(source__in=_sources(), state=Message.State.SENT, sent_at__gt=now - LOOKED_AT)
    known = set(Pause.objects.filter(why=GOODBYE).values_list("key", flat=True))
    new = [
        row
        for row in left.order_by("pk").values_list("pk", "identifier_id", "sent_at", "source")
        if _key(row[0]) not in known
    ]
    for pk, identifier, at, source in new:
        assert at is not None  # it has left
        grounds = pausing.Grounds(GOODBYE, source.rsplit("/", 1)[0], _key(pk))
        pausing.pause(identifier, grounds, at=at)
    return len(new)


def _end(now: dt.datetime) -> int:
    """Of whoever ordered, or answered the letter, since."""
    open_ = list(Pause.objects.filter(why=GOODBYE, ended_at=None).values_list("identifier_id", "key", "at"))
    if not open_:
        return 0
    replies = MessageEvent.objects.filter(
        kind="reply", machine=False, message_id__in=[int(key) for _who, key, _at in open_]
    )
    answered = {_key(pk) for pk in replies.values_list("message_id", flat=True)}
    ordered = _last_orders({who for who, _key_, _at in open_}, since=min(at for _who, _key_, at in open_))
    over = [(who, key) for who, key, at in open_ if key in answered or (who in ordered and ordered[who] > at)]
    return sum(pausing.end(who, GOODBYE, at=now, key=key) for who, key in over)


def _last_orders(identifiers: Iterable[int], *, since: dt.datetime) -> dict[int, dt.datetime]:
    """By identifier, when the person last ordered, by any of their identifiers; of orders after `since`."""
    owner = owners_of(identifiers)
    persons = Identifier.objects.filter(among(customer_id=set(owner.values())))
    members = dict(persons.values_list("pk", "customer_id"))
    orders = Order.objects.filter(among(identifier_id=members), ordered_at__gt=since).order_by("ordered_at")
    last = {members[who]: at for who, at in orders.values_list("identifier_id", "ordered_at") if who is not None}
    return {who: last[person] for who, person in owner.items() if person in last}


def _sources() -> list[str]:
    """What decisions of plays that say goodbye name, in every version that does."""
    found = []
    for row in PlayVersion.objects.filter(text__contains="goodbye").order_by("play_id", "number"):
        try:
            made = read(row.text, minor_per_major=people.minor_per_major())
        except PlayMistakes:  # it fits this release no more
            continue
        if made.goodbye:
            found.append(f"{made.scope}/{row.number}")
    return found


def _key(message: int) -> str:
    return str(message)
