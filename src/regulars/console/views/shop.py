"""The shop as a whole: retention, value, products, and what the numbers mean."""

import hashlib
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from regulars.insight.words import STAGES
from regulars.profiles.definitions import DEFINITIONS
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Answer, Number, Restatement
from regulars.shop.models import the_shop

MONTHS_SHOWN = 13
RESTATEMENTS_SHOWN = 20
FIRST_PRODUCTS_SHOWN = 15


def _answers(*questions: str) -> dict[str, Any]:
    found = {answer.question: answer for answer in Answer.objects.filter(question__in=questions)}
    data: dict[str, Any] = {question: found[question].data if question in found else None for question in questions}
    data["as_of"] = next((answer.as_of for answer in found.values()), None)
    # Long tables are drawn once for the same answers in the same language (the name of the template's fragment).
    drawn = json.dumps([data, the_shop().currency, get_language()], default=str, sort_keys=True)
    data["drawn"] = hashlib.sha256(drawn.encode()).hexdigest()
    return data


@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    """Do people come back: the line of N1, time to the second order, cohorts."""
    context = _answers("survival", "cohorts", "shape", "months")
    numbers = Number.objects.filter(metric="n1", n__gt=0).order_by("-as_of")[:MONTHS_SHOWN]
    cells = context["cohorts"] or []
    finished = any(cell["mature"] and cell["age"] for cell in cells)
    context["cohort_rows"] = len({cell["cohort"] for cell in cells}) if finished else 0
    context |= {"numbers": list(numbers)[::-1], "restatements": Restatement.objects.all()[:RESTATEMENTS_SHOWN]}
    return render(request, "console/retention.html", context)


@require_GET
def value(request: HttpRequest) -> HttpResponse:
    """Who brings the revenue: concentration, grades, the grid, the forecast."""
    context = _answers("concentration", "rfm", "shape", "forecast")
    found = context["shape"]["stages"] if context["shape"] else {}
    context["stages"] = {stage: found[stage] for stage in STAGES if stage in found}
    return render(request, "console/value.html", context)


@require_GET
def products(request: HttpRequest) -> HttpResponse:
    """Which products bring people back and are bought again."""
    context = _answers("products")
    found = context["products"]
    if found:
        first = [row for row in found["rows"] if row["newcomers"] >= found["first_n_min"]]
        shares = [{**row, "share": row["came_back"] / row["newcomers"]} for row in first]
        context["first"] = sorted(shares, key=lambda row: row["share"], reverse=True)[:FIRST_PRODUCTS_SHOWN]
        context["base"] = found["baskets_back"] / found["baskets"] if found["baskets"] else None
    return render(request, "console/products.html", context)


@require_GET
def definition(request: HttpRequest, slug: str) -> HttpResponse:
    """What a number means."""
    if slug not in DEFINITIONS:
        raise Http404(slug)
    columns = [column for column in COLUMNS if column.source == slug]
    return render(
        request,
        "console/definition.html",
        {"found": DEFINITIONS[slug], "all": DEFINITIONS, "columns": columns, "slug": slug},
    )


@require_GET
def dictionary(request: HttpRequest) -> HttpResponse:
    """The data dictionary."""
    return render(request, "console/dictionary.html", {"columns": COLUMNS})
