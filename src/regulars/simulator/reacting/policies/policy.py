"""What is a policy? Anything that, shown what a shop can know, says for each customer what to do today.

Helper masks say who may be reached at all; every policy that keeps the house rules asks the same ones.
"""

from typing import Protocol

import numpy as np

from regulars.policy.budget import DEFAULT, Budget
from regulars.simulator.arrays import Booleans, Integers
from regulars.simulator.reacting.effects import is_due
from regulars.simulator.reacting.plays import NOTHING, REMEDY, REMEDY_WITHIN_DAYS, WAITS
from regulars.simulator.reacting.seen import Seen
from regulars.simulator.reacting.world import DAYS_A_YEAR


class Policy(Protocol):
    """Called once a day with plays, in order, with what was known at midnight."""

    def __call__(self, seen: Seen, day: int) -> Integers:
        """Shape (customers,): the column of the play to do (`plays.NAMES`), NOTHING, or a code of `plays.withheld`.

        At most one play a customer and day. Consent, caps, waiting times and stock are the policy's own duty: a breach is
        carried out where it can be, and counted.
        """
        ...


def nothing_for(seen: Seen) -> Integers:
    """The choice that leaves everybody in peace."""
    return np.full(len(seen), NOTHING, np.int64)


def may_contact(seen: Seen, budget: Budget = DEFAULT) -> Booleans:
    """Who agreed and has room for one more contact today, in every window of the budget (windows of up to 30 days)."""
    fits = seen.consent.copy()
    for window in budget:
        fits &= seen.contacts_within(window.days - 1) < window.contacts
    return fits


def may_have(seen: Seen, play: int, day: int) -> Booleans:
    """Who has waited long enough for this play."""
    return np.asarray(day - seen.play_day[:, play] >= WAITS[play])


def owed_a_remedy(seen: Seen, day: int) -> Booleans:
    """Whose last complaint, not older than a remedy helps, is still open. Owed whatever the caps; do it first."""
    return (day - seen.complaint_day <= REMEDY_WITHIN_DAYS) & ~seen.remedied & (seen.complaints > 0)


def remedied_first(seen: Seen, choice: Integers, day: int) -> Integers:
    """The choice, with everybody who is owed a remedy getting that and no marketing."""
    return np.where(owed_a_remedy(seen, day), REMEDY, choice)


def has_birthday(seen: Seen, day: int) -> Booleans:
    """Today."""
    return np.asarray(seen.birthday == day % DAYS_A_YEAR)


def refill_is_due(seen: Seen, day: int) -> Booleans:
    """Whose known cycle is about over."""
    return is_due(seen.silence(day), seen.cycle)


def best(seen: Seen, wanted: Booleans, most: int) -> Booleans:
    """Of those wanted, the `most` with the most margin so far; ties by customer number."""
    rows = np.flatnonzero(wanted)
    chosen = np.zeros(len(seen), bool)
    chosen[rows[np.lexsort((seen.customer[rows], -seen.margin[rows]))][:most]] = True
    return chosen
