"""Ask for letters on the shop's own page: nothing comes before the letter that asks back has been answered."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.actions.messaging import asking, links
from regulars.club import leaving
from regulars.shop import current
from regulars.shop.models import Shop, the_shop

PURPOSES = ("news", "offers", "care")
ATTEMPTS_MAX, ATTEMPTS_SECONDS = 10, 3600
TRAP = "website"
"""A field that no person sees: whoever fills it is a machine."""


def wording(shop: str) -> str:
    """What is agreed to."""
    return _("I want letters from {shop}: news, offers, and wishes or reminders that suit me. I can leave at any time.").format(shop=shop)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """The form, and after it the same answer for everybody: whether an address is known is nobody's business."""
    with current.using(current.alias() if request.user.is_authenticated else current.OWN):
        return _joined(request, the_shop())


def _joined(request: HttpRequest, shop: Shop) -> HttpResponse:
    context = {"shop": shop, "wording": wording(shop.name), "said": request.POST, "trap": TRAP}
    if request.method != "POST":
        return render(request, "club/join.html", context)
    if not _patient(request):
        return render(
            request, "club/join.html", context | {"mistake": _("Too many attempts. Come back in an hour.")}, status=429
        )
    if request.POST.get("agreed") != "yes":
        return render(
            request, "club/join.html", context | {"mistake": _("Please tick that you want letters.")}, status=422
        )
    try:
        if not request.POST.get(TRAP):
            wanted = asking.Wanted(PURPOSES, wording(shop.name), "page of the club", get_language() or "en")
            asking.ask(request.POST.get("address", "")[:400], request.POST.get("name", ""), wanted, now=timezone.now())
    except asking.NoAddress as error:
        return render(request, "club/join.html", context | {"mistake": str(error)}, status=422)
    return render(request, "club/join.html", context | {"asked": True})


@csrf_exempt  # opened from a letter, often in another program; the signed link is the right
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button: looking changes nothing, since mail filters look at every link."""
    try:
        letter = leaving.letter_of(token, links.CONFIRM)
    except links.BadLink:
        return render(request, "club/bad_link.html", status=404)
    with current.using(letter.alias):
        done = asking.confirm(letter.message, at=timezone.now()) if request.method == "POST" else None
        context = {
            "letter": letter,
            "shop": the_shop(),
            "done": done,
            "wording": letter.message.data.get("wording", ""),
        }
        return render(request, "club/confirm.html", context, status=410 if done is False else 200)


def _patient(request: HttpRequest) -> bool:
    """Not more than a few from one place in an hour."""
    key = f"join:{_place(request)}"
    cache.add(key, 0, ATTEMPTS_SECONDS)
    try:
        return int(cache.incr(key)) <= ATTEMPTS_MAX
    except ValueError:  # it ran out just now
        return True


def _place(request: HttpRequest) -> str:
    """Where a visitor comes from. Behind a proxy everybody has the proxy's address, and the last one it tells is theirs."""
    told = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return told.rpartition(",")[2].strip()[:100] or str(request.META.get("REMOTE_ADDR", ""))
