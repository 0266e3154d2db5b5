"""What a person wants to see of the outbox: how much waits, what is not known, what would have left."""

import datetime as dt
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from django.db.models import Count

from regulars.actions.messaging.models import Message, Viewed
from regulars.decisions import taking_back
from regulars.shop import current

UNKNOWN_SHOWN = 50
VIEWED_DAYS = 30
State = Message.State


@dataclass(frozen=True)
class Seen:
    """A letter as it left, or would have left. files: name, media type and bytes of what goes with it."""

    viewed: Viewed
    subject: str
    sender: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str, int], ...] = ()


def counts(source: str = "") -> dict[str, int]:
    """Messages by state; of one source, or all."""
    rows = Message.objects.filter(source=source) if source else Message.objects.all()
    return dict(rows.values_list("state").annotate(Count("pk")).order_by("state"))


def unknown() -> list[Message]:
    """Messages of which nobody knows whether they arrived; newest first."""
    return list(Message.objects.filter(state=State.UNKNOWN).order_by("-sent_at", "pk")[:UNKNOWN_SHOWN])


def arrived(message: int) -> bool:
    """A person says that it did arrive."""
    return (
        Message.objects.filter(pk=message, state=State.UNKNOWN).update(state=State.SENT, detail="a person says so") == 1
    )


def send_again(message: int, *, now: dt.datetime) -> bool:
    """A person wants it sent again, with the same Message-ID; the gate is asked as always."""
    with current.atomic():
        waiting = Message.objects.filter(pk=message, state=State.UNKNOWN)
        return waiting.update(state=State.PLANNED, not_before=now, claimed_by="", detail="sent again by a person") == 1


def give_up(message: int, *, now: dt.datetime) -> bool:
    """A person says that it did not arrive and shall not be sent: its slot is free again."""
    with current.atomic():
        found = Message.objects.filter(pk=message, state=State.UNKNOWN).first()
        if found is None:
            return False
        Message.objects.filter(pk=message).update(state=State.FAILED, detail="a person says that it did not arrive")
        if found.decision_id is not None:
            taking_back.release([found.decision_id], why="failed", at=now)
        return True


def forget_viewed(*, now: dt.datetime) -> int:
    """Delete letters that were shown instead of sent, after VIEWED_DAYS; returns how many."""
    return Viewed.objects.filter(at__lt=now - dt.timedelta(days=VIEWED_DAYS)).delete()[0]


def seen(viewed: Viewed) -> Seen:
    """A kept letter, taken apart."""
    parsed = message_from_bytes(bytes(viewed.raw), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    parts = {kind: parsed.get_body((kind,)) for kind in ("plain", "html")}
    text, html = (part.get_content() if part is not None else "" for part in parts.values())
    headers = tuple((name, str(value)) for name, value in parsed.items())
    files = tuple(_file(part) for part in parsed.iter_attachments()) if parsed.is_multipart() else ()
    return Seen(viewed, str(parsed["Subject"]), str(parsed["From"]), text, html, headers, files)


def _file(part: Any) -> tuple[str, str, int]:
    said = part["Content-Disposition"].params.get("size", "")
    return part.get_filename() or "", part.get_content_type(), int(said) if said.isdecimal() else 0
