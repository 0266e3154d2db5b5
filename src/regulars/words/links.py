"""Which links of a letter can be counted, and the letter with other addresses in their place."""

import html as markup
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

HREF = re.compile(r'(<a\b[^>]*?\bhref=")([^"]*)(")', re.IGNORECASE)
FIELDS = ("{{", "{%")


def targets(page: str) -> tuple[str, ...]:
    """Where the links of a letter's HTML lead, each once, in their order.

    Only web addresses that are the same for everybody: one with a field in it may hold what we know of a person, so it is
    never written down, and never counted.
    """
    found = (markup.unescape(match[2]).strip() for match in HREF.finditer(page))
    return tuple(dict.fromkeys(link for link in found if _countable(link)))


def replaced(page: str, text: str, instead: Mapping[str, str]) -> tuple[str, str]:
    """The letter's HTML and text with these links replaced; everything else stays as it is."""
    if not instead:
        return page, text

    def other(match: re.Match[str]) -> str:
        target = markup.unescape(match[2]).strip()
        return f"{match[1]}{markup.escape(instead[target])}{match[3]}" if target in instead else match[0]

    longest_first = sorted(instead, key=len, reverse=True)
    written = re.compile(rf"(?<![^\s(])(?:{'|'.join(map(re.escape, longest_first))})(?=[\s)]|$)")
    plain = written.sub(lambda match: instead[match[0]], text)
    return HREF.sub(other, page), plain


def _countable(link: str) -> bool:
    if any(mark in link for mark in FIELDS):
        return False
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.netloc)
