"""Can we trust the forecast? What it would have said on past days of this shop, against what came."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from regulars.insight.words import forecast_why_not
from regulars.profiles import trust
from regulars.profiles.models import Answer


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The verdict in words, past days against what came, all candidates, and the changes of the choice."""
    kept, forecast = trust.kept(), Answer.objects.filter(question="forecast").first()
    context: dict[str, Any] = {"kept": kept, "forecast": forecast.data if forecast else None}
    if forecast and forecast.data.get("why_not"):
        found = forecast.data
        context["why_not"] = forecast_why_not(found["why_not"], found["have"], found["need"], gettext)
    if kept:
        context |= _told(kept, context)
    return render(request, "console/trust.html", context)


def _told(kept: Answer, context: dict[str, Any]) -> dict[str, Any]:
    from regulars.insight.backtest.words import calibrated, name_of, verdict

    test = trust.from_plain(kept.data)
    chosen, rule = test.of(test.choice.orders), {trial.day: trial for trial in test.of(test.choice.naive_orders)}
    found: dict[str, Any] = {
        "test": test, "changes": kept.data["changes"], "verdict": verdict(test, gettext),
        "calibrated": calibrated(test, gettext),
        "days": [(trial, rule[trial.day]) for trial in chosen if trial.day in rule],
        "rule": name_of(test.choice.naive_orders, gettext),
        "candidates": [{**row, "name": name_of(row["name"], gettext)} for row in test.standing()],
    }  # fmt: skip
    forecast = context["forecast"]
    if forecast and not forecast.get("why_not"):
        found["orders"] = (forecast["orders_90"], *test.ranges.of_total(forecast["orders_90"]))
        found["net"] = (forecast["net_90"], *test.ranges.of_net_total(forecast["net_90"]))
    return found
