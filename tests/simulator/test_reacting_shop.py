"""The default shop looks like shops do, and what is known to be a mistake looks like one in it."""

import numpy as np
import pytest

from regulars.simulator.reacting.account import account, ladder
from regulars.simulator.reacting.compare import compare
from regulars.simulator.reacting.effects import season
from regulars.simulator.reacting.policies import habits
from regulars.simulator.reacting.policies.known import POLICIES
from regulars.simulator.reacting.run import run
from regulars.simulator.reacting.world import World
from simulator.reacting_case import small


@pytest.fixture(scope="module")
def left_alone():
    return run(World(), habits.nothing, seed=1)


def test_the_ladder_of_repeat_orders_is_that_of_the_reference(left_alone):
    """Reference "simulator", section 8: .35 / .61 / .69, within a year of the first order."""
    assert ladder(left_alone)[:3] == pytest.approx((0.35, 0.61, 0.69), abs=0.025)


def test_baskets_and_the_season_are_as_set(left_alone):
    baskets = left_alone.hidden.basket
    assert baskets.mean() == pytest.approx(6.25 * 15.44 / 2.74, rel=0.03)
    calm = run(World.of({"season": 0.0}), habits.nothing, seed=1)
    days = slice(340 + 365 - 60, 340 + 365 + 60)
    winter, flat = (np.bincount(found.orders.day, minlength=1_270)[days].sum() for found in (left_alone, calm))
    assert 1.05 < winter / flat < 1.30


def test_a_world_that_starts_in_july_has_its_winter_half_a_year_later():
    july = World.of({"starts": 181})
    assert max(range(365), key=lambda day: season(july, day)) == 340 - 181
    assert season(july, 0) == season(World(), 181)


def test_weekly_discounts_and_discounts_to_the_highest_risk_lose():
    world = World.of({"customers": 3_000})
    kinds = {name: POLICIES[name] for name in ("discount", "risk", "rules-without-discounts")}
    weekly, risk, rules = compare(world, kinds, (1,))
    assert weekly.profit.value < -1
    assert risk.profit.value < 0
    assert rules.profit.value > 2


def test_looking_every_day_with_a_plain_test_alarms_far_too_often():
    """Fair halves of a shop where nothing is done: a z test looked at daily finds a difference in more than a third."""
    found = run(small(customers=2_000), habits.nothing, seed=5)
    begin, days = found.world.burn_in, found.world.horizon
    table, everybody = found.orders, np.unique(found.facts.customer)
    kept = (table.day >= begin) & (table.day < begin + days)
    person = np.searchsorted(everybody, table.customer[kept])
    day, alarms, trials = table.day[kept] - begin, 0, 150
    lots = np.random.default_rng(2).random((trials, len(everybody))) < 0.5
    for lot in lots:
        ours = np.cumsum(np.bincount(day[lot[person]], minlength=days))
        others = np.cumsum(np.bincount(day[~lot[person]], minlength=days))
        alarms += bool((np.abs(ours - others)[14:] > 1.96 * np.sqrt((ours + others)[14:])).any())
    assert alarms / trials > 0.35


def test_each_of_many_contacts_costs_more_consent_than_each_of_few():
    world = World.of({"customers": 3_000, "run_off": 0})
    per_send = []
    for name in ("blast", "rules"):
        found = account(run(world, POLICIES[name](), seed=1))
        per_send.append(found.unsubscribed / found.contacts)
    assert per_send == pytest.approx((0.0020, 0.0014), abs=0.0003)
