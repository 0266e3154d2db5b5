"""Campaigns: a look before, everybody decided once, paused, resumed and stopped without a letter too many."""

import datetime as dt

import pytest

from actions.messaging.post import account, letter, mail_server, worker
from cast import MORNING, people, person
from regulars.actions.messaging.models import Message
from regulars.actions.messaging.plan import plan
from regulars.customers.models import Identifier, Preference
from regulars.decisions.models import Decision, Reservation
from regulars.plays import campaigns
from regulars.plays.models import Campaign
from regulars.profiles.models import Profile
from regulars.profiles.segments import ConditionMistake

HOUR = dt.timedelta(hours=1)


def campaign(**rest):
    given = {"name": "spring", "hold_out": 0.0, "letters": [letter()], "at": MORNING} | rest
    return Campaign.objects.create(**given)


def profiles(ids):
    Profile.objects.bulk_create([Profile(customer_id=pk, orders=place) for place, pk in enumerate(ids)])
    return ids


def launched(found, *, seen=("needs_default",), now=MORNING):
    campaigns.launch(found, by="owner", now=now, seen=seen)
    while campaigns.go_on(now=now):
        pass
    plan(now=now)
    return Campaign.objects.get(pk=found.pk)


def test_everybody_is_also_who_asked_for_letters_and_has_not_ordered(shop):
    ada, zoe = person("Ada"), person("Zoe")
    Profile.objects.create(customer_id=ada, orders=1)
    assert sorted(campaigns.audience(Campaign(at=MORNING))) == sorted([ada, zoe])
    assert campaigns.audience(Campaign(at=MORNING, condition="orders > 0")) == [ada]


def test_a_profile_whose_customer_is_gone_is_passed_over(small_shop):
    ids = profiles([*people(2), 7])
    found = campaign(condition="orders >= 0")
    assert campaigns.preview(found, now=MORNING).would_get >= 2
    launched(found)
    assert set(Message.objects.values_list("person_id", flat=True)) == set(ids[:2])


def test_everybody_of_the_segment_is_decided_once(shop):
    ids = profiles(people(1200))
    found = launched(campaign(condition="orders < 1100"))
    assert (found.state, found.audience) == ("done", 1100)
    assert set(Decision.objects.values_list("person_id", flat=True)) == set(ids[:1100])
    assert Message.objects.count() == 1100
    campaigns.launch(found, by="owner", now=MORNING)
    assert campaigns.go_on(now=MORNING) == 0


def test_a_launch_that_was_killed_goes_on_where_it_was(shop):
    profiles(people(1200))
    found = campaign()
    campaigns.launch(found, by="owner", now=MORNING, seen=("needs_default",))
    campaigns.go_on(now=MORNING)
    Campaign.objects.filter(pk=found.pk).update(reached=-1)  # as if the place reached had not been written
    while campaigns.go_on(now=MORNING):
        pass
    assert Decision.objects.count() == 1200


def test_the_look_before_tells_who_gets_nothing_and_why(small_shop):
    profiles([person("Ada"), person("Ben"), person("Eve", yes=False)])
    found = campaigns.preview(campaign(), now=MORNING)
    assert (found.audience, found.asked, found.reasons, found.would_get) == (3, 3, {"no_basis": 1}, 2)
    assert not Decision.objects.exists()


def test_a_share_is_held_out_and_gets_nothing(small_shop):
    profiles(people(2000))
    found = launched(campaign(hold_out=20.0))
    told = campaigns.counts(found)
    assert told["held_out"] == pytest.approx(400, abs=60)
    assert Message.objects.count() == told["treated"] == 2000 - told["held_out"]


def test_competing_letters_are_drawn_evenly(small_shop):
    profiles(people(600))
    launched(campaign(letters=[letter("A"), letter("B")]), seen=("needs_default",))
    one, two = (Message.objects.filter(letter_id=pk).count() for pk in Campaign.objects.get().letters)
    assert one + two == 600
    assert one == pytest.approx(300, abs=60)


def test_it_starts_at_the_wall_time_of_each_person(small_shop):
    ada, ben = person("Ada", country="DE"), person("Ben", country="CN")
    profiles([ada, ben])
    starts = dt.datetime(2026, 11, 19, 9, 30, tzinfo=dt.UTC)
    launched(campaign(starts=starts))
    found = dict(Message.objects.values_list("person_id", "not_before"))
    assert found[ada] == dt.datetime(2026, 11, 19, 8, 30, tzinfo=dt.UTC)
    assert found[ben] == dt.datetime(2026, 11, 19, 1, 30, tzinfo=dt.UTC)


def test_the_zone_a_person_chose_counts_before_their_address(small_shop):
    ada = person("Ada", country="DE")
    profiles([ada])
    Preference.objects.create(pk=ada, zone="Asia/Tokyo", at=MORNING)
    launched(campaign(starts=dt.datetime(2026, 11, 19, 9, 30, tzinfo=dt.UTC)))
    assert Message.objects.get().not_before == dt.datetime(2026, 11, 19, 0, 30, tzinfo=dt.UTC)


def test_paused_it_waits_and_resumed_it_doubles_nothing(shop):
    account()
    profiles([person("Ada"), person("Ben")])
    with mail_server() as (port, box):
        found = launched(campaign())
        campaigns.pause(found, by="owner", now=MORNING)
        worker(port).run()
        assert box.letters == []
        campaigns.resume(found, by="owner", now=MORNING)
        for _again in range(2):
            worker(port, now=MORNING + HOUR).run()
        assert sorted(to for to, _from, _raw in box.letters) == ["ada@customer.example", "ben@customer.example"]


def test_stopped_it_frees_the_slots(small_shop):
    account()
    profiles([person("Ada")])
    found = launched(campaign())
    campaigns.stop(found, by="owner", now=MORNING)
    assert Reservation.objects.get().state == "released"
    with mail_server() as (port, box):
        worker(port, now=MORNING + HOUR).run()
        assert box.letters == []


LETTERS = {
    "Write the letter": lambda: [],
    "cannot be sent": lambda: [letter("Hello {{ customer.shoe_size }}")],
    "Look at what is marked": lambda: [letter("Only today: 20% off")],
}


@pytest.mark.parametrize("message", LETTERS)
def test_a_letter_that_is_not_fit_is_not_launched(small_shop, message):
    profiles([person("Ada")])
    found = campaign(letters=LETTERS[message]())
    with pytest.raises(campaigns.CannotLaunch, match=message):
        campaigns.launch(found, by="owner", now=MORNING)
    assert Campaign.objects.get().state == "draft"


def test_a_person_can_say_that_what_is_marked_is_in_order(small_shop):
    profiles([person("Ada")])
    found = campaign(letters=[letter("Only today: 20% off")])
    codes = {finding.code for _letter, _language, finding in campaigns.findings(found)}
    assert {"false_urgency", "reduction_claim"} <= codes
    campaigns.launch(found, by="owner", now=MORNING, seen=sorted(codes))
    assert Campaign.objects.get().state == "running"


@pytest.mark.parametrize(("condition", "error"), [("orders >", ConditionMistake), ("orders > 99", None)])
def test_a_condition_that_is_wrong_or_means_nobody_is_told(small_shop, condition, error):
    profiles([person("Ada")])
    found = campaign(condition=condition)
    if error:
        with pytest.raises(error):
            campaigns.preview(found, now=MORNING)
    with pytest.raises(campaigns.CannotLaunch):
        campaigns.launch(found, by="owner", now=MORNING, seen=("needs_default",))


def test_merged_people_get_one_letter_of_a_campaign(small_shop):
    ada, other = person("Ada"), person("Ada2")
    Identifier.objects.filter(pk=other).update(customer_id=ada)
    profiles([ada])
    launched(campaign())
    assert Message.objects.count() == 1
