"""What a play changed: against its held out, with what was learned; harm stops it, proof lowers the share held out."""

import datetime as dt

import pytest
from measurement_shops import ordered

from cast import MORNING, PROOF
from plays.play_shops import DAY, a_day, customers, on, play
from regulars import day
from regulars.customers.consenting import say
from regulars.customers.models import Identifier
from regulars.decisions.models import Belief, ContactRules, Decision, Stop
from regulars.measurement import kept_lifts, learning, nightly, plays
from regulars.measurement.models import Lift
from regulars.plays import switching
from regulars.plays.models import Play
from regulars.profiles.models import Profile


def decided(arm):
    """Customers on this side of a play, in order."""
    return list(Decision.objects.filter(arm=arm).order_by("person_id").values_list("person_id", flat=True))


def acted(count, **rest):
    ids = customers(count)
    name = on(play(once_every=200, **rest))
    a_day()
    return ids, name


def effect(source="play:hello"):
    return Lift.objects.get(source=source, question=kept_lifts.EFFECT).data


def measured(after):
    nightly.measure(now=MORNING + after * DAY)


def test_who_turned_out_to_be_one_customer_counts_as_one(shop):
    ids, _name = acted(12)
    ordered(ids[:3], MORNING + 5 * DAY)
    united, number = ids[0], ids[5]
    Identifier.objects.filter(pk=united).update(customer_id=number)
    say(united, "email", {"": False}, proof=PROOF, at=MORNING + DAY)
    measured(20)
    met = plays._met("play:hello", 60, (MORNING + 20 * DAY).date())
    assert met.first.keys() == set(ids) - {united}
    assert effect()["harm"]["left"]["all"] == 1


def test_both_sides_are_counted_from_the_first_time_and_the_held_out_are_the_comparison(shop):
    acted(400)
    treated, held = decided("treated"), decided("held_out")
    ordered([*treated[:60], *held[:20]], MORNING + 5 * DAY)
    measured(30)
    assert effect()["came_back"]["n"] == 0
    measured(70)
    found = effect()
    assert (found["came_back"]["n"], found["came_back"]["n_held_out"]) == (400, len(held))
    assert found["came_back"]["state"] in ("collecting", "too_small")
    assert found["came_back"]["estimate"] == pytest.approx(60 / len(treated) - 20 / len(held), abs=0.03)
    assert found["net_revenue"]["plain"]["held_out"] == pytest.approx(2000 * 20 / len(held))


def test_a_play_that_brings_people_back_is_claimed_and_then_holds_out_fewer(small_shop):
    _ids, name = acted(1600)
    treated, held = decided("treated"), decided("held_out")
    ordered([*treated[: len(treated) // 2], *held[:130]], MORNING + 5 * DAY)
    measured(75)
    assert effect()["came_back"]["state"] == "works"
    assert Lift.objects.get(question=learning.CLAIMED).data == {"plays": [name], "of": 1}
    assert Play.objects.get(pk=name).share == 0.2
    assert Play.objects.get(pk=name).switches.first().by == "measurement"


def test_what_the_shop_finds_moves_what_is_assumed_once_a_month_and_a_leap_waits_for_a_person(small_shop):
    _ids, name = acted(600, lift=0.5)
    treated, held = decided("treated"), decided("held_out")
    ordered([*treated[:200], *held[:20]], MORNING + 5 * DAY)
    measured(80)
    first = Belief.objects.get(pk=f"play:{name}")
    assert first.learned[-1]["found"] > 0.5
    assert first.learned[-1]["waits"]
    assert first.mean == 0.5
    measured(81)
    assert len(Belief.objects.get(pk=f"play:{name}").learned) == 1
    assert learning.accept(f"play:{name}", now=MORNING)
    assert not learning.accept(f"play:{name}", now=MORNING)
    assert Belief.objects.get(pk=f"play:{name}").mean == pytest.approx(first.learned[-1]["mean"])


def test_a_play_that_drives_people_away_is_stopped_until_a_person_lets_it_go_on(small_shop):
    _ids, name = acted(500)
    for pk in decided("treated")[:25]:
        say(pk, "email", {"": False}, proof=PROOF, at=MORNING + 2 * DAY)
    ordered(decided("treated")[-1:], MORNING + DAY)
    measured(20)
    stop = Stop.objects.get(scope=f"play:{name}")
    assert stop.actor == "measurement"
    assert effect()["harm"]["left"] == {"all": 25, "treated": 25, "e": pytest.approx(effect()["harm"]["left"]["e"])}
    Stop.objects.update(ended_at=MORNING + 21 * DAY, ended_by="owner")
    measured(22)
    assert Stop.objects.count() == 1  # the same evidence again is no news
    for pk in decided("treated")[25:40]:
        say(pk, "email", {"": False}, proof=PROOF, at=MORNING + 3 * DAY)
    measured(23)
    assert Stop.objects.filter(ended_at=None).exists()


def test_all_plays_together_are_measured_against_those_left_out_of_everything(small_shop):
    customers(600)
    ContactRules.objects.filter(pk=1).update(held_out_of_everything=0.3)
    on(play("one", share=0, once_every=200, per_day=150))
    on(play("two", share=0, once_every=200))
    a_day()
    left_out = decided("held_out")
    ordered(left_out[:12], MORNING + DAY)
    measured(70)
    found = effect("play:")
    assert found["came_back"]["n"] == 600
    assert found["came_back"]["n_held_out"] == len(left_out)
    assert found["came_back"]["yes_held_out"] == 12
    assert {row.source for row in Lift.objects.filter(question=kept_lifts.EFFECT)} == {"play:", "play:one", "play:two"}
    assert effect("play:one")["came_back"]["n"] == 0  # nobody is held out of it alone


def test_measuring_again_from_the_same_facts_gives_the_same_answers(small_shop):
    acted(120)
    ordered(decided("treated")[:10], MORNING + DAY)
    measured(70)
    first = list(Lift.objects.order_by("source", "question").values_list("source", "question", "data"))
    measured(70)
    assert list(Lift.objects.order_by("source", "question").values_list("source", "question", "data")) == first


def test_a_play_switched_on_begins_with_a_number_of_people_that_stays(small_shop):
    customers(300)
    name = on(play(per_day=2), mode="ask first")
    begun = Play.objects.get(pk=name)
    assert (begun.began, begun.planned) == (MORNING.date(), 600)
    switching.switch_off(name, by="owner", now=MORNING)
    switching.switch_on(name, by="owner", now=MORNING + dt.timedelta(days=40))
    assert Play.objects.get(pk=name).began == MORNING.date()


def test_a_day_that_was_killed_before_it_measured_measures_when_it_runs_again(small_shop):
    acted(40)
    ordered(decided("treated")[:5], MORNING + 5 * DAY)
    later = {"now": MORNING + 70 * DAY, "say": lambda _line: None}
    day.refresh(**later)
    assert not Lift.objects.exists()
    day.run(**later)
    assert effect()["came_back"]["n"] == 40
    assert not nightly.due()


def test_what_all_plays_together_are_judged_by_stays_as_it_was_when_first_asked(small_shop):
    customers(60)
    ContactRules.objects.filter(pk=1).update(held_out_of_everything=0.3)
    on(play(share=0))
    a_day()
    ordered(decided("treated")[:5], MORNING + DAY)
    measured(70)
    first = effect("play:")["planned"]
    Profile.objects.filter(pk__in=decided("treated")[5:20]).delete()
    measured(71)
    assert effect("play:")["planned"] == first == 60


def test_only_what_was_sent_within_the_days_is_a_cost_of_all_plays_together(small_shop):
    customers(80)
    ContactRules.objects.filter(pk=1).update(held_out_of_everything=0.3)
    on(play(share=0, once_every=70, cost=1.0))
    a_day()
    ordered(decided("treated")[:1], MORNING + DAY)
    treated = len(decided("treated"))
    measured(65)
    before = effect("play:")["margin"]["plain"]["treated"]
    a_day(MORNING + 75 * DAY)  # beyond the days of everybody
    assert len(decided("treated")) > treated
    measured(76)
    assert effect("play:")["margin"]["plain"]["treated"] == pytest.approx(before)
    Decision.objects.filter(arm="treated", at=MORNING).update(ended_at=MORNING + DAY, reason="expired")
    measured(76)
    assert effect("play:")["margin"]["plain"]["treated"] == pytest.approx(before + 100)


def test_what_was_given_to_people_whose_days_are_not_over_teaches_nothing_yet(small_shop):
    customers(400, orders=3)
    on(play(once_every=200, per_day=200))
    a_day()
    ordered(decided("treated")[:30], MORNING + 5 * DAY)
    measured(75)
    first = Belief.objects.get().learned[-1]
    a_day(MORNING + 76 * DAY)
    measured(105)  # another month; the second two hundred are not over
    assert Belief.objects.get().learned[-1]["found"] == pytest.approx(first["found"])
