"""How did the three years of the invented shop go? Its people live in the reacting shop; in the last two four plays act,
each with half of its people held out, and whoever heard from the shop orders as the plays made them."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from regulars.policy.hold_out import HoldOut
from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.cast import CAST
from regulars.simulator.goods import BEANS, TEA
from regulars.simulator.people import ACCOUNT, GUEST, Person
from regulars.simulator.reacting.plays import BIRTHDAY, NOTHING, REFILL, SECOND_ORDER, WORDS, read
from regulars.simulator.reacting.policies.hold_outs import HeldOut
from regulars.simulator.reacting.policies.outlook import Lifetime
from regulars.simulator.reacting.policies.product import Product
from regulars.simulator.reacting.run import run
from regulars.simulator.reacting.seen import Seen
from regulars.simulator.reacting.traits import NEWCOMER_FROM, Nature, Traits
from regulars.simulator.reacting.world import DAYS_A_YEAR, World
from regulars.simulator.streams import stream
from regulars.simulator.times import Calendar
from regulars.simulator.visits import Natures, Visits, in_order

PLAYS = {BIRTHDAY: "birthday", SECOND_ORDER: "second-order", REFILL: "replenishment", WORDS: "slipping-away"}
"""The plays of the last years: those of the reacting shop, and what the product calls them."""
PLAYS_DAYS = 2 * DAYS_A_YEAR
NEWCOMERS_SHARE = 0.72  # of all people: those who first come in these years
REGULAR = 4  # shape of the gaps: steadier than an exponential, as people refill what runs out
SEASON = 0.20
CHRISTMAS = ((318, 326, 1.3), (327, 333, 1.7), (334, 352, 2.3), (353, 358, 1.8))
MARGIN_RATE = 0.45
FIT_EVERY_DAYS = 91
HELD_OUT_OF_PLAY, HELD_OUT_OF_EVERYTHING = 0.5, 0.05


@dataclass(frozen=True)
class Lot:
    """How people are drawn for the hold-outs: the shop's secret, and the number by which the product knows a person."""

    salt: str = "willow"
    number: Callable[[Person], int] = field(default=lambda person: zlib.crc32(person.contact.email.encode()))


@dataclass(frozen=True)
class Past:
    """The plays' decisions, a row each, by day; layer: NOTHING where it was done, else which hold-out withheld it. margin: expected
    of them in 60 days (EUR); contacts: remembered. left: persons who want no more letters, and left_on: since when."""

    day: Integers
    person: Integers
    play: Integers
    layer: Integers
    margin: Floats
    contacts: Floats
    left: Integers
    left_on: Integers


def live(seed: int, people: Sequence[Person], natures: Natures, *, calendar: Calendar, lot: Lot) -> tuple[Visits, Past]:
    """The visits of these people, and what the plays did. people and natures: in the same order, staff last."""
    size, world = natures.taste.size, _world(natures.taste.size, calendar)
    before = world.customers

    place = stream(seed, "first visits").permutation(size)

    def person_of(customer: Integers) -> Integers:
        return place[np.where(customer < NEWCOMER_FROM, customer, customer - NEWCOMER_FROM + before)]

    may, born = _reachable(people, size), _birthdays(people, size, calendar)

    def settle(traits: Traits, nature: Nature) -> None:
        who = person_of(nature.customer)
        traits.order_rate[:], traits.leaving_rate[:] = 1 / natures.gap[who], natures.leaving_rate[who]
        traits.cycle[:] = np.where(np.isin(natures.taste[who], (BEANS, TEA)), natures.gap[who], 0.0)
        nature.consent[:], nature.birthday[:] = may[who], born[who]

    numbers = [lot.number(person) for person in people]
    policy = Owner(lambda customer: numbers[int(person_of(np.array(customer)))], lot.salt)
    lived = run(world, policy, seed=seed, settle=settle)
    visits = in_order(person_of(lived.orders.customer), lived.orders.day)
    gone = np.flatnonzero(lived.facts.unsubscribed_day >= 0)
    left = person_of(lived.facts.customer[gone])
    return visits, policy.past(person_of, (left, lived.facts.unsubscribed_day[gone]))


class Owner:
    """The product with four plays and its usual hold-outs, writing down what it decided. One object for one run."""

    def __init__(self, unit: Callable[[int], int], salt: str) -> None:
        self._product = Regular(plays=tuple(PLAYS), most=dict.fromkeys(PLAYS, 50), outlook=Lifetime(FIT_EVERY_DAYS))
        rule = HoldOut(salt, HELD_OUT_OF_EVERYTHING, HELD_OUT_OF_PLAY)
        self._held = HeldOut(self._product, rule, scope=lambda play: f"play:{PLAYS[play]}", unit=unit)
        self._noted: list[tuple[Integers | Floats, ...]] = []

    def __call__(self, seen: Seen, day: int) -> Integers:
        """The day's choice."""
        choice = self._held(seen, day)
        rows = np.flatnonzero(choice != NOTHING)
        play, layer = read(choice[rows])
        known = (self._product.forecast(rows), seen.remembered[rows].copy())
        self._noted.append((np.full(len(rows), day), seen.customer[rows].copy(), play, layer, *known))
        return choice

    def past(self, person_of: Callable[[Integers], Integers], left: tuple[Integers, Integers]) -> Past:
        """What was written down. left: persons who want no more letters, and since when."""
        day, customer, play, layer, margin, contacts = (
            np.concatenate(column) for column in zip(*self._noted, strict=True)
        )
        return Past(day, person_of(customer), play, layer, margin, contacts, *left)


class Regular(Product):
    """The same, but for words: those are for people who have ordered twice."""

    def _moments(self, seen: Seen, day: int, plays: list[int]) -> Booleans:
        may = super()._moments(seen, day, plays)
        may[:, plays.index(WORDS)] &= seen.orders >= 2
        return may


def _world(size: int, calendar: Calendar) -> World:
    """The shop's years: at first without plays, the last two with them."""
    newcomers = round(size * NEWCOMERS_SHARE)
    burn_in = calendar.days - PLAYS_DAYS
    return World.of({
        "customers": size - newcomers, "burn_in": burn_in, "base_spread": burn_in, "horizon": PLAYS_DAYS, "run_off": 0,
        "arrivals": newcomers / (size - newcomers) / PLAYS_DAYS, "rhythm": REGULAR, "margin_rate": MARGIN_RATE,
        "starts": calendar.date_of(0).timetuple().tm_yday % DAYS_A_YEAR, "season": SEASON, "shocks": CHRISTMAS,
        "arrivals_season": 1.0, "complaints": 0.0, "returned": 0.0, "returned_discounted": 0.0,
    })  # fmt: skip


def _reachable(people: Sequence[Person], size: int) -> Booleans:
    """Who agreed to letters, under an address of their own. The cast's lives are written down already."""
    may = np.array([one.email_consent and one.kind in (ACCOUNT, GUEST) for one in people])
    may[: len(CAST)] = False
    return may[:size]


def _birthdays(people: Sequence[Person], size: int, calendar: Calendar) -> Integers:
    """On which day of a year each was born, as the reacting shop counts days; -1 where the shop was not told."""
    place = {}
    for day in range(calendar.days - DAYS_A_YEAR, calendar.days):
        date = calendar.date_of(day)
        place[date.month, date.day] = day % DAYS_A_YEAR
    born = [place.get((one.birthday.month, one.birthday.day), -1) if one.birthday else -1 for one in people]
    return np.array(born, np.int64)[:size]
