"""Decisions: whom each play met, and why somebody got something on a day, or nothing. Today's wait for a yes."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.customers.models import Customer, Identifier
from regulars.decisions.models import Decision
from regulars.decisions.words import to_staff
from regulars.plays import deciding, why
from regulars.plays.models import DayPlan, Play, Proposal
from regulars.profiles.models import Profile
from regulars.profiles.people import find_customer
from regulars.shop.models import the_shop

ROWS_SHOWN = 100
PEOPLE_SHOWN = 10


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The newest decisions, of one play or arm; with a customer and a day, everything that was decided about them."""
    play, arm = request.GET.get("play", ""), request.GET.get("arm", "")
    who, text = request.GET.get("who", "").strip()[:200], request.GET.get("on", "").strip()
    day = _day(text) or timezone.now().astimezone(ZoneInfo(the_shop().zone)).date()
    customer = find_customer(who) if who else None
    context = {
        "who": who, "day": day, "customer": customer, "sentences": why.why(customer, day) if customer else [],
        "nobody": bool(who) and customer is None, "play": play, "arm": arm, "arms": Decision.Arm.choices,
        "plays": [(name, form.title.of(get_language() or "en")) for name, form in sorted(why.forms().items())],
        "rows": _rows(play, arm), "most": ROWS_SHOWN,
    }  # fmt: skip
    return render(request, "console/decisions.html", context)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _rows(play: str, arm: str) -> list[dict[str, Any]]:
    found = Decision.objects.filter(source__startswith=f"play:{play}/" if play else "play:")
    if arm in Decision.Arm.values:
        found = found.filter(arm=arm)
    rows = list(found.order_by("-at", "pk")[:ROWS_SHOWN])
    owner = dict(Identifier.objects.filter(pk__in=[row.identifier_id for row in rows]).values_list("pk", "customer_id"))
    people = Customer.objects.in_bulk(list(owner.values()))
    names, zone = why.forms(), ZoneInfo(the_shop().zone)
    return [
        {
            "row": row, "customer": people.get(owner.get(row.identifier_id, 0)), "day": row.at.astimezone(zone).date().isoformat(),
            "title": why.Names("", names).of(why.play_of(row.source)), "why": "" if row.arm == Decision.Arm.HELD_OUT else to_staff(row.reason, row.facts),
            "worth": why.money(row.weighed["total"]) if "total" in row.weighed else "",
        }
        for row in rows
    ]  # fmt: skip


def for_today() -> list[dict[str, Any]]:
    """What waits for a yes today, by play, the most valuable people first; and what acts by itself."""
    forms = why.forms()
    names = why.Names("", forms)
    shares = {
        name: 0.0 if form.owed else form.share for name, form in forms.items() if form.owed or form.share is not None
    }
    waiting = deciding.waiting()
    found = []
    for play in Play.objects.filter(pk__in=waiting).order_by("name"):
        rows = list(Proposal.objects.filter(play=play, state=Proposal.State.WAITING))
        value = sum(row.weighed.get("total", 0.0) for row in rows)
        rows.sort(key=lambda row: (-row.weighed.get("total", 0.0), row.person_id))
        found.append({
            "play": play, "title": names.of(play.name), "n": len(rows), "people": _people(rows[:PEOPLE_SHOWN]),
            "share": shares.get(play.name, play.share), "value": value, "total": why.money(value),
        })  # fmt: skip
    return sorted(found, key=lambda each: (-each["value"], each["title"]))


def _people(rows: Sequence[Proposal]) -> list[dict[str, Any]]:
    ids = [row.person_id for row in rows]
    people = Customer.objects.in_bulk(ids)
    profiles = {row["customer_id"]: row for row in Profile.objects.filter(pk__in=ids).values()}
    return [
        {
            "row": row, "customer": people.get(row.person_id), "profile": profiles.get(row.person_id),
            "worth": why.money(row.weighed["total"]) if "total" in row.weighed else "",
        }
        for row in rows
    ]  # fmt: skip


def acting() -> int:
    """How many were decided today without being asked about."""
    plan = DayPlan.objects.order_by("-day").first()
    today = timezone.now().astimezone(ZoneInfo(the_shop().zone)).date()
    if plan is None or plan.day != today:
        return 0
    return Proposal.objects.filter(day=today, by__startswith="play:").count()


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """A yes to one play's people of today: to all but those whose tick was taken away; or a no to all."""
    name, by, now = request.POST.get("play", ""), request.user.get_username(), timezone.now()
    rows = Proposal.objects.filter(play_id=name, state=Proposal.State.WAITING)
    everybody = list(rows.values_list("pk", flat=True))
    if request.POST.get("deed") == "no":
        done = deciding.decline(everybody, by=by, now=now)
        messages.success(
            request, ngettext("{n} person is left in peace.", "{n} people are left in peace.", done).format(n=done)
        )
        return redirect("today")
    ticked, shown = (_numbers(request.POST.getlist(key)) for key in ("yes", "shown"))
    deciding.decline([pk for pk in everybody if pk in shown - ticked], by=by, now=now)
    done = deciding.agree([pk for pk in everybody if pk not in shown - ticked], by=by, now=now)
    deciding.everybody(now=now)
    text = ngettext(
        "Agreed for {n} person. Some of them are held out by lot.",
        "Agreed for {n} people. Some of them are held out by lot.",
        done,
    )
    messages.success(request, text.format(n=done)) if done else messages.error(
        request, _("Their day has passed, or somebody has answered already.")
    )
    return redirect("today")


def _numbers(texts: Sequence[str]) -> set[int]:
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19}
