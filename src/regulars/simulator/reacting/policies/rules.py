"""Good rules: each play in its own moment, one contact in seven days and three in thirty, gifts to the best, remedies first."""

from dataclasses import dataclass

import numpy as np

from regulars.simulator.arrays import Booleans, Integers
from regulars.simulator.reacting.plays import (
    BIRTHDAY,
    BUNDLE,
    DISCOUNT,
    GIFT,
    NOTHING,
    REFERRAL,
    REFILL,
    SECOND_ORDER,
    WORDS,
)
from regulars.simulator.reacting.policies.policy import (
    best,
    has_birthday,
    may_contact,
    may_have,
    refill_is_due,
    remedied_first,
)
from regulars.simulator.reacting.seen import Seen

SECOND_ORDER_DAYS, WORDS_DAYS, DISCOUNT_DAYS, BUNDLE_DAYS = (14, 60), (45, 300), (60, 300), (30, 90)
REFERRAL_ORDERS, REFERRAL_DAYS = 2, 30
GIFT_ORDERS, GIFTS_A_DAY = 6, 2


@dataclass(frozen=True)
class Rules:
    """discounts: whether the discount is among them. The first play that fits wins."""

    discounts: bool = True

    def __call__(self, seen: Seen, day: int) -> Integers:
        """The day's choice."""
        free = may_contact(seen)
        choice = np.full(len(seen), NOTHING, np.int64)
        for play, fits in self._moments(seen, day):
            chosen = free & fits & (choice == NOTHING) & may_have(seen, play, day)
            if play == GIFT:
                chosen = best(seen, chosen, min(GIFTS_A_DAY, seen.terms.gift_stock))
            choice[chosen] = play
        return remedied_first(seen, choice, day)

    def _moments(self, seen: Seen, day: int) -> list[tuple[int, Booleans]]:
        silence = seen.silence(day)

        def silent(low: int, high: int) -> Booleans:
            return (silence >= low) & (silence <= high)

        moments = [
            (BIRTHDAY, has_birthday(seen, day)),
            (GIFT, seen.orders >= GIFT_ORDERS),
            (SECOND_ORDER, (seen.orders == 1) & silent(*SECOND_ORDER_DAYS)),
            (REFILL, refill_is_due(seen, day)),
            (WORDS, silent(*WORDS_DAYS)),
            (DISCOUNT, silent(*DISCOUNT_DAYS)),
            (BUNDLE, silent(*BUNDLE_DAYS)),
            (REFERRAL, (seen.orders >= REFERRAL_ORDERS) & (silence <= REFERRAL_DAYS)),
        ]
        return [moment for moment in moments if self.discounts or moment[0] != DISCOUNT]
