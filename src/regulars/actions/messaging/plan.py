"""Decisions become messages: each once, in chunks, each chunk one transaction, so a kill loses and doubles nothing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regulars.actions.messaging.models import Message
from regulars.customers.locking import hold_owner
from regulars.decisions.models import Decision
from regulars.shop import current
from regulars.shop.keys import key_id

AT_ONCE = 2_000
CHANNELS = ("email", "sms", "inbox", "webhook")
"""What leaves by the outbox; cards and calls are tasks that a person does."""


def message_id(person: int, source: str, occurrence: str) -> int:
    """The number of a message, the same however often it is planned."""
    return key_id("message", str(person), source, occurrence)


def plan(*, now: dt.datetime) -> int:
    """Make messages of the decisions that wait for it; returns how many. Any number may run at once."""
    done = 0
    while (made := _chunk(now)) is not None:
        done += made
    return done


def _chunk(now: dt.datetime) -> int | None:
    with current.atomic():
        waiting = Decision.objects.filter(arm=Decision.Arm.TREATED, performed_at=None, channel__in=CHANNELS)
        waiting = waiting.order_by("at", "id")
        if current.connection().features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        decisions = list(waiting[:AT_ONCE])
        if not decisions:
            return None
        Message.objects.bulk_create([message_of(one, now) for one in decisions], batch_size=500, ignore_conflicts=True)
        Decision.objects.filter(pk__in=[one.pk for one in decisions]).update(performed_at=now)
        return len(decisions)


def message_of(decision: Decision, now: dt.datetime) -> Message:
    """What a decision becomes, not written yet."""
    return Message(
        id=message_id(decision.person_id, decision.source, decision.occurrence), decision_id=decision.pk,
        person_id=decision.person_id, identifier_id=decision.identifier_id, channel=decision.channel,
        purpose=decision.purpose, marketing=decision.purpose not in ("order", "service"), source=decision.source,
        occurrence=decision.occurrence, priority=decision.priority, letter_id=_letter(decision),
        data=decision.todo.get("data", {}), not_before=decision.not_before, expires_at=decision.expires_at, planned_at=now,
    )  # fmt: skip


def _letter(decision: Decision) -> int | None:
    """The letter of the variant that was drawn."""
    letters = decision.todo.get("letters") or [decision.todo.get("letter")]
    found = letters[min(decision.variant, len(letters) - 1)]
    return None if found is None else int(found)


@dataclass(frozen=True)
class Errand:
    """A message about an order or a request: it needs no decision and counts in no budget."""

    identifier_id: int
    source: str
    occurrence: str
    letter_id: int
    channel: str = "email"
    purpose: str = "order"
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.purpose != "order":
            raise ValueError("only messages about orders go without a decision")


def send(errand: Errand, *, now: dt.datetime) -> Message:
    """Put one on its way; the same source and occurrence for the same person is the message that is there."""
    with current.atomic():
        person, members = hold_owner(errand.identifier_id)
        same = Message.objects.filter(identifier_id__in=members, source=errand.source, occurrence=errand.occurrence)
        if earlier := same.first():  # also when it was sent before a merge
            return earlier
        found, _made = Message.objects.get_or_create(
            person_id=person, source=errand.source, occurrence=errand.occurrence,
            defaults={"id": message_id(person, errand.source, errand.occurrence), "identifier_id": errand.identifier_id,
                      "channel": errand.channel, "purpose": errand.purpose, "marketing": False, "priority": 1,
                      "letter_id": errand.letter_id, "data": dict(errand.data), "not_before": now, "planned_at": now},
        )  # fmt: skip
    return found
