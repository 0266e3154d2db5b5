"""Settings: the shop, its definitions, its users."""

import datetime as dt
from zoneinfo import available_timezones

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.profiles.definitions import DEFINITIONS
from regulars.shop.models import the_shop
from regulars.shop.setting_up import NotUsable, set_up

HORIZON_RANGE = range(30, 366)


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What a merchant can choose; also the first-run set-up."""
    if request.method == "POST":
        try:
            set_up(**_choices(request))
            messages.success(request, _("Kept. Numbers follow at the next refresh."))
            return redirect("settings")
        except (NotUsable, ValueError) as error:
            messages.error(request, str(error))
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/", "US/")))
    users = User.objects.filter(is_active=True).order_by("username")
    return render(request, "console/settings.html", {"zones": ["UTC", *zones], "users": users, "definitions": DEFINITIONS})


def _choices(request: HttpRequest) -> dict[str, object]:
    said = request.POST
    shop = the_shop()
    horizon = int(said.get("horizon_days") or 90)
    margin = said.get("margin_percent", "").strip()
    if horizon not in HORIZON_RANGE:
        raise NotUsable(_("Days to come back in must lie between 30 and 365."))
    if margin and not 0 <= int(margin) <= 100:
        raise NotUsable(_("The margin must lie between 0 and 100 percent."))
    shop.margin_percent = int(margin) if margin else None
    shop.opened = dt.date.fromisoformat(said["opened"]) if said.get("opened") else None
    shop.save()
    return {
        "name": said.get("name", "").strip()[:200] or None,
        "currency": said.get("currency") or None,
        "zone": said.get("zone") or None,
        "horizon_days": horizon,
        "excluded_tags": said.get("excluded_tags", "")[:400],
        "margin_percent": int(margin) if margin else None,
        "opened": dt.date.fromisoformat(said["opened"]) if said.get("opened") else None,
    }


def _owner_only(request: HttpRequest) -> bool:
    if request.user.is_staff:
        return True
    messages.error(request, _("Only the owner can do this."))
    return False


@require_POST
def add_user(request: HttpRequest) -> HttpResponse:
    """A user for a colleague."""
    name, password = request.POST.get("username", "").strip()[:150], request.POST.get("password", "")
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
    user = User.objects.filter(pk=pk).first()
    owners = User.objects.filter(is_staff=True, is_active=True)
    if _owner_only(request) and user is not None:
        if user.is_staff and owners.count() == 1:
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
    user = User.objects.get(pk=request.user.pk)
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
