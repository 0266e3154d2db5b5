"""The customer's pages: leave, choose, and the inbox. No log-in, no tracking: the signed link is the right."""

import logging
from zoneinfo import available_timezones

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from regulars.actions.messaging import clicks, links
from regulars.club import days, inbox, leaving
from regulars.shop import current
from regulars.shop.models import the_shop

log = logging.getLogger("regulars.club")


def purposes() -> dict[str, str]:
    """What a person can choose, in their language."""
    return {
        "care": _("Birthday wishes and reminders that suit me"), "news": _("News from the shop"),
        "offers": _("Offers and gifts"), "club": _("The club: my points, my level, other customers"),
        "survey": _("Questions for my opinion"), "referral": _("Bringing friends along"),
    }  # fmt: skip


@csrf_exempt  # a mail program posts here without a cookie (RFC 8058); the signed link is the right
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button. Looking changes nothing, since mail filters look at every link; posting acts at once."""
    try:
        letter = leaving.letter_of(token, links.UNSUBSCRIBE)
    except links.BadLink:
        return _bad_link(request)
    with current.using(letter.alias):
        said = request.method == "POST"
        if said:
            leaving.leave(letter, wording=_("Unsubscribe"), at=timezone.now())
        prefer = links.token(letter.message.pk, links.PREFERENCES)
        context = {"letter": letter, "shop": the_shop(), "left": said, "preferences": prefer, "token": token}
        return render(request, "club/unsubscribe.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Choose what to get, how often, and when; leaving is the first button."""
    try:
        letter = leaving.letter_of(token, links.PREFERENCES)
    except links.BadLink:
        return _bad_link(request)
    with current.using(letter.alias):
        if request.method == "POST":
            _do(request, letter)
            return redirect(f"{request.path}?kept=1")
        now = timezone.now()
        preference = leaving.preference_of(letter)
        context = {
            "letter": letter, "shop": the_shop(), "token": token, "purposes": purposes(), "chosen": leaving.chosen(letter, at=now),
            "resting": leaving.resting_until(letter, at=now), "preference": preference, "zones": sorted(available_timezones()),
            "why": leaving.why(letter, get_language() or "en"), "kept": "kept" in request.GET, "wrong": "wrong" in request.GET,
            "days": days.of(letter), "child_words": days.child_words(days.child_until(now)), "inbox": inbox.of(letter, now=now), "rests": leaving.RESTS_DAYS,
        }  # fmt: skip
        return render(request, "club/preferences.html", context)


def _do(request: HttpRequest, letter: leaving.Letter) -> None:
    post, now = request.POST, timezone.now()
    match post.get("deed"):
        case "leave":
            leaving.leave(letter, wording=_("I want nothing more"), at=now)
        case "rest" if post.get("months") in leaving.RESTS_DAYS:
            leaving.rest(letter, post["months"], at=now)
        case "wake":
            leaving.end_rest(letter, at=now)
        case "choose":
            wanted = [purpose for purpose in leaving.CHOOSABLE if post.get(purpose) == "yes"]
            shown = "; ".join(text for purpose, text in purposes().items() if purpose in wanted)
            leaving.choose(letter, wanted, wording=shown or _("I want nothing more"), at=now)
            zone = post.get("zone", "")
            leaving.prefer(
                letter, zone=zone if zone in available_timezones() else "", language=get_language() or "",
                less_often=post.get("less_often") == "yes", at=now,
            )  # fmt: skip


@require_POST
def own_days(request: HttpRequest, token: str) -> HttpResponse:
    """A person tells a day of theirs, or takes one back."""
    try:
        letter = leaving.letter_of(token, links.PREFERENCES)
    except links.BadLink:
        return _bad_link(request)
    with current.using(letter.alias):
        kept = days.do(letter, request.POST, at=timezone.now())
        return redirect(f"{reverse('club-preferences', args=[token])}?{'kept' if kept else 'wrong'}=1#days")


@require_http_methods(["GET", "HEAD"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """On to where a link of a letter leads. How often is counted, not who; a look by HEAD counts for nothing."""
    try:
        link = clicks.link_of(token)
    except links.BadLink:
        return _bad_link(request)
    if request.method == "GET":
        visitor = f"{request.META.get('REMOTE_ADDR', '')}|{request.headers.get('X-Forwarded-For', '')}"
        try:
            clicks.count(link, request.headers, visitor, at=timezone.now())
        except DatabaseError:  # whoever follows a link must not wait or fail for our counting
            log.warning("a click was not counted", exc_info=True)
    answer = HttpResponseRedirect(link.target)
    answer["Referrer-Policy"], answer["X-Robots-Tag"] = "no-referrer", "noindex"
    return answer


def _bad_link(request: HttpRequest) -> HttpResponse:
    return render(request, "club/bad_link.html", status=404)
