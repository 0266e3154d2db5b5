"""How would each candidate's chances have done, set right by what the days before each showed?

Three ways compete: as said; with the level of the last past day; with shift and slope learned on all days before.
Walking forward, so nothing looks ahead; a way that changes more must win by more than one standard error.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from regulars.insight.backtest.contest import winner
from regulars.insight.backtest.ranges import pooled
from regulars.insight.candidates.recalibration import Recalibration, level, recalibration
from regulars.insight.lifetime.arrays import Floats

Chances = tuple[Floats, Floats]
"""What was said on one day, and who came (0 or 1): shape (customers,) each."""
Learn = Callable[[Sequence[Chances]], Recalibration | None]


@dataclass(frozen=True, eq=False)
class Corrected:
    """recalibration: what is applied from today on, None for as said. chances: what would have been said on the past
    days on which a correction could have been learned. brier: by day, of all days."""

    recalibration: Recalibration | None
    chances: tuple[Chances, ...]
    brier: Mapping[dt.date, float]


def corrected(said: Mapping[dt.date, Chances]) -> Corrected:
    """The best way for these chances, by day, oldest first."""
    chances = list(said.values())
    walked = {name: _walk(chances, learn) for name, learn in WAYS.items()}
    best = winner(list(WAYS), {name: _brier(found) for name, found in walked.items()})
    able = walked[best] if best == AS_SAID else walked[best][1:]
    return Corrected(WAYS[best](chances), tuple(able), dict(zip(said, _brier(walked[best]).tolist(), strict=True)))


def _walk(chances: Sequence[Chances], learn: Learn) -> list[Chances]:
    found = []
    for place, (said, came) in enumerate(chances):
        correct = learn(chances[:place]) if place else None
        found.append((correct(said) if correct else said, came))
    return found


def _brier(chances: Sequence[Chances]) -> Floats:
    return np.array([np.mean((said - came) ** 2) for said, came in chances])


AS_SAID = "as said"
WAYS: dict[str, Learn] = {
    AS_SAID: lambda _chances: None,
    "level of the last day": lambda chances: level(*chances[-1]),
    "shift and slope": lambda chances: recalibration(*pooled(chances)),
}
