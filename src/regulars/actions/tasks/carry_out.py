"""Take a task, do it, or let it go. The gate is asked when a task is taken and when it is done: a late wish counts too.

A task belongs to who took it: nobody else can do it, cancel it or put it back.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from regulars.actions.tasks.hearing import hear
from regulars.actions.tasks.models import Task
from regulars.customers.locking import hold
from regulars.customers.models import Identifier
from regulars.decisions import gate, taking_back
from regulars.decisions.models import Decision
from regulars.decisions.standing import Question
from regulars.policy.contact import Answer, Wish
from regulars.policy.reasons import Reason
from regulars.shop import current

State = Task.State
IN_HAND = (State.OPEN, State.TAKEN)
ASKED_AT_ONCE = 500
OUTCOME_CHARACTERS_MAX = 1000


def take(number: int, *, by: str, at: dt.datetime) -> Task:
    """Somebody takes it up. Returns the task as it stands: taken by them, cancelled by the gate, or open until later.

    Raises Task.DoesNotExist. What somebody else has stays theirs.
    """
    with current.atomic():
        task = _held(number)
        _take([task], by=by, at=at)
    return task


def take_all(numbers: Iterable[int], *, by: str, at: dt.datetime) -> list[Task]:
    """Take several; returns those that this person now has, in the order asked."""
    with current.atomic():
        found = _held_together(numbers)
        _take(found, by=by, at=at)
    return [task for task in found if task.state == State.TAKEN and task.by == by]


def done(number: int, outcome: str = "", *, by: str, at: dt.datetime, result: str = "") -> Task:
    """It was done, with what came of it. Returns the task as it stands; a refusal by the gate cancels it, with its reason.

    The hour was asked when it was taken, so a taken task may be ticked off in quiet hours. result: what came of a call;
    what the person said counts at once, also when the call came too late.
    """
    with current.atomic():
        task = _held(number)
        if not _may(task, by):
            return task
        tells = task.kind == Task.Kind.CALL and (
            task.state in IN_HAND or (task.state == State.MISSED and not task.result)
        )
        if task.state in IN_HAND:
            _finish([task], (result, outcome), by=by, at=at)
        elif tells:
            task.result, task.outcome = result, outcome.strip()[:OUTCOME_CHARACTERS_MAX]
            task.save(update_fields=["result", "outcome"])
        if tells:
            hear(task, result, outcome, by=by, at=at)
    return task


def done_all(numbers: Iterable[int], outcome: str = "", *, by: str, at: dt.datetime) -> list[Task]:
    """Tick off several that this person has; returns those that are done now."""
    with current.atomic():
        found = [task for task in _held_together(numbers) if task.state == State.TAKEN and task.by == by]
        _finish(found, ("", outcome), by=by, at=at)
    return [task for task in found if task.state == State.DONE]


def put_back(number: int, *, by: str, at: dt.datetime, for_other: bool = False) -> Task:
    """Whoever has it does not do it after all: it waits for a hand again. for_other: the owner takes it from somebody."""
    with current.atomic():
        task = _held(number)
        if task.state == State.TAKEN and (for_other or task.by == by):
            task.batch_id = None
            _change(task, State.OPEN, by=by, at=at)
    return task


def cancel(number: int, why: str, *, by: str, at: dt.datetime) -> Task:
    """Staff will not do it; its slot is free again."""
    with current.atomic():
        task = _held(number)
        if task.state in IN_HAND and _may(task, by):
            task.reason, task.outcome = Reason.CANCELLED, why.strip()[:OUTCOME_CHARACTERS_MAX]
            _change(task, State.CANCELLED, by=by, at=at)
            taking_back.release([task.decision_id], why=Reason.CANCELLED, at=at)
    return task


def reported(number: int, *, posted: bool, by: str, at: dt.datetime) -> Task:
    """What the printer says of a card, whoever had it printed. A posted one has happened: it counts, and nobody is asked."""
    with current.atomic():
        task = _held(number)
        if posted and task.state != State.DONE:
            task.outcome = "posted"
            _change(task, State.DONE, by=by, at=at)
            gate.happened(task.decision_id, at=at)
        elif not posted and task.state in IN_HAND:
            task.reason, task.outcome = Reason.CANCELLED, "could not be posted"
            _change(task, State.CANCELLED, by=by, at=at)
            taking_back.release([task.decision_id], why=Reason.CANCELLED, at=at)
    return task


def miss(*, now: dt.datetime) -> int:
    """What nobody did in time is missed, and its slots are free again; returns how many."""
    with current.atomic():
        late = Task.objects.select_for_update().filter(state__in=IN_HAND, expires_at__lte=now)
        found = list(late.order_by("pk").values_list("pk", "decision_id"))
        Task.objects.filter(pk__in=[pk for pk, _decision in found]).update(
            state=State.MISSED, reason=Reason.EXPIRED, at=now
        )
        taking_back.release([decision for _pk, decision in found], why=Reason.EXPIRED, at=now)
    return len(found)


def _held(number: int) -> Task:
    return Task.objects.select_for_update().get(pk=number)


def _held_together(numbers: Iterable[int]) -> list[Task]:
    """These tasks in the order asked, and their customers held all at once: one after the other could wait in a circle."""
    numbers = list(dict.fromkeys(numbers))
    held = {task.pk: task for task in Task.objects.select_for_update().filter(pk__in=numbers).order_by("pk")}
    identifiers = [task.identifier_id for task in held.values()]
    hold(Identifier.objects.filter(pk__in=identifiers).values_list("customer_id", flat=True))
    return [held[number] for number in numbers if number in held]


def _may(task: Task, by: str) -> bool:
    """Whether it is theirs, or nobody's yet."""
    return task.by == by or task.state not in (State.TAKEN, State.MISSED)


def _take(tasks: Sequence[Task], *, by: str, at: dt.datetime) -> None:
    waiting = [task for task in tasks if task.state == State.OPEN]
    for task, answer in zip(waiting, _ask(waiting, at), strict=True):
        if answer.yes:
            _change(task, State.TAKEN, by=by, at=at)
        else:
            _refuse(task, answer, by=by, at=at)


def _finish(tasks: Sequence[Task], told: tuple[str, str], *, by: str, at: dt.datetime) -> None:
    """told: result and outcome."""
    result, outcome = told
    for task, answer in zip(tasks, _ask(tasks, at), strict=True):
        task.result, task.outcome = result, outcome.strip()[:OUTCOME_CHARACTERS_MAX]
        if answer.yes or (task.state == State.TAKEN and not answer.final):
            _change(task, State.DONE, by=by, at=at)
        else:
            _refuse(task, answer, by=by, at=at)


def _ask(tasks: Sequence[Task], at: dt.datetime) -> list[Answer]:
    answers: list[Answer] = []
    for start in range(0, len(tasks), ASKED_AT_ONCE):
        some = tasks[start : start + ASKED_AT_ONCE]
        decisions = Decision.objects.in_bulk([task.decision_id for task in some])
        asked = [Question(task.identifier_id, _wish(decisions[task.decision_id]), task.decision_id) for task in some]
        answers += gate.confirm(asked, now=at)
    return answers


def _wish(decision: Decision) -> Wish:
    return Wish(
        decision.channel, decision.purpose, decision.source, decision.occurrence, decision.not_before, decision.expires_at,
        decision.priority,
    )  # fmt: skip


def _refuse(task: Task, answer: Answer, *, by: str, at: dt.datetime) -> None:
    """A final no ends it; "not yet" leaves it open until then."""
    task.reason = answer.reason
    if answer.at is not None:
        task.not_before, task.outcome, task.result = answer.at, "", ""
    late = answer.reason == Reason.EXPIRED
    _change(task, State.OPEN if answer.at else State.MISSED if late else State.CANCELLED, by=by, at=at)


def _change(task: Task, state: str, *, by: str, at: dt.datetime) -> None:
    if state in (State.TAKEN, State.DONE):
        task.reason = ""
    task.state, task.by, task.at = state, by, at
    task.save(update_fields=["state", "reason", "outcome", "result", "batch_id", "not_before", "by", "at"])
