"""Under which details does each order come in? Account holders who check out as guests, second identities, and
e-mails and phones spelled as people type them."""

from dataclasses import dataclass, replace

from regulars.simulator.cast import CAST
from regulars.simulator.orders import Orders
from regulars.simulator.people import STAFF, Contact, Person
from regulars.simulator.places import PHONE_STYLES, spell_phone
from regulars.simulator.streams import stream

GUEST_CHECKOUT_SHARE = 0.11  # of an account holder's later orders
CAPITALS_SHARE, FIRST_CAPITAL_SHARE, SPACES_SHARE = 0.03, 0.04, 0.03


@dataclass(frozen=True)
class Spelled:
    """The details of one order as they were typed."""

    contact: Contact
    email: str
    phone: str


def spell_contacts(seed: int, orders: Orders, *, people: list[Person]) -> list[Spelled]:
    """For each order the contact it came with. A second identity is used for every other order of its person."""
    luck, size = stream(seed, "spellings"), orders.person.size
    guest_lot, email_lot = luck.random(size).tolist(), luck.random(size).tolist()
    styles = luck.integers(len(PHONE_STYLES), size=size).tolist()
    found = []
    for place, (number, ordinal) in enumerate(zip(orders.person.tolist(), orders.ordinal.tolist(), strict=True)):
        person = people[number]
        if number < len(CAST) or person.kind == STAFF:
            found.append(_as_it_is(person.contact))
            continue
        contact = _identity(person, ordinal, lot=guest_lot[place])
        phone = spell_phone(contact.phone, styles[place]) if contact.phone else ""
        found.append(Spelled(contact, spell_email(contact.email, email_lot[place]), phone))
    return found


def spell_email(email: str, lot: float) -> str:
    """The address in capitals, with a capital first letter, with stray spaces, or mostly as it is; lot in [0, 1)."""
    if lot < CAPITALS_SHARE:
        return email.upper()
    if lot < CAPITALS_SHARE + FIRST_CAPITAL_SHARE:
        return email[0].upper() + email[1:]
    if lot < CAPITALS_SHARE + FIRST_CAPITAL_SHARE + SPACES_SHARE:
        return f" {email} "
    return email


def _as_it_is(contact: Contact) -> Spelled:
    return Spelled(contact, contact.email, spell_phone(contact.phone, 0) if contact.phone else "")


def _identity(person: Person, ordinal: int, *, lot: float) -> Contact:
    if person.alias and ordinal % 2 == 1:
        return person.alias
    if ordinal > 0 and lot < GUEST_CHECKOUT_SHARE:
        return replace(person.contact, ref="")
    return person.contact
