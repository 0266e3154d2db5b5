"""Leave a person in peace for a while, on every channel at once."""

import datetime as dt
from dataclasses import dataclass

from regulars.customers.locking import hold_owner
from regulars.customers.models import Pause
from regulars.shop import current


@dataclass(frozen=True)
class Grounds:
    """Why somebody is left in peace (a Pause.Why) and who says so; key tells apart several of one kind, e.g. cases."""

    why: str
    actor: str
    key: str = ""


def pause(identifier: int, grounds: Grounds, *, at: dt.datetime, until: dt.datetime | None = None) -> Pause:
    """Begin, or prolong, a pause; until: None for good. Idempotent."""
    with current.atomic():
        hold_owner(identifier)
        found, made = Pause.objects.get_or_create(
            identifier_id=identifier, why=grounds.why, key=grounds.key, ended_at=None,
            defaults={"actor": grounds.actor, "at": at, "until": until},
        )  # fmt: skip
        if not made and found.until != until:
            found.until, found.actor = until, grounds.actor
            found.save(update_fields=["until", "actor"])
    return found


def end(identifier: int, why: str, *, at: dt.datetime, key: str = "") -> int:
    """End a pause of any identifier of this customer; returns how many ended."""
    with current.atomic():
        _owner, members = hold_owner(identifier)
        return Pause.objects.filter(identifier_id__in=members, why=why, key=key, ended_at=None).update(ended_at=at)
