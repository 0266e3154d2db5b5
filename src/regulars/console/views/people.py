"""Customers: search, conditions, sort, export; and one customer."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars import merge as merging
from regulars.customers import timeline
from regulars.customers.models import AttributeValue, Consent, Customer, Identifier, MergeEvent, Relation
from regulars.insight.words import STAGES
from regulars.profiles import people, segments
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Profile, Segment
from regulars.profiles.select import matching

ROWS_PER_PAGE = 50
SORTS = {
    "worth": "-net_total", "year": "-net_a_year", "late": "-days_late", "recent": "-last_day", "oldest": "last_day",
    "orders": "-orders",
}  # fmt: skip
EXPORT_CHUNK = 2000


@dataclass(frozen=True)
class Choice:
    """What the list is narrowed to."""

    query: str
    condition: str
    stage: str
    grade: str
    sort: str
    mistake: str = ""


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The list of customers."""
    rows, choice = _chosen(request)
    page = Paginator(rows.values(), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    known = Customer.objects.in_bulk([row["customer_id"] for row in page.object_list])
    context = {
        "page": page, "people": [(known.get(row["customer_id"]), row) for row in page.object_list], "choice": choice,
        "segments": Segment.objects.all(), "stages": STAGES, "sorts": _sort_names(), "query": _without_page(request),
    }  # fmt: skip
    template = "console/customers_rows.html" if request.headers.get("HX-Request") else "console/customers.html"
    return render(request, template, context)


def _sort_names() -> dict[str, str]:
    return {
        "worth": _("worth most of all time"), "year": _("worth most a year"), "late": _("longest late"),
        "recent": _("last order, newest"), "oldest": _("last order, oldest"), "orders": _("most orders"),
    }  # fmt: skip


def _without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _chosen(request: HttpRequest) -> tuple["QuerySet[Any]", Choice]:
    get = request.GET
    condition = get.get("condition", "").strip()
    chosen = Segment.objects.filter(pk=get["segment"]).first() if get.get("segment", "").isdigit() else None
    condition = chosen.condition if chosen else condition
    choice = Choice(get.get("q", "").strip(), condition, get.get("stage", ""), get.get("grade", ""), get.get("sort", "worth"))
    rows = Profile.objects.all()
    if condition:
        try:
            rows = matching(segments.parse(condition, minor_per_major=people.minor_per_major()))
        except segments.ConditionMistake as mistake:
            rows, choice = Profile.objects.none(), Choice(**{**vars(choice), "mistake": str(mistake)})
    if choice.stage in STAGES:
        rows = rows.filter(stage=choice.stage)
    if choice.grade in ("A", "B", "C"):
        rows = rows.filter(value_grade=choice.grade)
    if choice.query:
        rows = rows.filter(customer_id__in=_named(choice.query))
    return rows.order_by(SORTS.get(choice.sort, "-net_total"), "customer_id"), choice


def _named(query: str) -> list[int]:
    """Customers whose name, e-mail, phone or number holds the text."""
    exact = people.find_customer(query)
    found = [exact.pk] if exact else []
    by_name = Customer.objects.filter(name__icontains=query) | Customer.objects.filter(email__icontains=query)
    by_name = by_name | Customer.objects.filter(phone__contains=query) | Customer.objects.filter(company__icontains=query)
    return found + list(by_name.values_list("pk", flat=True)[:1000])


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as CSV, every column of the dictionary."""
    rows, _choice = _chosen(request)
    names = ["customer_id", *(column.name for column in COLUMNS)]
    response = StreamingHttpResponse(_csv(rows.values("customer_id", *names[1:]), names), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="customers.csv"'
    return response


def _csv(rows: "QuerySet[Any]", names: list[str]) -> Iterator[str]:
    class Line:
        def write(self, text: str) -> str:
            return text

    writer = csv.writer(Line())
    yield "\ufeff" + writer.writerow(["customer_id", "name", "email", "phone", *names[1:]])
    chunk: list[dict[str, Any]] = []
    for row in rows.iterator(EXPORT_CHUNK):
        chunk.append(row)
        if len(chunk) == EXPORT_CHUNK:
            yield from _lines(writer, chunk, names)
            chunk = []
    yield from _lines(writer, chunk, names)


def _lines(writer: Any, chunk: list[dict[str, Any]], names: list[str]) -> Iterator[str]:
    known = Customer.objects.in_bulk([row["customer_id"] for row in chunk])
    for row in chunk:
        who = known.get(row["customer_id"])
        contact = [who.name, who.email, who.phone] if who else ["", "", ""]
        yield writer.writerow([row["customer_id"], *map(harmless, contact), *(harmless(row[name]) for name in names[1:])])


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One customer. A number that was merged leads to the customer it belongs to now."""
    owner = Identifier.objects.filter(pk=pk).values_list("customer_id", flat=True).first()
    if owner is not None and owner != pk:
        return redirect("customer", pk=owner)
    customer = get_object_or_404(Customer, pk=pk)
    members = list(Identifier.objects.filter(customer_id=pk).order_by("kind", "value"))
    ids = [member.pk for member in members]
    relations = Relation.objects.filter(left_id=pk, hidden=False) | Relation.objects.filter(right_id=pk, hidden=False)
    others = Customer.objects.in_bulk([r.right_id if r.left_id == pk else r.left_id for r in relations[:20]])
    context = {
        "customer": customer, "row": Profile.objects.filter(pk=pk).values().first(), "identifiers": members,
        "sentences": people.explain(customer, _), "moments": people.timeline(customer), "merges": merging.in_force_of(pk),
        "relations": [(r, others.get(r.right_id if r.left_id == pk else r.left_id)) for r in relations[:20]],
        "consents": Consent.objects.filter(identifier_id__in=ids).order_by("channel"),
        "attributes": AttributeValue.objects.filter(identifier_id__in=ids, attribute__switched_on=True).select_related("attribute"),
        "columns": COLUMNS,
    }  # fmt: skip
    return render(request, "console/customer.html", context)


@require_POST
def add_note(request: HttpRequest, pk: int) -> HttpResponse:
    """A note by staff."""
    text = request.POST.get("text", "").strip()
    get_object_or_404(Customer, pk=pk)
    if text:
        timeline.note(pk, text, actor=request.user.get_username(), at=timezone.now())
        messages.success(request, _("The note is kept."))
    return redirect("customer", pk=pk)


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at two customers side by side, then unite them."""
    customer = get_object_or_404(Customer, pk=pk)
    other = people.find_customer(request.GET.get("with") or request.POST.get("with") or "")
    if request.method == "POST" and other is not None:
        try:
            merging.merge(pk, other.pk, actor=request.user.get_username(), reason=request.POST.get("reason", ""), at=timezone.now())
        except merging.CannotMerge as error:
            messages.error(request, str(error))
            return redirect("customer", pk=pk)
        messages.success(request, _("United. Numbers follow at the next refresh; the merge can be undone on this page."))
        return redirect("customer", pk=pk)
    sides = merging.preview(pk, other.pk) if other is not None and other.pk != pk else None
    rows = Profile.objects.in_bulk([pk, other.pk]) if sides and other else {}
    context = {"customer": customer, "other": other, "sides": sides, "rows": rows, "said": request.GET.get("with", "")}
    return render(request, "console/merge.html", context)


@require_POST
def undo_merge(request: HttpRequest, seq: int) -> HttpResponse:
    """Take one merge back."""
    event = get_object_or_404(MergeEvent, pk=seq)
    try:
        apart = merging.undo(event, actor=request.user.get_username(), at=timezone.now())
    except merging.CannotMerge as error:
        messages.error(request, str(error))
    else:
        text = _("Taken apart.") if apart else _("Undone, but other evidence still connects them; undo that too.")
        messages.success(request, text)
    owner = Identifier.objects.filter(pk=event.left_id).values_list("customer_id", flat=True).first()
    return redirect("customer", pk=owner or event.left_id)


@require_POST
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one identifier out of its customer."""
    identifier = get_object_or_404(Identifier, pk=pk)
    before = identifier.customer_id
    try:
        merging.split(pk, actor=request.user.get_username(), at=timezone.now())
    except merging.CannotMerge as error:
        messages.error(request, str(error))
        return redirect("customer", pk=before)
    messages.success(request, _("Taken out. It is a customer of its own now."))
    return redirect("customer", pk=pk)
