"""Estimates against the truth: plays held out all at once in an invented shop whose customers react, and what each truly did.

The truth of a play is that of paired worlds (`simulator.reacting.truth`); the estimate sees what a shop sees.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from regulars.insight.lift.aipw import Drawn, scores
from regulars.insight.lift.forecasting import running_line
from regulars.insight.lift.sequence import YES_MIN, Z_95, always
from regulars.policy.hold_out import HoldOut
from regulars.simulator.reacting.account import rows_of, within
from regulars.simulator.reacting.plays import BIRTHDAY, BUNDLE, NAMES, NOTHING, REFERRAL, REFILL, SECOND_ORDER, WORDS
from regulars.simulator.reacting.policies.hold_outs import HeldOut
from regulars.simulator.reacting.policies.outlook import Lifetime
from regulars.simulator.reacting.policies.product import Product
from regulars.simulator.reacting.run import Run
from regulars.simulator.reacting.run import run as run_world
from regulars.simulator.reacting.seen import Seen
from regulars.simulator.reacting.truth import Changes, Experiment, changes, first_decisions, paired
from regulars.simulator.reacting.world import World

PLAYS = (BIRTHDAY, WORDS, SECOND_ORDER, REFILL, BUNDLE, REFERRAL)
"""Those the product chooses of itself often enough; an invitation does nothing to who is invited to send it."""
OUTCOMES = ("orders", "margin")
WORLD = {"customers": 6_000, "horizon": 360, "run_off": 90}
DAYS = 90
HELD_OUT = 0.2


ONCE = 10**6
"""The model is fitted once, on the year before: two thirds of the time would go into fitting it every month."""


def policy() -> Product:
    """The product's, with these plays."""
    return Product(plays=PLAYS, outlook=Lifetime(fit_every=ONCE))


class Noting:
    """The product's policy, and what it had forecast of each customer at the first time of each play. For one run."""

    def __init__(self) -> None:
        self._product = policy()
        self._noted: list[tuple[Any, Any, Any]] = []

    def __call__(self, seen: Seen, day: int) -> Any:
        """The day's choice."""
        choice = self._product(seen, day)
        rows = np.flatnonzero(np.isin(choice, PLAYS))
        if len(rows):
            self._noted.append((seen.customer[rows].copy(), choice[rows], self._product.forecast(rows)))
        return choice

    def forecast(self, play: int, customers: Any) -> Any:
        """Margin in the next days as forecast then, of these customers."""
        customer, plays, forecast = (np.concatenate(column) for column in zip(*self._noted, strict=True))
        mine = plays == play
        known, first = np.unique(customer[mine], return_index=True)
        return forecast[mine][first][np.searchsorted(known, customers)]


@dataclass(frozen=True)
class People:
    """Of one play and outcome, by day of the first decision: what a shop would know."""

    customer: Any
    day: Any
    treated: Any
    outcome: Any
    known: Any


@dataclass(frozen=True)
class Estimate:
    """true: the mean of the paired worlds; raw: the difference of means. looks: how often the sequence said anything;
    missed: it once left out the truth of those who were in."""

    seed: int
    play: str
    outcome: str
    true: float
    elsewhere: float
    value: float
    error: float
    raw: float
    raw_error: float
    n: int
    held_out: int
    looks: int
    missed: bool

    @property
    def z(self) -> float:
        """How far off, in its own standard errors."""
        return (self.value - self.true) / self.error

    @property
    def z_raw(self) -> float:
        """The same of the difference of means."""
        return (self.raw - self.true) / self.raw_error


def estimates(seed: int) -> Iterator[tuple[Estimate, People, Changes]]:
    """Of every play and outcome in the world of this seed."""
    world, rule, noting = World.of(WORLD), HoldOut(f"proof {seed}", play=HELD_OUT), Noting()
    seen = run_world(world, HeldOut(noting, rule), seed=seed)
    for play in PLAYS:
        pair = paired(Experiment(world, seed, policy, rule), play)
        for outcome in OUTCOMES:
            people, true = met(seen, play, noting, outcome), changes(pair, days=DAYS, outcome=outcome)
            yield estimate(people, true, (seed, NAMES[play], outcome)), people, true


def met(seen: Run, play: int, noting: Noting, outcome: str, *, days: int = DAYS) -> People:
    """Whom the play met, on either side, and what they did in the days after."""
    customer, day, layer = first_decisions(seen, play)
    rows, since = rows_of(seen, customer), np.full(len(seen.facts.customer), 10**6)
    since[rows] = day
    y, known = within(seen, since, days, outcome=outcome)[rows], noting.forecast(play, customer)
    order = np.argsort(day, kind="stable")
    return People(*(column[order] for column in (customer, day, layer == NOTHING, y, known)))


def estimate(people: People, true: Changes, name: tuple[int, str, str]) -> Estimate:
    """One look at the end, and one every day."""
    y, treated = people.outcome, people.treated
    phi = scores(Drawn(y, treated, np.full(len(y), 1 - HELD_OUT), running_line(people.day, people.known, y)))
    one, two = y[treated], y[~treated]
    looks, missed = looked(people, phi, true)
    return Estimate(
        *name, float(true.change.mean()), 1 - len(true.change) / true.everybody,
        float(phi.mean()), float(phi.std()) / len(phi) ** 0.5, float(one.mean() - two.mean()),
        float(one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two)) ** 0.5, len(y), len(two), looks, missed,
    )  # fmt: skip


def looked(people: People, phi: Any, true: Changes) -> tuple[int, bool]:
    """On how many days the sequence said anything, and whether it once left out the truth of those who were in."""
    days = np.unique(people.day)
    ends = np.searchsorted(people.day, days, side="right")
    sums, squares = np.cumsum(phi), np.cumsum(phi * phi)
    yes = np.cumsum((people.outcome > 0) & ~people.treated)
    order = np.argsort(true.day, kind="stable")
    changed, come = np.cumsum(true.change[order]), np.searchsorted(true.day[order], days, side="right")
    looks, missed = 0, False
    for n, so_far in zip(ends.tolist(), come.tolist(), strict=True):
        if yes[n - 1] >= YES_MIN and so_far:
            mean = sums[n - 1] / n
            found = always(mean, float(np.sqrt(squares[n - 1] / n - mean**2) / np.sqrt(n)), n, len(people.day))
            looks, missed = looks + 1, missed or not found.low <= changed[so_far - 1] / so_far <= found.high
    return looks, missed


def covered(z: Any) -> float:
    """The share of z that a 95 % interval covers."""
    return float((np.abs(z) <= Z_95).mean())
