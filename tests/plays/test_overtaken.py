"""What was decided and has not left: taken back when its play is switched off, or when they ordered and it no longer fits."""

import datetime as dt

import pytest

from cast import MORNING
from plays.play_shops import DAY, a_day, customers, on, play
from regulars.actions.messaging import plan as messages
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Message
from regulars.decisions.models import Decision, Reservation
from regulars.plays import switching
from regulars.profiles.models import Profile

SILENT = "days_since_last_order > 30"


def states(**those):
    return sorted(Message.objects.filter(**those).values_list("state", "reason"))


@pytest.mark.parametrize("made", [True, False], ids=["a message already", "not yet"])
def test_what_had_not_left_is_cancelled_when_the_play_is_switched_off(shop, made):
    customers(3)
    name = on(play(share=0))
    a_day()
    if made:
        messages.plan(now=MORNING)
    switching.switch_off(name, by="owner", now=MORNING)
    messages.plan(now=MORNING)
    Worker("w", lambda: MORNING).run()
    assert states() == ([("cancelled", "cancelled")] * 3 if made else [])
    assert set(Decision.objects.values_list("reason", flat=True)) == {"cancelled"}
    assert set(Reservation.objects.values_list("state", flat=True)) == {"released"}


def test_what_is_owed_does_not_leave_either_once_its_play_is_off(small_shop):
    customers(2)
    name = on(play(purpose="service", share=0))
    a_day()
    switching.switch_off(name, by="owner", now=MORNING)
    messages.plan(now=MORNING)
    assert not Message.objects.exists()


def test_who_ordered_meanwhile_does_not_hear_that_they_are_missed(shop):
    ordered, bought_but_fits, silent = customers(3, days_since_last_order=40)
    on(play("missed", audience=SILENT, share=0))
    a_day()
    messages.plan(now=MORNING)
    Profile.objects.filter(pk=ordered).update(days_since_last_order=0)
    Profile.objects.filter(pk=silent).update(days_since_last_order=42)
    tomorrow = MORNING + DAY
    a_day(tomorrow)
    Worker("w", lambda: tomorrow).run()
    assert states(person_id=ordered) == [("cancelled", "overtaken")]
    assert Decision.objects.get(person_id=ordered).reason == "overtaken"
    assert [state for state, _why in states(person_id__in=(bought_but_fits, silent))] == ["sent", "sent"]


def test_a_condition_that_runs_out_by_itself_takes_nothing_back(shop):
    (late,) = customers(1, days_since_last_order=40)
    on(play("in-time", audience="days_since_last_order between 30 and 40", share=0))
    a_day()
    messages.plan(now=MORNING)
    Profile.objects.filter(pk=late).update(days_since_last_order=41)
    a_day(MORNING + DAY)
    Worker("w", lambda: MORNING + dt.timedelta(days=1)).run()
    assert [state for state, _why in states()] == ["sent"]
