"""Write a letter, choose its language for a person, and fill it. Versions are never changed: what was sent can be shown."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from regulars.shop import current
from regulars.words import enclosures
from regulars.words.blocks import compile_html, compile_text
from regulars.words.enclosures import Enclosed
from regulars.words.models import Letter, Version
from regulars.words.sandbox import WordsRefused, fill, template

LANGUAGES = ("en", "zh-hans", "de", "fr", "es", "it", "nl", "pt", "ja", "ko")


@dataclass(frozen=True)
class Draft:
    """What somebody wrote, in one language."""

    language: str
    subject: str
    blocks: Sequence[Mapping[str, Any]]
    preview: str = ""
    attachments: tuple[Enclosed, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """A letter to one person."""

    subject: str
    preview: str
    html: str
    text: str
    language: str
    attachments: tuple[Enclosed, ...] = ()


def compiled(draft: Draft) -> tuple[str, str]:
    """HTML and text of a draft. Raises WordsRefused."""
    html, text = compile_html(draft.blocks, language=draft.language), compile_text(draft.blocks)
    for words, escaped in ((draft.subject, False), (draft.preview, False), (text, False), (html, True)):
        template(words, html=escaped)
    if any(ord(letter) < 32 for letter in draft.subject):
        raise WordsRefused("a subject is one line")
    return html, text


def write(letter: Letter, draft: Draft, *, by: str, at: dt.datetime) -> Version:
    """A new version of a letter; the same words and files again are the version that is there. Raises WordsRefused."""
    html, text = compiled(draft)
    with current.atomic():
        files = enclosures.keep(draft.attachments)
        newest = Version.objects.filter(letter=letter, language=draft.language).order_by("-number").first()
        same = newest is not None and (newest.subject, newest.preview, newest.html, newest.text, newest.attachments) == (
            draft.subject, draft.preview, html, text, files,
        )  # fmt: skip
        if newest is not None and same:
            return newest
        return Version.objects.create(
            letter=letter, language=draft.language, number=(newest.number if newest else 0) + 1, subject=draft.subject,
            preview=draft.preview, blocks=list(draft.blocks), html=html, text=text, attachments=files,
            made_by=by, at=at,
        )  # fmt: skip


def copied(letter_id: int, *, by: str, at: dt.datetime) -> Letter:
    """A new letter that says the same in every language, with the same files, to be changed."""
    with current.atomic():
        first = Letter.objects.get(pk=letter_id)
        made = Letter.objects.create(name=first.name, count_clicks=first.count_clicks, made_by=by, at=at)
        for version in newest(letter_id).values():
            write(made, draft_of(version), by=by, at=at)
    return made


def draft_of(version: Version) -> Draft:
    """The words of a version, to be changed."""
    return Draft(version.language, version.subject, version.blocks, version.preview, enclosures.named(version))


def leave_out(letter_id: int, language: str) -> None:
    """Take a language out of a letter that nobody was written with yet."""
    Version.objects.filter(letter_id=letter_id, language=language).delete()


def newest(letter_id: int) -> dict[str, Version]:
    """The version in force of each language."""
    rows = Version.objects.filter(letter_id=letter_id).select_related("letter").order_by("number")
    return {version.language: version for version in rows}


def chosen(versions: Mapping[str, Version], wanted: str) -> Version:
    """The version for a person who reads `wanted`: that language, its base language, English, or whatever there is.

    Raises WordsRefused for a letter without words.
    """
    for language in (wanted, wanted.split("-", maxsplit=1)[0], "en"):
        if language in versions:
            return versions[language]
    if not versions:
        raise WordsRefused("this letter has no words yet")
    return versions[min(versions)]


def why_written(letter: Letter, wanted: str) -> str:
    """Why people get this letter, for one who reads `wanted`: in that language, its base language, English, or whatever
    there is; "" where nobody said."""
    for language in (wanted, wanted.split("-", maxsplit=1)[0], "en"):
        if language in letter.told:
            return str(letter.told[language])
    return str(letter.told[min(letter.told)]) if letter.told else ""


def filled(version: Version, values: Mapping[str, Any], page: tuple[str, str] | None = None) -> Filled:
    """The letter to one person. page: HTML and text to take instead, with counted links. Raises WordsRefused when a value
    is missing."""
    html, text = page or (version.html, version.text)
    subject = " ".join(fill(version.subject, values, html=False).split())
    return Filled(
        subject=subject, preview=fill(version.preview, values, html=False), html=fill(html, values, html=True),
        text=fill(text, values, html=False), language=version.language,
        attachments=enclosures.of(version),
    )  # fmt: skip


@lru_cache(maxsize=256)
def kept(version_id: int, alias: str) -> Version:
    """A version by id; versions never change, so they are kept in memory. alias: of the shop at hand."""
    return Version.objects.using(alias).get(pk=version_id)
