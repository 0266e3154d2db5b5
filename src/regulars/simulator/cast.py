"""Who is always there? Ada the regular, Ben who lapsed, Cleo the newcomer, Dan with two orders and Eve who said no:
the five by name whom tests, pages and stories can count on."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from regulars.simulator.people import ACCOUNT, STAFF, Contact, Person
from regulars.simulator.places import Address, invent_phone
from regulars.simulator.visits import Visits, in_order

FORTY_YEARS_DAYS = 14_610
STAFF_DAYS_AGO = (1090, 1041, 655, 312, 44)
DAYS_UNTIL_ADAS_BIRTHDAY = 9


@dataclass(frozen=True)
class Role:
    """A member of the cast: favourite sku, and the days before the shop's last day on which they ordered."""

    name: str
    email: str
    address: Address
    favourite: str
    days_ago: tuple[int, ...]
    email_consent: bool = True


CAST = (
    Role("Ada Lindqvist", "ada.lindqvist@mail.example", Address("Bergmannstraße 21", "Berlin", "10461", "Berlin", "DE"),
         "BEAN-02-1KG", tuple(8 + 30 * back + (0, 1, -1, 2, -2)[back % 5] for back in range(34))),
    Role("Ben Okafor", "ben.okafor@post.example", Address("18 Mill Lane", "London", "E8 4QT", "England", "GB"),
         "BEAN-05-250G", tuple(150 + 28 * back + (0, -2, 1)[back % 3] for back in range(22))),
    Role("Cleo Marchetti", "cleo.marchetti@inbox.example", Address("Lindengasse 9", "Wien", "1070", "Wien", "AT"),
         "TEA-05-100G", (5,)),
    Role("Dan Weber", "dan.weber@webmail.example", Address("Mühlenweg 3", "Köln", "50667", "Nordrhein-Westfalen", "DE"),
         "BEAN-01-250G", (96, 61)),
    Role("Eve Nakamura", "eve.nakamura@letters.example",
         Address("Tulpenstraat 40", "Utrecht", "3512 KL", "Utrecht", "NL"),
         "TEA-04-250G", tuple(20 + 45 * back for back in range(9)), email_consent=False),
)  # fmt: skip


def cast_people(*, last_day: date, first_number: int) -> list[Person]:
    """The cast as persons with accounts; Ada's birthday is nine days after the last day."""
    birthday = last_day + timedelta(days=DAYS_UNTIL_ADAS_BIRTHDAY - FORTY_YEARS_DAYS)
    found = []
    for place, role in enumerate(CAST):
        phone = invent_phone(role.address.country, place)
        contact = Contact(f"C{first_number + place}", role.name, role.email, phone, "", role.address)
        born = birthday if place == 0 else None
        found.append(Person(contact, ACCOUNT, email_consent=role.email_consent, birthday=born))
    return found


def staff_person() -> Person:
    """The shop's own people, who place test orders."""
    home = Address("Kirchgasse 1", "Berlin", "10411", "Berlin", "DE")
    return Person(Contact("", "Test Order", "test@willowandbean.example", None, "Willow & Bean", home), STAFF)


def cast_favourites() -> tuple[str, ...]:
    """The favourite sku of each member, in order."""
    return tuple(role.favourite for role in CAST)


def with_cast(visits: Visits, *, days: int, staff: int) -> Visits:
    """The visits with those of the cast (the first persons) and of the staff (person number `staff`) as planned.

    days: how many days the calendar has; what was drawn for these persons is dropped.
    """
    others = (visits.person >= len(CAST)) & (visits.person != staff)
    plans = [*((place, role.days_ago) for place, role in enumerate(CAST)), (staff, STAFF_DAYS_AGO)]
    person = [place for place, days_ago in plans for _ in days_ago]
    day = [days - 1 - ago for _, days_ago in plans for ago in days_ago]
    return in_order(np.append(visits.person[others], person), np.append(visits.day[others], day))
