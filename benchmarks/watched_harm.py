"""How soon is harm seen? The monitors of `insight.lift.harm`, looked at every day, on counts drawn as they may fall; and a play that
does harm in an invented shop whose customers react."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from benchmarks.true_effects import HELD_OUT, Noting, met
from regulars.insight.lift import harm
from regulars.insight.lift.aipw import Drawn
from regulars.insight.lift.effect import judge
from regulars.insight.lift.forecasting import running_line
from regulars.policy.hold_out import HoldOut
from regulars.simulator.reacting.plays import WORDS
from regulars.simulator.reacting.policies.hold_outs import HeldOut
from regulars.simulator.reacting.run import run as run_world
from regulars.simulator.reacting.world import World

LOOKS = 120
LIMIT = 0.005
WINDOW_DAYS, EVERY_DAYS = 60, 2
HARMFUL = {"customers": 20_000, "horizon": 360, "run_off": 90, "theta_words": -2.0}
"""Who hears orders a quarter less in the next sixty days."""
Draw = np.random.Generator


@dataclass(frozen=True)
class Watch:
    """people: new ones a day; rate: of those held out to whom it happens; times: as often among the treated. back: what happens is
    coming back, of which fewer is harm."""

    people: int
    held_out: float
    rate: float = 0.003
    times: float = 1.0
    back: bool = False


def against_held_out(watch: Watch, draw: Draw) -> int | None:
    """The day of the alarm."""
    held = draw.binomial(watch.people, watch.held_out, LOOKS)
    out = draw.binomial(held, watch.rate).cumsum()
    treated = draw.binomial(watch.people - held, watch.rate * watch.times).cumsum()
    bad = out if watch.back else treated
    share = watch.held_out if watch.back else 1 - watch.held_out
    times = harm.TIMES_FEWER if watch.back else harm.TIMES_MORE
    return first(lambda look: harm.against_held_out(
        int(bad[look]), int(out[look] + treated[look]), share=share, times=times) >= harm.ALARM, LOOKS)  # fmt: skip


def against_limit(rate: float, draw: Draw, *, a_day: int = 100) -> int | None:
    """The day of the alarm."""
    bad = draw.binomial(a_day, rate, LOOKS).cumsum()
    return first(lambda look: harm.against_limit(int(bad[look]), (look + 1) * a_day, limit=LIMIT) >= harm.ALARM, LOOKS)


def first(alarmed: Callable[[int], bool], looks: int) -> int | None:
    """The number of the first look with an alarm, from 1."""
    return next((look + 1 for look in range(looks) if alarmed(look)), None)


def seen(when: list[int | None]) -> tuple[float, float | None]:
    """The share of the runs with an alarm, and the median day of all of them; None when half of them had none."""
    days = [float("inf") if day is None else float(day) for day in when]
    middle = median(days)
    return sum(day < float("inf") for day in days) / len(days), middle if middle < float("inf") else None


def harmful_play(seed: int) -> tuple[int | None, int | None]:
    """The days since plays began on which a harmful play is found out by the monitor of who comes back, and by the sequence on
    orders. Only people whose sixty days are over count."""
    world, noting = World.of(HARMFUL), Noting()
    ran = run_world(world, HeldOut(noting, HoldOut(f"harm {seed}", play=HELD_OUT)), seed=seed)
    people = met(ran, WORDS, noting, "orders", days=WINDOW_DAYS)
    line = running_line(people.day, people.known, people.outcome)
    over = people.day - world.burn_in + WINDOW_DAYS
    back, held = people.outcome > 0, ~people.treated

    def fewer(look: int) -> bool:
        come = back & (over <= look * EVERY_DAYS)
        share = harm.against_held_out(int((come & held).sum()), int(come.sum()), share=HELD_OUT, times=harm.TIMES_FEWER)
        return share >= harm.ALARM

    def judged(look: int) -> bool:
        part = over <= look * EVERY_DAYS
        chance = np.full(int(part.sum()), 1 - HELD_OUT)
        drawn = Drawn(people.outcome[part], people.treated[part], chance, line[part])
        return judge(drawn, planned=len(people.day)).state == "harms"

    looks = (world.horizon + WINDOW_DAYS) // EVERY_DAYS
    found: list[Any] = [first(each, looks) for each in (fewer, judged)]
    return tuple(None if look is None else (look - 1) * EVERY_DAYS for look in found)
