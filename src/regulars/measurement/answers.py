"""How many answered? Replies to a play's messages, and calls in which somebody spoke with us; those held out were asked nothing,
so this is a count, not a comparison."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef

from regulars.actions.messaging.models import Message, MessageEvent
from regulars.actions.tasks.models import Task
from regulars.decisions.models import Decision

SPOKEN = (Task.Result.WELL, Task.Result.COMPLAINT)


def of(scope: str, *, days: int, complete: dt.date) -> dict[str, Any]:
    """days; asked: messages that left and calls that were tried whose days are over; answered: within those days."""
    last = dt.datetime.combine(complete - dt.timedelta(days=days - 1), dt.time.max, dt.UTC)
    sent = Message.objects.filter(source__startswith=f"{scope}/", state=Message.State.SENT, sent_at__lte=last)
    replies = MessageEvent.objects.filter(
        message_id=OuterRef("pk"), kind="reply", machine=False, at__lte=OuterRef("sent_at") + dt.timedelta(days=days)
    )
    decided = Decision.objects.filter(source__startswith=f"{scope}/", arm=Decision.Arm.TREATED).values("pk")
    calls = Task.objects.filter(decision_id__in=decided, kind=Task.Kind.CALL, not_before__lte=last).exclude(result="")
    spoken = calls.filter(result__in=SPOKEN, at__lte=F("not_before") + dt.timedelta(days=days))
    return {
        "days": days,
        "asked": sent.count() + calls.count(),
        "answered": sent.filter(Exists(replies)).count() + spoken.count(),
    }
