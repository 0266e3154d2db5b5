"""Each reaction alone: raise it, the right number moves in the right direction, and the others stay."""

import functools

import numpy as np

from regulars.simulator.reacting.account import account
from regulars.simulator.reacting.plays import GIFT, REFILL, REMEDY
from regulars.simulator.reacting.policies import habits
from regulars.simulator.reacting.policies.policy import nothing_for, owed_a_remedy
from regulars.simulator.reacting.policies.rules import Rules
from regulars.simulator.reacting.run import run
from simulator.reacting_case import orders, small

MANY = {"customers": 2_000}


@functools.cache
def told(policy, **changes):
    found = run(small(**MANY, **changes), policy, seed=1)
    return account(found), found


def test_without_lift_goodwill_and_fatigue_every_policy_earns_nothing_less_its_cost():
    from regulars.simulator.reacting.policies.known import POLICIES
    from simulator.reacting_case import NO_REACTIONS

    world = small(**NO_REACTIONS)
    none = account(run(world, habits.nothing, seed=2))
    for make in POLICIES.values():
        found = account(run(world, make(), seed=2))
        assert round(found.profit + found.cost - none.profit, 6) == 0
        assert found.cost >= none.cost == 0


def test_some_answer_and_fewer_the_more_they_hear():
    never, rare, often = (told(policy, answers=share)[1].facts for policy, share in (
        (habits.blast, 0.0), (Rules(), 0.05), (habits.blast, 0.05)
    ))  # fmt: skip
    assert never.answers.sum() == 0
    a_contact = [found.answers.sum() / found.contacts.sum() for found in (rare, often)]
    assert 0.02 < a_contact[1] < a_contact[0] < 0.05
    assert (never.net == often.net).all()
    assert (often.answer_day[often.answers > 0] >= often.first_day[often.answers > 0]).all()


def test_fatigue_makes_people_unsubscribe():
    calm, tired = (told(habits.blast, fatigue=slope) for slope in (0.0, 0.7))
    assert tired[0].unsubscribed > 1.5 * calm[0].unsubscribed
    assert tired[0].disturbed <= calm[0].disturbed
    assert (tired[1].hidden.basket == calm[1].hidden.basket).all()


def test_what_is_pulled_forward_is_missing_later():
    free, pulled = (told(Rules(), pull=share)[0] for share in (0.0, 0.7))
    assert pulled.profit < free.profit
    in_horizon, after = (pulled.profit_horizon - free.profit_horizon, pulled.profit - free.profit)
    assert in_horizon < 0
    assert abs(after - in_horizon) < abs(in_horizon)


def test_sleeping_dogs_are_lost_by_win_backs_and_by_nothing_else():
    none, some = (told(habits.blast, dogs=share)[0] for share in (0.0, 0.3))
    assert none.disturbed == 0 < some.disturbed
    assert some.alive < none.alive
    assert told(habits.nothing, dogs=0.3)[0].disturbed == 0


def test_the_habit_of_discounts_costs_orders_at_full_price():
    plain, spoilt = (told(habits.discount, habit=strength)[1] for strength in (0.0, 1.0))
    at_full_price = [(found.orders.full_margin == found.orders.margin).sum() for found in (plain, spoilt)]
    assert at_full_price[1] < at_full_price[0]
    assert orders(told(habits.blast, habit=0.0)[1]) == orders(told(habits.blast, habit=1.0)[1])


def test_people_answer_less_the_more_contacts_they_feel():
    fresh, dulled = (told(habits.blast, response_decay=strength)[0] for strength in (0.0, 0.7))
    assert dulled.profit < fresh.profit


def test_a_play_that_harms_harms():
    assert told(habits.blast, theta_words=-1.0)[0].profit < told(habits.blast, theta_words=0.0)[0].profit


def test_goodwill_of_gifts_keeps_people():
    def gifts(seen, day):
        choice = nothing_for(seen)
        choice[np.flatnonzero(seen.consent & (seen.orders > 1))[:: 1 + day % 7]] = GIFT
        return choice

    with_care, without = (told(gifts, gift_later=warmth, theta_gift=0.0)[0] for warmth in (1.2, 0.0))
    assert with_care.alive > without.alive
    assert with_care.profit > without.profit


def test_a_remedy_gives_back_a_part_of_the_goodwill_and_never_more():
    def remedies(seen, day):
        return np.where(owed_a_remedy(seen, day), REMEDY, -1)

    mended = told(remedies, complaints=0.5, goodwill_leaving=2.0)[0]
    open_still = told(habits.nothing, complaints=0.5, goodwill_leaving=2.0)[0]
    none_wrong = told(habits.nothing, complaints=0.0, goodwill_leaving=2.0)[0]
    assert none_wrong.wronged == 0
    assert open_still.alive < mended.alive < none_wrong.alive
    assert mended.wronged < open_still.wronged


def test_a_refill_reminder_works_when_it_is_due():
    """Nothing but the moment differs: the same reminder on other days hardly brings an order."""

    def reminding(fits):
        def policy(seen, day):
            due = (seen.cycle > 0) & (np.abs(seen.silence(day) - seen.cycle) <= 0.25 * seen.cycle)
            waited = day - seen.play_day[:, REFILL] >= 20
            return np.where(seen.consent & (seen.cycle > 0) & waited & (due == fits), REFILL, -1)

        return policy

    none = len(told(habits.nothing)[1].orders.day)
    gains = []
    for fits in (True, False):
        account_, found = told(reminding(fits), unsubscribe=0.0, theta_refill=6.0)
        gains.append((len(found.orders.day) - none) / account_.by_play["refill"])
    assert gains[0] > 4 * max(gains[1], 0)


def test_a_play_may_lose_its_effect_in_the_middle():
    same, lost = (told(habits.blast, change_day=190, change_play=play)[1] for play in ("", "words"))
    assert orders(lost, before=190) == orders(same, before=190)
    after = [(found.orders.day >= 205).sum() for found in (same, lost)]
    assert after[1] < after[0]


def test_order_rates_may_change_in_the_middle():
    same, fewer = (told(habits.nothing, change_day=150, change_orders=factor)[1] for factor in (1.0, 0.5))
    assert orders(fewer, before=150) == orders(same, before=150)
    assert len(orders(fewer)) < len(orders(same))


def test_a_shock_moves_its_days_alone():
    same, festival = (told(habits.nothing, shocks=shocks)[1] for shocks in ((), ((150, 160, 3.0),)))
    counts = [np.bincount(found.orders.day, minlength=330) for found in (same, festival)]
    assert (counts[0][:150] == counts[1][:150]).all()
    assert counts[1][150:161].sum() > 1.5 * counts[0][150:161].sum()


def test_with_a_heavy_tail_few_customers_spend_most():
    shares = []
    for index in (0.0, 1.8):
        baskets = np.sort(told(habits.nothing, heavy_tail=index)[1].hidden.basket)[::-1]
        shares.append(baskets[: len(baskets) // 100].sum() / baskets.sum())
    assert shares[1] > 1.5 * shares[0]
