"""Which fonts a text is printed in, so that every character of every name is printed, or nothing is.

Fonts come from files given, then from where systems keep them; on Debian `fonts-dejavu-core` (3 MB) covers European scripts, and
`fonts-wqy-microhei` (5 MB) or the finer but larger `fonts-noto-cjk` (91 MB) covers Chinese, Japanese and Korean. Without any font file
only Latin-1 can be printed, in a core font that is not embedded, which print shops dislike.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

# The collection's member for a language, in the order of Noto Sans CJK.
NOTO_CJK_MEMBERS = {"ja": 0, "ko": 1, "zh-hant": 3, "zh-tw": 3, "zh-hk": 4}
NOTO_CJK_SIMPLIFIED = 2
SYSTEM_FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "C:/Windows/Fonts/arial.ttf",
    "C:/Windows/Fonts/msyh.ttc",
)
CHARACTERS_NAMED_MAX = 20
# Invisible characters that steer a screen and have no place on paper.
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
# Scripts written from the right, or whose letters join or move: without a shaping engine they would be printed wrong.
NEEDS_SHAPING = re.compile(r"[\u0590-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb1d-\ufdff\ufe70-\ufefc]")


class MissingGlyphs(ValueError):
    """No font at hand prints these characters rightly; `characters` names up to twenty, each once."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = "".join(sorted(set(characters))[:CHARACTERS_NAMED_MAX])
        super().__init__(self.characters)


@dataclass(frozen=True)
class Face:
    """One font: a file and its member of a collection, or no file for the core font; `covered` are the code points it has."""

    path: str
    member: int
    covered: frozenset[int]


CORE = Face("", 0, frozenset([*range(0x20, 0x7F), *range(0xA0, 0x100)]))


def printable(text: str) -> str:
    """The text as it can stand on paper: letters composed, invisible characters gone, line breaks kept."""
    return INVISIBLE.sub(
        "", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ").replace("\u00a0", " "))
    )


def faces_for(characters: Iterable[str], given: Sequence[Path] = (), *, language: str = "") -> tuple[Face, ...]:
    """The fewest fonts that print all characters, the leading one first: one font if one suffices, files given before the system's.

    `language` chooses among the Han forms of Noto Sans CJK (simplified Chinese without it). Raises MissingGlyphs, and FileNotFoundError
    for a file given that is not there.
    """
    wanted = {ord(character) for character in characters if character != "\n"}
    if odd := [chr(code) for code in wanted if NEEDS_SHAPING.match(chr(code))]:
        raise MissingGlyphs(odd)
    chosen: list[Face] = []
    left = wanted
    candidates = list(_candidates(given, language))
    for face in candidates:
        if wanted <= face.covered:
            return (face,)
    for face in candidates:
        if left & face.covered:
            chosen.append(face)
            left = left - face.covered
        if not left:
            return tuple(chosen)
    if not candidates and wanted <= CORE.covered:
        return (CORE,)
    raise MissingGlyphs(map(chr, left))


def installed() -> dict[str, Path]:
    """The fonts this machine has, by the name of their file."""
    return {Path(name).name: Path(name) for name in SYSTEM_FONTS if Path(name).is_file()}


def _candidates(given: Sequence[Path], language: str) -> Iterable[Face]:
    """The fonts there are, opened one after another as they are asked for."""
    for path in given:
        yield _face(str(path), _member(str(path), language))
    for name in SYSTEM_FONTS:
        if Path(name).is_file():
            yield _face(name, _member(name, language))


def _member(path: str, language: str) -> int:
    if "CJK" not in path or not path.endswith((".ttc", ".otc")):
        return 0
    tag = language.casefold().replace("_", "-")
    return NOTO_CJK_MEMBERS.get(tag, NOTO_CJK_MEMBERS.get(tag.split("-")[0], NOTO_CJK_SIMPLIFIED))


@functools.lru_cache(maxsize=16)
def _face(path: str, member: int) -> Face:
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=member, lazy=True) as font:
        return Face(path, member, frozenset(font.getBestCmap() or ()))
