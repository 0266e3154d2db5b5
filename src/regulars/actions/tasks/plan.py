"""Decisions for cards and calls become tasks: each once, in chunks, each chunk one transaction."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from regulars.actions.tasks.models import Task
from regulars.decisions import taking_back
from regulars.decisions.models import Decision
from regulars.policy.reasons import Reason
from regulars.shop import current
from regulars.shop.models import the_shop
from regulars.words import letters
from regulars.words.fields import values
from regulars.words.models import Version
from regulars.words.sandbox import WordsRefused

AT_ONCE = 500
KINDS = {"card": Task.Kind.CARD, "phone": Task.Kind.CALL}
OUTCOME_CHARACTERS_MAX = 1000
Versions = dict[int, Mapping[str, Version]]


def plan(*, now: dt.datetime) -> int:
    """Make tasks of the decisions that wait for it; returns how many. Any number may run at once."""
    done = 0
    while made := _chunk(now):
        done += made
    return done


def _chunk(now: dt.datetime) -> int:
    with current.atomic():
        waiting = Decision.objects.filter(arm=Decision.Arm.TREATED, performed_at=None, channel__in=KINDS)
        waiting = waiting.order_by("at", "id")
        if current.connection().features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        decisions = list(waiting[:AT_ONCE])
        tasks = _tasks(decisions, now)
        Task.objects.bulk_create(tasks, ignore_conflicts=True)
        Decision.objects.filter(pk__in=[one.pk for one in decisions]).update(performed_at=now)
        refused = [task.decision_id for task in tasks if task.state == Task.State.CANCELLED]
        taking_back.release(refused, why=Reason.CONTENT_REFUSED, at=now)
        return len(decisions)


def _tasks(decisions: Sequence[Decision], now: dt.datetime) -> list[Task]:
    people = values({one.person_id for one in decisions}, shop=the_shop()) if decisions else {}
    versions: Versions = {}
    return [_task(one, people[one.person_id], versions, now) for one in decisions]


def _task(decision: Decision, about: Mapping[str, Any], versions: Versions, now: dt.datetime) -> Task:
    task = Task(
        decision_id=decision.pk, person_id=decision.person_id, identifier_id=decision.identifier_id,
        kind=KINDS[decision.channel], text=str(decision.todo.get("script", "")) or decision.because,
        not_before=decision.not_before, expires_at=decision.expires_at, at=now,
    )  # fmt: skip
    found = decision.todo.get("letters") or [decision.todo.get("letter")]
    letter = found[min(decision.variant, len(found) - 1)]
    if letter is None:
        return task
    try:
        _write(task, int(letter), about | decision.todo.get("data", {}), versions)
    except WordsRefused as error:  # its words cannot be filled for this person
        task.state, task.reason = Task.State.CANCELLED, Reason.CONTENT_REFUSED
        task.outcome = str(error)[:OUTCOME_CHARACTERS_MAX]
    return task


def _write(task: Task, letter: int, about: Mapping[str, Any], versions: Versions) -> None:
    """The words of a letter for this person. Raises WordsRefused."""
    if letter not in versions:
        versions[letter] = letters.newest(letter)
    version = letters.chosen(versions[letter], str(about["customer"].get("language", "en")))
    filled = letters.filled(version, about)
    task.subject, task.text, task.language = filled.subject[:300], filled.text, filled.language
