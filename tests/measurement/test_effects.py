"""What a campaign changed against those held out of it, from the shop's own orders."""

import datetime as dt

import pytest
from measurement_shops import drawn, launched, ordered

from cast import MORNING, people
from regulars.decisions.models import ContactRules, Decision
from regulars.measurement import kept_lifts, nightly

DAYS = dt.timedelta(days=1)


def effect(campaign, after):
    nightly.measure(now=MORNING + after)
    found = kept_lifts.of(campaign, kept_lifts.EFFECT)
    return found and found.data


def held():
    return list(Decision.objects.filter(arm="held_out").order_by("person_id").values_list("person_id", flat=True))


def test_both_arms_are_counted_once_their_days_are_over(shop):
    campaign = launched(people(400), count=1, hold_out=50.0)
    ordered([*drawn(0)[:40], *held()[:20]], MORNING + 5 * DAYS)
    ordered(held()[20:30], MORNING + 70 * DAYS)
    assert effect(campaign, 40 * DAYS)["came_back"]["n"] == 0
    found = effect(campaign, 75 * DAYS)
    assert (found["came_back"]["n"], found["came_back"]["n_held_out"]) == (400, len(held()))
    assert found["came_back"]["yes_held_out"] == 20
    assert found["came_back"]["state"] in ("collecting", "too_small")


def test_a_campaign_that_brought_people_back_is_said_to_have(small_shop):
    campaign = launched(people(1500), count=1, hold_out=50.0)
    treated, others = drawn(0), held()
    ordered([*treated[: len(treated) // 2], *others[:110]], MORNING + 5 * DAYS)
    found = effect(campaign, 70 * DAYS)
    true = 0.5 - 110 / len(others)
    for name, times in (("came_back", 1), ("net_revenue", 2000)):
        each = found[name]
        assert each["state"] == "works"
        assert each["low"] < true * times < each["high"]


def test_whoever_is_held_out_of_everything_is_no_comparison_for_one_campaign(small_shop):
    ContactRules.objects.create(pk=1, held_out_of_everything=0.5)
    campaign = launched(people(400), count=1, hold_out=20.0)
    ordered(drawn(0)[:1], MORNING + DAYS)
    layers = [decision.facts["layer"] for decision in Decision.objects.filter(arm="held_out")]
    assert {"everything", "play"} == set(layers)
    assert effect(campaign, 70 * DAYS)["came_back"]["n_held_out"] == layers.count("play")


def test_whoever_a_limit_or_a_used_slot_refuses_stays_in_the_comparison(small_shop):
    campaign = launched(people(600), count=1, hold_out=50.0, most=40)
    refused = Decision.objects.filter(reason="limit_reached")
    assert (len(drawn(0)), refused.count()) == (40, 560 - len(held()))
    ordered([*drawn(0)[:5], *refused.values_list("person_id", flat=True)[:115], *held()[:120]], MORNING + 5 * DAYS)
    found = effect(campaign, 70 * DAYS)["came_back"]
    assert (found["n"], found["n_held_out"]) == (600, len(held()))
    assert found["state"] == "no_verdict"


def test_without_a_hold_out_nothing_is_claimed(small_shop):
    campaign = launched(people(30), count=1, hold_out=0.0)
    ordered(drawn(0)[:1], MORNING + DAYS)
    assert effect(campaign, 70 * DAYS) is None


@pytest.mark.parametrize("after", [70, 149, 190])
def test_after_half_a_year_the_answer_stays_as_it_was(small_shop, after):
    campaign = launched(people(60), count=1, hold_out=50.0)
    ordered(drawn(0)[:3], MORNING + DAYS)
    first = effect(campaign, 70 * DAYS)
    ordered(held()[:5], MORNING + 2 * DAYS)
    assert (effect(campaign, after * DAYS) == first) == (after > 150)
