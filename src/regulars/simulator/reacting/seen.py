"""What may a policy see? One row a customer, in the order they came: what a shop's own tables say up to yesterday midnight.

Nothing hidden can be reached from here, and nothing can be written: every column is a read-only view of tables that go on
living. What a policy wants to keep for another day it must copy.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.crowd import Bits, Facts
from regulars.simulator.reacting.world import World


@dataclass(frozen=True)
class Terms:
    """What a shop knows of itself: its margin on the full price, the price cut of its discount play, gifts a day, costs."""

    margin_rate: float
    discount: float
    gift_stock: int
    cost_contact: float
    cost_gift: float
    cost_remedy: float
    cost_friend: float


@dataclass(frozen=True)
class Seen:
    """Days count from 0; NEVER is the day of what has not happened. Shapes: (customers,), play_day (customers, plays).

    customer: a number for life, for hashes. consent: may be written to now. birthday: day of the year (0 .. 364).
    price_seen, message_seen, gift_seen: noisy proxies (0 .. 1, and a little beyond) of what a customer answers to.
    cycle: days a refill lasts, 0 if there is none or it is not known yet. first_day, last_day: of their order days;
    orders: how many order days, so frequency is orders - 1, recency last_day - first_day, age `age(day)`; net, margin:
    of all orders less refunds; refunds: how many. contacts: ever; contacts_30: bit k is set when there was a contact k days
    before yesterday (bit 0: yesterday), k < 30; remembered: contacts, each x e^(-1/14) a day. play_day: when each play
    was last done (or, under a hold-out, would have been). complaints: filed ever; complaint_day: the last one, remedied:
    a remedy was given for it. answers: how many contacts were answered; answer_day: the last one.
    """

    terms: Terms
    customer: Integers
    consent: Booleans
    birthday: Integers
    price_seen: Floats
    message_seen: Floats
    gift_seen: Floats
    cycle: Floats
    unsubscribed_day: Integers
    first_day: Integers
    last_day: Integers
    orders: Integers
    net: Floats
    margin: Floats
    refunds: Integers
    contacts: Integers
    contacts_30: Bits
    remembered: Floats
    play_day: Integers
    complaints: Integers
    complaint_day: Integers
    remedied: Booleans
    answers: Integers
    answer_day: Integers

    def __len__(self) -> int:
        return len(self.customer)

    def silence(self, day: int) -> Integers:
        """Days since the last order."""
        return day - self.last_day

    def age(self, day: int) -> Integers:
        """Days since the first order."""
        return day - self.first_day

    def contacts_within(self, days: int) -> Integers:
        """Contacts in the last `days` days, today not among them; at most 30 of them are looked at."""
        newest = np.uint32((1 << min(days, 30)) - 1)
        return np.bitwise_count(self.contacts_30 & newest).astype(np.int64)

    def waiting_since(self, play_day: Integers) -> "Seen":
        """The same with other days for when each play was last done."""
        return replace(self, play_day=play_day)


def seen(facts: Facts, size: int, terms: Terms) -> Seen:
    """The first `size` rows, read only."""
    views: dict[str, Any] = {}
    for each in fields(facts):
        view = getattr(facts, each.name)[:size]
        view.flags.writeable = False
        views[each.name] = view
    return Seen(terms=terms, **views)


def terms_of(world: World) -> Terms:
    """What the shop knows of itself in this world."""
    return Terms(world.margin_rate, world.discount, world.gift_stock, world.cost_contact, world.cost_gift,
                 world.cost_remedy, world.cost_friend)  # fmt: skip
