"""The product itself: a forecast of each customer by a lifetime model, one value for each play, and the best choice of all.

The same `policy.choose` that a shop's day calls, asked about invented customers. What each play is assumed to bring are the
product's documented priors (docs/decisions.md), never the simulator's own numbers; nothing here knows the hidden truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from regulars.insight.lifetime import gamma_gamma, paretonbd
from regulars.insight.lifetime.histories import Histories, Spend
from regulars.policy.choose import REMAINING_DAYS, SLOT_SHARE, Option, People, choose
from regulars.policy.value import HORIZON_DAYS, Terms
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
from regulars.simulator.reacting.policies.policy import (
    has_birthday,
    may_contact,
    may_have,
    nothing_for,
    refill_is_due,
    remedied_first,
)
from regulars.simulator.reacting.seen import Seen

FIT_EVERY_DAYS = 28
BLOCK_DAYS = 7
"""A forecast is made anew after so many days, and when somebody orders."""
FRIEND_SHARE, FRIEND_ORDERS = 0.02, 0.85
"""An invitation brings a friend so often, who is worth so many usual orders after the reward."""
LIFTS = {BIRTHDAY: (0.35, 14), SECOND_ORDER: (0.60, 14), REFILL: (0.90, 10), WORDS: (0.35, 14), DISCOUNT: (0.55, 21),
         BUNDLE: (0.25, 14), GIFT: (0.20, 14), REFERRAL: (0.0, 14)}  # fmt: skip
"""The assumed lift of each play and how many days it lasts (docs/decisions.md, the table of assumptions)."""
GOODWILL, BASKET, HABIT = 0.035, 0.15, 0.03


@dataclass
class Forecast:
    """Of every customer seen so far: margin in the next HORIZON_DAYS and REMAINING_DAYS, as of `day`."""

    day: Integers
    margin: Floats
    remaining: Floats


@dataclass
class Product:
    """One object for one run: it keeps the model and the forecasts. discounts: whether the discount play is on; plays: those that are on at all; lifts: assumed otherwise."""

    discounts: bool = True
    plays: tuple[int, ...] = tuple(LIFTS)
    lifts: Mapping[int, float] = field(default_factory=dict)
    _churn: paretonbd.Fit | None = None
    _spend: gamma_gamma.Fit | None = None
    _fitted: int = -FIT_EVERY_DAYS
    _order_margin: float = 0.0
    _kept: Forecast = field(default_factory=lambda: Forecast(*(np.empty(0, kind) for kind in (np.int64, float, float))))

    def __call__(self, seen: Seen, day: int) -> Integers:
        """The day's choice."""
        if len(seen) == 0:
            return nothing_for(seen)
        if day - self._fitted >= FIT_EVERY_DAYS:
            self._fit(seen, day)
        plays = [play for play in self.plays if self.discounts or play != DISCOUNT]
        may = self._moments(seen, day, plays)
        rows = np.flatnonzero(may.any(axis=1))
        choice = nothing_for(seen)
        if len(rows) and self._churn is not None:
            choice[rows] = self._chosen(seen, day, plays, (rows, may[rows]))
        return remedied_first(seen, choice, day)

    def forecast(self, rows: Integers) -> Floats:
        """Margin in the next HORIZON_DAYS, as it was last forecast, of customers who were looked at."""
        return self._kept.margin[rows]

    def _chosen(self, seen: Seen, day: int, plays: list[int], candidates: tuple[Integers, Booleans]) -> Integers:
        rows, may = candidates
        self._look_ahead(seen, day, rows)
        people = People(seen.customer[rows], self._kept.margin[rows], self._kept.remaining[rows], seen.remembered[rows])
        options = [self._option(seen, play) for play in plays]
        found = choose(people, options, np.where(may, 1.0, np.nan), day=day).play
        return np.where(found == NOTHING, NOTHING, np.array(plays)[found])

    def _option(self, seen: Seen, play: int) -> Option:
        terms, known = self._terms(play), seen.terms
        cost = known.cost_contact + (known.cost_gift if play == GIFT else 0.0)
        terms = replace(terms, cost=cost, margin_rate=known.margin_rate)
        if play == DISCOUNT:
            terms = replace(terms, discount=known.discount, habit=HABIT)
        if play == REFERRAL:
            terms = replace(terms, worth=FRIEND_SHARE * FRIEND_ORDERS * self._order_margin)
        return Option(NAMES[play], terms, most=known.gift_stock if play == GIFT else None)

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

    def _fit(self, seen: Seen, day: int) -> None:
        """The lifetime model on everybody's counts, the spend model on margin an order."""
        x, age = seen.orders - 1, seen.age(day)
        self._churn = paretonbd.fit(Histories.of(x, seen.last_day - seen.first_day, age).sample(5_000))
        earned = seen.margin > 0
        self._spend = gamma_gamma.fit(Spend.of(seen.orders[earned], (seen.margin / seen.orders)[earned]))
        self._order_margin = float(seen.margin.sum() / max(1, seen.orders.sum()))
        self._fitted = day
        self._kept.day[:] = day - BLOCK_DAYS

    def _look_ahead(self, seen: Seen, day: int, rows: Integers) -> None:
        """Forecast those of these customers whose forecast is old."""
        more = len(seen) - len(self._kept.day)
        if more:
            self._kept = Forecast(
                np.concatenate([self._kept.day, np.full(more, day - BLOCK_DAYS)]),
                *(np.concatenate([old, np.zeros(more)]) for old in (self._kept.margin, self._kept.remaining)),
            )
        old = rows[(day - self._kept.day[rows] >= BLOCK_DAYS) | (seen.last_day[rows] >= self._kept.day[rows])]
        if not len(old) or self._churn is None or self._spend is None:
            return
        x, t_x, age = seen.orders[old] - 1, seen.last_day[old] - seen.first_day[old], seen.age(day)[old]
        columns, back = np.unique(np.stack([x, t_x, age]), axis=1, return_inverse=True)
        times, last, age = (column.copy() for column in columns)
        asked = Histories(times, last, age, np.ones_like(times))
        near, far = (
            paretonbd.expected_orders(self._churn, asked, days=days)[back] for days in (HORIZON_DAYS, REMAINING_DAYS)
        )
        worth = self._margin_of_an_order(seen, old)
        self._kept.day[old], self._kept.margin[old], self._kept.remaining[old] = day, near * worth, far * worth

    def _margin_of_an_order(self, seen: Seen, rows: Integers) -> Floats:
        assert self._spend is not None
        mean = np.maximum(seen.margin[rows], 0) / seen.orders[rows]
        if self._spend.state is gamma_gamma.State.NO_SPEND:
            return np.full(len(rows), self._order_margin)
        return gamma_gamma.expected_value(self._spend, Spend.of(seen.orders[rows], mean))


assert REMEDY not in LIFTS  # owed, never valued
