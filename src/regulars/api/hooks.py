"""Reports of providers: what became of letters, texts and cards, and what people answered. Always about the own shop.

The address holds a secret, so nothing of it is logged and every mistake gets the same short 404. A report that we know, or
that is about nothing of ours, is answered with 200, or it would be sent again for days.
"""

import json
import logging
from collections.abc import Callable
from functools import wraps

from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from regulars.actions.messaging import feedback, hooks
from regulars.actions.messaging.accounts import account_of
from regulars.actions.messaging.channels.email.providers import PROVIDERS
from regulars.actions.messaging.channels.sms import http
from regulars.actions.messaging.channels.sms.providers import PROVIDERS as SMS_PROVIDERS
from regulars.actions.tasks import carry_out
from regulars.actions.tasks.models import Task
from regulars.shop import current

BYTES_MAX = 3_000_000
"""Less than Django reads into memory, more than the largest batch of events that a provider sends."""
REPORTS_MAX, REPORTS_SECONDS = 6_000, 60
STRANGERS_MAX, STRANGERS_SECONDS = 60, 300
PRINTER = "print provider"
log = logging.getLogger("regulars.hooks")
Report = Callable[[HttpRequest, str], bool]
Door = Callable[..., HttpResponse]


def hook(kind: str, *methods: str) -> Callable[[Report], Door]:
    """A report of this kind by these methods; the function says whether it could be read. A look (HEAD, GET) changes nothing."""

    def guard(report: Report) -> Door:
        @csrf_exempt  # a program posts here without a cookie; the secret in the address is the right
        @wraps(report)
        def door(request: HttpRequest, secret: str, provider: str = "") -> HttpResponse:
            with current.using(current.OWN):
                if not hooks.opens(kind, secret, provider):
                    return _quiet(429 if _too_many(f"stranger:{request.META.get('REMOTE_ADDR', '')}") else 404)
                if request.method in ("HEAD", "GET") and request.method not in methods:
                    return HttpResponse()  # some providers look whether somebody is there
                refused = _refused(request, kind, methods)
                return refused or _answered(report, request, provider)

        return door

    return guard


@hook("email", "POST")
def email(request: HttpRequest, provider: str) -> bool:
    """What a provider's API tells of letters."""
    from regulars.actions.messaging.channels.email import webhooks  # costs more than all pages together

    account, known = account_of("email"), PROVIDERS[provider]
    signed = known.signs and account.provider == provider
    key = (account.hook_key or (account.password if known.signs == known.key else "")) if signed else ""
    try:
        events = webhooks.read(provider, request, key=key, url=hooks.address(hooks.EMAIL, provider))
    except webhooks.Unreadable:
        return False
    for told in events:
        feedback.reported(provider, told, at=timezone.now())
    return True


@hook("sms", "POST", "GET")
def sms(request: HttpRequest, _provider: str) -> bool:
    """What became of a text message, or what somebody answered to one."""
    known = SMS_PROVIDERS.get(account_of("sms").provider)
    body = _body(request)
    if known is None or not body:
        return False
    reply = http.reply_of(known, body)
    if reply is not None:
        feedback.replied(reply, at=timezone.now())
        return True
    try:
        feedback.arrived(http.callback_of(known, body), at=timezone.now())
    except http.NotUsable:
        return False
    return True


@hook("cards", "POST")
def cards(request: HttpRequest, _provider: str) -> bool:
    """`{"task": 8812, "state": "posted"}` or `"failed"`, from the printer that posts our cards."""
    try:
        said = json.loads(request.body)
        number, state = said["task"], said["state"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    if not isinstance(number, int) or isinstance(number, bool) or state not in ("posted", "failed"):
        return False
    if abs(number) < 2**63 and Task.objects.filter(pk=number, kind=Task.Kind.CARD).exists():
        carry_out.reported(number, posted=state == "posted", by=PRINTER, at=timezone.now())
    return True


@csrf_exempt
def nothing(_request: HttpRequest, anything: str) -> HttpResponse:
    """An address that is almost one of ours may hold a secret: it is not logged."""
    return _quiet(404)


def _refused(request: HttpRequest, kind: str, methods: tuple[str, ...]) -> HttpResponse | None:
    if request.method not in methods:
        return _quiet(405)
    if int(request.META.get("CONTENT_LENGTH") or 0) > BYTES_MAX:
        return _quiet(413)
    return _quiet(429) if _too_many(kind) else None


def _answered(report: Report, request: HttpRequest, provider: str) -> HttpResponse:
    try:
        return HttpResponse() if report(request, provider) else _quiet(404)
    except SuspiciousOperation:  # too large, or too many fields
        return _quiet(413)
    except Exception:  # told to try again, and logged here without the address
        log.exception("a report could not be taken")
        return _quiet(503)


def _too_many(who: str) -> bool:
    """Count one more; whether it is one too many."""
    stranger = who.startswith("stranger:")
    most, seconds = (STRANGERS_MAX, STRANGERS_SECONDS) if stranger else (REPORTS_MAX, REPORTS_SECONDS)
    key = f"hook:{who}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # it expired between the two calls
        return False


def _body(request: HttpRequest) -> bytes:
    if request.method == "GET":
        return str(request.META.get("QUERY_STRING", "")).encode()
    return request.POST.urlencode().encode() if request.content_type == "multipart/form-data" else request.body


def _quiet(status: int) -> HttpResponse:
    """An answer that Django does not log with its address."""
    answer = HttpResponse(status=status)
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
