"""Chart specifications as JSON, drawn in the page from saved answers."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.insight.money import digits_of
from regulars.measurement import results
from regulars.measurement.kept_lifts import EFFECT
from regulars.measurement.models import Lift
from regulars.plays.why import forms, title
from regulars.profiles.models import Answer
from regulars.shop.models import the_shop

COHORTS_ON_A_PHONE = 13
ENDS = ("value", "low", "high")


@require_GET
def spec(request: HttpRequest, name: str) -> JsonResponse:
    """The Vega-Lite specification of one chart."""
    if name not in CHARTS:
        raise Http404(name)
    draw = CHARTS[name]
    answer = Answer.objects.filter(question=name).first()
    if answer is None:
        raise Http404(name)
    data = _of_the_last_months(answer.data) if name == "cohorts" and "narrow" in request.GET else answer.data
    return JsonResponse(draw(data).to_dict())


@require_GET
def of_play(request: HttpRequest, name: str) -> JsonResponse:
    """What was known of a play at the end of each month."""
    from regulars.insight.charts import path_chart

    told = Lift.objects.filter(source=f"play:{name}", question=EFFECT).first()
    points = told.data.get("path") if told else None
    if not points:
        raise Http404(name)
    rows = [{**each, **{key: 100 * each[key] for key in ENDS}} for each in points]
    return JsonResponse(path_chart(rows, {"more": _("more of 100 came back"), "day": _("known by")}).to_dict())


@require_GET
def of_plays(request: HttpRequest) -> JsonResponse:
    """What similar plays say together."""
    from regulars.insight.charts import lifts_chart

    titles = forms()
    rows = [
        {"play": title(row.play.name, titles), "n": row.n, "shrunk": None if row.shrunk is None else 100 * row.shrunk}
        | {key: 100 * getattr(row, key) for key in ENDS}
        for row in results.similar()
    ]
    if not rows:
        raise Http404
    return JsonResponse(lifts_chart(rows, {"more": _("more of 100 came back")}).to_dict())


def _of_the_last_months(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a phone has room for: the youngest cohorts, and their first year."""
    shown = set(sorted({cell["cohort"] for cell in cells})[-COHORTS_ON_A_PHONE:])
    return [cell for cell in cells if cell["cohort"] in shown and cell["age"] < COHORTS_ON_A_PHONE]


def _survival(data: dict[str, Any]) -> Any:
    from regulars.insight.charts import survival_chart
    from regulars.insight.survival import Survival

    days, came_back, low, high = (tuple(data[name]) for name in ("days", "came_back", "low", "high"))
    found = Survival(days, came_back, low, high, n=data["n"])
    return survival_chart(found, {"days": _("days since the first order"), "share": _("came back")})


def _cohorts(data: list[dict[str, Any]]) -> Any:
    from regulars.insight.charts import cohort_chart

    words = {"cohort": _("month of the first order"), "age": _("months later"), "share": _("ordered in that month")}
    return cohort_chart(data, words)


def _concentration(data: dict[str, Any]) -> Any:
    from regulars.insight.charts import concentration_chart
    from regulars.insight.value import Concentration

    found = Concentration(tuple(data["people"]), tuple(data["revenue"]), data["n"], data["top_fifth"])
    label = _("best fifth: {share}").format(share=f"{found.top_fifth or 0:.0%}")
    return concentration_chart(
        found, {"people": _("customers, best first"), "revenue": _("share of net revenue"), "top_fifth": label}
    )


def _rfm(data: dict[str, Any]) -> Any:
    from regulars.insight.charts import rfm_chart

    factor = 10 ** digits_of(the_shop().currency)
    cells = [{**cell, "money": round(cell["net"] / factor)} for cell in data["cells"]]
    return rfm_chart(
        cells, {"recency": _("recency (5 = most recent)"), "frequency": _("frequency"), "customers": _("customers")}
    )


def _months(data: list[dict[str, Any]]) -> Any:
    from regulars.insight.charts import months_chart

    factor = 10 ** digits_of(the_shop().currency)
    words = {"month": _("month"), "net": _("net revenue"), "new": _("first month"), "old": _("came again")}
    rows = [
        {"month": row["month"], "net": row[key] / factor, "who": words[key]} for row in data for key in ("old", "new")
    ]
    return months_chart(rows, words)


def _backtest(data: dict[str, Any]) -> Any:
    from regulars.insight.charts import calibration_chart
    from regulars.insight.shares import wilson

    rows = []
    for each in data["bins"]:
        low, high = wilson(round(each["came"] * each["n"]), each["n"])
        rows.append({**each, "low": low, "high": high})
    words = {"said": _("chance that was said"), "came": _("share who ordered"), "true": _("as said")}
    return calibration_chart(rows, words)


CHARTS: dict[str, Callable[[Any], Any]] = {
    "survival": _survival, "cohorts": _cohorts, "concentration": _concentration, "rfm": _rfm, "months": _months,
    "backtest": _backtest,
}  # fmt: skip
