"""Who are the invented customers? Contact details, consent and the way they order: with an account, as a guest,
or hidden behind the address of a marketplace."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from regulars.simulator.homes import Home, draw_homes
from regulars.simulator.names import Name, family_name, given_name, invent_names
from regulars.simulator.places import Address, Phone, invent_phone
from regulars.simulator.streams import stream

ACCOUNT, GUEST, MARKETPLACE, STAFF = "account", "guest", "marketplace", "staff"
KIND_SHARES = {ACCOUNT: 0.80, GUEST: 0.16, MARKETPLACE: 0.04}
RELAY_EMAIL = "orders@relay.bazaar.example"
MAIL_DOMAINS = ("mail.example", "post.example", "inbox.example", "webmail.example", "letters.example")
PHONE_SHARE, EMAIL_CONSENT_SHARE, SMS_CONSENT_SHARE, BIRTHDAY_SHARE, HUNTER_SHARE = 0.45, 0.62, 0.15, 0.30, 0.06
PHONE_ORDINAL_FIRST = 10  # the numbers before it are the cast's
AGE_DAYS_MIN, AGE_DAYS_MAX = 20 * 365, 75 * 365


@dataclass(frozen=True)
class Contact:
    """How somebody appears on an order; `ref` is the shop's customer id, empty for a guest."""

    ref: str
    name: str
    email: str
    phone: Phone | None
    company: str
    address: Address


@dataclass(frozen=True)
class Person:
    """One real person: the usual contact, sometimes a second one, and what they agreed to.

    `kind` is account, guest, marketplace or staff; `hunter` buys with a discount code; `birthday` is None when the
    shop was not told.
    """

    contact: Contact
    kind: str
    alias: Contact | None = None
    email_consent: bool = False
    sms_consent: bool = False
    birthday: date | None = None
    hunter: bool = False


def invent_people(seed: int, people: int, *, last_day: date, first_number: int) -> list[Person]:
    """That many people; the planted families and the office come last. E-mails are unique but for the relay.

    first_number: number of the first customer id, counted up from there. Raises ValueError when the planted homes
    do not leave room for anybody else.
    """
    homes = draw_homes(stream(seed, "homes"), people)
    names = _names(stream(seed, "names"), homes)
    emails = _emails(stream(seed, "emails"), names, homes=homes)
    phones = _phones(homes)
    luck = stream(seed, "people")
    kinds = luck.choice(list(KIND_SHARES), size=people, p=list(KIND_SHARES.values()))
    found = []
    for place, home in enumerate(homes):
        ref, kind = f"C{first_number + place}", ACCOUNT if home.planted else str(kinds[place])
        contact = Contact(ref, names[place].display, emails[place], phones[place], home.company, home.address)
        found.append(_describe(luck, contact, kind=kind, last_day=last_day))
    return found


def _names(luck: np.random.Generator, homes: list[Home]) -> list[Name]:
    names = invent_names(luck, [home.address.country for home in homes])
    pairs = enumerate(zip(homes, names, strict=True))
    return [_relative(home, place) if home.family else name for place, (home, name) in pairs]


def _relative(home: Home, place: int) -> Name:
    """A member of a planted family: its family name and a given name by place."""
    given, family = given_name(home.family, place), family_name(home.family, home.family_position)
    return Name(f"{given.display} {family.display}", given.given_latin, family.family_latin)


def _emails(luck: np.random.Generator, names: list[Name], *, homes: list[Home]) -> list[str]:
    """One address for each person; a number is added where the plain one is taken."""
    taken: Counter[str] = Counter()
    found = []
    for name, home in zip(names, homes, strict=True):
        given, family = name.given_latin, name.family_latin
        forms = (f"{given}.{family}", f"{given}{family}", f"{given[0]}.{family}", f"{family}.{given}")
        user = forms[0] if home.mail_domain else forms[luck.integers(len(forms))]
        domain = home.mail_domain or MAIL_DOMAINS[luck.integers(len(MAIL_DOMAINS))]
        taken[f"{user}@{domain}"] += 1
        times = taken[f"{user}@{domain}"]
        found.append(f"{user}{times if times > 1 else ''}@{domain}")
    return found


def _phones(homes: list[Home]) -> list[Phone]:
    """A number for each person, counted up within the country so that none is given twice."""
    dealt: Counter[str] = Counter()
    found = []
    for home in homes:
        dealt[home.address.country] += 1
        found.append(invent_phone(home.address.country, PHONE_ORDINAL_FIRST + dealt[home.address.country]))
    return found


def _describe(luck: np.random.Generator, contact: Contact, *, kind: str, last_day: date) -> Person:
    """The person behind a contact: what they tell the shop and what they agree to. Draws the same for every kind."""
    lots = luck.random(5)
    born = last_day - timedelta(days=int(luck.integers(AGE_DAYS_MIN, AGE_DAYS_MAX)))
    has_phone = bool(lots[0] < PHONE_SHARE)
    if kind == MARKETPLACE:
        return Person(replace(contact, ref="", email=RELAY_EMAIL, phone=None), kind)
    return Person(
        contact=replace(
            contact, ref=contact.ref if kind == ACCOUNT else "", phone=contact.phone if has_phone else None
        ),
        kind=kind,
        email_consent=bool(lots[1] < EMAIL_CONSENT_SHARE),
        sms_consent=has_phone and bool(lots[2] < SMS_CONSENT_SHARE),
        birthday=born if kind == ACCOUNT and lots[3] < BIRTHDAY_SHARE else None,
        hunter=bool(lots[4] < HUNTER_SHARE),
    )
