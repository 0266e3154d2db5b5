"""The ladder that finds a person's zone, and its source beside it."""

from zoneinfo import available_timezones

import pytest

from regulars.policy import zones
from regulars.policy.zones import UnknownZone, Whereabouts, Zones, subdivision_of, zone_of, zones_of_country

SHOP = "Europe/Paris"


@pytest.mark.parametrize(
    ("known", "names", "source"),
    [
        (Whereabouts(zone="Asia/Tokyo", country="US", phone="+33123456789"), "Asia/Tokyo", "own"),
        (Whereabouts(country="DE"), "Europe/Berlin", "address"),
        (Whereabouts(country="CN", phone="+12125550123"), "Asia/Shanghai", "address"),
        (Whereabouts(country="US", region="CA"), "America/Los_Angeles", "address"),
        (Whereabouts(country="US", region="US-NY"), "America/New_York", "address"),
        (Whereabouts(country="US", region="new york "), "America/New_York", "address"),
        (Whereabouts(country="US", postcode="94103-1234"), "America/Los_Angeles", "address"),
        (Whereabouts(country="US", postcode="2138"), "America/New_York", "address"),
        (Whereabouts(country="CA", postcode="v5k 0a1"), "America/Vancouver America/Edmonton", "address"),
        (Whereabouts(country="CA", region="Québec"), "America/Toronto", "address"),
        (Whereabouts(country="AU", postcode="6000"), "Australia/Perth", "address"),
        (Whereabouts(country="BR", region="SP"), "America/Sao_Paulo", "address"),
        (Whereabouts(country="RU", region="MOW"), "Europe/Moscow", "address"),
        (Whereabouts(country="ES", postcode="35001"), "Atlantic/Canary", "address"),
        (Whereabouts(country="ES", postcode="28001"), "Europe/Madrid", "address"),
        (Whereabouts(country="FR", postcode="97400"), "Indian/Reunion", "address"),
        (Whereabouts(country="US", phone="+13055550100"), "America/New_York", "phone"),
        (Whereabouts(phone="+821012345678"), "Asia/Seoul", "phone"),
        (Whereabouts(country="ZZ"), SHOP, "shop"),
        (Whereabouts(phone="not a number"), SHOP, "shop"),
        (Whereabouts(), SHOP, "shop"),
    ],
)
def test_the_first_sure_rung_names_the_zone(known, names, source):
    found = zone_of(known, shop=SHOP)
    assert (set(found.names), found.source) == (set(names.split()), source)


def test_an_unsure_address_leaves_every_zone_open():
    assert zone_of(Whereabouts(country="US"), shop=SHOP) == Zones(zones_of_country("US"), "address")
    assert zone_of(Whereabouts(country="US", region="TX"), shop=SHOP).names == ("America/Chicago", "America/Denver")
    assert not zone_of(Whereabouts(country="US", region="TX"), shop=SHOP).sure
    assert zone_of(Whereabouts(phone="+79161234567"), shop=SHOP) == Zones(zones_of_country("RU"), "phone")


def test_a_phone_from_elsewhere_does_not_move_the_address():
    assert zone_of(Whereabouts(country="US", phone="+447911123456"), shop=SHOP).names == zones_of_country("US")


def test_a_postcode_tells_the_state_whose_law_holds():
    assert subdivision_of("US", "", "33101") == "FL"
    assert subdivision_of("US", "Florida", "10001") == "FL"
    assert subdivision_of("US", "", "") == subdivision_of("DE", "Bayern", "80331") == ""


def test_every_zone_of_the_tables_exists():
    table = zones._table()
    named = {name for names in table["countries"].values() for name in names.split()}
    named |= {name for kept in table["regions"].values() for name in kept}
    named |= {pair.split("=")[0] for pairs in table["postcode_zones"].values() for pair in pairs.split()}
    assert named <= available_timezones()
    assert len(table["countries"]) > 240


@pytest.mark.parametrize(
    "known", [Whereabouts(zone="Europe/Atlantis"), Whereabouts(zone="../etc"), Whereabouts(zone="Europe")]
)
def test_an_unknown_zone_is_said(known):
    with pytest.raises(UnknownZone):
        zone_of(known, shop=SHOP)
