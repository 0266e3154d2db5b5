"""Write on a customer's timeline. An event is only added; a correction is a new event."""

import datetime as dt
import hashlib

from regulars.customers.models import Event
from regulars.shop import current
from regulars.shop.models import next_facts_version

NOTE_CHARACTERS_MAX = 4000


def note(customer_id: int, text: str, *, actor: str, at: dt.datetime) -> Event:
    """A note by staff about a customer. The same note by the same person in the same minute is one."""
    text = text.strip()[:NOTE_CHARACTERS_MAX]
    key = f"note|{customer_id}|{actor}|{at:%Y-%m-%dT%H:%M}|{text}"
    pk = int(hashlib.sha256(key.encode()).hexdigest()[:15], 16)
    with current.atomic():
        event, _made = Event.objects.get_or_create(
            pk=pk,
            defaults={"kind": "note", "identifier_id": customer_id, "happened_at": at, "known_at": at, "actor": actor,
                      "data": {"text": text}, "changed": next_facts_version()},
        )  # fmt: skip
    return event
