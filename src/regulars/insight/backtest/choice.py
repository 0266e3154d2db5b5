"""Which candidate shall forecast this shop? The one with the least error over the past days, simpler ones first.

A more complex one must win by more than one standard error over the days. After one day only nothing is proven: the
mean of two models is taken, which was right most often elsewhere (docs/questions/backtest.md).
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from regulars.insight.candidates.choice import RHYTHMS, UNPROVEN, UNWATCHED, Choice
from regulars.insight.lifetime.arrays import Floats

if TYPE_CHECKING:
    from regulars.insight.backtest.run import Trial


def choose(trials: "Sequence[Trial]") -> Choice:
    """The choice that follows from the trials of one shop; unproven with those of fewer than two days."""
    names = list(dict.fromkeys(trial.name for trial in trials))
    naive = {trial.name for trial in trials if trial.naive}
    days = {trial.day for trial in trials}
    rmse = _errors(trials, lambda trial: trial.orders.rmse)
    brier = _errors(trials, lambda trial: trial.chance.brier)
    rules = [name for name in names if name in naive]
    best_rule, best_chance_rule = _best(rules, rmse), _best(rules, brier)
    rhythm = _best([name for name in RHYTHMS if name in rmse], rmse) or UNWATCHED.rhythm
    if len(days) < 2:
        return Choice(UNPROVEN, UNPROVEN, rhythm, best_rule, best_chance_rule, naive_as_good=False, proven=False)
    orders, chance = _best(names, rmse), _best(names, brier)
    as_good = _clearly_less(rmse[orders], rmse[best_rule]) is False
    return Choice(orders, chance, rhythm, best_rule, best_chance_rule, as_good, proven=True)


def _errors(trials: "Sequence[Trial]", measure: "Callable[[Trial], float]") -> dict[str, Floats]:
    """By name, the error of each day, in units of the mean error of all candidates on that day."""
    names, days = sorted({t.name for t in trials}), sorted({t.day for t in trials})
    scale = {day: np.mean([measure(t) for t in trials if t.day == day]) or 1.0 for day in days}
    found = {name: {t.day: measure(t) / scale[t.day] for t in trials if t.name == name} for name in names}
    return {name: np.array([found[name].get(day, np.nan) for day in days]) for name in names}


def _best(names: Sequence[str], errors: dict[str, Floats]) -> str:
    """The simplest name that no other clearly beats; `names` are in order of complexity."""
    best = ""
    for name in names:
        if not best or _clearly_less(errors[name], errors[best]):
            best = name
    return best


def _clearly_less(one: Floats, other: Floats) -> bool:
    """Whether `one` is less than `other` by more than a standard error over the days both have."""
    both = ~(np.isnan(one) | np.isnan(other))
    gain = (other - one)[both]
    if gain.size < 2:
        return bool(gain.size and gain[0] > 0)
    return bool(gain.mean() > gain.std(ddof=1) / np.sqrt(gain.size))
