"""Take a task, do it, or let it go. The gate is asked when a task is taken and when it is done: a late wish counts too."""

import datetime as dt
from collections.abc import Iterable

from regulars.actions.tasks.models import Task
from regulars.customers.locking import hold
from regulars.customers.models import Identifier
from regulars.decisions import gate
from regulars.decisions.models import Decision
from regulars.decisions.standing import Question
from regulars.policy.contact import Answer, Wish
from regulars.policy.reasons import Reason
from regulars.shop import current

State = Task.State
IN_HAND = (State.OPEN, State.TAKEN)


def take(number: int, *, by: str, at: dt.datetime) -> Task:
    """Somebody takes it up. Returns the task as it stands: taken by them, cancelled by the gate, or open until later.

    Raises Task.DoesNotExist. What somebody else has stays theirs.
    """
    with current.atomic():
        task = _held(number)
        if task.state == State.OPEN:
            answer = _ask(task, at)
            if answer.yes:
                _change(task, State.TAKEN, by=by, at=at)
            else:
                _refuse(task, answer, by=by, at=at)
    return task


def done(number: int, outcome: str = "", *, by: str, at: dt.datetime) -> Task:
    """It was done, with what came of it. Returns the task as it stands; a refusal by the gate cancels it, with its reason.

    The hour was asked when it was taken, so a taken task may be ticked off in quiet hours.
    """
    with current.atomic():
        task = _held(number)
        if task.state in IN_HAND:
            answer = _ask(task, at)
            task.outcome = outcome.strip()[:1000]
            if answer.yes or (task.state == State.TAKEN and not answer.final):
                _change(task, State.DONE, by=by, at=at)
            else:
                _refuse(task, answer, by=by, at=at)
    return task


def cancel(number: int, why: str, *, by: str, at: dt.datetime) -> Task:
    """Staff will not do it; its slot is free again."""
    with current.atomic():
        task = _held(number)
        if task.state in IN_HAND:
            task.reason, task.outcome = Reason.CANCELLED, why.strip()[:1000]
            _change(task, State.CANCELLED, by=by, at=at)
            gate.release([task.decision_id], why=Reason.CANCELLED, at=at)
    return task


def miss(*, now: dt.datetime) -> int:
    """What nobody did in time is missed, and its slots are free again; returns how many."""
    with current.atomic():
        late = Task.objects.select_for_update().filter(state__in=IN_HAND, expires_at__lte=now)
        found = list(late.order_by("pk").values_list("pk", "decision_id"))
        Task.objects.filter(pk__in=[pk for pk, _decision in found]).update(
            state=State.MISSED, reason=Reason.EXPIRED, at=now
        )
        gate.release([decision for _pk, decision in found], why=Reason.EXPIRED, at=now)
    return len(found)


def take_all(numbers: Iterable[int], *, by: str, at: dt.datetime) -> list[Task]:
    """Take several; returns those that this person now has, in the order asked."""
    with current.atomic():
        numbers = list(numbers)
        held = Task.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
        identifiers = list(held.values_list("identifier_id", flat=True))
        # All customers at once, in the order of their ids: one after the other could wait in a circle.
        hold(Identifier.objects.filter(pk__in=identifiers).values_list("customer_id", flat=True))
        found = [take(number, by=by, at=at) for number in numbers]
    return [task for task in found if task.state == State.TAKEN and task.by == by]


def _held(number: int) -> Task:
    return Task.objects.select_for_update().get(pk=number)


def _ask(task: Task, at: dt.datetime) -> Answer:
    decision = Decision.objects.get(pk=task.decision_id)
    wish = Wish(
        decision.channel, decision.purpose, decision.source, decision.occurrence, decision.not_before, decision.expires_at,
        decision.priority,
    )  # fmt: skip
    return gate.confirm([Question(task.identifier_id, wish, task.decision_id)], now=at)[0]


def _refuse(task: Task, answer: Answer, *, by: str, at: dt.datetime) -> None:
    """A final no ends it; "not yet" leaves it open until then."""
    task.reason = answer.reason
    if answer.at is not None:
        task.not_before, task.outcome = answer.at, ""
    late = answer.reason == Reason.EXPIRED
    _change(task, State.OPEN if answer.at else State.MISSED if late else State.CANCELLED, by=by, at=at)


def _change(task: Task, state: str, *, by: str, at: dt.datetime) -> None:
    if state in (State.TAKEN, State.DONE):
        task.reason = ""
    task.state, task.by, task.at = state, by, at
    task.save(update_fields=["state", "reason", "outcome", "not_before", "by", "at"])
