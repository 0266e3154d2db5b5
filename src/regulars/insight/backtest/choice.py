"""Which candidate shall forecast this shop? The one with the least error over the past days, simpler ones first.

A more complex one must win by more than one standard error over the days. After one day only nothing is proven: the
mean of two models is taken, which was right most often elsewhere (docs/questions/backtest.md).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from regulars.insight.backtest.contest import clearly_less, winner
from regulars.insight.candidates.choice import RHYTHMS, UNPROVEN, UNWATCHED, Choice
from regulars.insight.lifetime.arrays import Floats

if TYPE_CHECKING:
    from regulars.insight.backtest.correcting import Corrected
    from regulars.insight.backtest.run import Trial


def choose(trials: "Sequence[Trial]", set_right: "Mapping[str, Corrected] | None" = None) -> Choice:
    """The choice that follows from the trials of one shop; unproven with those of fewer than two days.

    set_right: each candidate's chances as they are when set right, by which P(order) is chosen.
    """
    names = list(dict.fromkeys(trial.name for trial in trials))
    naive = {trial.name for trial in trials if trial.naive}
    days = {trial.day for trial in trials}
    rmse = _errors(trials, lambda trial: trial.orders.rmse)
    brier = _errors(trials, lambda trial: trial.chance.brier)
    rules = [name for name in names if name in naive]
    best_rule, best_chance_rule = winner(rules, rmse), winner(rules, brier)
    rhythm = winner([name for name in RHYTHMS if name in rmse], rmse) or UNWATCHED.rhythm
    if len(days) < 2:
        return Choice(UNPROVEN, UNPROVEN, rhythm, best_rule, best_chance_rule, naive_as_good=False, proven=False)
    if set_right:
        brier = _errors(trials, lambda trial: set_right[trial.name].brier[trial.day])
    orders, chance = winner(names, rmse), winner(names, brier)
    as_good = clearly_less(rmse[orders], rmse[best_rule]) is False
    correct = set_right[chance].recalibration if set_right else None
    return Choice(orders, chance, rhythm, best_rule, best_chance_rule, as_good, proven=True, recalibration=correct)


def _errors(trials: "Sequence[Trial]", measure: "Callable[[Trial], float]") -> dict[str, Floats]:
    """By name, the error of each day, in units of the mean error of all candidates on that day."""
    names, days = sorted({t.name for t in trials}), sorted({t.day for t in trials})
    scale = {day: np.mean([measure(t) for t in trials if t.day == day]) or 1.0 for day in days}
    found = {name: {t.day: measure(t) / scale[t.day] for t in trials if t.name == name} for name in names}
    return {name: np.array([found[name].get(day, np.nan) for day in days]) for name in names}
