"""Today: two numbers, and the people to care for."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from regulars.actions.tasks import looking
from regulars.console.views import decisions
from regulars.console.views.people import with_names
from regulars.customers.models import Customer, Suggestion
from regulars.insight.finding_words import told
from regulars.insight.findings import Finding
from regulars.insight.kept import MONTHS_NEEDED
from regulars.insight.valid import GRACE_DAYS
from regulars.profiles.models import Answer, Number, Profile, Restatement
from regulars.profiles.told import Told, n1_told, n2_told
from regulars.shop.models import the_shop
from regulars.sources.models import UNDER_WAY, Import

PEOPLE_SHOWN = 20
THANKED_SHOWN = 5
RESTATEMENTS_SHOWN = 3
NEWS_SHOWN = 5


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The first page of the day."""
    answer = Answer.objects.filter(question="shape").first()
    if answer is None:
        return render(request, "console/today_empty.html", _nothing_yet())
    n1, n2 = _told("n1"), _told("n2")
    slipping = Profile.objects.filter(stage="slipping").order_by("-net_a_year", "customer_id").values()[:PEOPLE_SHOWN]
    people = with_names(list(slipping))
    young = not any(told and told.value is not None for told in (n1, n2))
    context = {
        "news": _news(), "care": decisions.for_today(), "acting": decisions.acting(), "calls": looking.counts(now=timezone.now())["call"],
        "n1": n1, "n2": n2, "n1_on": _n1_on(n1), "n2_on": _n2_on(n2, answer.data), "shape": answer.data, "as_of": answer.as_of,
        "people": people, "thanked": _thanked() if young or not people else [],
        "slipping": answer.data["stages"].get("slipping", {"n": 0, "net": 0}),
        "suggestions": Suggestion.objects.filter(state=Suggestion.State.OPEN).count(),
        "restatements": Restatement.objects.all()[:RESTATEMENTS_SHOWN],
    }  # fmt: skip
    return render(request, "console/today.html", context)


def _news() -> list[str]:
    """The most important changes of the last finished month."""
    found = Answer.objects.filter(question="changes").first()
    if found is None:
        return []
    findings = [Finding(**one) for one in found.data["findings"][:NEWS_SHOWN]]
    return [told(one, titles=found.data["titles"], translate=gettext) for one in findings]


def _nothing_yet() -> dict[str, object]:
    """How far the way to the first numbers has been gone."""
    shop = the_shop()
    imports = Import.objects.filter(state__in=[*UNDER_WAY, Import.State.READY])
    return {
        "waiting": imports.exclude(state=Import.State.READY).first(), "ready": imports.filter(state=Import.State.READY).first(),
        "imported": Import.objects.filter(state=Import.State.DONE).exists(),
        "computing": shop.refreshed_version != shop.facts_version,
    }  # fmt: skip


def _thanked() -> list[tuple[Customer | None, dict[str, Any]]]:
    """Who has bought most of those who still come; when nobody does, of those who came."""
    best = Profile.objects.exclude(stage="slipping").order_by("-orders", "-net_total", "customer_id").values()
    rows = list(best.exclude(stage="lost")[:THANKED_SHOWN]) or list(best[:THANKED_SHOWN])
    return with_names(rows)


def _told(metric: str) -> Told | None:
    number = Number.objects.filter(metric=metric).order_by("-as_of", "-computed_at").first()
    if number is None:
        return None
    return n1_told(number, gettext) if metric == "n1" else n2_told(number, gettext)


def _n1_on(told: Told | None) -> dt.date | None:
    """The day on which there is enough history for N1, when orders keep coming in; None when history is not what lacks."""
    if told is None or told.details["why_not"] != "too_short":
        return None
    return told.number.as_of + dt.timedelta(days=told.details["need_days"] - told.details["have_days"] + 1)


def _n2_on(told: Told | None, shape: dict[str, str]) -> dt.date | None:
    """The same for N2: whole months of orders, and the grace before the last complete day."""
    if told is None or told.details["why_not"] != "too_short":
        return None
    begins = dt.date.fromisoformat(shape["history_from"])
    years, month = divmod(begins.month - 1 + MONTHS_NEEDED, 12)
    first_after = dt.date(begins.year + years, month + 1, 1) + dt.timedelta(days=begins.day - 1)
    return first_after + dt.timedelta(days=GRACE_DAYS)
