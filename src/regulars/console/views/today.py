"""Today: two numbers, and the people to care for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from regulars.customers.models import Customer, Suggestion
from regulars.profiles.models import Answer, Number, Profile, Restatement
from regulars.profiles.told import Told, n1_told, n2_told
from regulars.sources.models import Import

PEOPLE_SHOWN = 20


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The first page of the day."""
    answer = Answer.objects.filter(question="shape").first()
    if answer is None:
        waiting = Import.objects.filter(state__in=[Import.State.QUEUED, Import.State.RUNNING]).first()
        return render(request, "console/today_empty.html", {"waiting": waiting, "imports": Import.objects.count()})
    slipping = Profile.objects.filter(stage="slipping").order_by("-net_a_year", "customer_id")
    rows = list(slipping.values()[:PEOPLE_SHOWN])
    thanked = [] if rows else list(Profile.objects.order_by("-net_total", "customer_id").values()[:5])
    people = Customer.objects.in_bulk([row["customer_id"] for row in (*rows, *thanked)])
    context = {
        "n1": _told("n1"), "n2": _told("n2"), "shape": answer.data, "as_of": answer.as_of,
        "people": [(people.get(row["customer_id"]), row) for row in rows],
        "thanked": [(people.get(row["customer_id"]), row) for row in thanked],
        "slipping": answer.data["stages"].get("slipping", {"n": 0, "net": 0}),
        "suggestions": Suggestion.objects.filter(state=Suggestion.State.OPEN).count(),
        "restatements": Restatement.objects.all()[:3],
    }  # fmt: skip
    return render(request, "console/today.html", context)


def _told(metric: str) -> Told | None:
    number = Number.objects.filter(metric=metric).order_by("-as_of", "-computed_at").first()
    if number is None:
        return None
    return n1_told(number, gettext) if metric == "n1" else n2_told(number, gettext)
