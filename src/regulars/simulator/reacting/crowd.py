"""What is true of everybody now? The state of all who have come so far, in the order they came; columns with room to grow.

Two halves that share no memory: `Hidden` never leaves the simulator, `Facts` is what the shop's own tables say.
"""

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import numpy as np

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.luck import Mixed
from regulars.simulator.reacting.plays import NAMES, NEVER
from regulars.simulator.reacting.traits import Nature, Traits

Bits = np.ndarray[Any, np.dtype[np.uint32]]
ROOM = 64
STAYS, OWN_WISH, DISTURBED, WRONGED = range(4)
"""Why somebody left: did not; on their own; a sleeping dog was woken; a grudge without which they would have stayed."""


def _column(kind: type, start: float = 0, *, width: int = 0) -> Any:
    return field(metadata={"kind": kind, "start": start, "width": width})


def _number() -> Any:
    return _column(np.float64)


def _count() -> Any:
    return _column(np.int64)


def _day() -> Any:
    return _column(np.int64, NEVER)


def _truth() -> Any:
    return _column(np.bool_)


@dataclass
class Hidden:
    """The traits (see `Traits`), then the state. lift, basket_lift: while day < lift_until; dip: while dip_from <= day <
    dip_until; wrong: goodwill that the last complaint filed has cost, 0 once remedied; fate: why they left, on left_day."""

    luck: Mixed = _column(np.uint64)
    order_rate: Floats = _number()
    leaving_rate: Floats = _number()
    at_once: Booleans = _truth()
    basket: Floats = _number()
    price: Floats = _number()
    gift: Floats = _number()
    message: Floats = _number()
    dog: Booleans = _truth()
    fatigue: Floats = _number()
    group: Booleans = _truth()
    cycle: Floats = _number()
    goodwill: Floats = _number()
    felt: Floats = _number()
    habit: Floats = _number()
    lift: Floats = _number()
    basket_lift: Floats = _number()
    lift_until: Integers = _day()
    dip: Floats = _number()
    dip_from: Integers = _day()
    dip_until: Integers = _day()
    discount_until: Integers = _day()
    wrong: Floats = _number()
    friends: Integers = _count()
    fate: Integers = _count()
    left_day: Integers = _day()


@dataclass
class Facts:
    """What a shop could know; each column is explained at `Seen`."""

    customer: Integers = _count()
    consent: Booleans = _truth()
    birthday: Integers = _count()
    price_seen: Floats = _number()
    message_seen: Floats = _number()
    gift_seen: Floats = _number()
    cycle: Floats = _number()
    unsubscribed_day: Integers = _day()
    first_day: Integers = _day()
    last_day: Integers = _day()
    orders: Integers = _count()
    net: Floats = _number()
    margin: Floats = _number()
    refunds: Integers = _count()
    contacts: Integers = _count()
    contacts_30: Bits = _column(np.uint32)
    remembered: Floats = _number()
    play_day: Integers = _column(np.int64, NEVER, width=len(NAMES))
    complaints: Integers = _count()
    complaint_day: Integers = _day()
    remedied: Booleans = _truth()


Half = TypeVar("Half", Hidden, Facts)


class Crowd:
    """Everybody who has come so far: the first `size` rows of every column. live: rows of those who have not left."""

    def __init__(self, room: int) -> None:
        self.size = 0
        self.hidden = Hidden(**_empty(Hidden, room))
        self.facts = Facts(**_empty(Facts, room))
        self.live: Integers = np.zeros(0, np.int64)

    def welcome(self, traits: Traits, nature: Nature) -> Integers:
        """The rows of those who come now."""
        begin, self.size = self.size, self.size + len(nature.customer)
        if self.size > len(self.facts.customer):
            self._grow(max(self.size + ROOM, len(self.facts.customer) * 5 // 4))
        for table, news in ((self.hidden, traits), (self.facts, nature)):
            for each in fields(news):
                getattr(table, each.name)[begin : self.size] = getattr(news, each.name)
        rows = np.arange(begin, self.size)
        self.live = np.concatenate([self.live, rows])
        return rows

    def leave(self, rows: Integers, fate: int, day: int) -> None:
        """They are lost for ever."""
        self.hidden.fate[rows] = fate
        self.hidden.left_day[rows] = day

    def cut(self, half: Half) -> Half:
        """The same, of those who came: without the room to grow."""
        return type(half)(**{each.name: getattr(half, each.name)[: self.size] for each in fields(half)})

    def _grow(self, room: int) -> None:
        for table in (self.hidden, self.facts):
            for name, empty in _empty(type(table), room).items():
                old = getattr(table, name)
                empty[: len(old)] = old
                setattr(table, name, empty)


def _empty(shape: type, room: int) -> dict[str, np.ndarray[Any, Any]]:
    made: dict[str, np.ndarray[Any, Any]] = {}
    for each in fields(shape):
        said = each.metadata
        made[each.name] = np.full((room, said["width"]) if said["width"] else room, said["start"], said["kind"])
    return made
