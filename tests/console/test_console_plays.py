"""Plays in the console: switched on and off, today's people agreed to or left in peace, and every decision explained."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from cast import MORNING
from plays.play_shops import a_day, customers, on, play
from regulars.decisions import stopping
from regulars.decisions.models import Belief, Chances, ContactRules, Decision
from regulars.measurement import kept_lifts, nightly
from regulars.measurement.models import Lift
from regulars.plays.models import Play, Proposal
from regulars.profiles.models import Answer
from regulars.shop.models import Shop
from regulars.shop.setting_up import set_up

SHAPE = {"orders": 3, "orders_without_customer": 1, "stages": {}, "grades": {}, "history_from": "2026-01-01"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock: a Wednesday morning."""
    monkeypatch.setattr(timezone, "now", lambda: MORNING)


@pytest.fixture()
def shop_of_nine(owner: Client) -> list[int]:
    """Nine customers whom a play is meant for; the shop has been looked at."""
    set_up(name="Corner shop")
    Answer.objects.create(question="shape", as_of=MORNING.date(), computed_at=MORNING, data=SHAPE)
    return customers(9)


def page(client: Client, path: str) -> str:
    return client.get(path, follow=True).content.decode()


def test_a_play_is_switched_on_asks_first_acts_by_itself_and_rests(owner: Client, shop_of_nine: list[int]):
    shown = page(owner, "/plays/slipping-away")
    assert "first say the shop&#x27;s web address" in shown
    assert "Switch it on" not in shown
    Shop.objects.update(website="shop.example")
    for deed, state in (
        ("ask first", ("on", "ask first")),
        ("automatic", ("on", "automatic")),
        ("off", ("off", "automatic")),
    ):
        owner.post("/plays/slipping-away/switch", {"deed": deed})
        found = Play.objects.get()
        assert (found.state, found.mode) == state
    shown = page(owner, "/plays/slipping-away")
    assert "Switch it on; it asks me first" in shown
    assert len(re.findall("· owner", shown)) == 3


def test_a_play_that_waits_for_something_cannot_be_switched_on(owner: Client, shop_of_nine: list[int]):
    answer = owner.post("/plays/package/switch", {"deed": "ask first"}, follow=True).content.decode()
    assert "not available yet" in answer
    assert not Play.objects.filter(state="on").exists()
    assert owner.post("/plays/nothing/switch", {"deed": "ask first"}).status_code == 404
    assert owner.get("/plays/nothing").status_code == 404


def test_today_asks_about_people_and_whoever_is_not_ticked_is_left_in_peace(owner: Client, shop_of_nine: list[int]):
    on(play(share=0), mode="ask first")
    a_day()
    shown = page(owner, "/")
    assert "Say hello" in shown
    ids = re.findall(r'name="yes" value="(\d+)" checked', shown)
    assert len(ids) == 9
    answer = owner.post("/today/answer", {"play": "hello", "deed": "yes", "yes": ids[2:], "shown": ids}, follow=True)
    assert "Agreed for 7 people" in answer.content.decode()
    assert Decision.objects.filter(arm="treated").count() == 7
    assert Proposal.objects.filter(state="declined", by="owner").count() == 2
    again = owner.post("/today/answer", {"play": "hello", "deed": "yes", "yes": ids, "shown": ids}, follow=True)
    assert "somebody has answered already" in again.content.decode()
    assert Decision.objects.count() == 7


def test_not_today_leaves_everybody_in_peace(owner: Client, shop_of_nine: list[int]):
    on(play(), mode="ask first")
    a_day()
    assert (
        "9 people are left in peace"
        in owner.post("/today/answer", {"play": "hello", "deed": "no"}, follow=True).content.decode()
    )
    assert not Decision.objects.exists()


def test_why_somebody_got_something_or_nothing_is_told(owner: Client, shop_of_nine: list[int]):
    on(play(per_day=6))
    a_day()
    for arm, sentence in (("treated", "gets “Say hello”"), ("held_out", "comparison group of “Say hello”")):
        someone = Decision.objects.filter(arm=arm).first()
        assert sentence in page(owner, f"/decisions?who={someone.person_id}&on=2026-11-18")
    left = set(shop_of_nine) - set(Decision.objects.values_list("person_id", flat=True))
    shown = page(owner, f"/decisions?who={left.pop()}&on=2026-11-18")
    assert "its limit went to those for whom it is worth more" in shown
    assert "That day was not planned" in page(owner, f"/decisions?who={shop_of_nine[0]}&on=2026-11-01")
    assert "Nobody is known by this" in page(owner, "/decisions?who=nobody@x.example&on=never")
    assert (
        page(owner, "/decisions?play=hello&arm=held_out").count("Say hello")
        == 1 + Decision.objects.filter(arm="held_out").count()
    )


def test_a_stopped_play_says_why_and_a_person_lets_it_go_on(owner: Client, shop_of_nine: list[int]):
    name = on(play())
    stopping.stop(f"play:{name}", why="Too many left.", actor="measurement", at=MORNING)
    assert "Too many left." in page(owner, f"/plays/{name}")
    owner.post(f"/plays/{name}/switch", {"deed": "go on"})
    assert "Too many left." not in page(owner, f"/plays/{name}")


def test_a_leap_of_belief_counts_when_somebody_has_looked(owner: Client, shop_of_nine: list[int]):
    name = on(play())
    leap = {"day": "2026-11-01", "found": 2.0, "error": 0.1, "mean": 1.5, "spread": 0.1, "waits": True}
    Belief.objects.create(
        pk=f"play:{name}", mean=0.5, spread=0.25, assumed={"mean": 0.5, "spread": 0.25}, learned=[leap], at=MORNING
    )
    assert "Count on it from now on" in page(owner, f"/plays/{name}")
    owner.post(f"/plays/{name}/belief")
    assert Belief.objects.get().mean == 1.5
    assert "Count on it from now on" not in page(owner, f"/plays/{name}")


@pytest.mark.parametrize(("text", "kept"), [("7", 7), ("", None), ("0", 3), ("-1", 3), ("many", 3), ("9" * 50, 3)])
def test_people_a_day_is_a_number_or_nothing(owner: Client, shop_of_nine: list[int], text: str, kept: int | None):
    name = on(play())
    Play.objects.update(per_day=3)
    owner.post(f"/plays/{name}/limit", {"per_day": text})
    assert Play.objects.get().per_day == kept


def test_results_and_fairness_tell_what_is_known(owner: Client, shop_of_nine: list[int]):
    assert "No play has chosen anybody lately" in page(owner, "/fairness")
    on(play())
    a_day()
    nightly.measure(now=MORNING + dt.timedelta(days=1))
    assert "Say hello" in page(owner, "/results")
    shown = page(owner, "/fairness")
    assert "DE" in shown
    assert "too few" in shown


def test_the_list_says_what_each_play_is_for_in_both_languages(owner: Client, shop_of_nine: list[int]):
    assert "Slipping away" in page(owner, "/plays")
    owner.cookies["django_language"] = "zh-hans"
    shown = page(owner, "/plays")
    assert "Slipping away" not in shown
    assert "正在走远" in shown


def test_the_rules_say_how_many_are_left_out_and_how_much_money_there_is(owner: Client, shop_of_nine: list[int]):
    rules = {"week": "1", "month": "3", "left_out": "7.5", "care_budget": "120,50", "closed": ""}
    owner.post("/messages/rules", rules)
    found = ContactRules.objects.get()
    assert (found.held_out_of_everything, found.care_budget) == (0.075, 12_050)
    shown = page(owner, "/messages/rules")
    assert 'value="7.5"' in shown
    assert 'value="120.5"' in shown
    for wrong in (
        {"left_out": "21"},
        {"left_out": "nan"},
        {"care_budget": "-1"},
        {"care_budget": "many"},
        {"care_budget": "inf"},
    ):
        owner.post("/messages/rules", rules | wrong)
        assert ContactRules.objects.get().care_budget == 12_050
    owner.post("/messages/rules", rules | {"care_budget": ""})
    assert ContactRules.objects.get().care_budget is None


def test_the_page_of_a_play_compares_the_versions_of_its_words(owner: Client, shop_of_nine: list[int]):
    assert "The versions compared" not in page(owner, f"/plays/{on(play())}")
    name = on(play("two", versions=2, share=0, once_every=200))
    shown = page(owner, f"/plays/{name}")
    assert "chance now" in shown
    assert shown.count("50.0\u00a0%") == 2
    assert "The first figures come with the next night." in shown
    assert all(f"{letter} · English" in shown for letter in "AB")
    found = {"drawn": 900, "n": 800, "yes": 120, "value": 0.15, "low": 0.1, "high": 0.2}
    pair = {"state": "better", "n": 1600, "yes": 280, "value": 0.05, "low": 0.01, "high": 0.09, "e": 30.0}
    Lift.objects.create(source="play:two", question=kept_lifts.VERSIONS, as_of=MORNING.date(),
                        data={"window_days": 7, "versions": [found, found], "pairs": [pair]})  # fmt: skip
    Chances.objects.create(source="play:two/1", chances=[0.1, 0.9], day=MORNING.date())
    shown = page(owner, f"/plays/{name}")
    assert "After B, 1.0 to 9.0 more of 100 people ordered than after A." in shown
    assert "15.0 (10.0–20.0)" in shown
    assert "90.0\u00a0%" in shown
