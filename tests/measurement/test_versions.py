"""Which of two letters did more, counted from the shop's own orders: each person once, only days that are over."""

import datetime as dt

import pytest
from measurement_shops import drawn, launched, ordered

from cast import MORNING, people, person
from regulars import day
from regulars.actions.messaging.models import Message, MessageEvent
from regulars.customers.models import Identifier
from regulars.measurement import kept_lifts, nightly
from regulars.measurement.models import Lift
from regulars.plays.models import Campaign
from regulars.profiles.models import Profile

DAYS = dt.timedelta(days=1)


def measured(campaign, after):
    nightly.measure(now=MORNING + after)
    return kept_lifts.of(campaign, "versions").data


def test_each_version_is_counted_once_its_days_are_over(shop):
    campaign = launched(people(400))
    one, two = drawn(0), drawn(1)
    ordered([*one[:30], *two[:60]], MORNING + 3 * DAYS)
    ordered(two[60:70], MORNING + 20 * DAYS)  # too late to be the letter's doing
    ordered(one[:30], MORNING + 4 * DAYS)  # a second time counts no more
    early = measured(campaign, 10 * DAYS)
    assert [each["n"] for each in early["versions"]] == [0, 0]
    found = measured(campaign, 25 * DAYS)
    assert [(each["drawn"], each["n"], each["yes"]) for each in found["versions"]] == [
        (len(one), len(one), 30),
        (len(two), len(two), 60),
    ]
    assert found["pairs"][0]["state"] == "collecting"
    assert Lift.objects.filter(source=campaign.source).count() == 1


def test_a_clearly_better_letter_is_named_and_its_gain_lies_within_the_interval(small_shop):
    campaign = launched(people(1600))
    one, two = drawn(0), drawn(1)
    ordered([*one[:110], *two[: len(two) // 2]], MORNING + 2 * DAYS)
    pair = measured(campaign, 30 * DAYS)["pairs"][0]
    assert pair["state"] == "better"
    assert pair["low"] < 0.5 - 110 / len(one) < pair["high"]


def test_who_was_made_one_out_of_two_versions_counts_for_none(small_shop):
    campaign = launched(people(60))
    one, two = drawn(0), drawn(1)
    Identifier.objects.filter(pk=two[0]).update(customer_id=one[0])
    ordered([one[1]], MORNING + DAYS)
    found = measured(campaign, 30 * DAYS)["versions"]
    assert [each["drawn"] for each in found] == [len(one) - 1, len(two) - 1]


def test_who_never_ordered_counts_before_they_do(small_shop):
    ids = people(60)
    campaign = launched(ids)
    one, two = drawn(0), drawn(1)
    ordered([one[0]], MORNING + DAYS)
    Identifier.objects.exclude(pk=one[0]).update(changed=0)
    found = measured(campaign, 30 * DAYS)["versions"]
    assert [(each["drawn"], each["yes"]) for each in found] == [(len(one), 1), (len(two), 0)]


def test_those_whom_a_version_drove_away_are_counted_to_it(small_shop):
    campaign = launched(people(40))
    ordered([drawn(0)[0]], MORNING + DAYS)
    left = Message.objects.filter(letter_id=campaign.letters[1]).first()
    for raw in ("a", "b"):
        MessageEvent.objects.create(message_id=left.pk, kind="unsubscribe", raw_id=raw, at=MORNING)
    assert [each["left"] for each in measured(campaign, 30 * DAYS)["versions"]] == [0, 1]


def lapsed(days, *, count=2, condition=""):
    """What is promised to a campaign, before it is launched, to people whose last orders were so many days ago."""
    Profile.objects.bulk_create([Profile(customer_id=pk, days_since_last_order=day) for pk, day in zip(people(len(days)), days, strict=True)])  # fmt: skip
    return kept_lifts.promise(Campaign(letters=[1] * count, condition=condition, at=MORNING), reached=count / 2)


def test_the_last_days_promise_nothing_to_people_who_were_chosen_by_them(small_shop):
    assert lapsed([5, 90] * 400, condition="days_since_last_order > 60") is None


def test_a_small_audience_is_told_that_nothing_will_be_seen(small_shop):
    assert lapsed([90] * 20).visible is None


def test_among_more_versions_a_difference_must_be_larger_to_be_seen(small_shop):
    two = lapsed([5, 90] * 400)
    four = kept_lifts.promise(Campaign(letters=[1] * 4, at=MORNING), reached=2.0)
    assert two.people == four.people
    assert four.visible > 1.05 * two.visible


def test_a_letter_without_another_to_compare_is_not_measured(small_shop):
    launched([person("Ada")], count=1)
    assert nightly.measure(now=MORNING + 30 * DAYS) == 0


@pytest.mark.parametrize("count", [2, 3])
def test_the_nightly_refresh_measures_and_repeating_it_changes_nothing(small_shop, count):
    campaign = launched(people(90), count=count)
    ordered(drawn(1)[:5], MORNING + DAYS)
    told = []
    for _again in range(2):
        day.refresh(now=MORNING + 30 * DAYS, say=lambda _text: None, full=True)
        day.measure(now=MORNING + 30 * DAYS, say=lambda _text: None)
        told.append(kept_lifts.of(campaign, "versions").data)
    assert told[0] == told[1]
    assert len(told[0]["pairs"]) == count - 1
    assert sum(each["yes"] for each in told[0]["versions"]) == 5
