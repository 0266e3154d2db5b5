"""Which orders are placed, when to the second, and through which channel? Visits become orders in the order of time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.simulator.arrays import Integers
from regulars.simulator.cast import CAST
from regulars.simulator.people import MARKETPLACE, Person
from regulars.simulator.streams import stream
from regulars.simulator.times import Calendar, order_seconds
from regulars.simulator.visits import Visits

SHOP_CITY = "Berlin"
COUNTER_SHARE = 0.5  # of orders of people in the shop's city that are made at the counter
FIRST_ORDER_NUMBER = 1001


@dataclass(frozen=True)
class Orders:
    """One entry per order, sorted by time; each of shape (n,).

    person: number of the buyer; ordinal: the how-manieth order of that person, from 0; day: since the shop's first;
    instant: seconds since 1970; channel: web, pos or marketplace.
    """

    person: Integers
    ordinal: Integers
    day: Integers
    instant: Integers
    channel: npt.NDArray[np.str_]


def place_orders(seed: int, visits: Visits, *, people: list[Person], calendar: Calendar) -> Orders:
    """Each visit as an order at a time of its day; orders are numbered by time."""
    seconds = order_seconds(seed, changes_clock=np.isin(visits.day, calendar.clock_changes()))
    pairs = zip(visits.day.tolist(), seconds.tolist(), strict=True)
    instant = np.array([calendar.instant(day, second) for day, second in pairs], dtype=np.int64)
    by_time = np.lexsort((visits.person, instant))
    person = visits.person[by_time]
    return Orders(
        person=person,
        ordinal=_ordinals(person),
        day=visits.day[by_time],
        instant=instant[by_time],
        channel=_channels(seed, person, people=people),
    )


def order_keys(orders: Orders) -> list[str]:
    """The shop's key of each order; the order's name is `#` and its number."""
    return [f"80{number}" for number in order_numbers(orders)]


def order_numbers(orders: Orders) -> list[int]:
    """Running numbers in the order of time, from FIRST_ORDER_NUMBER."""
    return list(range(FIRST_ORDER_NUMBER, FIRST_ORDER_NUMBER + orders.person.size))


def _ordinals(person: Integers) -> Integers:
    """How often each person occurred before each place."""
    by_person = np.argsort(person, kind="stable")
    place = np.arange(person.size)
    sorted_person = person[by_person]
    starts = np.append(True, sorted_person[1:] != sorted_person[:-1])
    ordinal = np.empty(person.size, dtype=np.int64)
    ordinal[by_person] = place - np.maximum.accumulate(np.where(starts, place, 0))
    return ordinal


def _channels(seed: int, person: Integers, *, people: list[Person]) -> npt.NDArray[np.str_]:
    near = np.array([someone.contact.address.city == SHOP_CITY and not someone.alias for someone in people])
    far = np.array([someone.kind == MARKETPLACE for someone in people])
    lot = stream(seed, "channels").random(person.size)
    at_counter = near[person] & (lot < COUNTER_SHARE) & (person >= len(CAST))
    return np.where(far[person], "marketplace", np.where(at_counter, "pos", "web"))
