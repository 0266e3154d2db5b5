"""Which plays are there, and what is one allowed to look like? Columns, windows, waiting times, and the codes of a choice."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from regulars.simulator.arrays import Integers

NAMES: Final = ("birthday", "gift", "discount", "words", "second_order", "refill", "bundle", "referral", "remedy")
"""The column of a play is its place here."""
BIRTHDAY, GIFT, DISCOUNT, WORDS, SECOND_ORDER, REFILL, BUNDLE, REFERRAL, REMEDY = range(len(NAMES))
NOTHING: Final = -1
WITHHELD: Final = -2
"""Choices of -2 and below say: this play would have been done, and was withheld (see `withheld`)."""
OF_PLAY, OF_EVERYTHING = 0, 1
NEVER: Final = -100_000
"""The day of what has not happened."""


@dataclass(frozen=True, slots=True)
class Play:
    """window: days a lift lasts. waits: days until the same customer may have it again. contact: it is one, and needs
    consent. disturbs: it may wake a sleeping dog."""

    window: int
    waits: int
    contact: bool = True
    disturbs: bool = False


PLAYS: Final = (
    Play(14, 360),
    Play(14, 180),
    Play(21, 60, disturbs=True),
    Play(14, 30, disturbs=True),
    Play(14, 20),
    Play(10, 20),
    Play(14, 45, disturbs=True),
    Play(0, 120),
    Play(0, 0, contact=False),
)
WINDOWS: Final = np.array([play.window for play in PLAYS])
WAITS: Final = np.array([play.waits for play in PLAYS])
CONTACT: Final = np.array([play.contact for play in PLAYS])
DISTURBS: Final = np.array([play.disturbs for play in PLAYS])
DUE_WITHIN: Final = 0.25
"""A reminder is due when the silence is within this share of the customer's cycle."""
REMEDY_WITHIN_DAYS: Final = 5


def withheld(play: Integers, layer: Integers) -> Integers:
    """The code of a play withheld: layer OF_PLAY or OF_EVERYTHING says which hold-out did it."""
    return WITHHELD - (play + layer * len(NAMES))


def read(choice: Integers) -> tuple[Integers, Integers]:
    """Of codes that are not NOTHING: the play meant, and the layer that withheld it (NOTHING where it was done).

    >>> play, layer = read(np.array([3, -2, -11]))
    >>> play.tolist(), layer.tolist()
    ([3, 0, 0], [-1, 0, 1])
    """
    behind = WITHHELD - choice
    done = choice >= 0
    return np.where(done, choice, behind % len(NAMES)), np.where(done, NOTHING, behind // len(NAMES))
