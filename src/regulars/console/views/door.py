"""Getting in and out, the language, and which shop."""

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.console import entrance
from regulars.console.which_shop import COOKIE
from regulars.shop.models import the_shop

ATTEMPTS_MAX = 8
ATTEMPTS_SECONDS = 300


@require_GET
def healthy(request: HttpRequest) -> JsonResponse:
    """For monitors: the server answers."""
    return JsonResponse({"healthy": True})


@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Name and password; after a few wrong ones, wait."""
    error = ""
    if request.method == "POST":
        key = f"log-in:{request.META.get('REMOTE_ADDR', '')}:{request.POST.get('username', '')[:150].lower()}"
        if cache.get(key, 0) >= ATTEMPTS_MAX:
            error = _("Too many attempts. Wait five minutes.")
        else:
            user = authenticate(request, username=request.POST.get("username"), password=request.POST.get("password"))
            if user is not None:
                cache.delete(key)
                login(request, user)
                return redirect(_next(request))
            cache.add(key, 0, ATTEMPTS_SECONDS)
            cache.incr(key)
            error = _("Name or password is wrong.")
    return render(request, "console/log_in.html", {"error": error, "next": _next(request)}, status=403 if error else 200)


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
        error = _("This address was used or is too old. Log in with your password, or start Regulars again for a new one.")
        return render(request, "console/log_in.html", {"error": error, "next": "/"}, status=403)
    user, shop = found
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    response = redirect("today" if shop == "demo" or the_shop().set_up else "settings")
    _remember_shop(response, shop)
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages."""
    response = redirect(_next(request))
    code = request.POST.get("language", "")
    if check_for_language(code) and code in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


@require_POST
def which_shop(request: HttpRequest) -> HttpResponse:
    """Switch between the own shop and the demo."""
    response = redirect("today")
    _remember_shop(response, request.POST.get("shop", "own"))
    return response


def _remember_shop(response: HttpResponse | HttpResponseRedirect, shop: str) -> None:
    response.set_cookie(COOKIE, "demo" if shop == "demo" else "own", max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
