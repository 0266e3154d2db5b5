"""What became of each order? Most are paid; a few are cancelled, refunded in full or in part, paid on delivery, given
away as a sample, or only a test of the shop's staff."""

from dataclasses import dataclass

import numpy as np

from regulars.simulator.arrays import Booleans, Integers
from regulars.simulator.cast import CAST
from regulars.simulator.orders import Orders
from regulars.simulator.people import STAFF, Person
from regulars.simulator.streams import stream

PAID, CANCELLED, REFUNDED, PARTLY, ON_DELIVERY, SAMPLE, TEST = range(7)
FATE_SHARES = (0.889, 0.010, 0.015, 0.045, 0.041)  # of PAID ... ON_DELIVERY among ordinary orders
STATUSES = ("paid", "voided", "refunded", "partially_refunded", "pending", "paid", "paid")
SAMPLES = 8
COUNTRIES_ON_DELIVERY = ("DE", "AT")
PAYMENT_METHODS = ("card", "paypal", "bank_transfer")
PAYMENT_SHARES = (0.50, 0.38, 0.12)
# After the order, from and below.
PAY_SECONDS = (1, 240)
CANCEL_SECONDS = (3600, 20 * 3600)
FULFIL_SECONDS = (3 * 3600, 23 * 3600)
REFUND_SECONDS = (24 * 3600, 30 * 24 * 3600)


@dataclass(frozen=True)
class Fates:
    """What became of each order, shape (n,) each; instants in seconds since 1970, 0 for "never"."""

    fate: Integers
    paid: Integers
    fulfilled: Integers
    cancelled: Integers
    refunded: Integers
    updated: Integers
    payment_method: list[str]


def decide_fates(seed: int, orders: Orders, *, people: list[Person], end: int) -> Fates:
    """The fate of each order and when it came about; nothing happens after `end` (seconds since 1970)."""
    luck, size = stream(seed, "fate times"), orders.instant.size
    refunded = orders.instant + luck.integers(*REFUND_SECONDS, size)
    cancelled = orders.instant + luck.integers(*CANCEL_SECONDS, size)
    fulfilled = orders.instant + np.where(orders.channel == "pos", 0, luck.integers(*FULFIL_SECONDS, size))
    paid = np.minimum(orders.instant + luck.integers(*PAY_SECONDS, size), end)
    drawn = _draw_fates(seed, orders, people=people)
    decided = np.select([np.isin(drawn, (REFUNDED, PARTLY)), drawn == CANCELLED], [refunded, cancelled], 0)
    fate = np.where(decided > end, PAID, drawn)
    times = {
        "paid": np.where(np.isin(fate, (CANCELLED, ON_DELIVERY)), 0, paid),
        "fulfilled": np.where((fulfilled > end) | (fate == CANCELLED), 0, fulfilled),
        "cancelled": np.where(fate == CANCELLED, cancelled, 0),
        "refunded": np.where(np.isin(fate, (REFUNDED, PARTLY)), refunded, 0),
    }
    updated = np.max([orders.instant, *times.values()], axis=0)
    return Fates(fate=fate, updated=updated, payment_method=_payment_methods(seed, fate, orders=orders), **times)


def _draw_fates(seed: int, orders: Orders, *, people: list[Person]) -> Integers:
    """A fate for each order as if there were no end; the cast's orders are simply paid."""
    luck, staff = stream(seed, "fates"), np.array([person.kind == STAFF for person in people])
    drawn = luck.choice(len(FATE_SHARES), size=orders.person.size, p=FATE_SHARES)
    drawn = np.where((drawn == ON_DELIVERY) & ~_can_pay_on_delivery(orders, people), PAID, drawn)
    ordinary = (orders.person >= len(CAST)) & ~staff[orders.person]
    fate = np.where(ordinary, drawn, np.where(staff[orders.person], TEST, PAID))
    later = np.flatnonzero(ordinary & (fate == PAID) & (orders.ordinal > 0))
    fate[luck.permutation(later)[:SAMPLES]] = SAMPLE
    return fate.astype(np.int64)


def _can_pay_on_delivery(orders: Orders, people: list[Person]) -> Booleans:
    home = np.array([person.contact.address.country in COUNTRIES_ON_DELIVERY for person in people])
    return np.asarray(home[orders.person] & (orders.channel == "web"), dtype=np.bool_)


def _payment_methods(seed: int, fate: Integers, *, orders: Orders) -> list[str]:
    usual = stream(seed, "payment methods").choice(PAYMENT_METHODS, size=fate.size, p=PAYMENT_SHARES)
    unusual = {
        "cash_on_delivery": fate == ON_DELIVERY,
        "free": fate == SAMPLE,
        "card_terminal": orders.channel == "pos",
        "marketplace": orders.channel == "marketplace",
    }
    return [str(method) for method in np.select(list(unusual.values()), list(unusual), usual)]
