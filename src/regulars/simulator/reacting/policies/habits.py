"""What many shops do: nothing, an e-mail a week to everybody, a discount a week, a discount to whoever seems to leave."""

import numpy as np

from regulars.simulator.arrays import Integers
from regulars.simulator.reacting.plays import DISCOUNT, NOTHING, WORDS
from regulars.simulator.reacting.policies.policy import may_contact, may_have, nothing_for
from regulars.simulator.reacting.seen import Seen

EVERY_DAYS = 7
GAPS_OF_SILENCE = 2.0


def nothing(seen: Seen, day: int) -> Integers:
    """Leaves everybody in peace, complaints included."""
    return nothing_for(seen)


def blast(seen: Seen, day: int) -> Integers:
    """Words to everybody who agreed, once a week."""
    return _weekly(seen, day, WORDS)


def discount(seen: Seen, day: int) -> Integers:
    """A discount to everybody who agreed, once a week."""
    return _weekly(seen, day, DISCOUNT)


def risk(seen: Seen, day: int) -> Integers:
    """A discount to whoever has been silent for more than twice their own mean gap; caps and waiting times kept."""
    later = np.maximum(seen.orders - 1, 1)
    gap = (seen.last_day - seen.first_day) / later
    leaving = (seen.orders > 1) & (seen.silence(day) > GAPS_OF_SILENCE * gap)
    return np.where(leaving & may_contact(seen) & may_have(seen, DISCOUNT, day), DISCOUNT, NOTHING)


def _weekly(seen: Seen, day: int, play: int) -> Integers:
    return np.where(seen.consent, play, NOTHING) if day % EVERY_DAYS == 0 else nothing_for(seen)
