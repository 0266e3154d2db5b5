"""Any policy can be held out by the product's own hash, and the truth of a play is known from paired worlds."""

import numpy as np
import pytest

from regulars.policy.hold_out import HoldOut, held_out
from regulars.simulator.reacting.account import rows_of, within
from regulars.simulator.reacting.plays import NAMES, NOTHING, OF_EVERYTHING, OF_PLAY, REMEDY, SECOND_ORDER, WORDS
from regulars.simulator.reacting.policies.hold_outs import HeldOut
from regulars.simulator.reacting.policies.rules import Rules
from regulars.simulator.reacting.run import run
from regulars.simulator.reacting.truth import Experiment, first_decisions, truth
from simulator.reacting_case import small

RULE = HoldOut("a secret", everything=0.05, play=0.2)
WHY = {"everything": OF_EVERYTHING, "play": OF_PLAY, "": NOTHING}


@pytest.fixture(scope="module")
def held():
    return run(small(), HeldOut(Rules(), RULE), seed=1)


def test_the_lot_of_the_product_decides_and_a_remedy_is_never_withheld(held):
    asked = held.decisions
    expected = [
        NOTHING if play == REMEDY else WHY[held_out(customer, NAMES[play], RULE)]
        for customer, play in zip(asked.customer.tolist(), asked.play.tolist(), strict=True)
    ]
    assert asked.layer.tolist() == expected
    assert (asked.layer[asked.play == REMEDY] == NOTHING).all()
    assert 0.1 < (asked.layer != NOTHING).mean() < 0.4


def test_a_play_withheld_waits_as_if_it_had_been_done(held):
    for play, days in ((WORDS, 30), (SECOND_ORDER, 20)):
        mine = held.decisions.play == play
        order = np.lexsort((held.decisions.day[mine], held.decisions.customer[mine]))
        customer, day = held.decisions.customer[mine][order], held.decisions.day[mine][order]
        again = customer[1:] == customer[:-1]
        assert (day[1:][again] - day[:-1][again]).min() >= days


def test_who_is_held_out_of_everything_has_no_contact(held):
    out = [held_out(customer, "", RULE) == "everything" for customer in held.facts.customer.tolist()]
    assert held.facts.contacts[out].sum() == 0
    assert held.facts.contacts.sum() > 0


def test_the_truth_of_a_play_without_effect_is_nothing():
    world = small(theta_scale=0.0, unsubscribe=0.0, dogs=0.0)
    found = truth(Experiment(world, 1, Rules, RULE), SECOND_ORDER, outcome="orders")
    assert found.effect == 0.0
    assert found.elsewhere < 0.02  # a friend who came in one of the worlds only
    assert found.customers > 50


def test_the_truth_of_a_strong_play_is_found_and_the_hold_out_points_there():
    world = small(customers=3_000, theta_second_order=6.0, pull=0.0, run_off=90)
    experiment = Experiment(world, 2, Rules, RULE)
    found = truth(experiment, SECOND_ORDER, days=60, outcome="orders")
    assert found.effect > 5 * found.error > 0
    assert found.elsewhere < 0.1
    estimated = experiment.run()
    customer, day, layer = first_decisions(estimated, SECOND_ORDER)
    rows, since = rows_of(estimated, customer), np.full(len(estimated.facts.customer), 10**6)
    since[rows] = day
    orders = within(estimated, since, 60, outcome="orders")[rows]
    treated, out = orders[layer == NOTHING], orders[layer == OF_PLAY]
    error = np.sqrt(treated.var() / len(treated) + out.var() / len(out))
    assert abs(treated.mean() - out.mean() - found.effect) < 3 * error
