"""In which time zone does a person live, and how do we know?

The ladder: their own setting, the delivery address, the region of the phone number (a guess: people move), the shop. Where
an address leaves several zones open all of them come back, and a time must then suit all of them.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo


class UnknownZone(ValueError):
    """A name that the IANA time zone database does not have."""


@dataclass(frozen=True)
class Whereabouts:
    """What is known of a person, each "" if not. zone: their own setting, an IANA name. country: ISO 3166-1, as US.

    region: ISO 3166-2 (CA or US-CA) or the English name. phone: E.164, as +12125550123.
    """

    zone: str = ""
    country: str = ""
    region: str = ""
    postcode: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Zones:
    """IANA names, more than one while the zone is not known; source: own, address, phone or shop."""

    names: tuple[str, ...]
    source: str

    @property
    def sure(self) -> bool:
        """There is one zone only."""
        return len(self.names) == 1


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(f"no such time zone: {name!r}") from error


def zone_of(known: Whereabouts, *, shop: str) -> Zones:
    """The first rung that names one zone, else the narrowest choice of several; `shop` is the shop's own zone.

    Raises UnknownZone if the person's own setting or the shop's is none; a country we do not know says nothing.
    """
    if known.zone:
        return Zones((zone(known.zone).key,), "own")
    address = _of_address(known.country, known.region, known.postcode)
    if len(address) == 1:
        return Zones(address, "address")
    phone = _of_phone(known.phone, known.country if address else "") if known.phone else ()
    if len(phone) == 1:
        return Zones(phone, "phone")
    if address:
        return Zones(address, "address")
    return Zones(phone, "phone") if phone else Zones((zone(shop).key,), "shop")


def zones_of_country(country: str) -> tuple[str, ...]:
    """Every zone of the country (ISO 3166-1), one of each behaviour; none if we do not know the country."""
    return tuple(_table()["countries"].get(country, "").split())


@lru_cache(maxsize=8192)
def subdivision_of(country: str, region: str, postcode: str) -> str:
    """The ISO 3166-2 part (FL) that an address lies in, from its region or else its postcode; "" if neither tells."""
    code = region.strip().upper().removeprefix(f"{country}-")
    if any(code in kept.split() for kept in _table()["regions"].get(country, {}).values()):
        return code
    names = dict(pair.upper().split("=") for pair in _table()["region_names"].get(country, "").split())
    named = names.get("_".join(code.split()))
    return named or _by_postcode("postcode_regions", country, postcode)


@lru_cache(maxsize=8192)
def _of_address(country: str, region: str, postcode: str) -> tuple[str, ...]:
    direct = _by_postcode("postcode_zones", country, postcode)
    if direct:
        return (direct,)
    part = subdivision_of(country, region, postcode)
    local = tuple(name for name, kept in _table()["regions"].get(country, {}).items() if part in kept.split())
    return local or zones_of_country(country)


def _by_postcode(table: str, country: str, postcode: str) -> str:
    """What a table of prefixes says, "" if nothing."""
    ranges = _table()[table].get(country)
    code = "".join(letter for letter in postcode.upper() if letter.isalnum())
    if not ranges or not code:
        return ""
    if code.isdigit():
        code = code.zfill(_table()["postcode_digits"].get(country, 0))
    for entry in ranges.split():
        what, prefixes = entry.split("=")
        first, _, last = prefixes.partition("-")
        if first <= code[: len(first)] <= (last or first):
            return str(what)
    return ""


def _of_phone(number: str, country: str) -> tuple[str, ...]:
    """The zone of the number's area or every zone of its country; none if the address is in another country."""
    import phonenumbers
    from phonenumbers import timezone

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    region = phonenumbers.region_code_for_number(parsed) or ""
    if country and region != country:
        return ()
    kept = zones_of_country(region)
    if len(kept) == 1:
        return kept
    names = tuple(timezone.time_zones_for_number(parsed))
    return names if len(names) == 1 and names[0] != "Etc/Unknown" else kept


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files("regulars.policy").joinpath("zones.toml").read_text(encoding="utf-8"))
