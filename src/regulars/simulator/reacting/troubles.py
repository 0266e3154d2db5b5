"""What do a shop's books get wrong? Orders heard of late, addresses not known to be one customer's, customers taken for another.

What happens is not touched, only what a policy is shown: `Troubled` stands between any policy and the shop.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from regulars.policy.value import REMEMBERED_DAYS
from regulars.simulator.arrays import Booleans, Integers
from regulars.simulator.reacting.luck import Luck, Process, mixed
from regulars.simulator.reacting.plays import NEVER, NOTHING
from regulars.simulator.reacting.policies.policy import Policy
from regulars.simulator.reacting.seen import Seen
from regulars.simulator.reacting.world import World

LATE_DAYS, MISTAKEN_DAYS = 7, 30
HALF = 0.5
BOUGHT = ("orders", "net", "margin", "refunds")
SUMS, NEWEST = (*BOUGHT, "contacts", "remembered"), ("last_day", "play_day")
BY_ADDRESS = (*SUMS, *NEWEST, "contacts_30", "first_day")
"""What is written down by address; the rest is known of the customer."""
NOT_SECOND = {"complaints": 0, "complaint_day": NEVER, "answers": 0, "answer_day": NEVER}
"""What is told under the first address only."""


@dataclass(frozen=True)
class Troubles:
    """late: share of orders, first ones aside, heard of 1 to 7 days late. second: share of customers who give a second
    address at every other order, which is found out known_after days later. mistaken: share taken for another for 30 days."""

    luck: Luck
    late: float = 0.0
    second: float = 0.0
    known_after: int = 60
    mistaken: float = 0.0

    @classmethod
    def of(cls, world: World, seed: int) -> "Troubles":
        """Those of a world."""
        return cls(Luck(seed), world.late, world.second_address, world.second_known, world.mistaken)

    def days_late(self, customer: Integers, day: int) -> Integers:
        """How long after this day the shop hears of an order made on it; 0: at once. Shape (customers,)."""
        who = mixed(customer)
        after = 1 + (LATE_DAYS * self.luck.uniform(Process.LATE_DAYS, day, who)).astype(np.int64)
        return np.where(self.luck.uniform(Process.LATE, day, who) < self.late, after, 0)

    def under_second(self, customer: Integers, day: int) -> Booleans:
        """Whether an order of this day is made under a second address. Shape (customers,)."""
        drawn = self.luck.uniform(Process.SECOND_ADDRESS, 1 + day, mixed(customer))
        return np.asarray(self.has_second(customer) & (drawn < HALF))

    def has_second(self, customer: Integers) -> Booleans:
        """Who ever gives one. Shape (customers,)."""
        return np.asarray(self.luck.uniform(Process.SECOND_ADDRESS, 0, mixed(customer)) < self.second)

    def mistaken_from(self, customer: Integers, days: int) -> Integers:
        """On which of the days with plays each begins to be taken for another; NEVER for most. Shape (customers,)."""
        who = mixed(customer)
        when = (days * self.luck.uniform(Process.MISTAKEN, 1, who)).astype(np.int64)
        return np.where(self.luck.uniform(Process.MISTAKEN, 0, who) < self.mistaken, when, NEVER)


@dataclass(frozen=True)
class Late:
    """An order on its way into the books. due: the morning on which it is known; place: of its address; bought: as BOUGHT."""

    due: int
    place: int
    day: int
    bought: tuple[float, ...]


class Troubled:
    """The policy, shown what such books say: a row an address, in the order in which they came up. One object for one run.

    A place is a row of what is shown, a row one of the customers there are.
    """

    def __init__(self, policy: Policy, troubles: Troubles, world: World) -> None:
        self._policy, self._troubles, self._world = policy, troubles, world
        self._before: dict[str, Any] = {}
        self._books: dict[str, Any] = {}
        self._row = self._place = self._acted = self._mistaken = np.zeros(0, np.int64)
        self._first = self._known = np.zeros(0, bool)
        self._second: dict[int, tuple[int, int]] = {}
        self._late: list[Late] = []

    def __call__(self, seen: Seen, day: int) -> Integers:
        """What is to be done to the customers there are, whatever they were taken for."""
        if self._before:
            self._note_contacts(seen)
            self._note_orders(seen, day)
        self._welcome(seen)
        self._enter(day)
        self._find_out(day)
        self._before = {name: getattr(seen, name).copy() for name in (*BOUGHT, "contacts", "play_day")}
        return self._meant(self._policy(self._shown(seen, day), day), len(seen))

    def _note_contacts(self, seen: Seen) -> None:
        """To the address that was meant yesterday."""
        books, size = self._books, len(self._place)
        reached = self._acted[seen.contacts[:size] > self._before["contacts"]]
        books["contacts"][reached] += 1
        books["contacts_30"] <<= np.uint32(1)
        books["contacts_30"][reached] |= np.uint32(1)
        books["remembered"][reached] += 1
        books["remembered"] *= np.exp(-1 / REMEMBERED_DAYS)
        row, play = np.nonzero(seen.play_day[:size] != self._before["play_day"])
        books["play_day"][self._acted[row], play] = seen.play_day[row, play]

    def _note_orders(self, seen: Seen, day: int) -> None:
        """Yesterday's, under the address they were made with; what came back alone, at once."""
        size = len(self._place)
        new = {name: getattr(seen, name)[:size] - self._before[name] for name in BOUGHT}
        rows = np.flatnonzero((new["orders"] != 0) | (new["refunds"] != 0))
        ordered = new["orders"][rows] > 0
        late = np.where(ordered, self._troubles.days_late(seen.customer[rows], day - 1), 0)
        second = ordered & self._troubles.under_second(seen.customer[rows], day - 1)
        for row, wait, other in zip(rows.tolist(), late.tolist(), second.tolist(), strict=True):
            begins = other and row not in self._second
            place = self._second_of(row, day) if other else int(self._place[row])
            bought = tuple(float(new[name][row]) for name in BOUGHT)
            self._late.append(Late(day + (0 if begins else wait), place, day - 1, bought))

    def _second_of(self, row: int, day: int) -> int:
        """The place of a customer's second address, which may be new."""
        if row not in self._second:
            self._second[row] = (len(self._row), day)
            self._append(np.array([row]), {name: column[:1] * 0 for name, column in self._books.items()}, first=False)
            for name in (*NEWEST, "first_day"):
                self._books[name][-1] = NEVER
        return self._second[row][0]

    def _welcome(self, seen: Seen) -> None:
        """Those who came since yesterday, known from their first order."""
        rows = np.arange(len(self._place), len(seen))
        self._place = np.concatenate([self._place, len(self._row) + np.arange(len(rows))])
        when = self._troubles.mistaken_from(seen.customer[rows], self._world.horizon)
        self._mistaken = np.concatenate([self._mistaken, self._world.burn_in + when])
        self._append(rows, {name: getattr(seen, name)[rows] for name in BY_ADDRESS}, first=True)

    def _append(self, rows: Integers, books: dict[str, Any], *, first: bool) -> None:
        self._row = np.concatenate([self._row, rows])
        self._first = np.concatenate([self._first, np.full(len(rows), first)])
        self._known = np.concatenate([self._known, np.zeros(len(rows), bool)])
        old = self._books
        self._books = {name: np.concatenate([old[name], column]) if old else column for name, column in books.items()}

    def _enter(self, day: int) -> None:
        """Orders that are known this morning."""
        books = self._books
        for one in self._late:
            if one.due > day:
                continue
            place = self._place[self._row[one.place]] if self._known[one.place] else one.place
            for name, more in zip(BOUGHT, one.bought, strict=True):
                books[name][place] += more
            if one.bought[0]:
                books["last_day"][place] = max(books["last_day"][place], one.day)
                books["first_day"][place] = one.day if books["first_day"][place] == NEVER else books["first_day"][place]
        self._late = [one for one in self._late if one.due > day]

    def _find_out(self, day: int) -> None:
        """Second addresses that are found today to be a customer's: theirs is all that came under it."""
        for row, (place, since) in self._second.items():
            if day == since + self._troubles.known_after:
                _unite(self._books, int(self._place[row]), place)
                self._known[place] = True

    def _shown(self, seen: Seen, day: int) -> Seen:
        of_all = [each.name for each in fields(seen) if each.name not in ("terms", *BY_ADDRESS)]
        columns: dict[str, Any] = {name: getattr(seen, name)[self._row] for name in of_all}
        columns |= {name: column.copy() for name, column in self._books.items()}
        second = ~self._first
        columns["customer"][second] = ~columns["customer"][second]  # a number of its own
        for name, nothing in NOT_SECOND.items():
            columns[name][second] = nothing
        columns["consent"][self._known] = False
        columns["cycle"][columns["orders"] < self._world.cycle_known] = 0
        began = day - self._mistaken
        for row in np.flatnonzero((began >= 0) & (began < MISTAKEN_DAYS)).tolist():
            if row > 0:
                _unite(columns, int(self._place[row - 1]), int(self._place[row]))
                columns["consent"][self._place[row]] = False
        return Seen(terms=seen.terms, **columns)

    def _meant(self, choice: Integers, size: int) -> Integers:
        """By customer: what is to be done under the first address, else under the second."""
        meant, self._acted = np.full(size, NOTHING, np.int64), self._place.copy()
        for these in (~self._first, self._first):
            places = np.flatnonzero(these & (choice != NOTHING))
            meant[self._row[places]] = choice[places]
            self._acted[self._row[places]] = places
        return meant


def _unite(books: dict[str, Any], place: int, other: int) -> None:
    """What is written at another place is written at this one too."""
    for name in SUMS:
        books[name][place] += books[name][other]
    for name in NEWEST:
        books[name][place] = np.maximum(books[name][place], books[name][other])
    books["contacts_30"][place] |= books["contacts_30"][other]
    books["first_day"][place] = min(books["first_day"][place], books["first_day"][other])
    days = books["last_day"][place] - books["first_day"][place] + 1
    books["orders"][place] = min(books["orders"][place], days)  # order days: two on one day are one
