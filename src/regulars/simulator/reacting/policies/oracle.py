"""What could be earned by somebody who knows the truth? The best play for each customer today, short-sighted: a yardstick,
not an upper bound. Same caps, waiting times and stock as everybody."""

import numpy as np

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.crowd import STAYS
from regulars.simulator.reacting.effects import basket_lift, is_due, lifts
from regulars.simulator.reacting.ordering import DIP_LEAST, rates
from regulars.simulator.reacting.plays import (
    BIRTHDAY,
    BUNDLE,
    DISCOUNT,
    DISTURBS,
    GIFT,
    NOTHING,
    PLAYS,
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
    remedied_first,
)
from regulars.simulator.reacting.seen import Seen
from regulars.simulator.reacting.shop import Shop

REMAINING_DAYS = 240
"""How far ahead the value that somebody still has is counted."""
SLOT_SHARE = 0.007
"""What the contact is worth elsewhere, as a share of the margin of a usual order."""
FRIEND_WORTH = 12.0
"""Of a friend, after what they cost."""
GIFT_ORDERS, REFERRAL_ORDERS, REFERRAL_DAYS = 4, 2, 30
MOMENTS = {WORDS: (45, 300), DISCOUNT: (60, 300), BUNDLE: (20, 90), SECOND_ORDER: (10, 60)}


class Oracle:
    """One object for one run: it is shown the shop itself."""

    def __init__(self) -> None:
        self._shop: Shop | None = None

    def look(self, shop: Shop) -> None:
        """The whole truth."""
        self._shop = shop

    def __call__(self, seen: Seen, day: int) -> Integers:
        """For each customer who is still there, what is worth most, if it is worth anything."""
        if self._shop is None:
            raise ValueError("an oracle must be shown the shop before it is asked")
        shop, choice = self._shop, nothing_for(seen)
        rows = np.flatnonzero(may_contact(seen) & (shop.crowd.hidden.fate[: len(seen)] == STAYS))
        value = np.full((len(rows), REMEDY), -np.inf)
        for play in range(REMEDY):
            fits = np.flatnonzero(self._moment(seen, play, day)[rows] & may_have(seen, play, day)[rows])
            value[fits, play] = worth(shop, rows[fits], play, day)
        choice[rows] = _taken(value, seen.terms.gift_stock)
        return remedied_first(seen, choice, day)

    def _moment(self, seen: Seen, play: int, day: int) -> Booleans:
        silence = seen.silence(day)
        if play == BIRTHDAY:
            return has_birthday(seen, day)
        if play == GIFT:
            return np.asarray(seen.orders >= GIFT_ORDERS)
        if play == REFERRAL:
            return (seen.orders >= REFERRAL_ORDERS) & (silence <= REFERRAL_DAYS)
        if play == REFILL and self._shop is not None:
            return is_due(silence, self._shop.crowd.hidden.cycle[: len(seen)])
        low, high = MOMENTS[play]
        return (silence >= low) & (silence <= high) & ((play != SECOND_ORDER) | (seen.orders == 1))


def worth(shop: Shop, rows: Integers, play: int, day: int) -> Floats:
    """The expected profit of doing this play to these customers today, all else left alone; shape (rows,)."""
    world, hidden, window = shop.world, shop.crowd.hidden, PLAYS[play].window
    rate, _unlifted = rates(shop, rows, day)
    margin, leaving = hidden.basket[rows] * world.margin_rate, _leaving(shop, rows)
    remaining = rate * margin * -np.expm1(-REMAINING_DAYS * leaving) / leaving
    lift = lifts(world, shop.crowd, (rows, np.full(len(rows), play)), day)
    with_play, without = -np.expm1(-rate * (1 + np.maximum(lift, -1)) * window), -np.expm1(-rate * window)
    dip = np.minimum(world.pull * np.maximum(lift, 0), 1 - DIP_LEAST) * rate * window
    value = (with_play - without - dip) * margin
    value += _warmth(shop, rows, play) * _of_goodwill(shop, (rate * margin, leaving, remaining))
    if play == BUNDLE:
        value += basket_lift(world, day) * with_play * margin
    if play == DISCOUNT:
        value -= world.discount * hidden.basket[rows] * with_play
        value -= world.habit * hidden.price[rows] * world.habit_step * rate * margin * _lasting(world.habit_keeps)
    if play == REFERRAL:
        value += FRIEND_WORTH * world.referral * np.clip(1 + hidden.goodwill[rows], 0, 2)
    harm = world.unsubscribe * np.exp(hidden.fatigue[rows] * hidden.felt[rows]) * world.unsubscribed_loss
    if DISTURBS[play]:
        harm = harm + hidden.dog[rows] * world.dogs_leave
    slot = SLOT_SHARE * world.margin_rate * world.basket_scale * world.basket_rate / (world.basket_shape - 1)
    return np.asarray(value - harm * remaining - world.cost_contact - slot - (world.cost_gift if play == GIFT else 0.0))


def _warmth(shop: Shop, rows: Integers, play: int) -> Floats:
    """The change of goodwill."""
    world, hidden, facts = shop.world, shop.crowd.hidden, shop.crowd.facts
    change = -world.annoys * np.maximum(hidden.felt[rows] - world.annoys_from, 0.0)
    if play == BIRTHDAY:
        change += world.goodwill_birthday
    if play == GIFT:
        change += np.where(facts.orders[rows] > 1, world.gift_later, world.gift_first) * hidden.gift[rows]
    return np.asarray(change)


def _of_goodwill(shop: Shop, prospects: tuple[Floats, Floats, Floats]) -> Floats:
    """What a unit of goodwill is worth while it lasts: more orders, and fewer who leave. prospects: margin a day,
    leaving rate, remaining value."""
    margin_a_day, leaving, remaining = prospects
    world, lasting = shop.world, _lasting(shop.world.goodwill_keeps)
    return lasting * (world.goodwill_orders * margin_a_day + world.goodwill_leaving * leaving * remaining)


def _leaving(shop: Shop, rows: Integers) -> Floats:
    hidden = shop.crowd.hidden
    hazard = hidden.leaving_rate[rows] * np.exp(-shop.world.goodwill_leaving * hidden.goodwill[rows])
    return np.maximum(hazard, 1e-12)


def _lasting(keeps: float) -> float:
    """Days that something lasts which keeps this share of itself a day."""
    return float(min(1 / max(1 - keeps, 1e-9), REMAINING_DAYS))


def _taken(value: Floats, gifts: int) -> Integers:
    """The best play of each row, NOTHING where none is worth anything; gifts go where they add most to the next best."""
    if not len(value):
        return np.zeros(0, np.int64)
    other = value.copy()
    other[:, GIFT] = 0.0
    gain = value[:, GIFT] - np.maximum(other.max(axis=1), 0.0)
    value = value.copy()
    value[np.argsort(-gain, kind="stable")[gifts:], GIFT] = -np.inf
    play = value.argmax(axis=1)
    return np.where(value[np.arange(len(value)), play] > 0, play, NOTHING)
