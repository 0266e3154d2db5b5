"""How many parts a text message takes, and which characters make it dear.

A text goes out in GSM-7 (3GPP TS 23.038, default alphabet and its extension table) or, if one character lies outside it, whole in UCS-2.
Longer texts are sent in parts, each a little smaller for the header that joins them (3GPP TS 23.040, 9.2.3.24).
"""

import unicodedata
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape and a second unit

# Units in a lone message, and in each part of a longer one.
UNITS_MAX: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
UNITS_TOLL_FREE_MAX: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 152), "UCS-2": (70, 66)}

PLAINER = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´`", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u200a\u202f\t", " "),
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
        "…": "...",
        "•": "-",
    }
)


@dataclass(frozen=True)
class Parts:
    """How a text is sent: units used, parts to pay for, units left in the last part, and what forced UCS-2, each once."""

    encoding: Encoding
    units: int
    parts: int
    left: int
    culprits: tuple[str, ...]


def parts(text: str, *, toll_free: bool = False) -> Parts:
    """The parts `text` is sent in; an empty text takes none.

    Units are septets in GSM-7 (two for a character of the extension table) and 16-bit units in UCS-2 (two beyond U+FFFF). Neither
    pair is split, so a part may stay one unit short. `toll_free` counts as the toll-free numbers of the USA and Canada do.
    """
    culprits = tuple(dict.fromkeys(c for c in text if c not in BASIC and c not in EXTENDED))
    encoding: Encoding = "UCS-2" if culprits else "GSM-7"
    sizes = [_units(character, encoding) for character in text]
    alone, each = (UNITS_TOLL_FREE_MAX if toll_free else UNITS_MAX)[encoding]
    total = sum(sizes)
    if total <= alone:
        return Parts(encoding, total, 1 if text else 0, alone - total, culprits)
    count, used = _filled(sizes, each)
    return Parts(encoding, total, count, each - used, culprits)


def plain(text: str) -> str:
    """The text with curly quotes, dashes, ellipses and odd spaces written in GSM-7, accents composed, invisible characters gone.

    Letters stay as they are: "ç" does not become "c", since that would change somebody's name.
    """
    return unicodedata.normalize("NFC", text).translate(PLAINER)


def _units(character: str, encoding: Encoding) -> int:
    if encoding == "GSM-7":
        return 2 if character in EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _filled(sizes: list[int], each: int) -> tuple[int, int]:
    """The number of parts of `each` units that hold all, and the units used in the last."""
    count, used = 1, 0
    for size in sizes:
        if used + size > each:
            count, used = count + 1, 0
        used += size
    return count, used
