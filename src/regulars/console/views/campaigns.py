"""Write a campaign, look at who would get it, launch it, and see what became of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as told
from django.db import DataError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.actions.messaging import clicks
from regulars.actions.messaging.accounts import account_of
from regulars.console.views import announcements, attachments, campaign_results, letters
from regulars.console.views.people import condition_mistake
from regulars.decisions import words as reasons
from regulars.measurement import kept_lifts
from regulars.plays import campaigns, versions
from regulars.plays.models import Campaign
from regulars.plays.versions import LETTERS, Words
from regulars.policy.contact import NOT_MARKETING
from regulars.profiles import segments
from regulars.profiles.models import Segment
from regulars.words import lint
from regulars.words.fields import available
from regulars.words.letters import compiled, newest
from regulars.words.models import Letter
from regulars.words.sandbox import WordsRefused

HOURS = range(1, 24 * 30 + 1)


def purposes() -> dict[str, str]:
    """What a campaign can be about."""
    return {
        "news": _("news"), "offers": _("offers and gifts"), "care": _("care"), "club": _("the club"), "survey": _("a question"),
        "referral": _("bringing friends"), "service": _("a change of prices, terms or opening days (no marketing)"),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new campaign: name first, the rest on its own page; or a change to announce, whose letter is begun."""
    if request.method == "POST":
        by, name = request.user.get_username(), request.POST.get("name", "").strip()[:120]
        try:
            if request.POST.get("kind") in announcements.kinds():
                quiet = request.POST.get("quiet") == "yes" and request.user.is_staff  # the shop's days are the owner's
                return redirect(
                    "campaign", pk=announcements.begun(announcements.said(request.POST), by=by, quiet=quiet).pk
                )
            if name:
                return redirect("campaign", pk=Campaign.objects.create(name=name, made_by=by, at=timezone.now()).pk)
            told.error(request, _("Give the campaign a name."))
        except announcements.NotComplete as missing:
            told.error(request, str(missing))
    context = {"kinds": announcements.kinds(), "said": request.POST}
    return render(request, "console/campaign_new.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft to write, or what became of a launched one."""
    campaign = get_object_or_404(Campaign, pk=pk)
    if campaign.state != Campaign.State.DRAFT:
        return render(request, "console/campaign.html", campaign_results.context(campaign))
    mistakes: list[str] = []
    place = _place(campaign, request.GET.get("version", ""))
    said = letters.kept(campaign.letters[place] if campaign.letters else None, request.GET.get("language", ""))
    if request.method == "POST":
        said, mistakes = attachments.chosen(request, letters.said(request.POST), said.attachments)
        mistakes = mistakes or _keep(campaign, request.POST, Words(place, said), request.user.get_username())
        if not mistakes:
            told.success(request, _("Kept."))
            return redirect(_address(campaign, place, said.language))
    context = _drafted(campaign, Words(place, said), mistakes)
    return render(request, "console/campaign_draft.html", context, status=422 if mistakes else 200)


def _place(campaign: Campaign, said: str) -> int:
    """Which version is meant; the first for anything else."""
    return LETTERS.index(said) if said and said in LETTERS[: len(campaign.letters)] else 0


def _address(campaign: Campaign, place: int, language: str = "") -> str:
    query = {"version": LETTERS[place]} | ({"language": language} if language else {})
    return f"{reverse('campaign', args=[campaign.pk])}?{urlencode(query)}"


@require_POST
def change_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """One version more to compare, or a version or a language of it less."""
    campaign = get_object_or_404(Campaign, pk=pk)
    place = _place(campaign, request.POST.get("version", ""))
    if request.POST.get("deed") == "add":
        place = versions.add(campaign, by=request.user.get_username(), now=timezone.now())
    else:
        versions.leave_out(campaign, place, request.POST.get("language", ""))
        place = 0
    return redirect(_address(campaign, place))


def _keep(campaign: Campaign, post: QueryDict, words: Words, by: str) -> list[str]:
    """Keep what the form says; returns what is wrong with it."""
    mistakes, draft = [], words.draft
    campaign.condition = post.get("condition", "").strip()[: segments.CHARACTERS_MAX]
    try:
        campaigns.audience(campaign)
    except (segments.ConditionMistake, DataError) as mistake:
        mistakes.append(condition_mistake(mistake))
    campaign.name = post.get("name", "").strip()[:120] or campaign.name
    campaign.because = post.get("because", "").strip()[:300]
    campaign.purpose = _purpose(post.get("purpose"))
    campaign.channel = letters.channel(post)
    campaign.hold_out = _number(
        post.get("hold_out", "10"), range(0, 91), mistakes, _("The share held out lies between 0 and 90 percent.")
    )
    if campaign.purpose in NOT_MARKETING:  # what concerns people is kept from nobody
        campaign.hold_out = 0.0
    campaign.hours = _number(post.get("hours", "72"), HOURS, mistakes, _("The hours lie between 1 and 720."))
    most = post.get("most", "").strip()
    campaign.most = (
        _number(most, range(1, 10_000_000), mistakes, _("To how many people at most? A number above 0, or nothing."))
        if most
        else None
    )
    wall = parse_datetime(post.get("starts", "")) if post.get("starts") else None
    campaign.starts = wall.replace(tzinfo=timezone.get_fixed_timezone(0)) if wall else None
    if not draft.subject:
        mistakes.append(_("Give the letter a subject."))
    if not mistakes:
        try:
            compiled(draft)
            counted = post.get("count_clicks") == "yes" and campaign.channel == "email"
            if not versions.keep(campaign, replace(words, count_clicks=counted), by=by, now=timezone.now()):
                mistakes.append(_("It was launched meanwhile; these words were not kept."))
        except WordsRefused as refused:
            mistakes.append(str(refused))
    return mistakes


def _purpose(said: str | None) -> str:
    return said if said and said in purposes() else "news"


def _number(text: str, allowed: range, mistakes: list[str], otherwise: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 9 and int(text) in allowed:
        return int(text)
    mistakes.append(otherwise)
    return allowed[0]


def _drafted(campaign: Campaign, words: Words, mistakes: list[str]) -> dict[str, Any]:
    found = [] if mistakes or not campaign.letters else campaigns.findings(campaign)
    ready = bool(campaign.letters) and not mistakes
    look = campaigns.preview(campaign, now=timezone.now()) if ready else None
    draft = words.draft
    return {
        "campaign": campaign, "draft": draft, "blocks": letters.shown(draft), "mistakes": mistakes, "kinds": letters.kinds(),
        "purposes": purposes(), "channels": letters.channels(), "by_hand": campaign.channel in letters.BY_HAND,
        "count_clicks": clicks.is_counted(campaign.letters), "languages": letters.languages(), "segments": Segment.objects.all(), "fields": available(),
        "findings": _findings(found), "look": look,
        "refused": [(reasons.to_staff(reason), number) for reason, number in look.reasons.items()] if look else [],
        "letter": letters.look(draft, campaign.channel), "stops": lint.stops([finding for _letter, _language, finding in found]),
        "marketing": campaign.purpose not in NOT_MARKETING, "account": account_of("email"), "version": LETTERS[words.place],
        "versions": [(LETTERS[place], _kept_languages(pk)) for place, pk in enumerate(campaign.letters)],
        "more_versions": 0 < len(campaign.letters) < versions.VERSIONS_MAX,
        "people": versions.some_people(campaign) if ready else [],
        "promise": _promise(campaign, look),
    }  # fmt: skip


def _kept_languages(letter: int) -> list[tuple[str, str]]:
    names = letters.languages()
    return [(language, names.get(language, language)) for language in newest(letter)]


def _promise(campaign: Campaign, look: campaigns.Preview | None) -> kept_lifts.Promise | None:
    if look is None or len(campaign.letters) < 2:
        return None
    return kept_lifts.promise(campaign, reached=look.would_get / look.asked if look.asked else 0.0)


def _findings(found: Sequence[tuple[Letter, str, lint.Finding]]) -> list[tuple[lint.Finding, str]]:
    """Each once, though several versions have it."""
    return [(finding, letters.finding_words(finding)) for finding in dict.fromkeys(each for *_where, each in found)]


@require_POST
def trial(request: HttpRequest) -> HttpResponse:
    """The letter beside the form, while it is written, as one of the customers would get it."""
    post = request.POST
    found = letters.look(letters.said(post), letters.channel(post), post.get("seen_as", ""))
    return render(request, "console/campaign_frame.html", {"letter": found})


@require_POST
def launch(request: HttpRequest, pk: int) -> HttpResponse:
    """Start it, with what a person says is in order."""
    campaign = get_object_or_404(Campaign, pk=pk)
    try:
        campaigns.launch(
            campaign, by=request.user.get_username(), now=timezone.now(), seen=request.POST.getlist("seen")
        )
        told.success(request, _("Launched. The first letters leave in a moment."))
    except campaigns.CannotLaunch as why:
        told.error(request, str(why))
    return redirect("campaign", pk=pk)


@require_POST
def steer(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause it, let it go on, or stop it for good."""
    campaign = get_object_or_404(Campaign, pk=pk)
    deed = {"pause": campaigns.pause, "resume": campaigns.resume, "stop": campaigns.stop}.get(
        request.POST.get("deed", "")
    )
    if deed is not None:
        deed(campaign, by=request.user.get_username(), now=timezone.now())
    return redirect("campaign", pk=pk)
