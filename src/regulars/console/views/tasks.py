"""Tasks: cards to sign and post, calls to make; who does them, and what came of it."""

from typing import Any

from django.contrib import messages as told
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.actions.messaging.channels.card.faces import installed
from regulars.actions.messaging.channels.card.formats import PROFILES, SHEETS
from regulars.actions.tasks import carry_out, hearing, looking
from regulars.actions.tasks.models import Batch, Task
from regulars.decisions import words as reasons
from regulars.plays.models import Campaign

CARDS_AT_ONCE = 500
State = Task.State


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What is to do today and by when, cards and calls apart, and whose hands it is in."""
    now, me = timezone.now(), request.user.get_username()
    sources = looking.sources_of_cards(now=now)
    source = request.GET.get("source", "")
    source = source if source in sources else ""
    counts = looking.counts(now=now)
    names = campaign_names()
    context = {
        "calls": looking.to_do("call", now=now), "cards": looking.to_do("card", now=now, source=source),
        "call_counts": counts["call"], "card_counts": counts["card"], "missed": looking.missed(now=now), "me": me, "source": source,
        "taken_calls": looking.taken("call", now=now), "taken_cards": looking.taken("card", now=now), "names": names,
        "sources": [(one, names.get(one) or one) for one in sources] if len(sources) > 1 else [],
        "batches": looking.batches_of(me), "complaints": _complaints(now), "paper": paper(me), "shown_max": looking.SHOWN_MAX,
    }  # fmt: skip
    return render(request, "console/tasks.html", context)


def campaign_names() -> dict[str, str]:
    """What the sources of tasks are called."""
    return {f"{campaign.scope}/1": campaign.name for campaign in Campaign.objects.filter(channel__in=("card", "phone"))}


def paper(me: str) -> dict[str, Any]:
    """What can be chosen about print, with what this person chose the last time."""
    return {
        "profiles": profiles(), "sheets": sheets(), "fonts": sorted(installed()), "most": CARDS_AT_ONCE,
        "last": Batch.objects.filter(by=me).order_by("-at", "-pk").first(),
    }  # fmt: skip


def profiles() -> dict[str, str]:
    """Each kind of card, in words."""
    named = {
        "a6_postcard": _("postcard A6, with the address on it"), "a6_enclosed": _("card A6, in an envelope"),
        "us_postcard": _("postcard 6 × 4 in, United States, with the address on it"),
    }  # fmt: skip
    return {name: named.get(name, name) for name in PROFILES}


def sheets() -> dict[str, str]:
    """Each sheet of labels, in words."""
    named = {"a4_3x7": _("A4, 21 labels of 63.5 × 38.1 mm"), "letter_3x10": _("US Letter, 30 labels of 2⅝ × 1 in")}
    return {name: named.get(name, name) for name in SHEETS}


def _complaints(now: Any) -> list[looking.Row]:
    """Whoever complained on the phone, and is left in peace until that is settled."""
    return looking.rows(Task.objects.filter(pk__in=hearing.complaints()).order_by("at", "pk"), now=now)


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: for whom, why, with which words, and what can be done."""
    task, me, now = get_object_or_404(Task, pk=pk), request.user.get_username(), timezone.now()
    row = looking.rows([task], now=now)[0]
    mine = task.by == me
    context = {
        "row": row, "task": task, "mine": mine, "name": campaign_names().get(row.source, ""),
        "results": Task.Result.choices, "open": task.state == State.OPEN and not row.late,
        "theirs": task.state == State.TAKEN and not mine, "may_free": request.user.is_staff,
        "tells": task.kind == "call" and mine and (task.state == State.TAKEN or (task.state == State.MISSED and not task.result)),
        "why": reasons.to_staff(task.reason), "complaint": task.pk in hearing.complaints(),
        "shown_state": State.MISSED.label if row.late else task.get_state_display(),
    }  # fmt: skip
    return render(request, "console/task.html", context)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it up."""
    get_object_or_404(Task, pk=pk)
    me = request.user.get_username()
    task = carry_out.take(pk, by=me, at=timezone.now())
    if task.state == State.TAKEN and task.by != me:
        told.error(request, _("{name} has this already.").format(name=task.by))
    elif task.state != State.TAKEN:
        told.error(request, _refused(task))
    return redirect("task", pk=pk)


@require_POST
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """It is done, with what came of it."""
    task, me = get_object_or_404(Task, pk=pk), request.user.get_username()
    result = request.POST.get("result", "")
    if task.kind == Task.Kind.CALL and result not in Task.Result.values:
        told.error(request, _("Say what came of the call."))
        return redirect("task", pk=pk)
    words = request.POST.get("words", "")
    before = task.state
    task = carry_out.done(pk, words, by=me, at=timezone.now(), result=result if task.kind == Task.Kind.CALL else "")
    if task.by != me and task.state in (State.TAKEN, State.DONE, State.MISSED):
        told.error(request, _("{name} has this already.").format(name=task.by))
        return redirect("task", pk=pk)
    if task.state == State.DONE and before != State.DONE:
        told.success(request, _("Done."))
    elif task.state != State.DONE:
        told.error(request, _refused(task))
    if consequence := _consequences().get(task.result):
        told.success(request, consequence)
    return redirect("tasks")


def _consequences() -> dict[str, str]:
    """What followed from a call, in a sentence."""
    return {
        Task.Result.NO_CALLS: _("Kept as their word: nobody here calls them any more."),
        Task.Result.COMPLAINT: _("No marketing goes to them until the complaint is settled."),
        Task.Result.WRONG_NUMBER: _("This number is called no more."),
    }


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else may take it; an owner may free what a colleague has."""
    get_object_or_404(Task, pk=pk)
    me = request.user.get_username()
    task = carry_out.put_back(pk, by=me, at=timezone.now(), for_other=request.user.is_staff)
    if task.state == State.TAKEN:
        told.error(request, _("{name} has this already.").format(name=task.by))
    return redirect("task", pk=pk)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody will do it, for a reason."""
    get_object_or_404(Task, pk=pk)
    why, me = request.POST.get("why", "").strip(), request.user.get_username()
    if not why:
        told.error(request, _("Say why it is not done."))
        return redirect("task", pk=pk)
    task = carry_out.cancel(pk, why, by=me, at=timezone.now())
    if task.state == State.TAKEN:
        told.error(request, _("{name} has this already.").format(name=task.by))
        return redirect("task", pk=pk)
    return redirect("tasks")


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The complaint heard in this call is settled."""
    hearing.settle(get_object_or_404(Task, pk=pk), at=timezone.now())
    told.success(request, _("Settled. Marketing may reach them again."))
    return redirect("tasks")


def _refused(task: Task) -> str:
    """Why it cannot be done, and until when if that passes."""
    why = reasons.to_staff(task.reason)
    if task.state == State.OPEN:
        return _("Not now: {why}").format(why=why)
    return _("This is not to be done any more: {why}").format(why=why or task.get_state_display())
