"""How much more often does something rare happen to the treated? An interval that is exact for any number of people.

Each person counts with y/chance if treated and -y/(1 - chance) if held out (Horvitz and Thompson 1952); the mean of that is
the difference. An interval is what no gambler would have grown rich by betting against: Waudby-Smith and Ramdas, Estimating
means of bounded random variables by betting, Journal of the Royal Statistical Society B, 2024. Nothing is approximated, so it
holds where hardly anything happened, at every look, and after the share held out was changed.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from regulars.insight.lift.sequence import ALPHA

STAKES = (0.02, 0.06, 0.15, 0.35, 0.7, 0.95)
"""Shares of the most that can be lost on one person, mixed evenly: small ones see small differences of many people."""
HALVINGS = 50


@dataclass(frozen=True, slots=True)
class Counted:
    """People drawn with one chance of being treated, and to how many of them it happened."""

    chance: float
    treated: int
    held_out: int
    of_treated: int
    of_held_out: int

    def __post_init__(self) -> None:
        if not 0 < self.chance < 1:
            raise ValueError(f"the chance of being treated lies between 0 and 1, not at {self.chance}")
        if not (0 <= self.of_treated <= self.treated and 0 <= self.of_held_out <= self.held_out):
            raise ValueError(f"it cannot have happened to more people than there are: {self}")


def difference(people: Sequence[Counted], *, alpha: float = ALPHA) -> tuple[float, float]:
    """Between low and high lies how much more often it happens to the treated, as a share of people (-1 to 1).

    >>> [round(each, 4) for each in difference([Counted(.5, 500, 500, 20, 5)])]
    [-0.0015, 0.07]
    >>> [round(each, 4) for each in difference([Counted(.5, 500, 500, 0, 0)])]
    [-0.0109, 0.0109]
    """
    mirrored = [
        Counted(1 - each.chance, each.held_out, each.treated, each.of_held_out, each.of_treated) for each in people
    ]
    return -_highest(mirrored, alpha), _highest(people, alpha)


def _highest(people: Sequence[Counted], alpha: float) -> float:
    """The largest difference that cannot be ruled out: beyond it a bet that it is smaller would have won 2/alpha times its stake."""
    return _where(lambda more: _won(people, more) >= math.log(2 / alpha))


def _won(people: Sequence[Counted], more: float) -> float:
    """Logarithm of what bets against a difference of `more` have come to; grows with `more`."""
    logs = [sum(_won_by(stake, each, more) for each in people) for stake in STAKES]
    most = max(logs)
    return most + math.log(sum(math.exp(each - most) for each in logs) / len(logs))


def _won_by(stake: float, people: Counted, more: float) -> float:
    # At stake = 1 a treated person to whom it happened would take everything.
    room = 1 / people.chance - more
    nothing = people.treated + people.held_out - people.of_treated - people.of_held_out
    return (
        people.of_treated * math.log1p(-stake)
        + people.of_held_out * math.log1p(stake * (more + 1 / (1 - people.chance)) / room)
        + nothing * math.log1p(stake * more / room)
    )


def _where(enough: Callable[[float], bool]) -> float:
    """From where on between -1 and 1 it is true; 1 where it never is."""
    low, high = -1.0, 1.0
    if not enough(high):
        return high
    for _time in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
