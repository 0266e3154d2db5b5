"""Which people appear under two identities? Second e-mails that a customer id or a phone links, and near-duplicates
with a typing error and no key in common, which nobody may merge without asking."""

from dataclasses import replace

from regulars.simulator.arrays import Integers
from regulars.simulator.people import ACCOUNT, GUEST, Contact, Person
from regulars.simulator.streams import stream

SECOND_EMAIL_SHARE = 0.030  # of all people: linked by the customer id
SECOND_GUEST_EMAIL_SHARE = 0.008  # linked by the phone
NEAR_DUPLICATE_SHARE = 0.004
NEAR_DUPLICATE_LETTERS_MIN = 9


def with_doubles(seed: int, people: list[Person], *, orders: Integers) -> list[Person]:
    """The same people, some of them with a second contact as `alias`; only those with two orders or more get one.

    orders: how many orders each person has, shape (people,).
    """
    lot = [int(place) for place in stream(seed, "doubles").permutation(len(people)) if orders[place] > 1]
    accounts = [place for place in lot if people[place].kind == ACCOUNT]
    guests = [place for place in lot if people[place].kind == GUEST and people[place].contact.phone]
    near = [place for place in accounts if _can_be_mistyped(people[place].contact)][
        : _count(people, NEAR_DUPLICATE_SHARE)
    ]
    seconds = [place for place in accounts if place not in near][: _count(people, SECOND_EMAIL_SHARE)]
    seconds += guests[: _count(people, SECOND_GUEST_EMAIL_SHARE)]
    aliases = {place: _near_duplicate(people[place].contact, place) for place in near}
    aliases |= {place: _second_email(people[place].contact, place) for place in seconds}
    return [replace(person, alias=aliases.get(place)) for place, person in enumerate(people)]


def mistype(name: str) -> str:
    """The name with two neighbouring letters of the last word swapped.

    >>> mistype("Greta Lindemann")
    'Greta Lindemnan'
    """
    for place in range(len(name) - 3, 0, -1):
        if name[place].isalpha() and name[place + 1].isalpha() and name[place] != name[place + 1]:
            return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return name


def _count(people: list[Person], share: float) -> int:
    return max(1, round(len(people) * share))


def _can_be_mistyped(contact: Contact) -> bool:
    return len(contact.name) >= NEAR_DUPLICATE_LETTERS_MIN and not contact.company


def _near_duplicate(contact: Contact, place: int) -> Contact:
    return replace(contact, ref="", name=mistype(contact.name), email=_other_email(contact, place), phone=None)


def _second_email(contact: Contact, place: int) -> Contact:
    return replace(contact, email=_other_email(contact, place))


def _other_email(contact: Contact, place: int) -> str:
    return f"{contact.email[0]}.{place}@second.example"
