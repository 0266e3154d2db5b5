"""When may each person be contacted? Their zone and market, for the quiet hours of policy."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from regulars.customers.models import Identifier, Preference
from regulars.decisions.models import ContactRules
from regulars.policy.markets import MarketRule, ShopHours, rules_of, span, strictest
from regulars.policy.quiet_hours import ClosedDays, next_allowed, public_holidays
from regulars.policy.zones import UnknownZone, Whereabouts, subdivision_of, zone, zone_of
from regulars.shop.among import among
from regulars.shop.models import Shop, the_shop

Quiet = Callable[[dt.datetime, dt.datetime | None], tuple[dt.datetime | None, str]]
LIKE_EMAIL = {"webhook": "email"}


class Place(NamedTuple):
    """Where an identifier says its person is."""

    country: str
    region: str
    postcode: str
    phone: str


def allowed_hours(shop: Shop, rules: ContactRules, *, on: dt.date) -> Callable[[Whereabouts, str], Quiet]:
    """By whereabouts and channel, the function that gives the first allowed time from a time on, and what it waits for.

    Most people share zones, market and channel with many, and what is planned at once its time: each is worked out once.
    """
    hours = hours_of(rules)

    @lru_cache(maxsize=4096)
    def within(zones: tuple[str, ...], country: str, part: str, holidays_of: str, channel: str) -> Quiet:
        rule = _rule(country, part, shop, channel, (hours, on))
        closed = ClosedDays(_holidays(country or shop.country, holidays_of, on.year), hours.closed_days)

        @lru_cache(maxsize=256)
        def first(at: dt.datetime, until: dt.datetime | None) -> tuple[dt.datetime | None, str]:
            found = next_allowed(at, zones=zones, rule=rule, closed_days=closed, until=until)
            return found.at, found.reason

        return first

    @lru_cache(maxsize=4096)
    def of(there: Whereabouts, channel: str) -> Quiet:
        part = subdivision_of(there.country, there.region, there.postcode)
        holidays_of = part if there.country else subdivision_of(shop.country, there.region, there.postcode)
        zones = zone_of(there, shop=shop.zone).names
        return within(zones, there.country, part, holidays_of, LIKE_EMAIL.get(channel, channel))

    return of


def quiet_of(
    places: Mapping[int, Sequence[Place]],
    preferences: Mapping[int, str],
    hours: Callable[[Whereabouts, str], Quiet],
) -> Callable[[int, str], Quiet]:
    """The same by person and channel. places: of each person, newest first; preferences: the zone they chose, if any."""

    @lru_cache(maxsize=1024)
    def of(theirs: tuple[Place, ...], zone: str, channel: str) -> Quiet:
        return hours(_whereabouts(theirs, zone), channel)

    return lambda person, channel: of(tuple(places.get(person, ())), preferences.get(person, ""), channel)


def zones_of(persons: Sequence[int]) -> dict[int, str]:
    """One zone name for each of these customers, the shop's where nothing is known: for wall times."""
    shop, owner = the_shop(), {}
    places: dict[int, list[Place]] = {person: [] for person in persons}
    fields = ("id", "customer_id", "kind", "value", "country", "region", "postcode")
    rows = Identifier.objects.filter(among(customer_id=persons)).order_by("-seen_at", "id")
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
    rows = Preference.objects.filter(among(identifier_id=owner)).order_by("at")
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


def _rule(country: str, part: str, shop: Shop, channel: str, when: tuple[ShopHours, dt.date]) -> MarketRule:
    """The strictest of the person's market and the shop's."""
    hours, on = when
    markets = dict.fromkeys([(country, part), (shop.country, "")])
    return strictest(rules_of(country, part, channel, on=on, shop=hours) for country, part in markets)


def _holidays(country: str, subdivision: str, year: int) -> frozenset[dt.date]:
    if not country:
        return frozenset()
    return frozenset(public_holidays(country, subdivision, (year, year + 1)))
