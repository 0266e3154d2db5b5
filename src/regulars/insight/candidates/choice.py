"""What forecasts this shop? Made by its back-test; before there is one, what was right most often elsewhere."""

from dataclasses import dataclass

from regulars.insight.candidates.recalibration import Recalibration

UNPROVEN = "mean of BG and Pareto"
RHYTHMS = ("BG/NBD", "MBG/NBD", "Pareto/NBD", "MBG/CNBD-k")
"""Models that know of churn and of the next order's day."""


@dataclass(frozen=True)
class Choice:
    """What forecasts orders, what forecasts P(order), what tells the next order's day, and the best naive rules.

    naive_as_good: the best naive rule's error is not above that of the choice by more than a standard error.
    proven: more than one past day spoke. recalibration: what sets P(order) right; None where it did not help.
    """

    orders: str
    chance: str
    rhythm: str
    naive_orders: str
    naive_chance: str
    naive_as_good: bool
    proven: bool
    recalibration: Recalibration | None = None


UNWATCHED = Choice(UNPROVEN, UNPROVEN, "BG/NBD", "own rate", "own rate", naive_as_good=False, proven=False)
