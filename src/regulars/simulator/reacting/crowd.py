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


NUMBER = {"kind": np.float64}
COUNT = {"kind": np.int64}
DAY = {"kind": np.int64, "start": NEVER}
TRUTH = {"kind": np.bool_}
LUCK = {"kind": np.uint64}
BITS = {"kind": np.uint32}
PLAY_DAYS = {"kind": np.int64, "start": NEVER, "width": len(NAMES)}


@dataclass(frozen=True)
class Hidden:
    """The traits (see `Traits`), then the state. lift, basket_lift: while day < lift_until; dip: while dip_from <= day <
    dip_until; wrong: goodwill that the last complaint filed has cost, 0 once remedied; fate: why they left, on left_day."""

    luck: Mixed = field(metadata=LUCK)
    order_rate: Floats = field(metadata=NUMBER)
    leaving_rate: Floats = field(metadata=NUMBER)
    at_once: Booleans = field(metadata=TRUTH)
    basket: Floats = field(metadata=NUMBER)
    price: Floats = field(metadata=NUMBER)
    gift: Floats = field(metadata=NUMBER)
    message: Floats = field(metadata=NUMBER)
    dog: Booleans = field(metadata=TRUTH)
    fatigue: Floats = field(metadata=NUMBER)
    group: Booleans = field(metadata=TRUTH)
    cycle: Floats = field(metadata=NUMBER)
    goodwill: Floats = field(metadata=NUMBER)
    felt: Floats = field(metadata=NUMBER)
    habit: Floats = field(metadata=NUMBER)
    lift: Floats = field(metadata=NUMBER)
    basket_lift: Floats = field(metadata=NUMBER)
    lift_until: Integers = field(metadata=DAY)
    dip: Floats = field(metadata=NUMBER)
    dip_from: Integers = field(metadata=DAY)
    dip_until: Integers = field(metadata=DAY)
    discount_until: Integers = field(metadata=DAY)
    wrong: Floats = field(metadata=NUMBER)
    friends: Integers = field(metadata=COUNT)
    fate: Integers = field(metadata=COUNT)
    left_day: Integers = field(metadata=DAY)


@dataclass(frozen=True)
class Facts:
    """What a shop could know; each column is explained at `Seen`."""

    customer: Integers = field(metadata=COUNT)
    consent: Booleans = field(metadata=TRUTH)
    birthday: Integers = field(metadata=COUNT)
    price_seen: Floats = field(metadata=NUMBER)
    message_seen: Floats = field(metadata=NUMBER)
    gift_seen: Floats = field(metadata=NUMBER)
    cycle: Floats = field(metadata=NUMBER)
    unsubscribed_day: Integers = field(metadata=DAY)
    first_day: Integers = field(metadata=DAY)
    last_day: Integers = field(metadata=DAY)
    orders: Integers = field(metadata=COUNT)
    net: Floats = field(metadata=NUMBER)
    margin: Floats = field(metadata=NUMBER)
    refunds: Integers = field(metadata=COUNT)
    contacts: Integers = field(metadata=COUNT)
    contacts_30: Bits = field(metadata=BITS)
    remembered: Floats = field(metadata=NUMBER)
    play_day: Integers = field(metadata=PLAY_DAYS)
    complaints: Integers = field(metadata=COUNT)
    complaint_day: Integers = field(metadata=DAY)
    remedied: Booleans = field(metadata=TRUTH)
    answers: Integers = field(metadata=COUNT)
    answer_day: Integers = field(metadata=DAY)


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
        self.hidden = _grown(self.hidden, room)
        self.facts = _grown(self.facts, room)


def _grown(half: Half, room: int) -> Half:
    wide = _empty(type(half), room)
    for name, column in wide.items():
        old = getattr(half, name)
        column[: len(old)] = old
    return type(half)(**wide)


def _empty(shape: type[Hidden] | type[Facts], room: int) -> dict[str, np.ndarray[Any, Any]]:
    made: dict[str, np.ndarray[Any, Any]] = {}
    for each in fields(shape):
        kind, width = each.metadata["kind"], each.metadata.get("width")
        made[each.name] = np.full((room, width) if width else room, each.metadata.get("start", 0), kind)
    return made
