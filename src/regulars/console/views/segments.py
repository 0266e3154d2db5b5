"""Segments: write a condition, see at once whom it means, keep it under a name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.customers.models import Customer
from regulars.profiles import people, segments
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Profile, Segment
from regulars.profiles.select import matching

EXAMPLES = (
    "stage = 'slipping' and value_grade = 'A'",
    "order_days = 1 and days_since_last_order between 20 and 60",
    "discount_share > 0.8 and orders >= 3",
    "net_365d < net_before_365d / 2",
)


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All segments with their counts, and the form for a new one."""
    mistake = name = condition = ""
    if request.method == "POST":
        name, condition = request.POST.get("name", "").strip()[:120], request.POST.get("condition", "").strip()
        mistake = _save(name, condition, request.user.get_username())
        if not mistake:
            messages.success(request, _("The segment is kept."))
            return redirect("segments")
    rows = [(segment, _count(segment.condition)) for segment in Segment.objects.all()]
    context = {"rows": rows, "columns": COLUMNS, "examples": EXAMPLES, "mistake": mistake, "name": name, "condition": condition}
    return render(request, "console/segments.html", context, status=422 if mistake else 200)


def _save(name: str, condition: str, actor: str) -> str:
    if not name:
        return _("Give the segment a name.")
    if Segment.objects.filter(name=name).exists():
        return _("There is a segment of this name.")
    try:
        segments.parse(condition, minor_per_major=people.minor_per_major())
    except segments.ConditionMistake as mistake:
        return str(mistake)
    Segment.objects.create(name=name, condition=condition, actor=actor, created_at=timezone.now())
    return ""


def _count(condition: str) -> int | None:
    try:
        return matching(segments.parse(condition, minor_per_major=people.minor_per_major())).count()
    except segments.ConditionMistake:
        return None


@require_GET
def trial(request: HttpRequest) -> HttpResponse:
    """Live count and examples while the condition is written."""
    text = request.GET.get("condition", "").strip()
    context: dict[str, object] = {"text": text}
    if text:
        try:
            found = matching(segments.parse(text, minor_per_major=people.minor_per_major()))
        except segments.ConditionMistake as mistake:
            context["mistake"] = str(mistake)
        else:
            rows = list(found.order_by("-net_total", "customer_id").values("customer_id", "net_total")[:5])
            known = Customer.objects.in_bulk([row["customer_id"] for row in rows])
            context |= {"count": found.count(), "all": Profile.objects.count(), "examples": [(known.get(r["customer_id"]), r) for r in rows]}
    return render(request, "console/segment_trial.html", context)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a segment."""
    Segment.objects.filter(pk=pk).delete()
    return redirect("segments")
