"""What a person says on the phone counts at once: no more calls, a complaint, a number that is somebody else's."""

import datetime as dt

from django.utils.translation import gettext as _

from regulars.actions.tasks.models import Task
from regulars.customers import leaving, pausing, timeline
from regulars.customers.consenting import Proof
from regulars.customers.models import Identifier, Pause, Suppression
from regulars.customers.suppressing import Because, suppress
from regulars.shop import current

Result = Task.Result


def hear(task: Task, result: str, words: str, *, by: str, at: dt.datetime) -> None:
    """Do what follows from the result of a call, and keep the words for colleagues. Twice changes nothing.

    In the transaction of the caller, after the customer was held.
    """
    address = Identifier.objects.filter(pk=task.identifier_id).first()
    if address is None or result not in Result.values:
        return
    match result:
        case Result.NO_CALLS:
            _no_calls(address, task, words, by=by, at=at)
        case Result.COMPLAINT:
            pausing.pause(address.pk, pausing.Grounds(Pause.Why.CASE, by, case_of(task)), at=at)
        case Result.WRONG_NUMBER:
            for channel in ("phone", "sms"):
                because = Because(Suppression.Why.BOUNCE, by, case_of(task))
                suppress(channel, address.value, because, at=at)
    said = " ".join(filter(None, (f"{Result(result).label}.", words.strip())))
    timeline.note(address.customer_id, _("Call: {said}").format(said=said), actor=by, at=at)


def settle(task: Task, *, at: dt.datetime) -> int:
    """The complaint is settled: marketing may go on. Returns how many pauses ended."""
    return pausing.end(task.identifier_id, Pause.Why.CASE, at=at, key=case_of(task))


def complaints() -> dict[int, Pause]:
    """The complaints heard on the phone that are not settled, by the number of their task."""
    rows = Pause.objects.filter(why=Pause.Why.CASE, key__startswith="task:", ended_at=None).order_by("at")
    return {int(row.key.removeprefix("task:")): row for row in rows}


def case_of(task: Task) -> str:
    """How a pause names the call that led to it."""
    return f"task:{task.pk}"


def _no_calls(address: Identifier, task: Task, words: str, *, by: str, at: dt.datetime) -> None:
    """Every number of theirs: they speak of calls, not of one telephone."""
    proof = Proof(words.strip() or str(Result.NO_CALLS.label), case_of(task), by)
    theirs = Identifier.objects.filter(customer_id=address.customer_id, kind=Identifier.Kind.PHONE).order_by("pk")
    with current.atomic():
        for number in theirs:
            leaving.leave(number, "phone", proof, at=at)
