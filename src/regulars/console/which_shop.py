"""The own shop or the demo? A cookie chooses, a banner shows it, one click switches."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from regulars.shop import current
from regulars.shop.models import the_shop

COOKIE = "shop"
COOKIE_SECONDS = 365 * 24 * 3600
Handler = Callable[[HttpRequest], HttpResponse]


def choose(get_response: Handler) -> Handler:
    """Runs the request in the shop that the cookie names; the own shop unless it says `demo`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        shop = current.DEMO if request.COOKIES.get(COOKIE) == "demo" else current.OWN
        with current.using(shop):
            if not request.user.is_authenticated:
                return get_response(request)
            with timezone.override(ZoneInfo(the_shop().zone)):
                return get_response(request)

    return middleware


def remember(response: HttpResponse, name: str, value: str) -> None:
    """A choice kept in a cookie that scripts cannot read."""
    response.set_cookie(
        name, value, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )


def shop_in_templates(request: HttpRequest) -> dict[str, object]:
    """`shop`, and whether it is the demo."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {"shop": the_shop(), "is_demo": current.alias() == current.DEMO}
