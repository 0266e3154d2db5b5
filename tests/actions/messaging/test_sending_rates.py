"""No worker sends faster than the account allows, a new address begins slowly, and a receipt never waits for a campaign."""

import datetime as dt

import pytest

from actions.messaging.post import account, at_once, letter, planned, worker
from actions.messaging.test_braking import came_back, sent
from cast import MORNING, people, person
from regulars.actions.messaging import claim, rates
from regulars.actions.messaging.models import Account, Bucket, Message
from regulars.actions.messaging.plan import Errand, send

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


def ready(name, *, marketing=True, now=MORNING, most=200):
    """What this worker may send now."""
    return len(rates.within(claim.claim(name, marketing=marketing, most=most, now=now), marketing=marketing, now=now))


def waiting():
    return dict(Message.objects.filter(state="planned").values_list("reason", "not_before").distinct())


def test_two_workers_share_one_speed(shop):
    account(per_minute=60, warm_up=False)
    planned(people(30))
    assert ready("one", most=20) + ready("two", most=20) == 8
    assert waiting()["rate"] == MORNING + SECOND * 1.25
    assert ready("one", now=MORNING + 5 * SECOND) == 4


def test_workers_who_ask_at_the_same_moment_get_no_more_than_one_would(shop):
    account(per_minute=2_400, warm_up=True)
    planned(people(240))
    granted = at_once([lambda name=name: ready(name, most=60) for name in "abcd"])
    assert sum(granted) == 200


def test_letters_about_orders_leave_while_a_campaign_waits(shop):
    account(per_minute=60, warm_up=False)
    planned(people(20))
    errands = [Errand(person(f"Q{number}"), "order:receipt", "8812", letter()) for number in range(4)]
    for errand in errands:
        send(errand, now=MORNING)
    assert ready("one", marketing=True) == 8
    assert ready("two", marketing=False) == 2
    assert ready("two", marketing=False, now=MORNING + 10 * SECOND) == 2


def test_letters_about_orders_use_the_speed_that_marketing_leaves(small_shop):
    account(per_minute=60, warm_up=True)
    for number in range(9):
        send(Errand(person(f"P{number}"), "order:receipt", "8812", letter()), now=MORNING)
    assert ready("one", marketing=False) == 9


def test_a_new_address_begins_with_two_hundred_a_day_and_grows_by_half(shop):
    account(per_minute=60_000, warm_up=True)
    planned(people(330), expires_at=MORNING + 30 * DAY)
    assert [ready("one", most=150), ready("two", most=150), ready("two", most=150)] == [150, 50, 0]
    assert waiting()["warm_up"] == MORNING + 60 * SECOND  # what others have in hand may yet come back
    Message.objects.filter(state="ready").update(state="sent", sent_at=MORNING)
    assert ready("one", now=MORNING + 60 * SECOND) == 0
    assert waiting()["warm_up"] == dt.datetime(2026, 11, 19, tzinfo=dt.UTC)
    assert ready("one", now=MORNING + DAY, most=330) == 130
    assert Bucket.objects.get(pk="email:2026-11-19").tokens == 300 - 130


def test_after_a_bad_day_it_goes_back_a_step(small_shop):
    messages = sent(900)
    account(per_minute=60_000, warm_up=True)
    Message.objects.update(sent_at=MORNING - DAY)
    came_back(messages[:1], "complaint", at=MORNING - DAY)
    assert ready("one") == 0  # nothing is planned
    planned(people(240), source="campaign:other/1")
    Message.objects.filter(state="planned").update(not_before=MORNING)
    assert ready("one", most=240) == 200


def test_what_was_counted_and_did_not_leave_is_let_in_again(small_shop):
    account(per_minute=60_000, warm_up=True)
    planned(people(220))
    assert ready("one", most=150) == 150
    Message.objects.filter(claimed_by="one").update(state="refused")
    assert ready("two", most=70) == 70


@pytest.mark.parametrize("rest", [{"way": "viewer"}, {"warm_up": False, "per_minute": 60_000}])
def test_what_is_only_shown_or_unlimited_is_not_held_up(small_shop, rest):
    account(**rest)
    planned(people(230))
    assert ready("one", most=230) == 230


def test_a_worker_asks_before_it_sends(small_shop):
    account(per_minute=0, warm_up=False)
    planned(people(2))
    assert worker(1).run() == 0
    assert Account.objects.get().paused_until is None
    assert "rate" in waiting()
