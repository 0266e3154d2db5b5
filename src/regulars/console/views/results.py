"""Results: what all of this changed, in people and money; and whether everybody got their chance."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.decisions import left_out
from regulars.decisions.models import contact_rules
from regulars.measurement import fairness as exposures
from regulars.measurement import results, told_pairs
from regulars.measurement.outcomes import between, of_hundred
from regulars.plays.form import Form
from regulars.plays.why import forms, title
from regulars.shop.models import the_shop


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All plays together first, then each, then campaigns, and what the proof costs."""
    plays, rules = results.plays(), contact_rules()
    titles = forms() if plays else {}
    context = {
        "together": results.together(), "share_of_all": rules.held_out_of_everything,
        "plays": [(title(each.play.name, titles), each) for each in plays], "campaigns": results.campaigns(),
        "price": results.price(plays), "done": results.contacts(), "similar": similar(titles),
        "lot": left_out.lot(rules, timezone.now()), "pairs": told_pairs.sentences(lambda name: title(name, titles)) if plays else [],
    }  # fmt: skip
    return render(request, "console/results.html", context)


def similar(titles: Mapping[str, Form]) -> list[dict[str, Any]]:
    """What similar plays say together, a row a play, in people of 100."""
    names = families()
    return [
        {"title": title(row.play.name, titles), "row": row, "family": names.get(row.family, row.family),
         "own": of_hundred(row.value), "between": between(row.low, row.high),
         "shrunk": "" if row.shrunk is None else of_hundred(row.shrunk), "error": 100 * (row.error or 0.0)}
        for row in results.similar()
    ]  # fmt: skip


def families() -> dict[str, str]:
    """The families of the plays that are brought along, in words."""
    return {
        "friends": _("friends"), "listening": _("listening"), "newcomers": _("newcomers"), "occasions": _("occasions"),
        "offers": _("offers"), "reminders": _("reminders"), "thanks": _("thanks"), "win-back": _("winning back"),
    }  # fmt: skip


@require_GET
def fairness(request: HttpRequest) -> HttpResponse:
    """How often people of each group got each play, against all others it is meant for."""
    today = timezone.now().astimezone(ZoneInfo(the_shop().zone)).date()
    rows = exposures.rows(today=today)
    titles = forms() if rows else {}
    found = [(title(row.play, titles), row) for row in rows]
    amiss: list[Any] = [pair for pair in found if pair[1].found.state in ("unfair", "low")]
    compared = any(row.found.state != "too_few" for _title, row in found)
    context = {"rows": found, "amiss": amiss, "compared": compared, "days": exposures.DAYS}
    return render(request, "console/fairness.html", context)
