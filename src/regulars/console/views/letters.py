"""A letter while it is written: what the form says, and how it will look to an example or to one of the customers."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.html import escape
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.shop.models import the_shop
from regulars.words import lint
from regulars.words.fields import available, values
from regulars.words.letters import LANGUAGES, Draft, compiled, draft_of, newest
from regulars.words.sandbox import WordsRefused, fill

KINDS = ("text", "heading", "button", "picture", "divider", "signature")
BLOCKS_MAX = 20
BY_HAND = ("card", "phone")
"""What a person carries out: the letter is the text of the card, or what to talk about."""
PAGES = ("email", "inbox", "webhook")
AS_TEXT = '<body style="font:16px/1.5 sans-serif;white-space:pre-wrap;padding:1rem">{text}</body>'
BEGIN = (
    {"kind": "heading", "words": ""}, {"kind": "text", "words": ""}, {"kind": "button", "words": "", "link": ""},
    {"kind": "signature", "words": ""},
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """The letter as one person gets it; `mistake` says why they get nothing instead."""

    subject: str = ""
    preview: str = ""
    html: str = ""
    text: str = ""
    mistake: str = ""


def channels() -> dict[str, str]:
    """By which way a letter can go."""
    return {
        "email": _("e-mail"), "sms": _("text message"), "inbox": _("club inbox"), "card": _("greeting card"),
        "phone": _("phone call"), "webhook": _("webhook"),
    }  # fmt: skip


def channel(post: QueryDict) -> str:
    """The way that a form says."""
    text = post.get("channel", "")
    return text if text in channels() else "email"


def languages() -> dict[str, str]:
    """In which languages a letter can be written, each by its own name."""
    return {code: get_language_info(code)["name_local"] for code in LANGUAGES}


def kinds() -> dict[str, str]:
    """What a block can be."""
    return {
        "text": _("text"), "heading": _("heading"), "button": _("button"), "picture": _("picture"), "divider": _("line"),
        "signature": _("signature"),
    }  # fmt: skip


def kept(letter_id: int | None, language: str = "") -> Draft:
    """The words of a letter in a language (or the first it has), as they can be changed; an empty draft where there are none."""
    versions = newest(letter_id) if letter_id else {}
    version = versions.get(language) or next(iter(versions.values()), None)
    if version is None:
        return Draft(language or get_language() or "en", "", BEGIN)
    return draft_of(version)


def said(post: QueryDict) -> Draft:
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


def shown(draft: Draft) -> list[dict[str, str]]:
    """The blocks for the form, and an empty one after them."""
    return [
        {
            "kind": block.get("kind", "text"), "words": block.get("words") or block.get("alt") or "",
            "link": block.get("link") or block.get("src") or "",
        }
        for block in [*draft.blocks, {"kind": "text"}]
    ]  # fmt: skip


def look(draft: Draft, channel: str, person: str = "") -> Look:
    """The letter as this customer (their number) gets it; as an example without one."""
    try:
        html, text = compiled(draft)
        html = html if channel in PAGES else AS_TEXT.format(text=escape(text))
        about = _example() if not person else _about(person)
        subject, preview, plain = (fill(words, about, html=False) for words in (draft.subject, draft.preview, text))
        return Look(subject, preview, fill(html, about, html=True), plain)
    except WordsRefused as refused:
        return Look(mistake=str(refused))


def _about(person: str) -> dict[str, Any]:
    number = int(person) if person.isdecimal() and len(person) < 20 else 0
    if not Customer.objects.filter(pk=number).exists():
        raise WordsRefused(_("There is no such customer any more."))
    return values([number], shop=the_shop())[number]


def _example() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, example in available().items():
        room, _dot, field = name.partition(".")
        found.setdefault(room, {})[field] = example
    return found


def finding_words(finding: lint.Finding) -> str:
    """What is wrong with a letter, in a sentence."""
    sentences = {
        "cannot_be_filled": _("A field cannot be filled: {what}"),
        "unknown_field": _("There is no field called {what}."),
        "needs_default": _("Not everybody has {what}: say what stands there otherwise, or those people get nothing. For example: | default: 'friend'"),
        "no_subject": _("The subject is missing."),
        "no_words": _("The letter is empty."),
        "unfinished": _("Something is still to be filled in: {what}"),
        "long_subject": _("The subject has {what} characters; phones show about 40."),
        "many_links": _("It has many links, as unwanted mail has."),
        "clipped": _("It is so long ({what} bytes) that some mail programs cut it off."),
        "shouting": _("The subject shouts: {what}"),
        "money_words": _("Unwanted mail says this too: {what}"),
        "losing_money": _("“{what}”: customers know that no shop sells at a loss. Is it true?"),
        "false_urgency": _("“{what}”: is it really over after that?"),
        "reduction_claim": _("“{what}”: was the earlier price really asked, and for how long?"),
        "false_scarcity": _("“{what}”: are there really no more?"),
        "advertises": _("“{what}” advertises. An announcement goes to people who said no to advertising too: leave it out."),
    }  # fmt: skip
    return sentences[finding.code].format(what=finding.what)
