"""A rehearsal tells whom a play would have met, who came back without it, and what may come of it if the assumptions hold."""

import datetime as dt

import pytest
from click.testing import CliRunner

from cast import MORNING, people
from plays.play_shops import DAY, on, play
from regulars import rehearse, rehearse_plan, rehearsing
from regulars.cli.plays import plays_command
from regulars.customers.models import Identifier
from regulars.decisions.models import ContactRules, Decision
from regulars.orders.models import Order
from regulars.plays import folders, rehearsed, switching
from regulars.plays.models import DayPlan, Proposal, Rehearsal
from regulars.plays.models.rehearsal import WHOLE_PLAN
from regulars.profiles import refresh
from regulars.shop.models import Shop, the_shop


def bought(pairs):
    """Orders of (customer, days before MORNING)."""
    version = the_shop().facts_version + 1
    Order.objects.bulk_create(
        Order(pk=place + 1, source="csv", source_key=str(place), identifier_id=pk, ordered_at=MORNING - ago * DAY, known_at=MORNING - ago * DAY,
              status="paid", currency="EUR", total=3000, net=3000, base_total=3000, base_net=3000, progress="x", payload_hash="x", import_id=1,
              changed=version)
        for place, (pk, ago) in enumerate(pairs)
    )  # fmt: skip
    Identifier.objects.update(changed=version)
    Shop.objects.update(facts_version=version, currency="EUR", zone="UTC", margin_percent=40)
    refresh.refresh(now=MORNING, full=True)


@pytest.fixture()
def shop_of_sixty(small_shop):
    """Sixty people who first ordered 200 to 82 days ago; every third came back once, twenty days later."""
    ids = people(60)
    first = [(pk, 200 - 2 * place) for place, pk in enumerate(ids)]
    bought([*first, *((pk, ago - 20) for pk, ago in first[::3])])
    return ids


def form(text):
    return folders.check(text)


def test_it_says_whom_it_would_have_met_and_who_came_back_without_it(shop_of_sixty):
    one = form(play(audience="order_days = 1 and days_since_last_order between 10 and 60", once_every=365))
    back = rehearse.rehearse(one, now=MORNING, forward=False)["back"]
    first = {pk: 200 - 2 * place for place, pk in enumerate(shop_of_sixty)}
    again = {pk: ago - 20 for pk, ago in list(first.items())[::3]}
    met = {}
    for ago in range(84, -1, -14):  # plain Python beside the real thing
        for pk, begun in first.items():
            if 10 <= begun - ago <= 60 and not (pk in again and again[pk] >= ago):
                met.setdefault(pk, ago)
    assert back["met"] == len(met)
    assert sum(back["meant"].values()) >= back["met"]
    over = {pk: ago for pk, ago in met.items() if ago >= 60}
    assert back["matured"] == len(over)
    assert back["anyway"] == sum(1 for pk, ago in over.items() if pk in again and ago - again[pk] < 60)


def test_it_changes_nothing_in_the_shop(shop_of_sixty):
    on(play("other", audience="orders > 0"))
    rehearse.rehearse(form(play(audience="orders > 0")), now=MORNING, forward=False)
    assert not any(table.objects.exists() for table in (Decision, Proposal, DayPlan))


def test_it_says_how_far_it_meets_the_same_people_as_others_and_what_the_rules_say(shop_of_sixty):
    on(play("other", audience="orders > 0"))
    silent = Identifier.objects.first()
    from regulars.customers.suppressing import Because, suppress

    suppress("email", silent.value, Because("complaint", "test"), at=MORNING)
    back = rehearse.rehearse(form(play(audience="orders > 0")), now=MORNING, forward=False)["back"]
    assert back["overlap"] == {"other": 60}
    assert back["refused"] == {"suppressed": 1}
    told = " ".join(rehearsed.sentences({"back": back, "ahead": None, "why_not": ""}))
    assert "Up to 60 of them are meant by “Say other” too" in told


def test_an_invented_shop_like_this_one_says_what_may_come_of_it(shop_of_sixty, monkeypatch):
    monkeypatch.setattr(rehearse, "SEEDS", 3)
    monkeypatch.setattr(rehearse, "FORWARD", {"burn_in": 120, "horizon": 90, "run_off": 60})
    found = rehearse.rehearse(folders.check(folders.shipped()["second-order"]), now=MORNING)
    low, middle, high = found["ahead"]["profit"]
    assert low <= middle <= high
    assert found["ahead"]["customers"] == 60
    assert "only a hold-out can show" in rehearsed.sentences(found)[-1]
    assert rehearse.rehearse(folders.check(folders.shipped()["welcome"]), now=MORNING)["why_not"] == "nothing_like_it"


def test_a_shop_without_orders_is_told_so(small_shop):
    found = rehearse.rehearse(form(play()), now=MORNING)
    assert found["why_not"] == "no_orders"
    assert rehearsed.sentences(found) == ["In the last 84 days it would have met nobody."]


def test_what_acts_once_is_rehearsed_for_today_alone(shop_of_sixty):
    one = form(play(audience="order_days = 1", once_every=365, on="once"))
    found = rehearse.rehearse(one, now=MORNING)
    assert (found["back"]["met"], len(found["back"]["meant"])) == (40, 1)
    assert rehearsed.sentences(found)[0].startswith("It acts once: today it would meet 40 people, for ")
    nobody = rehearse.rehearse(form(play(audience="order_days > 90", once_every=365, on="once")), now=MORNING)
    assert rehearsed.sentences(nobody)[0] == "Today it would meet nobody."


def test_what_the_console_asked_for_is_carried_out_once_and_a_failure_is_told(shop_of_sixty, monkeypatch):
    monkeypatch.setattr(rehearse, "look_ahead", lambda *_all, **_rest: (None, "too_young"))
    switching.keep(play(), by="owner", now=MORNING)
    for name in ("hello", "nothing"):
        Rehearsal.objects.create(play_name=name, by="owner", at=MORNING)
    assert rehearsing.carry_out(now=MORNING + dt.timedelta(minutes=1)) == 2
    assert rehearsing.carry_out(now=MORNING) == 0
    assert dict(Rehearsal.objects.values_list("play_name", "state")) == {"hello": "done", "nothing": "failed"}


def test_the_console_asks_for_the_whole_plan_too(shop_of_sixty, monkeypatch):
    monkeypatch.setattr(rehearse_plan, "look_ahead", lambda *_all, **_rest: (None, "too_young"))
    on(play("often", audience="orders > 0", once_every=14, per_day=60))
    Rehearsal.objects.create(play_name=WHOLE_PLAN, by="owner", at=MORNING)
    assert rehearsing.carry_out(now=MORNING) == 1
    found = Rehearsal.objects.get()
    assert (found.state, found.data["back"]["plays"].keys()) == ("done", {"often"})
    assert rehearsed.of_plan(found.data)[-1] == "Too few have ordered twice for an invented shop like this one."


def test_the_command_says_where_a_file_is_wrong(tmp_path):
    (tmp_path / "play.toml").write_text('[play]\nname = "x"\n')
    done = CliRunner().invoke(plays_command, ["check", str(tmp_path)])
    assert done.exit_code == 1
    assert f"{tmp_path}:1:1: title is missing." in done.output
    good = play()
    (tmp_path / "play.toml").write_text(good.text)
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "letter.en.md").write_text(good.words["letter.en.md"])
    assert CliRunner().invoke(plays_command, ["check", str(tmp_path)]).output == "hello: in order.\n"


def test_a_whole_plan_gives_each_person_one_play_and_no_more_than_the_rules_allow(shop_of_sixty):
    ContactRules.objects.create(pk=1, month=1)
    on(play("often", audience="orders > 0", once_every=14, per_day=60))
    on(play("also", audience="orders > 0", once_every=365, priority=3, per_day=60))
    back = rehearse_plan.rehearse(now=MORNING, forward=False)["back"]
    there = [sum(begun > ago for begun in (200 - 2 * place for place in range(60))) for ago in range(84, -1, -14)]
    assert back["met"] == there[-1] == 60
    assert back["plays"]["also"] == 60  # the more important goes first
    assert back["enough"] > 0
    assert back["contacts"] == sum(back["plays"].values())
    assert 60 < back["contacts"] <= 60 * 3  # seven days looked at, fourteen apart; one contact in any thirty
    assert back["several"] > 0


def test_a_plan_without_plays_says_so(shop_of_sixty):
    found = rehearse_plan.rehearse(now=MORNING, forward=False)
    assert rehearsed.of_plan(found) == ["No play that acts every day is on."]


def test_a_plan_is_told_on_the_command_line(shop_of_sixty):
    on(play("often", audience="orders > 0", once_every=14))
    told = CliRunner().invoke(plays_command, ["rehearse", "--past-only"], catch_exceptions=False).output
    assert "the plays that are on would have met 60 people" in told
    assert ": Say often" in told
    assert not any(table.objects.exists() for table in (Decision, Proposal, DayPlan))
