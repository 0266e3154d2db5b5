"""A postal address in the line order of its own country, as the Universal Postal Union's country guides give it.

A line is left out when nothing of it is known. In China, Japan, Korea and Taiwan the order turns round when the address is written in the
country's own letters, and the name gets its particle.
"""

import re
from dataclasses import dataclass

LINES_MAX = 8
CHARACTERS_PER_LINE_MAX = 200

PERSON = "{name}|{company}|{address}"
CODE_FIRST = f"{PERSON}|{{postcode}} {{city}}"
CODE_LAST = f"{PERSON}|{{city}} {{region}} {{postcode}}"
# Capital letters in a name mean that the part is written in capitals.
ORDERS = {
    **dict.fromkeys(("AT", "BE", "CH", "CZ", "DE", "DK", "EE", "FI", "GR", "HR", "IL", "IS", "LI", "LT", "LU", "LV", "MC", "NL", "NO", "PL",
                     "PT", "RO", "RS", "SE", "SI", "SK", "TR"), CODE_FIRST),
    **dict.fromkeys(("US", "CA", "AU", "TW"), CODE_LAST),
    **dict.fromkeys(("ES", "IT"), f"{PERSON}|{{postcode}} {{city}} {{region}}"),
    "FR": f"{PERSON}|{{postcode}} {{CITY}}",
    "GB": f"{PERSON}|{{CITY}}|{{POSTCODE}}",
    "IE": f"{PERSON}|{{city}}|{{region}}|{{postcode}}",
    **dict.fromkeys(("NZ", "SG", "TH", "SA"), f"{PERSON}|{{city}} {{postcode}}"),
    "IN": f"{PERSON}|{{city}} {{postcode}}|{{region}}",
    "HK": f"{PERSON}|{{city}}|{{region}}",
    "BR": f"{PERSON}|{{city}} - {{region}}|{{postcode}}",
    "MX": f"{PERSON}|{{postcode}} {{city}}, {{region}}",
    **dict.fromkeys(("RU", "UA"), f"{PERSON}|{{city}}|{{region}}|{{postcode}}"),
    "CN": f"{PERSON}|{{city}}, {{region}}|{{postcode}}",
    "JP": f"{PERSON}|{{city}}, {{region}} {{postcode}}",
    "KR": f"{PERSON}|{{city}} {{region}} {{postcode}}",
}  # fmt: skip
ELSEWHERE = f"{PERSON}|{{postcode}} {{city}}|{{region}}"
LARGE_TO_SMALL = {
    "CN": "{postcode}|{region}{city}{address}|{company}|{name} 收",
    "TW": "{postcode}|{region}{city}{address}|{company}|{name} 收",
    "HK": "{region}{city}{address}|{company}|{name} 收",
    "JP": "〒{postcode}|{region}{city}{address}|{company}|{name} 様",
    "KR": "{region} {city} {address}|{company}|{name} 귀하|{postcode}",
}
OWN_LETTERS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Address:
    """Where somebody lives; `address` is street and number in one or more lines, `country` two letters of ISO 3166."""

    name: str = ""
    company: str = ""
    address: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""
    country: str = ""


class Incomplete(ValueError):
    """An address that no post office could deliver to: `missing` names what it lacks."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def lines(address: Address, *, country_name: str = "") -> tuple[str, ...]:
    """The lines to print, at most eight. `country_name` goes last, in capitals: give it for abroad, in the sender's language.

    Raises Incomplete without a name or company, a street, or a city.
    """
    missing = tuple(part for part, known in _needed(address).items() if not known.strip())
    if missing:
        raise Incomplete(missing)
    country = address.country.upper()
    own = bool(OWN_LETTERS.search(address.address))
    order = LARGE_TO_SMALL[country] if own and country in LARGE_TO_SMALL else ORDERS.get(country, ELSEWHERE)
    written = [line for template in order.split("|") for line in _line(template, address)]
    if country_name.strip():
        written.append(_plain(country_name).upper())
    return tuple(written[:LINES_MAX])


def _needed(address: Address) -> dict[str, str]:
    return {"name": address.name + address.company, "address": address.address, "city": address.city + address.postcode}


def _line(template: str, address: Address) -> list[str]:
    """The line or lines that a template makes; none when all its parts are empty."""
    values = {name: _value(address, name) for name in PART.findall(template)}
    if not any(values.values()):
        return []
    if template == "{address}":
        return values["address"].split("\n")
    joined = PART.sub(lambda found: values[found[1]].replace("\n", " "), template)
    joined = re.sub(r"\s+", " ", joined).strip(" ,-")
    return [re.sub(r"[ ,-]+(?=,)", "", joined)[:CHARACTERS_PER_LINE_MAX]]


def _value(address: Address, name: str) -> str:
    rows = [_plain(row) for row in str(getattr(address, name.lower())).splitlines()]
    value = "\n".join(row for row in rows if row)
    return value.upper() if name.isupper() else value


def _plain(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()[:CHARACTERS_PER_LINE_MAX]
