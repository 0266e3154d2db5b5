"""Headers that keep a page to itself, the door of the console, and requests that no form of ours sends."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars import environment

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "private, no-store",
}
OPEN_PAGES = frozenset(["/log-in", "/enter", "/healthy", "/language", "/join"])
HOOKS = "/hooks/"
OPEN_FOLDERS = (settings.STATIC_URL, "/u/", "/p/", "/j/", "/l/", HOOKS)
"""Style sheets; the customers' pages and the providers' reports: the signed part of their address is the right."""
FORM_BYTES_MAX = 5_000_000
Handler = Callable[[HttpRequest], HttpResponse]


def content_security_policy(get_response: Handler) -> Handler:
    """Only our own scripts and styles, nothing inline is run; pages about customers are kept by no cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def console_only_for_users(get_response: Handler) -> Handler:
    """Every page but the door needs a user; nobody is asked for a page's existence before."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in OPEN_PAGES or request.path.startswith(OPEN_FOLDERS) or request.user.is_authenticated:
            return get_response(request)
        door = reverse(settings.LOGIN_URL)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": door})
        return HttpResponseRedirect(f"{door}?next={quote(request.get_full_path())}")

    return middleware


class OnlySoundRequests:
    """Refuses null characters, which no database takes, and files too large before they are read."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The address and the cookies. Reports of providers look after themselves: a refusal would log their address."""
        if request.path.startswith(HOOKS):
            return self._get_response(request)
        said = request.META.get("QUERY_STRING", "").replace("%00", "\0")
        if _holds_null([request.path, said, *request.COOKIES.values()]):
            return HttpResponseBadRequest()
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """The form, once it is known that a user sends it; before CSRF protection reads it."""
        if request.path.startswith(HOOKS):
            return None
        most = FORM_BYTES_MAX + (upload_bytes_max() if _takes_files(request) else 0)
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            why = too_large() if _takes_files(request) else _form_too_large()
            return HttpResponse(why, status=413, content_type="text/plain; charset=utf-8")
        said = [text for key, values in request.POST.lists() for text in (key, *values)]
        return HttpResponseBadRequest() if _holds_null(said) else None


def _takes_files(request: HttpRequest) -> bool:
    """Only the import page does, and only from users."""
    return request.resolver_match is not None and request.resolver_match.url_name == "import"


def upload_bytes_max() -> int:
    """How large the files of one upload may be together."""
    return environment.megabytes(environment.UPLOAD_MB) * 1_000_000


def too_large() -> str:
    """What to do with files larger than the page takes."""
    text = _("These files are larger than {size} MB; import them with the command line.")
    return text.format(size=environment.megabytes(environment.UPLOAD_MB))


def _form_too_large() -> str:
    return _("This form is larger than {size} MB. Go back and leave the largest file out.").format(
        size=FORM_BYTES_MAX // 1_000_000
    )


def _holds_null(texts: Iterable[object]) -> bool:
    return any("\0" in str(text) for text in texts)
