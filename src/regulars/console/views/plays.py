"""Plays: which there are, which are on, what each says and writes, whom it is meant for and what it changed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.console.views import letters, play_versions
from regulars.decisions import stopping
from regulars.decisions.models import Belief, Stop
from regulars.measurement import learning, outcomes, promises, results
from regulars.plays import deciding, rehearsed, switching
from regulars.plays.audience import sizes
from regulars.plays.form import Form
from regulars.plays.models import Play, Rehearsal
from regulars.plays.models.rehearsal import WHOLE_PLAN
from regulars.plays.reading import PlayMistakes
from regulars.plays.switching import Known
from regulars.plays.versions import LETTERS
from regulars.profiles.segments import ConditionMistake

PER_DAY_MAX = 1_000_000
VERSIONS_SHOWN = 10


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All plays: those that act, those that could, and those that wait for something."""
    found = switching.all_known()
    audience = sizes([one.form for one in found])
    known = {one.play.name: one for one in results.plays()}
    rows = [row(one, audience[one.form.name], known.get(one.form.name)) for one in found]
    context = {
        "on": [each for each in rows if each["on"]], "off": [each for each in rows if not each["on"] and not each["later"]],
        "later": [each for each in rows if not each["on"] and each["later"]], "waiting": sum(deciding.waiting().values()),
    } | _rehearsal(WHOLE_PLAN, rehearsed.of_plan)  # fmt: skip
    return render(request, "console/plays.html", context)


def _rehearsal(name: str, told: Callable[[Mapping[str, Any]], list[str]]) -> dict[str, Any]:
    """The newest one, in sentences."""
    newest = Rehearsal.objects.filter(play_name=name).first()
    return {"rehearsal": newest, "rehearsed": told(newest.data) if newest and newest.data else []}


def row(one: Known, audience: int, result: results.OfPlay | None) -> dict[str, Any]:
    """One play as a list shows it."""
    language = get_language() or "en"
    return {
        "name": one.form.name, "title": one.form.title.of(language), "because": one.form.because.of(language), "on": one.on,
        "told": one.form.told.of(language),
        "mode": one.play.get_mode_display() if one.play else "", "audience": audience, "result": result, "own": one.own,
        "share": one.play.share if one.play and one.form.share is None else one.form.share,
        "later": ", ".join(kinds()[kind] for kind in one.form.waits_for), "when": when(one.form),
    }  # fmt: skip


def kinds() -> dict[str, str]:
    """What a play may wait for, in words."""
    return {
        "gift": _("gifts"), "points": _("points"), "offer": _("offers"), "placement": _("places in the shop's pages"),
        "invitation": _("invitations"), "introduction": _("introductions"), "complaint": _("complaints"), "visit": _("visits"),
    }  # fmt: skip


def when(form: Form) -> str:
    """On what it acts, in a few words."""
    words = {
        "daily": _("every day"), "once": _("once"), "order": _("after an order"), "refund": _("after a refund"), "review": _("after a review"),
        "bad_review": _("after a bad review"), "occasion": _("on a day they told us"), "festival": _("on festivals"),
        "complaint": _("after a complaint"), "visit": _("after a visit"),
    }  # fmt: skip
    return words[form.on]


@require_GET
def one(request: HttpRequest, name: str) -> HttpResponse:
    """One play: what it says, whom it is meant for, its words, what it changed, and who switched it."""
    try:
        found = switching.known(name)
    except PlayMistakes as mistakes:
        return render(request, "console/play_mistakes.html", {"name": name, "mistakes": mistakes.mistakes})
    if found is None:
        raise Http404(name)
    result = results.of_play(found.play) if found.play and found.play.began else None
    data = result.told.lift.data if result and result.told else None
    language = get_language() or "en"
    context = row(found, sizes([found.form])[name], result) | {
        "form": found.form, "play": found.play, "why_not": switching.why_not(found), "looks": _looks(found),
        "channel": letters.channels().get(found.form.contact.channel, found.form.contact.kind), "expect": found.form.evidence.expect.of(language),
        "promise": _promise(found), "stop": Stop.objects.filter(scope=found.form.scope, ended_at=None).first(),
        "belief": Belief.objects.filter(pk=found.form.scope).first(),
        "switches": found.play.switches.all()[:VERSIONS_SHOWN] if found.play else [],
        "versions": found.play.versions.order_by("-number")[:VERSIONS_SHOWN] if found.play else [],
        "outcome": goals()[found.form.goal.outcome], "modes": Play.Mode.choices,
        "lines": outcomes.outcomes(data) if data else [], "guards": outcomes.guardrails(data) if data else [],
        "answered": outcomes.answered(data) if data else "",
    } | _rehearsal(name, rehearsed.sentences) | play_versions.context(found)  # fmt: skip
    return render(request, "console/play.html", context)


def _promise(found: Known) -> str:
    try:
        return promises.of_play(found.form, found.play).told
    except ConditionMistake:
        return ""


def goals() -> dict[str, str]:
    """What a play should change, in words."""
    return {
        "came_back": _("more people order again"), "net_revenue": _("they spend more"), "margin": _("more is earned"),
        "answered": _("people answer"),
    }  # fmt: skip


def _looks(found: Known) -> list[tuple[str, letters.Look]]:
    """Its words as an example gets them, by version and language."""
    contact, names = found.form.contact, letters.languages()
    several = len(contact.words) > 1
    return [
        (f"{letter} · {names[code]}" if several else names[code], letters.look(draft, contact.channel or "email"))
        for letter, words in zip(LETTERS, contact.words, strict=False)
        for code, draft in sorted(found.written.drafts(words).items())
    ]


@require_POST
def switch(request: HttpRequest, name: str) -> HttpResponse:
    """On (and how it acts), off, or on again after it was stopped."""
    deed, by, now = request.POST.get("deed", ""), request.user.get_username(), timezone.now()
    try:
        if switching.known(name) is None:
            raise Http404(name)
        if deed in Play.Mode.values:
            switching.switch_on(name, by=by, now=now, mode=deed)
            messages.success(request, _("It is on. It plans from now on, once a day."))
        elif deed == "off":
            switching.switch_off(name, by=by, now=now)
            messages.success(request, _("It is off; what had not left is cancelled."))
        elif deed == "go on":
            stopping.go_on(f"play:{name}", actor=by, at=now)
            messages.success(request, _("It goes on."))
    except (switching.CannotSwitchOn, PlayMistakes) as refused:
        messages.error(request, str(refused))
    return redirect("play", name=name)


@require_POST
def rehearse(request: HttpRequest, name: str) -> HttpResponse:
    """Ask the worker to rehearse it; while one waits, no other is asked for."""
    if switching.known(name) is None:
        raise Http404(name)
    _ask(name, request)
    return redirect("play", name=name)


@require_POST
def rehearse_plan(request: HttpRequest) -> HttpResponse:
    """The same for all plays that are on together."""
    _ask(WHOLE_PLAN, request)
    return redirect("plays")


def _ask(name: str, request: HttpRequest) -> None:
    asked = {"by": request.user.get_username(), "at": timezone.now()}
    Rehearsal.objects.get_or_create(play_name=name, state=Rehearsal.State.WAITING, defaults=asked)


@require_POST
def limit(request: HttpRequest, name: str) -> HttpResponse:
    """How many a day at most; empty: as the play says."""
    text = request.POST.get("per_day", "").strip()
    if text and not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= PER_DAY_MAX):
        messages.error(request, _("People a day: a whole number from 1, or nothing."))
        return redirect("play", name=name)
    if switching.limit(name, int(text[:9]) if text else None, by=request.user.get_username(), now=timezone.now()):
        messages.success(request, _("Kept; it counts from the next day on."))
    return redirect("play", name=name)


@require_POST
def believe(request: HttpRequest, name: str) -> HttpResponse:
    """Somebody has looked at a leap of what is believed of its lift."""
    if learning.accept(f"play:{name}", now=timezone.now()):
        messages.success(request, _("From now on the new figure counts."))
    return redirect("play", name=name)
