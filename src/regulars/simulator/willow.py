"""How does the coffee and tea shop Willow & Bean come about? People, natures, visits, orders, baskets, fates, prices,
refunds and reviews, one after the other, each from its own stream of luck."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from regulars.simulator.arrays import Integers
from regulars.simulator.baskets import fill_baskets
from regulars.simulator.cast import CAST, cast_favourites, cast_people, staff_person, with_cast
from regulars.simulator.codes import choose_codes
from regulars.simulator.doubles import with_doubles
from regulars.simulator.fates import Fates, decide_fates
from regulars.simulator.lived import Lot, Past, live
from regulars.simulator.money import Lines, Totals, add_up, price_lines
from regulars.simulator.orders import Orders, place_orders
from regulars.simulator.people import Person, invent_people
from regulars.simulator.refunds import Refunds, give_back
from regulars.simulator.reviews import Reviews, draw_reviews, review_texts
from regulars.simulator.spellings import Spelled, spell_contacts
from regulars.simulator.times import Calendar
from regulars.simulator.visits import Natures, draw_natures, with_tastes

FIRST_CUSTOMER_NUMBER = 10_001


@dataclass(frozen=True)
class Shop:
    """Everything there is to know of the shop, the hidden too. People: cast first, staff last."""

    people: list[Person]
    natures: Natures
    orders: Orders
    contacts: list[Spelled]
    codes: Integers
    fates: Fates
    lines: Lines
    totals: Totals
    refunds: Refunds
    reviews: Reviews
    review_texts: list[str]
    past: Past


def open_shop(seed: int, *, last_day: date, customers: int, lot: Lot | None = None) -> Shop:
    """The shop's three years up to and with `last_day`, with that many customers and the staff besides.

    lot: how people were drawn for the hold-outs of the last two years.

    Raises ValueError for a negative seed or for fewer customers than the cast and the planted groups need.
    """
    calendar = Calendar(last_day)
    natures = with_tastes(draw_natures(seed, customers + 1), favourites=cast_favourites())
    people = _people(seed, last_day=last_day, customers=customers)
    lived, past = live(seed, people, natures, calendar=calendar, lot=lot or Lot())
    visits = with_cast(lived, days=calendar.days, staff=customers)
    people = _doubled(seed, people, np.bincount(visits.person, minlength=len(people)))
    orders = place_orders(seed, visits, people=people, calendar=calendar)
    fates = decide_fates(seed, orders, people=people, end=calendar.end())
    codes = choose_codes(seed, orders, people=people, fates=fates, calendar=calendar)
    contacts = spell_contacts(seed, orders, people=people)
    lines = price_lines(seed, fill_baskets(seed, orders, natures=natures), orders=orders, codes=codes)
    totals = add_up(lines, orders=orders, people=people, fates=fates)
    reviews = draw_reviews(seed, orders, lines=lines, fates=fates, end=calendar.end())
    return Shop(
        people=people,
        natures=natures,
        orders=orders,
        contacts=contacts,
        codes=codes,
        fates=fates,
        lines=lines,
        totals=totals,
        refunds=give_back(seed, lines, totals=totals, fates=fates),
        reviews=reviews,
        review_texts=review_texts(seed, reviews, lines=lines, contacts=contacts),
        past=past,
    )


def _people(seed: int, *, last_day: date, customers: int) -> list[Person]:
    """The cast, the invented and the staff."""
    cast = cast_people(last_day=last_day, first_number=FIRST_CUSTOMER_NUMBER)
    number = FIRST_CUSTOMER_NUMBER + len(CAST)
    invented = invent_people(seed, customers - len(CAST), last_day=last_day, first_number=number)
    return [*cast, *invented, staff_person()]


def _doubled(seed: int, people: list[Person], orders: Integers) -> list[Person]:
    """The same, some of the invented with a second identity."""
    invented = slice(len(CAST), -1)
    return [*people[: len(CAST)], *with_doubles(seed, people[invented], orders=orders[invented]), people[-1]]
