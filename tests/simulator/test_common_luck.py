"""Two policies meet the same luck: what differs between two runs is what was done, and nothing else."""

import numpy as np
import pytest

from regulars.simulator.reacting.plays import DISCOUNT, WORDS
from regulars.simulator.reacting.policies import habits
from regulars.simulator.reacting.policies.known import POLICIES
from regulars.simulator.reacting.policies.rules import Rules
from regulars.simulator.reacting.run import run
from regulars.simulator.reacting.traits import FRIEND_FROM, NEWCOMER_FROM
from simulator.reacting_case import on_days, orders, small


@pytest.mark.parametrize("name", ["rules", "oracle"])
def test_the_same_seed_gives_the_same_tables(name):
    one, other = (run(small(), POLICIES[name](), seed=4) for _ in range(2))
    assert orders(one) == orders(other)
    assert (one.decisions.customer == other.decisions.customer).all()
    assert (one.full_margin == other.full_margin).all()


def test_policies_that_act_alike_until_a_day_have_identical_tables_until_then():
    world, since = small(referral=0.2), 200
    stopped = run(world, on_days(Rules(), 10**6), seed=2)
    late, later = (run(world, on_days(Rules(), day), seed=2) for day in (since, since + 30))
    assert orders(late, before=since) == orders(stopped, before=since)
    assert orders(late, before=since + 30) != orders(later, before=since + 30)
    assert orders(late) != orders(stopped)


def test_what_is_done_to_one_customer_changes_nothing_for_others():
    world, one = small(), 17
    left = run(world, habits.nothing, seed=3)
    reached = run(world, on_days(habits.discount, 0, only=one), seed=3)
    others = np.setdiff1d(left.facts.customer, [one])
    assert orders(reached, among=others) == orders(left, among=others)
    assert reached.facts.contacts[reached.facts.customer == one] > 0


def test_a_friend_more_gives_nobody_another_identity():
    few, many = (run(small(referral=chance, theta_scale=0), Rules(), seed=5) for chance in (0.0, 1.0))
    own = few.facts.customer
    assert (own < FRIEND_FROM).all()
    assert (own >= NEWCOMER_FROM).any()
    assert (many.facts.customer >= FRIEND_FROM).sum() > 20
    assert np.isin(own, many.facts.customer).all()
    assert len(np.unique(many.facts.customer)) == len(many.facts.customer)
    of_many = many.hidden.order_rate[np.isin(many.facts.customer, own)]
    still = few.facts.unsubscribed_day < 0
    assert np.isin(few.hidden.order_rate[still], of_many).mean() > 0.98
    assert (few.facts.first_day == many.facts.first_day[np.isin(many.facts.customer, own)]).all()


@pytest.mark.parametrize("change", [{"pull": 0.7}, {"unsubscribe": 0.01}, {"margin_rate": 0.2}, {"dogs": 0.3}])
def test_changing_one_parameter_leaves_all_other_draws_alone(change):
    before, after = (run(small(**said), habits.nothing, seed=6) for said in ({}, change))
    assert orders(before) == orders(after)
    assert (before.hidden.basket == after.hidden.basket).all()


def test_a_threshold_moves_only_those_near_it():
    few, more = (run(small(consent=share), habits.nothing, seed=1).facts.consent for share in (0.5, 0.6))
    assert (few <= more).all()
    assert 0 < (more & ~few).mean() < 0.16


@pytest.mark.parametrize("policy", [habits.nothing, habits.blast, Rules()], ids=["nothing", "blast", "rules"])
def test_results_of_a_customer_do_not_depend_on_how_many_there_are(policy):
    """Gifts, whose stock is shared, and friends apart."""
    few, many = (run(small(customers=n, gift_stock=0, referral=0), policy, seed=8) for n in (300, 900))
    assert orders(few, among=few.facts.customer) == orders(many, among=few.facts.customer)


def test_a_choice_without_a_known_code_for_each_customer_is_refused():
    for wrong in (lambda seen, day: [0], lambda seen, day: np.full(len(seen), 9), lambda seen, day: seen.net):
        with pytest.raises(ValueError, match="a choice is"):
            run(small(), wrong, seed=1)


def test_nobody_without_consent_is_reached_and_each_attempt_is_counted():
    def everybody(seen, day):
        return np.where(seen.consent, -1, WORDS if day % 2 else DISCOUNT)

    found = run(small(), everybody, seed=1)
    assert found.decisions.refused.all()
    assert found.facts.contacts.sum() == 0
    assert orders(found) == orders(run(small(), habits.nothing, seed=1))
