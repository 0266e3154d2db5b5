"""Settings: the shop, its definitions, its users."""

import datetime as dt
import re
from zoneinfo import available_timezones

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.customers import attributes
from regulars.customers.models import DATES_OF_LISTS, Attribute, Occasion
from regulars.orders.models import Order
from regulars.profiles.definitions import DEFINITIONS
from regulars.shop.models import the_shop
from regulars.shop.setting_up import NotUsable, set_up

HORIZON_DAYS = range(30, 366)
PERCENT = range(0, 101)
NAME_CHARACTERS_MAX = 150
RATES_CHARACTERS_MAX = 2000
ODD_ZONES = ("Etc/", "SystemV/", "US/")


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What a merchant can choose; also the first-run set-up."""
    if request.method == "POST":
        try:
            set_up(**_choices(request.POST))
            messages.success(request, _("Kept. Numbers follow at the next refresh."))
            return redirect("settings")
        except NotUsable as error:
            messages.error(request, str(error))
    zones = {zone for zone in available_timezones() if "/" in zone and not zone.startswith(ODD_ZONES)} | {
        "UTC",
        the_shop().zone,
    }
    users = User.objects.filter(is_active=True).order_by("username")
    context = {
        "zones": sorted(zones), "users": users, "definitions": DEFINITIONS,
        "attributes": Attribute.objects.order_by("label"), "types": Attribute.Type.choices,
        "sensitivities": Attribute.Sensitivity.choices,
        "occasions": [each for each in Occasion.Kind.choices if each[0] in DATES_OF_LISTS],
    }  # fmt: skip
    return render(request, "console/settings.html", context)


def _choices(said: QueryDict) -> dict[str, object]:
    """What the form says, as `set_up` takes it. Raises NotUsable."""
    horizon = _number(
        said.get("horizon_days") or "90", HORIZON_DAYS, _("Days to come back in must lie between 30 and 365.")
    )
    margin = said.get("margin_percent", "").strip()
    return {
        "name": said.get("name", "").strip()[:200] or None,
        "website": said.get("website", "")[:200],
        "currency": _currency(said.get("currency", "").strip().upper()),
        "zone": said.get("zone") or None,
        "horizon_days": horizon,
        "excluded_tags": said.get("excluded_tags", "").strip()[:400],
        "margin_percent": _number(margin, PERCENT, _("The margin must lie between 0 and 100 percent."))
        if margin
        else None,
        "rates": _rates(said.get("rates", "")[:RATES_CHARACTERS_MAX]),
        "opened": _day(said.get("opened", "").strip()),
    }


def _number(text: str, allowed: range, otherwise: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(allowed[-1])) and int(text) in allowed):
        raise NotUsable(otherwise)
    return int(text)


def _currency(code: str) -> str | None:
    """The amounts of orders are kept in the shop's currency, so another name for it would make them wrong."""
    shop = the_shop()
    if code and code != shop.currency and shop.currency_chosen and Order.objects.exists():
        text = _(
            "The orders were imported in {currency}. To count in another currency, take the imports back, change it, and import again."
        )
        raise NotUsable(text.format(currency=shop.currency))
    return code or None


def _rates(text: str) -> dict[str, str]:
    """Pairs like USD = 0.92, one a line or with commas between. Raises NotUsable."""
    pairs = [pair.partition("=") for pair in re.split(r"[\n,;]+", text) if pair.strip()]
    return {currency.strip().upper(): rate.strip() for currency, _sign, rate in pairs}


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise NotUsable(_("The opening day is not a date. Write it like 2026-11-21.")) from None


@require_POST
def attribute(request: HttpRequest, key: str) -> HttpResponse:
    """What is known of customers beside the usual: is it used, what are its values, how private is it?"""
    found = get_object_or_404(Attribute, pk=key)
    said = request.POST
    try:
        chosen = attributes.Choice(
            label=said.get("label", ""), type=said.get("type", ""), sensitivity=said.get("sensitivity", ""),
            switched_on=said.get("on") == "yes", occasion=said.get("occasion", ""),
        )  # fmt: skip
        attributes.change(found, chosen)
        messages.success(request, _("Kept."))
    except attributes.NotUsable as error:
        messages.error(request, str(error))
    return redirect("settings")


def _owner_only(request: HttpRequest) -> bool:
    if request.user.is_staff:
        return True
    messages.error(request, _("Only the owner can do this."))
    return False


@require_POST
def add_user(request: HttpRequest) -> HttpResponse:
    """A user for a colleague."""
    name, password = request.POST.get("username", "").strip()[:NAME_CHARACTERS_MAX], request.POST.get("password", "")
    if _owner_only(request):
        try:
            if not name or User.objects.filter(username__iexact=name).exists():
                raise ValidationError(_("Choose a name that is not taken."))
            validate_password(password)
            User.objects.create_user(username=name, password=password, is_staff=request.POST.get("owner") == "yes")
            messages.success(request, _("The user was made."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("settings")


@require_POST
def close_user(request: HttpRequest, pk: int) -> HttpResponse:
    """A user who may no longer log in. The last owner stays."""
    user = get_object_or_404(User, pk=pk)
    owners = User.objects.filter(is_staff=True, is_active=True)
    if _owner_only(request):
        if not owners.exclude(pk=pk).exists():
            messages.error(request, _("The last owner cannot be closed."))
        else:
            user.is_active = False
            user.save()
            messages.success(request, _("The user can no longer log in."))
    return redirect("settings")


@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """A new password for oneself."""
    said = request.POST.get("password", "")
    user = User.objects.get(username=request.user.get_username())
    try:
        validate_password(said, user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("settings")
    user.set_password(said)
    user.save()
    update_session_auth_hash(request, user)
    messages.success(request, _("The password was changed."))
    return redirect("settings")
