"""An invented shop whose customers react: customer-days a second on one core, doing nothing and with rules, held out or not.

The raw limit beside it: two random numbers for every customer and day, and nothing else.
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from benchmarks import made
from regulars.policy.hold_out import HoldOut
from regulars.simulator.reacting.luck import Luck, Process, mixed
from regulars.simulator.reacting.policies import habits
from regulars.simulator.reacting.policies.hold_outs import HeldOut
from regulars.simulator.reacting.policies.oracle import Oracle
from regulars.simulator.reacting.policies.policy import Policy
from regulars.simulator.reacting.policies.rules import Rules
from regulars.simulator.reacting.run import run as run_world
from regulars.simulator.reacting.world import World

SIZES = (2_000, 20_000, 200_000)
TARGET_MILLIONS = 8
POLICIES: dict[str, Callable[[], Policy]] = {
    "nothing": lambda: habits.nothing,
    "weekly e-mail": lambda: habits.blast,
    "rules": Rules,
    "rules, held out": lambda: HeldOut(Rules(), HoldOut("a secret", 0.05, 0.1)),
    "oracle": Oracle,
}


def run(*, lines: int, runs: int) -> None:
    """Print the table. `lines` makes no difference."""
    rows: list[list[Any]] = [["customers", "policy", "seconds", "million customer-days a second", "peak MB"]]
    for customers in SIZES:
        world = World.of({"customers": customers})
        everybody = customers + round(customers * world.arrivals * world.horizon)
        timed: dict[str, Callable[[], object]] = {"two numbers each": partial(draws, everybody, world.days)}
        timed |= {name: partial(one_run, world, make) for name, make in POLICIES.items()}
        for name, do in timed.items():
            seconds = median(took(do) for _ in range(runs if customers < SIZES[-1] else 1))
            rows.append([customers, name, seconds, f"{everybody * world.days / seconds / 1e6:.1f}", made.peak_mb()])
    made.table(f"An invented shop (target: {TARGET_MILLIONS} million doing nothing)", rows)


def one_run(world: World, make: Callable[[], Policy]) -> None:
    """A whole world."""
    run_world(world, make(), seed=1)


def draws(customers: int, days: int) -> None:
    """What chance alone takes."""
    luck, who = Luck(1), mixed(np.arange(customers))
    for day in range(days):
        luck.uniform(Process.BUY, day, who)
        luck.uniform(Process.LEAVE, day, who)


def took(do: Callable[[], Any]) -> float:
    """Seconds."""
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
