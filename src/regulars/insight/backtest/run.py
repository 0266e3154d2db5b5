"""Ask every candidate on several past days what the next days will bring, and compare with what they brought."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regulars.insight.backtest.choice import choose
from regulars.insight.backtest.correcting import corrected
from regulars.insight.backtest.measures import Bin, ChanceScore, OrdersScore, calibration, chance_score, orders_score
from regulars.insight.backtest.ranges import Ranges, learned, pooled
from regulars.insight.backtest.snapshot import Known, Snapshot, known_today, past_of, take
from regulars.insight.backtest.worth import value_of_an_order
from regulars.insight.candidates.choice import Choice
from regulars.insight.candidates.registry import BY_NAME, learn
from regulars.insight.candidates.seen import Foreseen
from regulars.insight.dates import Dates
from regulars.insight.facts import Engine, Facts
from regulars.insight.lifetime.arrays import Floats
from regulars.insight.profile import Choices

ORIGINS_MAX = 6
HISTORY_DAYS_MIN = 180
NEAR_DAYS = 90


@dataclass(frozen=True)
class Trial:
    """One candidate on one day. said, actual: orders of all `n` customers; net_said, net_actual: their net revenue,
    minor units. naive: a rule of thumb."""

    name: str
    naive: bool
    day: dt.date
    n: int
    said: float
    actual: int
    net_said: float
    net_actual: float
    orders: OrdersScore
    chance: ChanceScore


@dataclass(frozen=True)
class Backtest:
    """Every trial of the shop over `horizon` days, oldest day first, the choice that follows, and how well what it
    chose for P(order) was calibrated over all days (`bins`), and what was usual beside its forecasts (`ranges`).
    why_not: "short_history" without any trial."""

    horizon: int
    trials: tuple[Trial, ...]
    choice: Choice
    bins: tuple[Bin, ...]
    ranges: Ranges
    why_not: str = ""

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The past days on which was asked."""
        return tuple(sorted({trial.day for trial in self.trials}))

    @property
    def calibration_error(self) -> float:
        """Mean distance between what was said and what came, over the bins, weighted by customers."""
        n = sum(each.n for each in self.bins)
        return sum(abs(each.said - each.came) * each.n for each in self.bins) / n if n else 0.0

    def standing(self) -> list[dict[str, Any]]:
        """One row a candidate, least error first: name, naive, n (past days), rmse and brier (means over these days), low and
        high (the least and the largest bias of a total)."""
        rows = []
        for name in dict.fromkeys(trial.name for trial in self.trials):
            found = self.of(name)
            bias = [trial.orders.bias for trial in found if np.isfinite(trial.orders.bias)] or [float("nan")]
            rows.append({
                "name": name, "naive": found[0].naive, "n": len(found), "low": min(bias), "high": max(bias),
                "rmse": float(np.mean([trial.orders.rmse for trial in found])),
                "brier": float(np.mean([trial.chance.brier for trial in found])),
            })  # fmt: skip
        return sorted(rows, key=lambda row: (-row["n"], row["rmse"]))

    def of(self, name: str) -> tuple[Trial, ...]:
        """The trials of one candidate, oldest first."""
        return tuple(trial for trial in self.trials if trial.name == name)


def backtest(engine: Engine, facts: Facts, dates: Dates, choices: Choices, *, horizon: int = NEAR_DAYS) -> Backtest:
    """The back-test of a shop as of `dates.complete`: at most ORIGINS_MAX past days, `horizon` days apart."""
    return tried(engine, known_today(engine, facts, dates, choices), dates, horizon)


def tried(engine: Engine, known: Known, dates: Dates, horizon: int) -> Backtest:
    """The back-test of what is known today."""
    trials: list[Trial] = []
    said: list[tuple[Snapshot, Mapping[str, Foreseen]]] = []
    for now, before in _snapshots(engine, known, dates, horizon):
        found = learn(past_of(now, before)).say(now)
        said.append((now, found))
        trials += _trials(now, found)
    right = {name: corrected(_chances(name, said)) for name in dict.fromkeys(trial.name for trial in trials)}
    choice = choose(trials, right)
    forecast, came = pooled(right[choice.chance].chances if choice.chance in right else ())
    bins = calibration(forecast, came.astype(np.int64))
    ranges = learned(said, choice, (forecast, came))
    return Backtest(horizon, tuple(trials), choice, bins, ranges, "" if trials else "short_history")


def _chances(
    name: str, said: Sequence[tuple[Snapshot, Mapping[str, Foreseen]]]
) -> dict[dt.date, tuple[Floats, Floats]]:
    return {now.day: (found[name].chance, (now.orders > 0).astype(np.float64)) for now, found in said if name in found}


def _snapshots(engine: Engine, known: Known, dates: Dates, horizon: int) -> Iterator[tuple[Snapshot, Snapshot | None]]:
    """Each past day with the one before it, oldest first; a day needs enough history behind it."""
    earliest = dates.history.begins + dt.timedelta(days=max(HISTORY_DAYS_MIN, 2 * horizon))
    days = [dates.complete - dt.timedelta(days=horizon * back) for back in range(ORIGINS_MAX, 0, -1)]
    days = [day for day in days if day >= earliest]
    before = None
    if days:
        first = days[0] - dt.timedelta(days=horizon)
        before = take(engine, known, first, horizon=horizon) if first > dates.history.begins else None
    for day in days:
        now = take(engine, known, day, horizon=horizon)
        if now.n:
            yield now, before
        before = now


def _trials(now: Snapshot, found: Mapping[str, Foreseen]) -> Iterator[Trial]:
    came, worth = (now.orders > 0).astype(np.int64), value_of_an_order(now)
    for name, said in found.items():
        yield Trial(
            name, BY_NAME[name].naive, now.day, now.n, float(said.orders.sum()), int(now.orders.sum()),
            float((said.orders * worth).sum()), float(now.net.sum()),
            orders_score(said.orders, now.orders), chance_score(said.chance, came),
        )  # fmt: skip
