"""Getting in and out, the language, and which shop."""

import hashlib

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.console import entrance
from regulars.console.which_shop import COOKIE, remember
from regulars.shop import current
from regulars.shop.models import the_shop

ATTEMPTS_MAX = 8
ATTEMPTS_OF_ADDRESS_MAX = 80
ATTEMPTS_SECONDS = 300


@require_GET
def healthy(request: HttpRequest) -> JsonResponse:
    """For monitors: the server answers."""
    return JsonResponse({"healthy": True})


@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Name and password; after a few wrong ones, wait."""
    error, status = "", 200
    if request.method == "POST":
        limits = _limits(request)
        if any(cache.get(key, 0) >= most for key, most in limits.items()):
            error, status = _("Too many attempts. Wait five minutes."), 429
        else:
            user = authenticate(request, username=request.POST.get("username"), password=request.POST.get("password"))
            if user is not None:
                cache.delete(next(iter(limits)))
                login(request, user)
                return redirect(_next(request))
            _count(limits)
            error, status = _("Name or password is wrong."), 403
    return render(request, "console/log_in.html", {"error": error, "next": _next(request)}, status=status)


def _limits(request: HttpRequest) -> dict[str, int]:
    """Wrong passwords are counted for each name from each address, and, with more patience, for the address."""
    address = request.META.get("REMOTE_ADDR", "")
    name = hashlib.sha256(request.POST.get("username", "").lower().encode()).hexdigest()
    return {f"log-in:{address}:{name}": ATTEMPTS_MAX, f"log-in:{address}": ATTEMPTS_OF_ADDRESS_MAX}


def _count(limits: dict[str, int]) -> None:
    for key in limits:
        cache.add(key, 0, ATTEMPTS_SECONDS)
        try:
            cache.incr(key)
        except ValueError:  # it expired between the two calls
            cache.set(key, 1, ATTEMPTS_SECONDS)


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/"


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("log-in")


@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """The address printed in the terminal logs its user in, once."""
    found = entrance.redeem(request.GET.get("token", ""))
    if found is None:
        error = _(
            "This address was used or is too old. Log in with your password, or start Regulars again for a new one."
        )
        return render(request, "console/log_in.html", {"error": error, "next": "/"}, status=403)
    user, shop = found
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    with current.using(current.OWN):
        ready = shop == "demo" or the_shop().set_up
    response = redirect("today" if ready else "settings")
    remember(response, COOKIE, "demo" if shop == "demo" else "own")
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages."""
    response = redirect(_next(request))
    code = request.POST.get("language", "")
    if check_for_language(code) and code in dict(settings.LANGUAGES):
        remember(response, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@require_POST
def which_shop(request: HttpRequest) -> HttpResponse:
    """Switch between the own shop and the demo."""
    response = redirect("today")
    remember(response, COOKIE, "demo" if request.POST.get("shop") == "demo" else "own")
    return response
