"""Results: what all of this changed, in people and money; and whether everybody got their chance."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from regulars.decisions.models import contact_rules
from regulars.measurement import fairness as exposures
from regulars.measurement import results
from regulars.plays.why import forms
from regulars.shop.models import the_shop


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All plays together first, then each, then campaigns, and what the proof costs."""
    plays = results.plays()
    context = {
        "together": results.together(), "share_of_all": contact_rules().held_out_of_everything,
        "plays": [(_title(each.play.name), each) for each in plays], "campaigns": results.campaigns(),
        "price": results.price(plays), "done": results.contacts(),
    }  # fmt: skip
    return render(request, "console/results.html", context)


@require_GET
def fairness(request: HttpRequest) -> HttpResponse:
    """How often people of each group got each play, against all others it is meant for."""
    today = timezone.now().astimezone(ZoneInfo(the_shop().zone)).date()
    found = [(_title(row.play), row) for row in exposures.rows(today=today)]
    amiss: list[Any] = [pair for pair in found if pair[1].found.state in ("unfair", "low")]
    context = {"rows": found, "amiss": amiss, "days": exposures.DAYS}
    return render(request, "console/fairness.html", context)


def _title(name: str) -> str:
    known = forms().get(name)
    return known.title.of(get_language() or "en") if known else name
