"""Write a campaign, look at who would get it, launch it, and see what became of it."""

from typing import Any

from django.contrib import messages as told
from django.db import DataError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.actions.messaging import looking
from regulars.actions.messaging.accounts import account_of
from regulars.actions.messaging.models import Message
from regulars.console.views.people import condition_mistake
from regulars.decisions import words as reasons
from regulars.plays import campaigns
from regulars.plays.models import Campaign
from regulars.policy.contact import NOT_MARKETING
from regulars.profiles import segments
from regulars.profiles.models import Segment
from regulars.words import lint
from regulars.words.fields import available
from regulars.words.letters import LANGUAGES, Draft, compiled, newest, write
from regulars.words.models import Letter
from regulars.words.sandbox import WordsRefused, fill

KINDS = ("text", "heading", "button", "picture", "divider", "signature")
BLOCKS_MAX = 20
HOURS = range(1, 24 * 30 + 1)
BEGIN = (
    {"kind": "heading", "words": ""}, {"kind": "text", "words": ""}, {"kind": "button", "words": "", "link": ""},
    {"kind": "signature", "words": ""},
)  # fmt: skip


def purposes() -> dict[str, str]:
    """What a campaign can be about."""
    return {
        "news": _("news"), "offers": _("offers and gifts"), "care": _("care"), "club": _("the club"), "survey": _("a question"),
        "referral": _("bringing friends"), "service": _("a change of prices, terms or opening days (no marketing)"),
    }  # fmt: skip


def kinds() -> dict[str, str]:
    """What a block can be."""
    return {
        "text": _("text"), "heading": _("heading"), "button": _("button"), "picture": _("picture"), "divider": _("line"),
        "signature": _("signature"),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new campaign: name first, the rest on its own page."""
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:120]
        if name:
            made = Campaign.objects.create(name=name, made_by=request.user.get_username(), at=timezone.now())
            return redirect("campaign", pk=made.pk)
        told.error(request, _("Give the campaign a name."))
    return render(request, "console/campaign_new.html", status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft to write, or what became of a launched one."""
    campaign = get_object_or_404(Campaign, pk=pk)
    if campaign.state != Campaign.State.DRAFT:
        return render(request, "console/campaign.html", _launched(campaign))
    mistakes: list[str] = []
    said = _draft_of(campaign)
    if request.method == "POST":
        said = _said(request.POST)
        mistakes = _keep(campaign, request.POST, said, request.user.get_username())
        if not mistakes:
            told.success(request, _("Kept."))
            return redirect("campaign", pk=pk)
    return render(
        request, "console/campaign_draft.html", _drafted(campaign, said, mistakes), status=422 if mistakes else 200
    )


def _launched(campaign: Campaign) -> dict[str, Any]:
    states = dict(Message.State.choices)
    decided = campaigns.counts(campaign)
    refused = [
        (reasons.to_staff(reason), number)
        for reason, number in decided.items()
        if reason not in ("treated", "held_out")
    ]
    counts = [(states[state], number) for state, number in looking.counts(campaign.source).items()]
    return {
        "campaign": campaign,
        "decided": decided,
        "refused": refused,
        "counts": counts,
        "all": sum(decided.values()),
    }


def _draft_of(campaign: Campaign) -> Draft:
    for pk in campaign.letters[:1]:
        for version in newest(pk).values():
            return Draft(version.language, version.subject, version.blocks, version.preview)
    return Draft(get_language() or "en", "", BEGIN)


def _said(post: QueryDict) -> Draft:
    """The letter as the form says it; blocks without words are left out."""
    rows = zip(post.getlist("kind"), post.getlist("words"), post.getlist("link"), strict=False)
    blocks = [_block(*row) for row in list(rows)[:BLOCKS_MAX]]
    language = post.get("language", "en")
    return Draft(
        language if language in LANGUAGES else "en", post.get("subject", "").strip()[:300],
        [block for block in blocks if len(block) > 1 or block["kind"] == "divider"], post.get("preview", "").strip()[:300],
    )  # fmt: skip


def _block(kind: str, words: str, link: str) -> dict[str, str]:
    found = {"kind": kind if kind in KINDS else "text"}
    if words.strip():
        found["alt" if kind == "picture" else "words"] = words.strip()
    if link.strip() and kind in ("button", "picture"):
        found["src" if kind == "picture" else "link"] = link.strip()
    return found


def _keep(campaign: Campaign, post: QueryDict, draft: Draft, by: str) -> list[str]:
    """Keep what the form says; returns what is wrong with it."""
    mistakes = []
    campaign.condition = post.get("condition", "").strip()[: segments.CHARACTERS_MAX]
    try:
        campaigns.audience(campaign)
    except (segments.ConditionMistake, DataError) as mistake:
        mistakes.append(condition_mistake(mistake))
    campaign.name = post.get("name", "").strip()[:120] or campaign.name
    campaign.because = post.get("because", "").strip()[:300]
    campaign.purpose = _purpose(post.get("purpose"))
    campaign.channel = "inbox" if post.get("channel") == "inbox" else "email"
    campaign.hold_out = _number(
        post.get("hold_out", "10"), range(0, 91), mistakes, _("The share held out lies between 0 and 90 percent.")
    )
    campaign.hours = _number(post.get("hours", "72"), HOURS, mistakes, _("The hours lie between 1 and 720."))
    wall = parse_datetime(post.get("starts", "")) if post.get("starts") else None
    campaign.starts = wall.replace(tzinfo=timezone.get_fixed_timezone(0)) if wall else None
    if not draft.subject:
        mistakes.append(_("Give the letter a subject."))
    if not mistakes:
        letter = Letter.objects.filter(pk__in=campaign.letters).first() or Letter(
            name=campaign.name, made_by=by, at=timezone.now()
        )
        try:
            compiled(draft)
            letter.save()
            write(letter, draft, by=by, at=timezone.now())
            campaign.letters = [letter.pk]
            campaign.save()
        except WordsRefused as refused:
            mistakes.append(str(refused))
    return mistakes


def _purpose(said: str | None) -> str:
    return said if said and said in purposes() else "news"


def _number(text: str, allowed: range, mistakes: list[str], otherwise: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) in allowed:
        return int(text)
    mistakes.append(otherwise)
    return allowed[0]


def _drafted(campaign: Campaign, draft: Draft, mistakes: list[str]) -> dict[str, Any]:
    found = [] if mistakes or not campaign.letters else campaigns.findings(campaign)
    ready = bool(campaign.letters) and not mistakes
    look = campaigns.preview(campaign, now=timezone.now()) if ready else None
    blocks = [*draft.blocks, {"kind": "text"}]
    return {
        "campaign": campaign, "draft": draft, "blocks": [_shown(block) for block in blocks], "mistakes": mistakes, "kinds": kinds(),
        "purposes": purposes(), "languages": LANGUAGES, "segments": Segment.objects.all(), "fields": available(),
        "findings": [(finding, finding_words(finding)) for _letter, _language, finding in found], "look": look,
        "refused": [(reasons.to_staff(reason), number) for reason, number in look.reasons.items()] if look else [],
        "frame": _frame(draft), "stops": lint.stops([finding for _letter, _language, finding in found]),
        "marketing": campaign.purpose not in NOT_MARKETING, "account": account_of("email"),
    }  # fmt: skip


def _shown(block: Any) -> dict[str, str]:
    return {
        "kind": block.get("kind", "text"), "words": block.get("words") or block.get("alt") or "",
        "link": block.get("link") or block.get("src") or "",
    }  # fmt: skip


def _frame(draft: Draft) -> str:
    """The letter with example values, for the frame beside the form; or what is wrong with it."""
    try:
        html, _text = compiled(draft)
        values: dict[str, Any] = {}
        for name, example in available().items():
            values.setdefault(name.split(".", maxsplit=1)[0], {})[name.split(".")[1]] = example
        return fill(html, values, html=True)
    except WordsRefused as refused:
        return str(refused)


@require_POST
def trial(request: HttpRequest) -> HttpResponse:
    """The letter beside the form, while it is written."""
    return render(request, "console/campaign_frame.html", {"frame": _frame(_said(request.POST))})


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


def finding_words(finding: lint.Finding) -> str:
    """What is wrong with a letter, in a sentence."""
    sentences = {
        "cannot_be_filled": _("A field cannot be filled: {what}"),
        "unknown_field": _("There is no field called {what}."),
        "needs_default": _("Not everybody has {what}: say what stands there otherwise, or those people get nothing. For example: | default: 'friend'"),
        "no_subject": _("The subject is missing."),
        "no_words": _("The letter is empty."),
        "long_subject": _("The subject has {what} characters; phones show about 40."),
        "many_links": _("It has many links, as unwanted mail has."),
        "clipped": _("It is so long ({what} bytes) that some mail programs cut it off."),
        "shouting": _("The subject shouts: {what}"),
        "money_words": _("Unwanted mail says this too: {what}"),
        "losing_money": _("“{what}”: customers know that no shop sells at a loss. Is it true?"),
        "false_urgency": _("“{what}”: is it really over after that?"),
        "reduction_claim": _("“{what}”: was the earlier price really asked, and for how long?"),
        "false_scarcity": _("“{what}”: are there really no more?"),
    }  # fmt: skip
    return sentences[finding.code].format(what=finding.what)
