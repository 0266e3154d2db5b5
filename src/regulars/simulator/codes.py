"""Which discount code does each order carry? Welcome, spring and Advent codes, friends, and a few deal hunters who
buy with a code nearly always."""

from dataclasses import dataclass

import numpy as np

from regulars.simulator.arrays import Booleans, Integers
from regulars.simulator.cast import CAST
from regulars.simulator.fates import SAMPLE, Fates
from regulars.simulator.orders import Orders
from regulars.simulator.people import Person
from regulars.simulator.streams import stream
from regulars.simulator.times import Calendar


@dataclass(frozen=True)
class Code:
    """A discount code on the whole order."""

    name: str
    percent: int


CODES = (Code("", 0), Code("WELCOME10", 10), Code("SPRING15", 15), Code("ADVENT10", 10), Code("FRIEND5", 5),
         Code("DEAL20", 20), Code("SAMPLE100", 100))  # fmt: skip
NONE, WELCOME, SPRING, ADVENT, FRIEND, DEAL, FREE = range(len(CODES))
WELCOME_SHARE, SPRING_SHARE, ADVENT_SHARE, FRIEND_SHARE, DEAL_SHARE = 0.18, 0.30, 0.25, 0.01, 0.90


def choose_codes(seed: int, orders: Orders, *, people: list[Person], fates: Fates, calendar: Calendar) -> Integers:
    """The place in CODES for each order, shape (n,); samples are free, the cast uses no codes."""
    lot = stream(seed, "codes").random(orders.person.size)
    hunter = np.array([person.hunter for person in people])[orders.person]
    web = (orders.channel == "web") & (orders.person >= len(CAST))
    choices = [
        (fates.fate == SAMPLE, FREE),
        (web & hunter & (lot < DEAL_SHARE), DEAL),
        (web & (orders.ordinal == 0) & (lot < WELCOME_SHARE), WELCOME),
        (web & _falls_between(orders, calendar, first=(4, 1), last=(4, 14)) & (lot < SPRING_SHARE), SPRING),
        (web & _falls_between(orders, calendar, first=(11, 24), last=(12, 6)) & (lot < ADVENT_SHARE), ADVENT),
        (web & (lot > 1 - FRIEND_SHARE), FRIEND),
    ]
    return np.select([met for met, _ in choices], [code for _, code in choices], NONE).astype(np.int64)


def _falls_between(orders: Orders, calendar: Calendar, *, first: tuple[int, int], last: tuple[int, int]) -> Booleans:
    """Whether each order's day lies between two (month, day) pairs of its year."""
    dates = [calendar.date_of(day) for day in orders.day]
    return np.array([first <= (day.month, day.day) <= last for day in dates])
