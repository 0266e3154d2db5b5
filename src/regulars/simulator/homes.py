"""Who lives or works with whom? An address of their own for most, and two planted places: two families in one house,
and an office whose many colleagues order to one company address."""

from dataclasses import dataclass

import numpy as np

from regulars.simulator.places import Address, draw_countries, invent_address

FAMILY_MEMBERS = 3
OFFICE_MEMBERS = 18
FAMILY_HOUSE = Address("Lindenstraße 14", "Leipzig", "04155", "Sachsen", "DE")
OFFICE_COMPANY = "Brückner & Partner GmbH"
OFFICE_HOUSE = Address("Holzmarkt 7, 3. Etage", "Hamburg", "22281", "Hamburg", "DE")
OFFICE_DOMAIN = "bruecknerpartner.example"


@dataclass(frozen=True)
class Home:
    """Where a person's parcels go. `family` is the culture of a planted family, with its place in the name list."""

    address: Address
    planted: bool = False
    company: str = ""
    mail_domain: str = ""
    family: str = ""
    family_position: int = 0


def planted_homes() -> list[Home]:
    """The two families in one house, then the colleagues of one office."""
    families = [Home(FAMILY_HOUSE, True, family="german", family_position=13)] * FAMILY_MEMBERS
    families += [Home(FAMILY_HOUSE, True, family="turkish", family_position=2)] * FAMILY_MEMBERS
    return families + [Home(OFFICE_HOUSE, True, OFFICE_COMPANY, OFFICE_DOMAIN)] * OFFICE_MEMBERS


def draw_homes(luck: np.random.Generator, people: int) -> list[Home]:
    """A home for each person, the planted ones at the end. Raises ValueError when those leave no room."""
    planted = planted_homes()
    if people <= len(planted):
        raise ValueError(f"{people} people are too few: the planted homes alone hold {len(planted)}")
    countries = draw_countries(luck, people - len(planted))
    return [Home(invent_address(luck, country)) for country in countries] + planted
