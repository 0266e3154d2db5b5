"""When may each person be contacted? Their zone and market, for the quiet hours of policy."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from regulars.customers.models import Identifier, Preference
from regulars.decisions.models import ContactRules
from regulars.policy.markets import MarketRule, ShopHours, rules_of, span, strictest
from regulars.policy.quiet_hours import ClosedDays, next_allowed, public_holidays
from regulars.policy.zones import UnknownZone, Whereabouts, subdivision_of, zone, zone_of
from regulars.shop.models import Shop, the_shop

Quiet = Callable[[dt.datetime, dt.datetime | None], tuple[dt.datetime | None, str]]
LIKE_EMAIL = {"webhook": "email"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an identifier says its person is."""

    country: str
    region: str
    postcode: str
    phone: str


def allowed_hours(shop: Shop, rules: ContactRules, *, on: dt.date) -> Callable[[Whereabouts, str], Quiet]:
    """By whereabouts and channel, the function that gives the first allowed time from a time on, and what it waits for.

    Most people share their whereabouts with many, so each is worked out once.
    """
    hours = hours_of(rules)

    @lru_cache(maxsize=4096)
    def of(there: Whereabouts, channel: str) -> Quiet:
        zones = zone_of(there, shop=shop.zone).names
        rule = _rule(there, shop, LIKE_EMAIL.get(channel, channel), hours, on)
        country = there.country or shop.country
        subdivision = subdivision_of(country, there.region, there.postcode)
        closed = ClosedDays(_holidays(country, subdivision, on.year), hours.closed_days)

        def first(at: dt.datetime, until: dt.datetime | None) -> tuple[dt.datetime | None, str]:
            found = next_allowed(at, zones=zones, rule=rule, closed_days=closed, until=until)
            return found.at, found.reason

        return first

    return of


def quiet_of(
    places: Mapping[int, Sequence[Place]],
    preferences: Mapping[int, str],
    hours: Callable[[Whereabouts, str], Quiet],
) -> Callable[[int, str], Quiet]:
    """The same by person and channel. places: of each person, newest first; preferences: the zone they chose, if any."""
    return lambda person, channel: hours(_whereabouts(places.get(person, ()), preferences.get(person, "")), channel)


def zones_of(persons: Sequence[int]) -> dict[int, str]:
    """One zone name for each of these customers, the shop's where nothing is known: for wall times."""
    shop, owner = the_shop(), {}
    places: dict[int, list[Place]] = {person: [] for person in persons}
    fields = ("id", "customer_id", "kind", "value", "country", "region", "postcode")
    rows = Identifier.objects.filter(customer_id__in=list(persons)).order_by("-seen_at", "id")
    for pk, person, kind, value, country, region, postcode in rows.values_list(*fields):
        owner[pk] = person
        places[person].append(Place(country, region, postcode, value if kind == "phone" and value[:1] == "+" else ""))
    chosen = preferences_of(owner)
    return {
        person: zone_of(_whereabouts(found, chosen.get(person, ("", False))[0]), shop=shop.zone).names[0]
        for person, found in places.items()
    }


def preferences_of(owner: Mapping[int, int]) -> dict[int, tuple[str, bool]]:
    """The zone that each person chose last, and whether they asked to hear less often; owner: customer by identifier."""
    rows = Preference.objects.filter(identifier_id__in=list(owner)).order_by("at")
    return {owner[pk]: (zone, less) for pk, zone, less in rows.values_list("identifier_id", "zone", "less_often")}


def hours_of(rules: ContactRules) -> ShopHours:
    """The merchant's hours, as policy reads them."""
    hours = {channel: span(begins, ends) for channel, (begins, ends) in sorted(rules.hours.items())}
    return ShopHours(hours=hours, closed_days=frozenset(rules.closed()))


def _whereabouts(places: Iterable[Place], chosen: str) -> Whereabouts:
    """The newest address, and any phone number."""
    found = list(places)
    at = next((place for place in found if place.country), Place("", "", "", ""))
    phone = next((place.phone for place in found if place.phone), "")
    return Whereabouts(
        _sound(chosen), at.country.upper() if len(at.country) == 2 else "", at.region, at.postcode, phone
    )


def _sound(name: str) -> str:
    try:
        return name and str(zone(name))
    except UnknownZone:
        return ""


def _rule(there: Whereabouts, shop: Shop, channel: str, hours: ShopHours, on: dt.date) -> MarketRule:
    """The strictest of the person's market and the shop's."""
    subdivision = subdivision_of(there.country, there.region, there.postcode)
    countries = dict.fromkeys([(there.country, subdivision), (shop.country, "")])
    return strictest(rules_of(country, part, channel, on=on, shop=hours) for country, part in countries)


def _holidays(country: str, subdivision: str, year: int) -> frozenset[dt.date]:
    if not country:
        return frozenset()
    return frozenset(public_holidays(country, subdivision, (year, year + 1)))
