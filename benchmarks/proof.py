"""Can what is said of a play be believed? Simulations with a known truth: what must hold, beside what was measured.

Daily looks at trials of invented people (`tests/insight/lift/invented_trials.py`, where a small version is a test), the monitors
of harm, and six plays in an invented shop whose customers react. Every seed is fixed: the same figures on every machine.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import made, true_effects, watched_harm
from benchmarks.watched_harm import Watch
from regulars.insight.lift.split import BROKEN, log_e

sys.path.insert(0, str(made.ROOT / "tests"))
from insight.lift.invented_trials import Looks, Trial, drawn_again, looks, people

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.true_effects import Estimate, People
    from regulars.simulator.reacting.truth import Changes

    Array = NDArray[np.float64]

MANY, SOME, FEW = 1_000, 600, 300
SHOPS, HARMED = 36, 12
SPLITS, MONITORED = 5_000, 2_000
FALLING = ((0, 0.50), (30, 0.20), (70, 0.05))
EFFECT = 0.15
Row = tuple[str, int, str, str, str]
"""What was done, how often, what must hold, what was measured, whether it holds."""
HOLDS, CHANCE, FAILS = "holds", "within chance", "DOES NOT HOLD"


def run(*, lines: int, runs: int) -> None:
    """Print the table. `lines` and `runs` make no difference: how often is said in the table."""
    began = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        rows: list[Row] = [*nothing(pool), *something(pool), *changing(pool), *splits(), *harm(), *worlds(pool)]
    head = ("simulation", "runs", "must hold", "measured", "")
    made.table(f"Proof ({time.perf_counter() - began:,.0f} seconds)", [head, *rows])


def below(what: str, found: Sequence[bool], most: float, *, also: str = "") -> Row:
    """A share that must not be larger."""
    share = float(np.mean(found))
    return (
        what,
        len(found),
        f"at most {percent(most, 1)}",
        percent(share, 1) + also,
        verdict(share - most, share, len(found)),
    )


def above(what: str, found: Sequence[bool], least: float, *, also: str = "") -> Row:
    """A share that must not be smaller; 0: it is only shown."""
    share = float(np.mean(found))
    must = f"at least {percent(least)}" if least else ""
    return what, len(found), must, percent(share, 1) + also, verdict(least - share, share, len(found)) if least else ""


def verdict(beyond: float, share: float, runs: int) -> str:
    """beyond: by how much the limit is passed; what two standard errors of the share could make may be chance."""
    return HOLDS if beyond <= 0 else CHANCE if beyond <= 2 * np.sqrt(share * (1 - share) / runs) else FAILS


def percent(share: float, digits: int = 0) -> str:
    """As it is written in tables."""
    return f"{100 * share:.{digits}f} %"


def looked(trial: Trial, outcome: str, seed: int) -> Looks:
    """One run of a trial."""
    return looks(people(trial, seed), outcome)


def of(pool: ProcessPoolExecutor, trial: Trial, runs: int, outcome: str = "spend") -> list[Looks]:
    """All runs of a trial."""
    return list(pool.map(partial(looked, trial, outcome), range(runs), chunksize=20))


def nothing(pool: ProcessPoolExecutor) -> Iterator[Row]:
    """Plays without effect."""
    found = of(pool, Trial(), MANY)
    yield below(
        "1 no effect, spend, 120 daily looks, 10 % held out: false alarm", [each.missed for each in found], 0.05
    )
    once = np.mean([each.plain_missed(at_the_end=True) for each in found])
    daily = [each.plain_missed(at_the_end=False) for each in found]
    yield above(
        "2 the same by an ordinary test every day", daily, 0.35, also=f" (at one look {percent(float(once), 1)})"
    )
    for name, trial in {
        "180 looks": Trial(days=180),
        "20 % held out": Trial(held_out=((0, 0.2),)),
        "50 % held out": Trial(held_out=((0, 0.5),)),
        "365 looks, 60 people a day": Trial(days=365, a_day=60),
        "spend with a Pareto tail of 1.8": Trial(tail=1.8),
    }.items():
        yield below(f"3 no effect, {name}: false alarm", [each.missed for each in of(pool, trial, SOME)], 0.05)
    back = of(pool, Trial(), SOME, "came_back")
    yield below("3 no effect on coming back: false alarm", [each.missed for each in back], 0.05)


def something(pool: ProcessPoolExecutor) -> Iterator[Row]:
    """A play that makes 15 % more buy."""
    for share in (0.1, 0.2, 0.5):
        trial = Trial(held_out=((0, share),), effect=EFFECT)
        found = of(pool, trial, MANY)
        yield above(
            f"4 +15 %, {percent(share)} held out: the truth inside at all looks",
            [not each.missed for each in found],
            0.95,
        )
        least = 0.40 if share == 0.1 else 0.0
        yield above(f"5 +15 %, {percent(share)} held out: spend is claimed", [each.found for each in found], least)
    back = of(pool, Trial(effect=EFFECT), FEW, "came_back")
    yield above("5 +15 %, 10 % held out: coming back is claimed", [each.found for each in back], 0.75)


def changing(pool: ProcessPoolExecutor) -> Iterator[Row]:
    """Shares that change while sales double."""
    for name, shares in (("6 shares of 50, 20, 5 %", {"held_out": FALLING}), ("7 shares by results", {"adapts": True})):
        for effect, word in ((0.0, "no effect"), (EFFECT, "+15 %")):
            found = of(pool, Trial(effect=effect, grows=True, **shares), MANY)
            yield below(f"{name}, {word}: the truth outside at any look", [each.missed for each in found], 0.05)
            plain = [each.plain_missed(at_the_end=True) for each in found]
            yield above(
                f"{name}, {word}: outside the plain difference at the end", plain, 0.90 if "held_out" in shares else 0.0,
                also=f", on average {np.mean([each.plain[-1] for each in found]):+.2f} for {found[0].truth[-1]:+.2f}",
            )  # fmt: skip


def splits() -> Iterator[Row]:
    """The lot falls as planned, or 12 % are held out where 10 % were planned."""
    draw = np.random.default_rng(8)
    fair = [broken_on(0.10, draw) is not None for _run in range(SPLITS)]
    yield below("8 split as planned, 180 looks: said to be broken", fair, 0.003)
    days = [broken_on(0.12, draw) or np.inf for _run in range(MANY)]
    yield above("8 12 % held out for 10: found by day 30", [day <= 30 for day in days], 0.95,
                also=f", median day {np.median(days):.0f}")  # fmt: skip


def broken_on(share: float, draw: np.random.Generator, *, days: int = 180, a_day: int = 300) -> int | None:
    """The day on which the split is said to be broken."""
    held = draw.binomial(a_day, share, days).cumsum().tolist()
    return watched_harm.first(
        lambda look: log_e([held[look], a_day * (look + 1) - held[look]], [0.1, 0.9]) > np.log(BROKEN), days
    )


MEASURED = {
    "more leave, as often": (Watch(300, 0.5), (0.029, 0.020, 0.011, 0.000)),
    "more leave, twice": (Watch(300, 0.5, times=2), (0.96, 0.55, 0.33, 0.006)),
    "more leave, three times": (Watch(300, 0.5, times=3), (1.00, 0.98, 0.83, 0.17)),
    "fewer come back, as many": (Watch(300, 0.5, 0.25, back=True), None),
    "fewer come back, a tenth": (Watch(300, 0.5, 0.25, 0.9, back=True), (0.99, 0.66, 0.40, 0.15)),
}
"""The shares that a first implementation found, in each of the settings."""
SETTINGS = ((300, 0.5), (300, 0.1), (60, 0.5), (60, 0.1))
LIMITS = {0.003: 0.001, 0.005: 0.029, 0.0075: 0.84, 0.01: 1.0}


def harm() -> Iterator[Row]:
    """The monitors."""
    draw = np.random.default_rng(10)
    for name, (watch, shares) in MEASURED.items():
        for place, (a_day, held_out) in enumerate(SETTINGS):
            setting = Watch(a_day, held_out, watch.rate, watch.times, watch.back)
            what = f"10 {name}; {a_day} a day, {percent(held_out)} held out: alarm"
            expected = shares[place] if shares and setting.times != 1 else None
            yield alarms(what, partial(watched_harm.against_held_out, setting, draw), expected)
    for rate, share in LIMITS.items():
        one = partial(watched_harm.against_limit, rate, draw)
        yield alarms(
            f"10 {percent(rate, 2)} leave, limit {percent(watched_harm.LIMIT, 2)}: alarm",
            one,
            share if rate > watched_harm.LIMIT else None,
        )


def alarms(what: str, one: Callable[[], int | None], expected: float | None) -> Row:
    """Within five points of what is expected; at most 5 % where there is no harm."""
    share, day = watched_harm.seen([one() for _run in range(MONITORED)])
    said = percent(share, 1) + (f", median day {day:.0f}" if day else "")
    if expected is None:
        return what, MONITORED, "at most 5.0 %", said, verdict(share - 0.05, share, MONITORED)
    return what, MONITORED, f"{percent(expected, 1)} ± 5", said, HOLDS if abs(share - expected) <= 0.05 else FAILS


def shop(seed: int) -> list[tuple["Estimate", "Array"]]:
    """Every estimate of one invented shop, and how far off it is with other lots."""
    return [(one, again(met, true, seed)) for one, met, true in true_effects.estimates(seed)]


def again(met: "People", true: "Changes", seed: int) -> "Array":
    """The same people, who did what they did with the play or without, drawn by other lots: z of each."""
    _shared, here, there = np.intersect1d(met.customer, true.customer, return_indices=True)
    order = np.argsort(true.day[there], kind="stable")
    here, there = here[order], there[order]
    outcomes = true.without[there], true.without[there] + true.change[there]
    return drawn_again((true.day[there], met.known[here]), outcomes, held_out=true_effects.HELD_OUT, seed=seed)


def worlds(pool: ProcessPoolExecutor) -> Iterator[Row]:
    """Six plays at once, and one that does harm."""
    everything = [each for one in pool.map(shop, range(1, SHOPS + 1)) for each in one]
    for outcome in true_effects.OUTCOMES:
        yield from coverage(outcome, [each for each in everything if each[0].outcome == outcome])
    months = list(pool.map(watched_harm.harmful_play, range(1, HARMED + 1)))
    for name, when in zip(("fewer come back", "fewer orders"), zip(*months, strict=True), strict=True):
        share, day = watched_harm.seen(list(when))
        said = percent(share) + (f", median day {day:.0f}" if day else "")
        yield f"9 a play that takes a quarter of the orders away, {name}: found in a year", HARMED, "", said, ""


def coverage(outcome: str, found: Sequence[tuple["Estimate", "Array"]]) -> Iterator[Row]:
    """Of the estimates of one outcome."""
    name, alone = f"9 six plays at once, {outcome}", [one for one, _z in found]
    yield inside(f"{name}: the truth in the 95 % interval", np.array([one.z for one in alone]))
    yield inside(f"{name}: the same with other lots", np.concatenate([z for _one, z in found]))
    yield inside(f"{name}: in the interval of the plain difference", np.array([one.z_raw for one in alone]))
    looked = [one.missed for one in alone if one.looks]
    if looked:
        yield below(f"{name}: the truth outside at any look", looked, 0.05)


def inside(what: str, z: "Array") -> Row:
    """How often the truth is within 1.96 standard errors."""
    share = true_effects.covered(z)
    said = f"{percent(share, 1)}, mean z {z.mean():+.2f} ± {1 / np.sqrt(len(z)):.2f}, sd {z.std():.2f}"
    return what, len(z), "92 to 98 %", said, verdict(max(0.92 - share, share - 0.98), share, len(z))
