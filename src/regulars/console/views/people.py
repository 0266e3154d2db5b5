"""Customers: search, conditions, sort, export; and one customer."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import DataError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars import merge as merging
from regulars.console.views import csv_lines
from regulars.customers import occasions, timeline
from regulars.customers.models import AttributeValue, Consent, Customer, Identifier, MergeEvent, Occasion, Relation
from regulars.decisions import words as reasons
from regulars.decisions.models import Decision
from regulars.insight.words import STAGES
from regulars.profiles import people, segments, trust
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Profile, Segment
from regulars.profiles.select import matching

ROWS_PER_PAGE = 50
QUERY_CHARACTERS_MAX = 300
NAMED_MAX = 1000
RELATIONS_SHOWN = 20
DECISIONS_SHOWN = 20
MOMENTS_OPEN = 20
SORTS = {
    "worth": "-net_total", "year": "-net_a_year", "late": "-days_late", "recent": "-last_day", "oldest": "last_day",
    "orders": "-orders",
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What the list is narrowed to. `condition` is that of the segment when one is chosen."""

    query: str
    condition: str
    stage: str
    grade: str
    sort: str
    segment: Segment | None = None
    mistake: str = ""


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The list of customers."""
    rows, choice = _chosen(request)
    page = Paginator(rows.values(), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "people": with_names(list(page.object_list)), "choice": choice,
        "segments": Segment.objects.all(), "stages": STAGES, "sorts": _sort_names(), "query": _without_page(request),
    }  # fmt: skip
    only_rows = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    return render(request, "console/customers_rows.html" if only_rows else "console/customers.html", context)


def with_names(rows: list[dict[str, Any]]) -> list[tuple[Customer | None, dict[str, Any]]]:
    """Each profile row with its customer, asked for together."""
    known = Customer.objects.in_bulk([row["customer_id"] for row in rows])
    return [(known.get(row["customer_id"]), row) for row in rows]


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
    """The profiles asked for, in order, and what they were narrowed to."""
    get = request.GET
    number = get.get("segment", "")
    segment = Segment.objects.filter(pk=number).first() if re.fullmatch(r"[0-9]{1,18}", number) else None
    choice = Choice(
        query=get.get("q", "").strip()[:QUERY_CHARACTERS_MAX],
        condition=segment.condition if segment else get.get("condition", "").strip(),
        stage=get.get("stage", ""), grade=get.get("grade", ""), sort=get.get("sort", "worth"), segment=segment,
    )  # fmt: skip
    rows, mistake = _matching(choice.condition)
    if choice.stage in STAGES:
        rows = rows.filter(stage=choice.stage)
    if choice.grade in ("A", "B", "C"):
        rows = rows.filter(value_grade=choice.grade)
    if choice.query:
        rows = rows.filter(customer_id__in=_named(choice.query))
    return rows.order_by(SORTS.get(choice.sort, "-net_total"), "customer_id"), replace(choice, mistake=mistake)


def _matching(condition: str) -> tuple["QuerySet[Any]", str]:
    """The profiles that fulfil a condition, or nobody and what is wrong with it."""
    if not condition:
        return Profile.objects.all(), ""
    try:
        rows = matching(segments.parse(condition, minor_per_major=people.minor_per_major()))
        rows.count()
    except (segments.ConditionMistake, DataError) as mistake:
        return Profile.objects.none(), condition_mistake(mistake)
    return rows, ""


def condition_mistake(mistake: Exception) -> str:
    """What is wrong with a condition, also when only the database could tell."""
    return (
        str(mistake)
        if isinstance(mistake, segments.ConditionMistake)
        else _("The numbers in this condition are too large.")
    )


def find(said: str) -> Customer | None:
    """The customer known by this text; None when nobody is."""
    text = said.strip()[:QUERY_CHARACTERS_MAX]
    try:
        return people.find_customer(text) if text else None
    except ValueError:  # a sign that is a digit but no number, like ²
        return None


def _named(query: str) -> list[int]:
    """Customers whose name, e-mail, phone or number holds the text."""
    exact = find(query)
    holds = (
        Q(name__icontains=query) | Q(email__icontains=query) | Q(phone__contains=query) | Q(company__icontains=query)
    )
    found = list(Customer.objects.filter(holds).values_list("pk", flat=True)[:NAMED_MAX])
    return [exact.pk, *found] if exact else found


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as CSV, every column of the dictionary."""
    rows, _choice = _chosen(request)
    response = StreamingHttpResponse(csv_lines.customers(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="customers.csv"'
    return response


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One customer. A number that was merged leads to the customer it belongs to now."""
    owner = Identifier.objects.filter(pk=pk).values_list("customer_id", flat=True).first()
    if owner is not None and owner != pk:
        return redirect("customer", pk=owner)
    customer = get_object_or_404(Customer, pk=pk)
    identifiers = list(Identifier.objects.filter(customer_id=pk).order_by("kind", "value"))
    ids = [identifier.pk for identifier in identifiers]
    attributes = AttributeValue.objects.filter(identifier_id__in=ids, attribute__switched_on=True)
    moments = people.timeline(customer)
    row = Profile.objects.filter(pk=pk).values().first()
    context = {
        "customer": customer, "row": row, "ranges": trust.usual(row) if row else {}, "place": people.place(row) if row else None, "columns": COLUMNS,
        "sentences": people.explain(customer, _), "moments": moments[:MOMENTS_OPEN], "earlier": moments[MOMENTS_OPEN:],
        "identifiers": identifiers, "merges": merging.in_force_of(pk), "relations": _relations(pk),
        "consents": Consent.objects.filter(identifier_id__in=ids).order_by("channel"),
        "attributes": attributes.select_related("attribute"), "decisions": _decisions(ids),
        "occasions": occasions.told_with(ids), "occasion_kinds": Occasion.Kind.choices, "calendars": Occasion.Calendar.choices,
    }  # fmt: skip
    return render(request, "console/customer.html", context)


def _decisions(identifiers: list[int]) -> list[tuple[Decision, str]]:
    """What was decided about one customer, newest first, with the sentence why not."""
    rows = Decision.objects.filter(identifier_id__in=identifiers).order_by("-at", "pk")[:DECISIONS_SHOWN]
    return [(row, reasons.to_staff(row.reason, row.facts)) for row in rows]


def _relations(pk: int) -> list[tuple[Relation, Customer | None]]:
    """The edges of one customer, with who stands at the other end."""
    edges = list(Relation.objects.filter(Q(left_id=pk) | Q(right_id=pk), hidden=False).order_by("pk")[:RELATIONS_SHOWN])
    ends = [edge.right_id if edge.left_id == pk else edge.left_id for edge in edges]
    known = Customer.objects.in_bulk(ends)
    return [(edge, known.get(end)) for edge, end in zip(edges, ends, strict=True)]


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
    said = (request.POST if request.method == "POST" else request.GET).get("with", "")
    other = find(said)
    if request.method == "POST" and other is not None:
        try:
            reason = request.POST.get("reason", "")
            merging.merge(pk, other.pk, actor=request.user.get_username(), reason=reason, at=timezone.now())
        except merging.CannotMerge as error:
            messages.error(request, _(str(error)))
        else:
            messages.success(
                request, _("United. Numbers follow at the next refresh; the merge can be undone on this page.")
            )
        return redirect("customer", pk=pk)
    sides = merging.preview(pk, other.pk) if other is not None and other.pk != pk else None
    return render(request, "console/merge.html", {"customer": customer, "other": other, "sides": sides, "said": said})


@require_POST
def undo_merge(request: HttpRequest, seq: int) -> HttpResponse:
    """Take one merge back."""
    event = get_object_or_404(MergeEvent, pk=seq)
    try:
        apart = merging.undo(event, actor=request.user.get_username(), at=timezone.now())
    except merging.CannotMerge as error:
        messages.error(request, _(str(error)))
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
        messages.error(request, _(str(error)))
        return redirect("customer", pk=before)
    messages.success(request, _("Taken out. It is a customer of its own now."))
    return redirect("customer", pk=pk)
