"""Files that go with a letter: kept once by what they hold, never changed, and only of kinds that every mail program shows.

A file is what its first bytes say; a name that says otherwise is refused.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from regulars.shop import current
from regulars.words.models import Enclosure, Version
from regulars.words.sandbox import WordsRefused

TOGETHER_BYTES_MAX = 2_000_000
FILES_MAX = 5
NAME_CHARACTERS_MAX = 80
# Signs that steer a terminal, a header, a path or the direction of writing.
UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff<>:"/\\|?*;%]+')
ANOTHER_KIND = re.compile(rb"\s*(?:<|#!|%PDF|PK\x03\x04|MZ|\x7fELF|BEGIN:VCALENDAR)", re.IGNORECASE)


class EnclosureRefused(WordsRefused):
    """A file cannot go with a letter. code: "kind", "content", "empty", "too_large", "too_many" or "gone"; name: the file's."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(f"{name}: {code}")
        self.code, self.name = code, name


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes with a letter. kind: its media type; hash: SHA-256 of the content; size: bytes."""

    name: str
    kind: str
    hash: str
    size: int
    content: bytes = field(default=b"", repr=False, compare=False)


def _is_text(content: bytes) -> bool:
    try:
        words = content.decode()
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", words)


def _is_calendar(content: bytes) -> bool:
    said = content.removeprefix(b"\xef\xbb\xbf").strip()
    return said.startswith(b"BEGIN:VCALENDAR") and said.endswith(b"END:VCALENDAR") and _is_text(content)


def _begins(*signs: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signs)


KINDS: Mapping[str, tuple[str, Callable[[bytes], bool]]] = {
    ".pdf": ("application/pdf", _begins(b"%PDF-")),
    ".png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ".jpg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".ics": ("text/calendar", _is_calendar),
    ".txt": ("text/plain", lambda content: _is_text(content) and not ANOTHER_KIND.match(content)),
}
"""By the end of the name: the media type, and whether the content is such."""


def accept(name: str, content: bytes) -> Enclosed:
    """A file as it may go with a letter, its name cleaned. Raises EnclosureRefused."""
    plain = cleaned(name)
    stem, dot, end = plain.rpartition(".")
    kind, is_such = KINDS.get(f".{end.lower()}" if dot else "", ("", _begins()))
    if not kind or not stem:
        raise EnclosureRefused("kind", plain)
    if not content:
        raise EnclosureRefused("empty", plain)
    if len(content) > TOGETHER_BYTES_MAX:
        raise EnclosureRefused("too_large", plain)
    if not is_such(content):
        raise EnclosureRefused("content", plain)
    return Enclosed(plain, kind, hashlib.sha256(content).hexdigest(), len(content), content)


def cleaned(name: str) -> str:
    """The end of a file's name without folders, hidden files, or signs that mean something elsewhere."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = " ".join(UNFIT.sub("_", last).split()).strip(". ")
    stem, dot, end = plain.rpartition(".")
    return (
        f"{stem[: NAME_CHARACTERS_MAX - len(end) - 1].rstrip('. ')}.{end.lower()}"
        if dot
        else plain[:NAME_CHARACTERS_MAX]
    )


def check(files: Sequence[Enclosed]) -> None:
    """Whether these may go together. Raises EnclosureRefused."""
    if len(files) > FILES_MAX:
        raise EnclosureRefused("too_many")
    if sum(file.size for file in files) > TOGETHER_BYTES_MAX:
        raise EnclosureRefused("too_large")


def keep(files: Sequence[Enclosed]) -> list[dict[str, Any]]:
    """Keep these files, each content once; returns how a version names them. Raises EnclosureRefused."""
    check(files)
    for file in files:
        if file.content:
            Enclosure.objects.get_or_create(hash=file.hash, defaults={"content": file.content})
    return [{"name": file.name, "kind": file.kind, "hash": file.hash, "size": file.size} for file in files]


def named(version: Version) -> tuple[Enclosed, ...]:
    """The files of a version by name, without what they hold."""
    return tuple(Enclosed(**said) for said in version.attachments)


def of(version: Version) -> tuple[Enclosed, ...]:
    """The files of a version with what they hold. Raises EnclosureRefused when one is gone."""
    return tuple(replace(file, content=_content(file.hash, current.alias())) for file in named(version))


@lru_cache(maxsize=2 * FILES_MAX)
def _content(hash_: str, alias: str) -> bytes:
    """What a file holds: the same for ever, so it is kept in memory. alias: of the shop at hand."""
    found = Enclosure.objects.using(alias).filter(pk=hash_).values_list("content", flat=True).first()
    if found is None:
        raise EnclosureRefused("gone")
    return bytes(found)
