"""The product itself: a forecast of each customer by a lifetime model, one value for each play, and the best choice of all.

The same `policy.choose` that a shop's day calls, asked about invented customers. What each play is assumed to bring are the
product's documented priors (docs/decisions.md), never the simulator's own numbers; nothing here knows the hidden truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from regulars.policy.choose import SLOT_SHARE, Option, People, choose
from regulars.policy.value import Terms
from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.plays import (
    BIRTHDAY,
    BUNDLE,
    DISCOUNT,
    GIFT,
    NAMES,
    NOTHING,
    REFERRAL,
    REFILL,
    REMEDY,
    SECOND_ORDER,
    WORDS,
)
from regulars.simulator.reacting.policies.outlook import Lifetime, Outlook
from regulars.simulator.reacting.policies.policy import (
    has_birthday,
    may_contact,
    may_have,
    nothing_for,
    refill_is_due,
    remedied_first,
)
from regulars.simulator.reacting.seen import Seen

FRIEND_SHARE, FRIEND_ORDERS = 0.02, 0.85
"""An invitation brings a friend so often, who is worth so many usual orders after the reward."""
LIFTS = {BIRTHDAY: (0.35, 14), SECOND_ORDER: (0.60, 14), REFILL: (0.90, 10), WORDS: (0.35, 14), DISCOUNT: (0.55, 21),
         BUNDLE: (0.25, 14), GIFT: (0.20, 14), REFERRAL: (0.0, 14)}  # fmt: skip
"""The assumed lift of each play and how many days it lasts (docs/decisions.md, the table of assumptions)."""
GOODWILL, BASKET, HABIT = 0.035, 0.15, 0.03


@dataclass
class Product:
    """One object for one run: its outlook keeps the model and the forecasts. discounts: whether the discount play is on; plays:
    those that are on at all; lifts: assumed otherwise; most: people a day at most, by play; begins: the number of day 0, for the lot that settles ties."""

    discounts: bool = True
    plays: tuple[int, ...] = tuple(LIFTS)
    lifts: Mapping[int, float] = field(default_factory=dict)
    outlook: Outlook = field(default_factory=Lifetime)
    most: Mapping[int, int] = field(default_factory=dict)
    begins: int = 0
    _order_margin: float = 0.0
    _expected: Floats = field(default_factory=lambda: np.empty(0))

    def __call__(self, seen: Seen, day: int) -> Integers:
        """The day's choice."""
        choice = nothing_for(seen)
        if len(seen) == 0:
            return choice
        plays = [play for play in self.plays if self.discounts or play != DISCOUNT]
        may = self._moments(seen, day, plays)
        rows = np.flatnonzero(may.any(axis=1))
        expected = self.outlook(seen, rows, day)
        self._order_margin = expected.order
        self._note(rows, expected.margin, len(seen))
        if len(rows):
            people = People(seen.customer[rows], expected.margin, expected.remaining, seen.remembered[rows])
            choice[rows] = self._chosen(people, seen, day, (plays, may[rows]))
        return remedied_first(seen, choice, day)

    def forecast(self, rows: Integers) -> Floats:
        """Margin in the next HORIZON_DAYS, as it was last expected, of customers who were looked at."""
        return self._expected[rows]

    def _note(self, rows: Integers, margin: Floats, size: int) -> None:
        more = size - len(self._expected)
        if more > 0:
            self._expected = np.concatenate([self._expected, np.zeros(more)])
        self._expected[rows] = margin

    def _chosen(self, people: People, seen: Seen, day: int, moments: tuple[list[int], Booleans]) -> Integers:
        plays, may = moments
        options = [self._option(seen, play) for play in plays]
        found = choose(people, options, np.where(may, 1.0, np.nan), day=self.begins + day).play
        return np.where(found == NOTHING, NOTHING, np.array(plays)[found])

    def _option(self, seen: Seen, play: int) -> Option:
        terms, known = self._terms(play), seen.terms
        cost = known.cost_contact + (known.cost_gift if play == GIFT else 0.0)
        terms = replace(terms, cost=cost, margin_rate=known.margin_rate)
        if play == DISCOUNT:
            terms = replace(terms, discount=known.discount, habit=HABIT)
        if play == REFERRAL:
            terms = replace(terms, worth=FRIEND_SHARE * FRIEND_ORDERS * self._order_margin)
        return Option(NAMES[play], terms, most=known.gift_stock if play == GIFT else self.most.get(play))

    def _terms(self, play: int) -> Terms:
        return Terms(
            lift=self.lifts.get(play, LIFTS[play][0]), days=LIFTS[play][1], goodwill=GOODWILL if play == GIFT else 0.0,
            basket=BASKET if play == BUNDLE else 0.0, slot=SLOT_SHARE * self._order_margin,
        )  # fmt: skip

    def _moments(self, seen: Seen, day: int, plays: list[int]) -> Booleans:
        """Whom each play is meant for today, as far as they may be contacted: shape (customers, plays)."""
        silence, once = seen.silence(day), seen.orders == 1

        def silent(low: int, high: int) -> Booleans:
            return (silence >= low) & (silence <= high)

        moments = {
            BIRTHDAY: has_birthday(seen, day), SECOND_ORDER: once & silent(10, 60), REFILL: refill_is_due(seen, day),
            WORDS: silent(45, 300), DISCOUNT: silent(60, 300), BUNDLE: silent(20, 90), GIFT: seen.orders >= 4,
            REFERRAL: (seen.orders >= 2) & (silence <= 30),
        }  # fmt: skip
        free = may_contact(seen)
        return np.stack([moments[play] & free & may_have(seen, play, day) for play in plays], axis=1)


assert REMEDY not in LIFTS  # owed, never valued
