"""Stocks, budgets and caps: never overdrawn, given back when nothing comes of it, and always in balance with the decisions."""

import datetime as dt

import pytest

from actions.messaging.post import at_once, letter
from cast import MORNING, people, person, wish
from regulars.decisions import limits, taking_back
from regulars.decisions.gate import Request, decide
from regulars.decisions.models import Decision, Limit
from regulars.plays import campaigns
from regulars.plays.models import Campaign
from regulars.policy.hold_out import HoldOut
from regulars.profiles.models import Profile

TEA = "stock:tea"


def wanting(who, *, amount=1, source="campaign:gift/1", **rest):
    return [Request(one, wish(source, takes=((TEA, amount),), **rest)) for one in who]


def arms():
    found = Decision.objects.order_by("arm").values_list("arm", "reason")
    return {key: list(found).count(key) for key in set(found)}


def in_balance():
    return all(used == follows <= most for most, used, follows in limits.balances().values())


def test_no_more_is_given_than_there_is(shop):
    limits.register(TEA, 7, actor="owner", at=MORNING)
    decide(wanting(people(20)), now=MORNING)
    assert arms() == {("treated", ""): 7, ("refused", "limit_reached"): 13}
    assert in_balance()
    assert Decision.objects.filter(reason="limit_reached").first().facts == {"limit": TEA}


def test_many_who_ask_at_once_overdraw_nothing(shop):
    limits.register(TEA, 25, actor="owner", at=MORNING)
    who = people(80)
    deeds = [lambda part=who[place::4]: decide(wanting(part), now=MORNING) for place in range(4)]
    at_once(deeds)
    assert Limit.objects.get().used == 25
    assert in_balance()
    assert arms()["refused", "limit_reached"] == 55


def test_a_decision_asked_again_takes_nothing_more(small_shop):
    limits.register(TEA, 5, actor="owner", at=MORNING)
    ada = person("Ada")
    for _again in range(3):
        decide(wanting([ada], amount=2), now=MORNING)
    assert Limit.objects.get().used == 2
    assert in_balance()


def test_what_nothing_comes_of_is_given_back_once(shop):
    limits.register(TEA, 3, actor="owner", at=MORNING)
    (made,) = decide(wanting([person("Ada")], amount=2), now=MORNING)
    for _twice in range(2):
        taking_back.release([made.pk], why="cancelled", at=MORNING)
    assert Limit.objects.get().used == 0
    assert in_balance()


def test_who_is_refused_or_held_out_takes_nothing(small_shop):
    limits.register(TEA, 3, actor="owner", at=MORNING)
    decide(wanting([person("Eve", yes=False)]), now=MORNING)
    decide(wanting([person("Ada")], hold_out=HoldOut("salt", play=1.0)), now=MORNING)
    assert Limit.objects.get().used == 0


def test_a_wish_takes_all_it_needs_or_nothing(small_shop):
    limits.register(TEA, 5, actor="owner", at=MORNING)
    limits.register("budget:gifts", 100, actor="owner", at=MORNING)
    both = ((TEA, 1), ("budget:gifts", 60))
    decide([Request(one, wish(takes=both)) for one in people(3)], now=MORNING)
    assert {row.pk: row.used for row in Limit.objects.all()} == {TEA: 1, "budget:gifts": 60}
    assert in_balance()


def test_what_nobody_registered_has_no_room(small_shop):
    decide(wanting([person("Ada")]), now=MORNING)
    assert arms() == {("refused", "limit_reached"): 1}


def test_a_limit_can_grow_but_not_fall_below_nothing(small_shop):
    with pytest.raises(ValueError, match="below 0"):
        limits.register(TEA, -1, actor="owner", at=MORNING)


@pytest.mark.parametrize("most", [30, 500])
def test_a_campaign_reaches_no_more_people_than_it_may(shop, most):
    Profile.objects.bulk_create([Profile(customer_id=pk, orders=1) for pk in people(100)])
    found = Campaign.objects.create(name="gift", hold_out=0.0, most=most, letters=[letter()], at=MORNING)
    look = campaigns.preview(found, now=MORNING)
    assert look.would_get == min(most, 100)
    campaigns.launch(found, by="owner", now=MORNING, seen=("needs_default",))
    while campaigns.go_on(now=MORNING):
        pass
    assert campaigns.counts(found).get("treated") == min(most, 100)
    assert campaigns.counts(found).get("limit_reached", 0) == max(0, 100 - most)
    campaigns.stop(found, by="owner", now=MORNING + dt.timedelta(minutes=1))
    assert Limit.objects.get().used == 0
    assert in_balance()
