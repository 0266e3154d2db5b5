"""What does a play truly change? Paired worlds: the same luck, the same hold-outs of every other play, the play given to
everybody in one and withheld from everybody in the other."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from regulars.policy.hold_out import HoldOut
from regulars.simulator.arrays import Floats, Integers
from regulars.simulator.reacting.account import rows_of, within
from regulars.simulator.reacting.books import Small
from regulars.simulator.reacting.plays import NAMES, NEVER, OF_EVERYTHING
from regulars.simulator.reacting.policies.hold_outs import HeldOut
from regulars.simulator.reacting.policies.policy import Policy
from regulars.simulator.reacting.run import Run, run
from regulars.simulator.reacting.world import World


@dataclass(frozen=True)
class Experiment:
    """make: a new policy for each run."""

    world: World
    seed: int
    make: Callable[[], Policy]
    rule: HoldOut

    def run(self) -> Run:
        """The world to estimate from."""
        return run(self.world, HeldOut(self.make(), self.rule), seed=self.seed)


@dataclass(frozen=True)
class Truth:
    """effect: mean change of the outcome a customer, with its standard error; customers: how many it rests on;
    elsewhere: share of first decisions that fell on another day, or in one of the worlds only."""

    play: str
    effect: float
    error: float
    customers: int
    elsewhere: float


@dataclass(frozen=True)
class Pair:
    """Two worlds with one luck that differ in one play: given to everybody, and withheld from everybody."""

    play: int
    given: Run
    kept: Run


@dataclass(frozen=True)
class Changes:
    """What the play changed, customer by customer: those whose first decision fell on the same `day` in both worlds, sorted by
    number; without: what they did where it was withheld; everybody: how many had a first decision in either."""

    customer: Integers
    day: Integers
    change: Floats
    without: Floats
    everybody: int


def paired(experiment: Experiment, play: int) -> Pair:
    """Run both worlds."""
    given, kept = (
        run(
            experiment.world,
            HeldOut(experiment.make(), experiment.rule, everybody={play: to_all}),
            seed=experiment.seed,
        )
        for to_all in (True, False)
    )
    return Pair(play, given, kept)


def changes(pair: Pair, *, days: int = 90, outcome: str = "margin") -> Changes:
    """What changed in the `days` days from the first would-be decision on; outcome: as in `truth`."""
    (given, one), (kept, other) = (_found(world, pair.play, days, outcome) for world in (pair.given, pair.kept))
    shared, in_given, in_kept = np.intersect1d(one[0], other[0], assume_unique=True, return_indices=True)
    alike = one[1][in_given] == other[1][in_kept]
    with_it, without = given[in_given][alike], kept[in_kept][alike]
    everybody = len(one[0]) + len(other[0]) - len(shared)
    return Changes(shared[alike], one[1][in_given][alike], with_it - without, without, everybody)


def truth(experiment: Experiment, play: int, *, days: int = 90, outcome: str = "margin") -> Truth:
    """The effect of a play on what customers do in the `days` days from their first would-be decision on.

    outcome: "orders", "margin" (after price cuts), "full_margin" or "net". Who is held out of everything is left out.
    """
    found = changes(paired(experiment, play), days=days, outcome=outcome)
    n = len(found.change)
    error = float(found.change.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    mean = float(found.change.mean()) if n else float("nan")
    return Truth(NAMES[play], mean, error, n, 1 - n / found.everybody if found.everybody else 0.0)


def first_decisions(world_run: Run, play: int) -> tuple[Integers, Integers, Small]:
    """Customer numbers, sorted, the day of their first decision for this play, done or withheld, and its layer; those held
    out of everything are not among them."""
    about = np.flatnonzero((world_run.decisions.play == play) & (world_run.decisions.layer != OF_EVERYTHING))
    customer, first = np.unique(world_run.decisions.customer[about], return_index=True)
    return customer, world_run.decisions.day[about[first]], world_run.decisions.layer[about[first]]


def _found(one: Run, play: int, days: int, outcome: str) -> tuple[Floats, tuple[Integers, Integers]]:
    customer, day, _layer = first_decisions(one, play)
    since = np.full(len(one.facts.customer), NEVER - days)
    rows = rows_of(one, customer)
    since[rows] = day
    return within(one, since, days, outcome=outcome)[rows], (customer, day)
