"""Give back what was decided: for whatever came to nothing, and for what is taken back before it leaves."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from regulars.customers.locking import hold
from regulars.customers.owners import owners_of
from regulars.decisions import limits
from regulars.decisions.models import Decision, Reservation
from regulars.shop import current
from regulars.shop.among import among

NOT_GONE = Q(arm=Decision.Arm.TREATED, ended_at=None) & (
    Q(performed_at=None) | Q(reservation__state=Reservation.State.HELD)
)
"""Decided, and not yet on its way."""


def release(decisions: Iterable[int], *, why: str, at: dt.datetime) -> None:
    """Give the slots of these decisions back, and note what became of them: cancelled, expired, failed. What was not made a
    message or a task yet never is."""
    ids = list(decisions)
    Reservation.objects.filter(pk__in=ids).exclude(state=Reservation.State.RELEASED).update(
        state=Reservation.State.RELEASED, why=why
    )
    Decision.objects.filter(pk__in=ids, ended_at=None).update(reason=why, ended_at=at)
    Decision.objects.filter(pk__in=ids, performed_at=None).update(performed_at=at)
    limits.give_back(ids)


def take_back(decisions: Iterable[int], *, why: str, at: dt.datetime) -> int:
    """Release those that are NOT_GONE; returns how many. Whoever hands over holds the customer, so they are held here first:
    a contact that is just leaving keeps its slot and counts."""
    waiting = Decision.objects.filter(NOT_GONE, among(pk=list(decisions)))
    with current.atomic():
        hold(owners_of(waiting.values_list("identifier_id", flat=True)).values())
        ids = list(waiting.values_list("pk", flat=True))  # asked again, now that nobody else can send
        release(ids, why=why, at=at)
    return len(ids)
