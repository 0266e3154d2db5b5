"""Trials of invented people with a known effect, looked at every day: small in the tests, large in `benchmarks.proof`.

Most buy nothing and a few very much: 83 % zeros, a variation coefficient of nearly 4, and a forecast that explains a tenth of
the variance. What `effect.judge` says at each look is computed from running sums; a test holds the two together.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from regulars.insight.lift.aipw import Drawn, scores
from regulars.insight.lift.forecasting import running_line
from regulars.insight.lift.sequence import YES_MIN, Z_95, always
from regulars.insight.lift.split import BROKEN, log_e

PAST, MANY, CAP_QUANTILE = 50_000, 1_000_000, 0.99
BUYS_MAX = 0.97
ADAPTS_FROM, CHANCES = 10, (0.1, 0.9)
LOTS = 200


@dataclass(frozen=True)
class Trial:
    """effect: on the chance to buy, relative. held_out: from which day on which share. adapts: the chance follows the
    results so far instead. tail: index of a Pareto of what is spent, 0: lognormal. grows: spend doubles in 120 days."""

    days: int = 120
    a_day: int = 300
    held_out: tuple[tuple[int, float], ...] = ((0, 0.10),)
    effect: float = 0.0
    tail: float = 0.0
    grows: bool = False
    adapts: bool = False

    @property
    def planned(self) -> int:
        """People in the end."""
        return self.days * self.a_day

    def scale(self, day: Any) -> Any:
        """What everybody's spend is multiplied by on a day."""
        return 1 + day / 120 if self.grows else np.ones_like(day, dtype=float)


@dataclass(frozen=True)
class Bought:
    """By person: the chance to buy with and without, what they would spend, what was forecast."""

    with_it: Any
    without: Any
    spends: Any
    forecast: Any


def bought(trial: Trial, n: int, draw: np.random.Generator) -> Bought:
    """People as they come."""
    without = 1 - np.exp(-0.22 * draw.gamma(0.6, 1 / 0.6, n))
    size = 55 * np.exp(draw.normal(0, 0.6, n))
    forecast = without * size * np.exp(draw.normal(0, 0.5, n))
    if trial.tail:
        times = (trial.tail - 1) / trial.tail * draw.random(n) ** (-1 / trial.tail)
    else:
        times = np.exp(draw.normal(-0.32, 0.8, n))
    return Bought(np.minimum(without * (1 + trial.effect), BUYS_MAX), without, size * times, forecast)


@lru_cache
def cap(tail: float) -> float:
    """The 99th percentile of what buyers of the past spent."""
    draw = np.random.default_rng(11)
    past = bought(Trial(tail=tail), PAST, draw)
    return float(np.quantile(past.spends[draw.random(PAST) < past.without], CAP_QUANTILE))


@lru_cache
def truth(trial: Trial, outcome: str) -> Any:
    """The true effect on a person of each day: of "spend" (capped) or "came_back"."""
    one = bought(trial, MANY, np.random.default_rng(12))
    more = one.with_it - one.without
    if outcome == "came_back":
        return np.full(trial.days, more.mean())
    scales = trial.scale(np.arange(trial.days)) if trial.grows else np.ones(1)
    found = [float((more * np.minimum(one.spends * scale, cap(trial.tail))).mean()) for scale in scales]
    return np.broadcast_to(found, trial.days) if len(found) == 1 else np.array(found)


@dataclass(frozen=True)
class People:
    """One trial as it fell, by day. spend: capped."""

    trial: Trial
    day: Any
    treated: Any
    chance: Any
    forecast: Any
    spend: Any

    def outcome(self, name: str) -> Any:
        """ "spend", or "came_back": whether anything was bought."""
        return self.spend if name == "spend" else (self.spend > 0).astype(float)

    def until(self, day: int, outcome: str) -> Drawn:
        """What `effect.judge` gets to see on the evening of a day."""
        part = self.day <= day
        y = self.outcome(outcome)[part]
        line = running_line(self.day[part], self.forecast[part], y)
        return Drawn(y, self.treated[part], self.chance[part], line)


def people(trial: Trial, seed: int) -> People:
    """Everybody of one run."""
    draw = np.random.default_rng(seed)
    day = np.repeat(np.arange(trial.days), trial.a_day)
    one, luck, lot = bought(trial, len(day), draw), draw.random(len(day)), draw.random(len(day))
    spends = np.minimum(one.spends * trial.scale(day), cap(trial.tail))
    without, with_it = (np.where(luck < chance, spends, 0.0) for chance in (one.without, one.with_it))
    chance = np.repeat(_adapted(trial, lot, [without, with_it]) if trial.adapts else _planned(trial), trial.a_day)
    treated = lot < chance
    return People(trial, day, treated, chance, one.forecast, np.where(treated, with_it, without))


def _planned(trial: Trial) -> Any:
    """The chance to be treated, by day."""
    chance = np.empty(trial.days)
    for since, share in trial.held_out:
        chance[since:] = 1 - share
    return chance


def _adapted(trial: Trial, lot: Any, outcomes: list[Any]) -> Any:
    """The better it looks in the days before, the more are treated."""
    chance, so_far, spent = np.full(trial.days, 0.5), np.zeros(2), 0.0
    without, with_it, lots = (each.reshape(trial.days, trial.a_day) for each in (*outcomes, lot))
    for day in range(trial.days):
        n = max(1, day * trial.a_day)
        if day >= ADAPTS_FROM:
            mean, square = so_far / n
            z = float(mean / np.sqrt((square - mean**2) / n))
            chance[day] = np.clip(1 / (1 + np.exp(-2 * z)), *CHANCES)
        treated = lots[day] < chance[day]
        y = np.where(treated, with_it[day], without[day])
        scored = np.where(treated, 1 / chance[day], -1 / (1 - chance[day])) * (y - spent / n)
        so_far += scored.sum(), (scored**2).sum()
        spent += y.sum()
    return chance


@dataclass(frozen=True)
class Looks:
    """Every evening's statement; NaN where nothing is said. truth: of those who are in. plain: difference of the means,
    with its error."""

    value: Any
    low: Any
    high: Any
    e: Any
    truth: Any
    plain: Any
    plain_error: Any

    @property
    def missed(self) -> bool:
        """Whether the truth was once left out."""
        return bool(((self.low > self.truth) | (self.high < self.truth)).any())

    @property
    def found(self) -> bool:
        """Whether once more than nothing was said to be found."""
        return bool((self.low > 0).any())

    def plain_missed(self, *, at_the_end: bool) -> bool:
        """Whether the ordinary 95 % interval left out the truth: on any evening, or on the last."""
        out = np.abs(self.plain - self.truth) > Z_95 * self.plain_error
        return bool(out[-1] if at_the_end else out.any())


def looks(of: People, outcome: str = "spend") -> Looks:
    """What `judge` would say every evening, from running sums."""
    trial, y = of.trial, of.outcome(outcome)
    phi = scores(Drawn(y, of.treated, of.chance, running_line(of.day, of.forecast, y)))
    n, total, squares, yes = (_so_far(trial, each) for each in (None, phi, phi * phi, (y > 0) & ~of.treated))
    mean = total / n
    error = np.sqrt(np.maximum(squares / n - mean**2, 0) / n)
    says = (yes >= YES_MIN) & _split_is_fine(of)
    said = np.full((3, trial.days), np.nan)
    for look in np.flatnonzero(says).tolist():
        said[:, look] = always(float(mean[look]), float(error[look]), int(n[look]), trial.planned)
    true = np.cumsum(truth(trial, outcome)) / np.arange(1, trial.days + 1)
    return Looks(np.where(says, mean, np.nan), *said, true, *_plain(of, y))


def _so_far(trial: Trial, each: Any) -> Any:
    """Sums by evening; of everybody 1 for None."""
    if each is None:
        return np.arange(1, trial.days + 1) * trial.a_day
    return np.cumsum(each.reshape(trial.days, trial.a_day).sum(axis=1))


def _split_is_fine(of: People) -> Any:
    """By evening, as `effect.split` says: the evidence of all days with the same chance together, and of each chance."""
    treated = of.treated.reshape(of.trial.days, -1).sum(axis=1)
    counts: dict[float, tuple[int, int]] = {}
    evidence: dict[float, float] = {}
    fine = np.empty(of.trial.days, bool)
    for day, chance in enumerate(of.chance[:: of.trial.a_day].tolist()):
        one, two = counts.get(chance, (0, 0))
        counts[chance] = one + int(treated[day]), two + of.trial.a_day - int(treated[day])
        evidence[chance] = log_e(counts[chance], [chance, 1 - chance])
        fine[day] = sum(evidence.values()) <= np.log(BROKEN)
    return fine


def _plain(of: People, y: Any) -> tuple[Any, Any]:
    """The difference of means every evening, and Welch's error; no evening with fewer than two buyers of an arm counts."""
    arms = []
    for arm in (of.treated, ~of.treated):
        n, total, squares, yes = (_so_far(of.trial, each * arm) for each in (np.ones_like(y), y, y * y, y > 0))
        mean = total / np.maximum(n, 1)
        arms.append((mean, (squares / np.maximum(n, 1) - mean**2) / np.maximum(n - 1, 1), yes))
    (one, error, yes), (two, other, no) = arms
    enough = (yes > 1) & (no > 1)
    return one - two, np.where(enough, np.sqrt(error + other), np.inf)


def drawn_again(known: tuple[Any, Any], outcomes: tuple[Any, Any], *, held_out: float, seed: int) -> Any:
    """How far off the estimate is, in its standard errors, when the lot is drawn anew as often as LOTS says. known: day of entry
    and forecast of each person, by day; outcomes: what each does without and with the play."""
    draw = np.random.default_rng(seed)
    (day, forecast), (without, with_it) = known, outcomes
    true = float((with_it - without).mean())
    chance, found = np.full(len(day), 1 - held_out), np.empty(LOTS)
    for lot in range(LOTS):
        treated = draw.random(len(day)) < chance
        y = np.where(treated, with_it, without)
        phi = scores(Drawn(y, treated, chance, running_line(day, forecast, y)))
        found[lot] = (phi.mean() - true) / phi.std() * np.sqrt(len(phi))
    return found
