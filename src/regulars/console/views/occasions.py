"""Whose day comes in the next weeks, which festivals, and the days that one customer told."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.contrib import messages as told
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.customers import occasions
from regulars.customers.consenting import Proof
from regulars.customers.models import Customer, Identifier, Occasion
from regulars.plays import coming
from regulars.policy.festivals import festivals
from regulars.policy.occasions import OccasionError
from regulars.shop.models import the_shop

DAYS_SHOWN = 30
PEOPLE_SHOWN = 300


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The next weeks."""
    shop = the_shop()
    first = timezone.now().astimezone(ZoneInfo(shop.zone)).date()
    last = first + dt.timedelta(days=DAYS_SHOWN)
    found = coming.coming(first=first, last=last)
    names = coming.names({each.person for each in found[:PEOPLE_SHOWN]})
    years = [(first + dt.timedelta(days=day), coming.anniversaries(first + dt.timedelta(days=day))) for day in range(7)]
    context = {
        "rows": [(each, names.get(each.person, ""), words(each)) for each in found[:PEOPLE_SHOWN]], "all": len(found),
        "festivals": festivals(shop.country, first=first, last=last) if shop.country else (), "country": shop.country,
        "anniversaries": [(day, years_, count) for day, counts in years for years_, count in sorted(counts.items())],
        "days": DAYS_SHOWN,
    }  # fmt: skip
    return render(request, "console/occasions.html", context)


def words(each: coming.Coming) -> str:
    """What it is, with its number where it has one."""
    if each.months is not None:
        return ngettext("a child is {n} month old", "a child is {n} months old", each.months).format(n=each.months)
    name = each.label or str(Occasion.Kind(each.kind).label)
    return f"{name} ({each.years})" if each.years else name


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A day that a customer told somebody in the shop."""
    get_object_or_404(Customer, pk=pk)
    identifier = Identifier.objects.filter(customer_id=pk).order_by("pk").first()
    now = timezone.now()
    try:
        assert identifier is not None
        wording, until = request.POST.get("wording", "").strip(), parse_date(request.POST.get("until", "") or "")
        end = dt.datetime.combine(until, dt.time(12), tzinfo=dt.UTC) if until else None
        by = request.user.get_username()
        proof = Proof(wording, _("told to {name}").format(name=by), by, valid_until=end)
        occasions.tell(identifier.pk, said(request.POST), proof=proof, at=now)
        told.success(request, _("Kept."))
    except (OccasionError, ValueError) as error:
        told.error(request, str(error) if isinstance(error, OccasionError) else _("A day is written in numbers."))
    return redirect("customer", pk=pk)


def said(post: QueryDict) -> occasions.Day:
    """What a form says. Raises ValueError for what is no number, OccasionError for what is no day."""
    child = post.get("kind") == Occasion.Kind.CHILD
    year = post.get("year", "").strip()
    found = occasions.Day(
        kind=post.get("kind", ""), month=int(post.get("month", "")), day=1 if child else int(post.get("day", "")),
        year=int(year) if year else None, calendar="solar" if child else post.get("calendar", "solar"),
        label=post.get("label", "").strip()[:100] if post.get("kind") == Occasion.Kind.CUSTOM else "",
    )  # fmt: skip
    if found.year is not None and not 1900 <= found.year <= 2100:
        raise OccasionError(_("The year lies between 1900 and 2100."))
    return found


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a day."""
    found = get_object_or_404(Occasion, pk=pk)
    owner = Identifier.objects.filter(pk=found.identifier_id).values_list("customer_id", flat=True).first()
    occasions.forget(pk)
    told.success(request, _("Forgotten."))
    return redirect("customer", pk=owner) if owner else redirect("occasions")
