"""Segments: write a condition, see at once whom it means, keep it under a name."""

from django.contrib import messages
from django.db import DataError
from django.db.models import BooleanField, Count
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.console.views.people import condition_mistake, with_names
from regulars.profiles import people, segments
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Profile, Segment
from regulars.profiles.select import matching
from regulars.shop import current

EXAMPLES = (
    "stage = 'slipping' and value_grade = 'A'",
    "order_days = 1 and days_since_last_order between 20 and 60",
    "discount_share > 0.8 and orders >= 3",
    "net_365d < net_before_365d / 2",
)
EXAMPLE_PEOPLE = 5
NAME_CHARACTERS_MAX = 120


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All segments with their counts, and the form for a new one."""
    mistake = name = condition = ""
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:NAME_CHARACTERS_MAX]
        condition = request.POST.get("condition", "").strip()
        mistake = _save(name, condition, request.user.get_username())
        if not mistake:
            messages.success(request, _("The segment is kept."))
            return redirect("segments")
    found = list(Segment.objects.all())
    counts = _counts(found)
    rows = [(segment, counts.get(segment.pk)) for segment in found]
    context = {
        "rows": rows,
        "columns": COLUMNS,
        "examples": EXAMPLES,
        "mistake": mistake,
        "name": name,
        "condition": condition,
    }
    return render(request, "console/segments.html", context, status=422 if mistake else 200)


def _save(name: str, condition: str, actor: str) -> str:
    """Keep the segment, or say what is wrong with it."""
    if not name:
        return _("Give the segment a name.")
    if Segment.objects.filter(name=name).exists():
        return _("There is a segment of this name.")
    try:
        matching(_parsed(condition)).count()
    except (segments.ConditionMistake, DataError) as mistake:
        return condition_mistake(mistake)
    Segment.objects.create(name=name, condition=condition, actor=actor, created_at=timezone.now())
    return ""


def _parsed(condition: str) -> segments.Condition:
    return segments.parse(condition, minor_per_major=people.minor_per_major())


def _counts(found: list[Segment]) -> dict[int, int]:
    """How many customers each segment has, asked in one query. A segment that cannot be read any more has no count."""
    dialect = "postgresql" if current.connection().vendor == "postgresql" else "sqlite"
    minor_per_major = people.minor_per_major()
    wanted = {}
    for segment in found:
        try:
            condition = (
                segments.parse(segment.condition, minor_per_major=minor_per_major).sql(dialect).replace("%", "%%")
            )
        except segments.ConditionMistake:
            continue
        wanted[f"count_{segment.pk}"] = Count("pk", filter=RawSQL(condition, (), output_field=BooleanField()))  # noqa: S611
    try:
        counted = Profile.objects.aggregate(**wanted) if wanted else {}
    except DataError:
        return {}
    return {int(name.removeprefix("count_")): number for name, number in counted.items()}


@require_GET
def trial(request: HttpRequest) -> HttpResponse:
    """Live count and examples while the condition is written."""
    text = request.GET.get("condition", "").strip()
    context: dict[str, object] = {"text": text}
    if text:
        try:
            found = matching(_parsed(text))
            rows = list(found.order_by("-net_total", "customer_id").values("customer_id", "net_total")[:EXAMPLE_PEOPLE])
            context |= {"count": found.count(), "all": Profile.objects.count(), "examples": with_names(rows)}
        except (segments.ConditionMistake, DataError) as mistake:
            context["mistake"] = condition_mistake(mistake)
    return render(request, "console/segment_trial.html", context)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a segment."""
    get_object_or_404(Segment, pk=pk).delete()
    return redirect("segments")
