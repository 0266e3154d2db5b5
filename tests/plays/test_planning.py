"""A day: chosen once, at most one play a person, asked first, limits kept, and what is decided is held out by lot."""

import datetime as dt

import pytest

from cast import MORNING, PROOF, person, wish
from plays.play_shops import DAY, TODAY, a_day, arms, customers, on, play, proposals
from regulars.customers import pausing, suppressing
from regulars.customers.consenting import say
from regulars.customers.occasions import Day, tell
from regulars.decisions import gate, stopping
from regulars.decisions.limits import balances
from regulars.decisions.models import ContactRules, Decision, Limit, Taken
from regulars.measurement import nightly
from regulars.plays import deciding, planning, switching
from regulars.plays.models import DayPlan, Play, PlayVersion, Proposal
from regulars.plays.not_chosen import of
from regulars.profiles.models import Profile
from regulars.shop.models import Shop


def test_every_play_starts_off_and_plans_nothing(shop):
    customers(3)
    switching.keep(play(), by="owner", now=MORNING)
    assert a_day() is None
    assert not Decision.objects.exists()


def test_a_play_that_asks_first_decides_nothing_until_somebody_says_yes(shop):
    customers(4)
    on(play(), mode="ask first")
    assert a_day().chosen == 4
    assert proposals() == {"waiting": 4}
    assert not Decision.objects.exists()
    some = list(Proposal.objects.values_list("pk", flat=True))
    deciding.decline(some[:1], by="owner", now=MORNING)
    assert deciding.agree(some, by="owner", now=MORNING) == 3
    a_day()
    assert proposals() == {"decided": 3, "declined": 1}
    assert sum(arms().values()) == 3


def test_what_nobody_agreed_to_is_over_the_next_day(shop):
    customers(2)
    on(play(), mode="ask first")
    a_day()
    a_day(MORNING + DAY)
    assert proposals(day=TODAY) == {"over": 2}
    assert proposals(day=TODAY + DAY) == {"waiting": 2}


def test_a_day_is_planned_once(shop):
    customers(5)
    on(play())
    assert a_day().chosen == 5
    assert a_day() is None
    assert a_day(MORNING + dt.timedelta(hours=3)) is None
    assert Decision.objects.count() == 5
    assert DayPlan.objects.count() == 1


def test_half_are_held_out_while_a_play_is_unproven_and_all_wait_alike(shop):
    customers(300)
    on(play())
    a_day()
    found = arms()
    assert found.keys() == {"treated", "held_out"}
    assert 110 < found["held_out"] < 190
    assert set(Decision.objects.values_list("share", flat=True)) == {0.5}
    for day in range(1, 29):
        a_day(MORNING + day * DAY)
    assert arms() == found  # within once_every neither side is met again
    a_day(MORNING + 31 * DAY)
    assert sum(arms().values()) > sum(found.values())


def test_people_stay_on_their_side_when_the_share_changes(shop):
    customers(200)
    name = on(play(once_every=8))
    a_day()
    held = set(Decision.objects.filter(arm="held_out").values_list("person_id", flat=True))
    switching.set_share(Play.objects.get(pk=name), 0.05, why="known", by="measurement", now=MORNING)
    later = MORNING + 10 * DAY
    a_day(later)
    assert set(Decision.objects.filter(arm="held_out", at=later).values_list("person_id", flat=True)) == held


def test_a_person_gets_the_play_that_is_worth_most_and_only_one(shop):
    ids = customers(20)
    on(play("little", lift=0.2))
    on(play("much", lift=0.8))
    a_day()
    assert set(Decision.objects.values_list("source", flat=True)) == {"play:much/1"}
    row = Proposal.objects.get(person_id=ids[0])
    assert row.weighed["next"] == "little"
    assert row.weighed["total"] > row.weighed["next_total"] > 0
    assert row.weighed["lift"] - row.weighed["cost"] - row.weighed["annoyance"] - row.weighed["slot"] == pytest.approx(
        row.weighed["total"], abs=0.05
    )


def test_whoever_is_worth_less_than_the_contact_is_left_in_peace(shop):
    customers(5, net=10)
    on(play())
    planned = a_day()
    assert (planned.meant, planned.chosen) == (5, 0)
    assert not Proposal.objects.exists()


def test_no_more_a_day_than_the_play_says_and_the_best_first(shop):
    ids = customers(30)
    Profile.objects.filter(pk__in=ids[:4]).update(net_next_90d=50_000)
    on(play(per_day=4))
    a_day()
    assert set(Proposal.objects.values_list("person_id", flat=True)) == set(ids[:4])
    assert all(used == summed and used <= most for most, used, summed in balances().values())


def test_whom_the_gate_refuses_takes_nobodys_place(shop):
    ids = customers(10)
    Profile.objects.filter(pk__in=ids[:3]).update(net_next_90d=50_000)
    for pk in ids[:3]:
        say(pk, "email", {"": False}, proof=PROOF, at=MORNING - DAY)
    on(play(per_day=5))
    planned = a_day()
    assert planned.refused == {"objected": 3}
    assert planned.chosen == 5
    assert not set(Proposal.objects.values_list("person_id", flat=True)) & set(ids[:3])


def test_nobody_without_a_yes_is_even_considered(shop):
    customers(3)
    silent = person("Zed", yes=False)
    Profile.objects.create(
        customer_id=silent, orders=9, net_next_90d=90_000, net_next_365d=90_000, margin_next_365d=50_000
    )
    on(play())
    assert a_day().meant == 3


def test_what_is_owed_reaches_everybody_whatever_it_is_worth(shop):
    customers(40, net=0)
    ContactRules.objects.filter(pk=1).update(held_out_of_everything=0.5)
    on(play(purpose="service", share=0))
    a_day()
    assert arms() == {"treated": 40}


def test_a_play_switched_on_later_is_planned_for_those_who_have_nothing_yet(shop):
    customers(9)
    on(play("first", per_day=4, share=0))
    a_day()
    on(play("second", share=0))
    a_day(MORNING + dt.timedelta(hours=1))
    assert DayPlan.objects.get().counts == {"first": [9, 4], "second": [9, 5]}
    assert Decision.objects.filter(arm="treated").count() == 9


def test_a_stopped_play_waits_and_one_that_is_off_asks_nothing(shop):
    customers(6)
    name = on(play(), mode="ask first")
    a_day()
    deciding.agree(list(Proposal.objects.values_list("pk", flat=True)), by="owner", now=MORNING)
    switching.switch_off(name, by="owner", now=MORNING)
    while deciding.go_on(now=MORNING):
        pass
    assert not Decision.objects.exists()
    assert proposals() == {"over": 6}


def test_a_pause_by_a_brake_holds_back_what_was_chosen(shop):
    customers(6)
    name = on(play(share=0))
    switching.pause(name, why="too many left", by="measurement", now=MORNING)
    a_day()
    assert set(Decision.objects.values_list("reason", flat=True)) == {"play_stopped"}
    stopping.go_on(f"play:{name}", actor="owner", at=MORNING)


def test_a_changed_play_goes_on_as_a_new_version(shop):
    customers(4)
    name = on(play(once_every=1))
    a_day()
    switching.keep(play(once_every=1, lift=0.6), by="owner", now=MORNING + DAY)
    assert Play.objects.get(pk=name).version == 2
    switching.keep(play(once_every=1, lift=0.6), by="owner", now=MORNING + DAY)
    assert Play.objects.get(pk=name).versions.count() == 2
    a_day(MORNING + 9 * DAY)
    assert set(Decision.objects.values_list("source", flat=True)) == {"play:hello/1", "play:hello/2"}


def test_the_log_tells_of_everybody_what_else_there_was(shop):
    ids = customers(3)
    Profile.objects.filter(pk=ids[0]).update(net_next_90d=1)
    on(play("little", lift=0.2))
    on(play("much", lift=0.8))
    a_day()
    (poor,) = of(ids[0], TODAY)
    (rich,) = of(ids[1], TODAY)
    assert poor["chosen"] == ""
    assert all(value < 0 for value in poor["values"].values())
    assert rich["chosen"] == "much"
    assert rich["values"]["much"] > rich["values"]["little"] > 0
    assert list(of(ids[1], TODAY + DAY)) == []


def test_what_happens_during_the_day_is_planned_when_it_is_known(shop):
    ids = customers(4, last_day=TODAY - 30 * DAY)
    on(play("thanks", on="order", once_every=10))
    assert a_day().chosen == 0
    Profile.objects.filter(pk=ids[2]).update(last_day=TODAY)
    Shop.objects.update(refreshed_version=5)
    later = MORNING + dt.timedelta(hours=2)
    a_day(later)
    a_day(later)
    assert list(Decision.objects.values_list("person_id", flat=True)) == [ids[2]]


def test_an_address_that_bounced_is_refused_with_its_reason(small_shop):
    ids = customers(2)
    suppressing.suppress("email", "p0@customer.example", suppressing.Because("bounce", "test"), at=MORNING)
    on(play())
    assert a_day().refused == {"suppressed": 1}
    assert set(Proposal.objects.values_list("person_id", flat=True)) == {ids[1]}


def test_days_the_shop_was_off_are_not_made_up_for(small_shop):
    customers(5)
    on(play(share=0, once_every=60))
    a_day()
    a_day(MORNING + 20 * DAY)
    assert list(DayPlan.objects.values_list("day", flat=True)) == [TODAY, TODAY + 20 * DAY]
    assert Decision.objects.count() == 5


def test_the_same_day_chosen_again_elsewhere_is_the_same(small_shop):
    customers(50)
    on(play(per_day=7))
    first = set(Proposal.objects.values_list("person_id", flat=True)) if a_day() else set()
    for table in (Proposal, Decision, DayPlan, Taken, Limit):
        table.objects.all().delete()
    planning.plan(now=MORNING)
    assert set(Proposal.objects.values_list("person_id", flat=True)) == first
    assert len(first) == 7


def test_money_for_all_plays_is_shared_out_over_the_month_and_never_overspent(shop):
    customers(60)
    ContactRules.objects.filter(pk=1).update(care_budget=1_300)  # 13 days are left: 100 a day
    on(play("one", share=0, once_every=5, cost=0.10))
    on(play("two", share=0, once_every=5, cost=0.30))
    spent = []
    for day in range(13):
        a_day(MORNING + day * DAY)
        spent.append(balances()["plays:2026-11"][1])
    assert spent[0] <= 100
    assert 1_000 < spent[-1] <= 1_300
    a_day(MORNING + 13 * DAY)
    assert balances()["plays:2026-12"][0] == 1_300


def test_with_the_first_play_some_are_left_out_of_everything_unless_the_merchant_said_otherwise(small_shop):
    customers(3)
    ContactRules.objects.all().delete()
    on(play())
    assert ContactRules.objects.get().held_out_of_everything == 0.05
    ContactRules.objects.update(held_out_of_everything=0.0)
    on(play("another"))
    assert ContactRules.objects.get().held_out_of_everything == 0.0


def test_a_shop_without_known_costs_is_cared_for_by_an_assumed_margin(small_shop):
    customers(4, margin_next_365d=None, margin_total=None)
    on(play())
    assert a_day().chosen == 4
    assert Proposal.objects.first().weighed["margin"] == pytest.approx(10_000 * 0.4 * 60 / 90, abs=0.01)


def test_a_wish_for_a_day_is_not_kept_until_another_day(small_shop):
    who = customers(2)
    for each in who:
        tell(each, Day("birthday", TODAY.month, TODAY.day), proof=PROOF, at=MORNING - DAY)
    used = gate.decide([gate.Request(who[0], wish(source="campaign:news/1"))], now=MORNING - 5 * DAY)
    gate.happened(used[0].pk, at=MORNING - 5 * DAY)
    on(play("birthday", on="occasion", occasions=["birthday"], share=0, lift=0.9))
    a_day()
    assert list(Decision.objects.filter(source__startswith="play:").values_list("person_id", "arm")) == [
        (who[1], "treated")
    ]
    assert Proposal.objects.get().expires_at.date() == TODAY + DAY  # at midnight


def test_whoever_heard_from_the_shop_lately_is_chosen_on_the_day_there_is_room(small_shop):
    *busy, free = customers(60)
    heard = gate.decide([gate.Request(who, wish(source="campaign:news/1")) for who in busy], now=MORNING - 5 * DAY)
    for each in heard:
        gate.happened(each.pk, at=MORNING - 5 * DAY)
    on(play(share=0, per_day=5))
    Profile.objects.filter(pk=free).update(net_next_90d=9_000)  # worth less than all the others
    planned = a_day()
    assert (planned.meant, planned.chosen, planned.refused) == (1, 1, {})
    assert a_day(MORNING + DAY).chosen == 0
    assert a_day(MORNING + 2 * DAY).chosen == 5
    later = Decision.objects.filter(source__startswith="play:").exclude(person_id=free)
    assert set(later.values_list("not_before", flat=True)) == {MORNING + 2 * DAY}


def test_nobody_is_chosen_whom_the_gate_refuses_however_many_there_are(small_shop):
    for who in customers(60):
        pausing.pause(who, pausing.Grounds("paused_staff", "test"), at=MORNING - DAY)
    on(play(share=0, per_day=5))
    assert a_day().chosen == 0
    assert not Proposal.objects.exists()


def test_a_shop_too_young_for_a_forecast_expects_the_last_year_again(small_shop):
    customers(3, net_next_90d=None, net_next_365d=None, margin_next_365d=None, net_365d=40_000)
    on(play())
    assert a_day().chosen == 3
    assert Proposal.objects.first().weighed["margin"] == pytest.approx(40_000 * 0.5 * 60 / 365, abs=0.01)


def test_a_play_whose_text_fits_this_release_no_more_does_not_keep_the_others_from_acting(small_shop):
    customers(4)
    on(play("old", share=0))
    on(play("new", share=0))
    PlayVersion.objects.filter(play_id="old").update(text="[play]\nname = 1\n")
    assert a_day().chosen == 4
    assert set(Decision.objects.values_list("source", flat=True)) == {"play:new/1"}
    nightly.measure(now=MORNING + 3 * DAY)


def test_everybody_who_is_agreed_is_decided_also_who_was_agreed_to_meanwhile(shop, monkeypatch):
    customers(5)
    on(play(), mode="ask first")
    a_day()
    first, *others = Proposal.objects.order_by("pk").values_list("pk", flat=True)
    deciding.agree(others, by="owner", now=MORNING)
    monkeypatch.setattr(gate, "PEOPLE_AT_ONCE", 2)
    decide = gate.decide

    def and_somebody_agrees(requests, **rest):
        deciding.agree([first], by="owner", now=MORNING)
        return decide(requests, **rest)

    monkeypatch.setattr(gate, "decide", and_somebody_agrees)
    assert deciding.everybody(now=MORNING) == 5
    assert proposals() == {"decided": 5}
