"""When are two spellings the same identifier, and which values identify nobody?

Pure. E-mail spelling is unified set-wise in `sources.clean.values.email`; phones need the numbering plans, hence here.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

NAMES_PER_IDENTIFIER_MAX = 5
IDENTIFIERS_PER_KIND_MAX = 5
DIGITS_MIN = 7

# Values that many people share or that stand for nobody (after Segment's list, with shop systems' own). A marketplace's
# relay address is one buyer's and stays; an address that many names share is found by counting (identity.py).
BLOCKED_VALUE = re.compile(
    r"^(?:[0-]*|-1|null|none|n/?a|unknown|anonymous|guest|test|undefined)$"
    r"|^(?:no-?reply|donotreply|admin|administrator|test|guest|noemail|none|n/?a|nobody|marketplace|amazon|ebay|etsy)@"
    r"|@(?:localhost|invalid|test)$",
    re.IGNORECASE,
)


def blocked(value: str) -> str:
    """Why a normalised value identifies nobody (`placeholder`), or empty."""
    return "placeholder" if BLOCKED_VALUE.search(value) else ""


@lru_cache(maxsize=1)
def _region_by_name() -> dict[str, str]:
    import phonenumbers

    return {region.lower(): region for region in phonenumbers.SUPPORTED_REGIONS}


def phone(said: str, country: str) -> str:
    """A phone number in E.164 (`+49301234567`), else its digits behind `~`, else empty when it is none.

    `country` is a two-letter code that explains national numbers; a doubled trunk zero (`+88001...`) is understood.
    """
    import phonenumbers

    text = said.strip().lstrip("'")
    digits = re.sub(r"\D", "", text)
    if len(digits) < DIGITS_MIN or len(digits) > 16:
        return ""
    if text.startswith("00"):
        text = "+" + text[2:]
    region = _region_by_name().get(country.strip().lower())
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return f"~{digits}"
    if not phonenumbers.is_possible_number(number):
        return f"~{digits}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phones(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """(said, country, normalised) for each distinct (said, country)."""
    return [(said, country, phone(said, country)) for said, country in pairs]
