"""Looked at every day, what is said of a play can be believed: small versions of `benchmarks.proof`, with fixed seeds."""

import numpy as np
import pytest

from insight.lift.invented_trials import Trial, drawn_again, looks, people
from regulars.insight.lift.effect import judge
from regulars.insight.lift.sequence import Z_95
from regulars.insight.lift.split import BROKEN, log_e
from regulars.policy.hold_out import HoldOut
from regulars.simulator.reacting.plays import WORDS
from regulars.simulator.reacting.policies.rules import Rules
from regulars.simulator.reacting.truth import Experiment, changes, paired
from simulator.reacting_case import small

FALLING = ((0, 0.50), (30, 0.20), (70, 0.05))
RUNS, A_DAY = 100, 100
"""Of trials a third as large as in the benchmark; those whose shares change keep their size, and are half as many."""
HALF = ((0, 0.5),)


@pytest.mark.parametrize(
    "trial",
    [
        Trial(a_day=A_DAY),
        Trial(a_day=A_DAY, held_out=FALLING, grows=True),
        Trial(a_day=A_DAY, adapts=True, effect=0.15),
    ],
)
@pytest.mark.parametrize("outcome", ["spend", "came_back"])
def test_every_look_from_running_sums_is_what_judge_says(trial, outcome):
    one = people(trial, 3)
    said = looks(one, outcome)
    for day in (0, 9, 31, 70, 119):
        found = judge(one.until(day, outcome), planned=trial.planned)
        if found.low is None:
            assert np.isnan(said.low[day])
        else:
            assert (said.value[day], said.low[day], said.high[day], said.e[day]) == pytest.approx(
                (found.value, found.low, found.high, found.e), rel=1e-9
            )


def test_an_ordinary_test_every_day_finds_what_is_not_there_and_the_sequence_does_not():
    found = [looks(people(Trial(a_day=A_DAY), seed)) for seed in range(RUNS)]
    assert np.mean([each.missed for each in found]) <= 0.05
    assert np.mean([each.plain_missed(at_the_end=False) for each in found]) > 0.35


def test_more_who_come_back_are_found_and_the_truth_stays_inside():
    found = [looks(people(Trial(a_day=A_DAY, held_out=HALF, effect=0.15), seed), "came_back") for seed in range(RUNS)]
    assert np.mean([each.missed for each in found]) <= 0.05
    assert np.mean([each.found for each in found]) >= 0.6


@pytest.mark.parametrize("effect", [0.0, 0.15])
def test_shares_that_fall_while_sales_grow_mislead_the_plain_means_only(effect):
    trial = Trial(held_out=FALLING, grows=True, effect=effect)
    found = [looks(people(trial, seed)) for seed in range(RUNS // 2)]
    assert sum(each.missed for each in found) <= 3
    assert np.mean([each.plain_missed(at_the_end=True) for each in found]) > 0.9


@pytest.mark.parametrize("effect", [0.0, 0.15])
def test_shares_that_follow_the_results_so_far_do_not_mislead(effect):
    trial = Trial(adapts=True, grows=True, effect=effect)
    assert sum(looks(people(trial, seed)).missed for seed in range(RUNS // 2)) <= 3


def test_a_split_as_planned_is_believed_and_another_is_soon_found_out():
    draw = np.random.default_rng(8)

    def broken_on(held_out):
        held = draw.binomial(300, held_out, 180).cumsum().tolist()
        looks = (log_e([each, 300 * day - each], [0.1, 0.9]) for day, each in enumerate(held, 1))
        return next((day for day, found in enumerate(looks, 1) if found > np.log(BROKEN)), None)

    assert sum(broken_on(0.1) is not None for _run in range(400)) == 0
    assert np.mean([(broken_on(0.12) or 999) <= 30 for _run in range(200)]) >= 0.95


@pytest.fixture(scope="module")
def reminded():
    world = small(customers=2_000, run_off=90)
    return paired(Experiment(world, 1, lambda: Rules(discounts=False), HoldOut("a secret", play=0.2)), WORDS)


@pytest.mark.parametrize("outcome", ["orders", "margin"])
def test_ninety_five_of_a_hundred_lots_give_an_interval_around_what_a_play_truly_did(reminded, outcome):
    found = changes(reminded, days=60, outcome=outcome)
    order = np.argsort(found.day, kind="stable")
    without, change = found.without[order], found.change[order]
    known = (found.day[order], np.zeros(len(order)))
    z = drawn_again(known, (without, without + change), held_out=0.2, seed=9)
    assert change.mean() > 0
    assert len(z) * 0.92 <= (np.abs(z) <= Z_95).sum() <= len(z) * 0.98
    assert abs(z.mean()) < 0.2
