"""What the pages say plays changed: each outcome, the harm, and similar plays together, with no more queries for more plays."""

import datetime as dt

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cast import MORNING, PROOF
from measurement.measurement_shops import ordered
from plays.play_shops import DAY, a_day, customers, on, play
from regulars.customers.consenting import say
from regulars.decisions.models import ContactRules, Decision
from regulars.measurement import nightly, told_pairs
from regulars.measurement.models import Lift
from regulars.plays.models import Play
from regulars.policy.hold_out import year_begins
from regulars.profiles.models import Answer
from regulars.shop.setting_up import set_up

SHAPE = {"orders": 3, "orders_without_customer": 1, "stages": {}, "grades": {}, "history_from": "2026-01-01"}


@pytest.fixture()
def measured(owner: Client) -> Client:
    """A play that was on for long enough: most of those it reached came back, of the others fewer; five said no."""
    set_up(name="Corner shop")
    Answer.objects.create(question="shape", as_of=MORNING.date(), computed_at=MORNING, data=SHAPE)
    customers(320)
    on(play(once_every=200, family="thanks"))
    a_day()
    sides = [
        list(Decision.objects.filter(arm=arm).values_list("person_id", flat=True)) for arm in ("treated", "held_out")
    ]
    ordered([*sides[0][:140], *sides[1][:110]], MORNING + 5 * DAY)
    for pk in sides[0][:5]:
        say(pk, "email", {"": False}, proof=PROOF, at=MORNING + 2 * DAY)
    nightly.measure(now=MORNING + 62 * DAY)
    return owner


def test_a_play_says_how_often_people_ordered_and_marks_what_is_only_forecast(measured: Client):
    shown = measured.get("/plays/hello").content.decode()
    for words in ("came back, of 100 people", "orders of 100 people", "margin a person, after all costs"):
        assert words in shown
    last = shown.split("that margin, and what is forecast of the year after")[1]
    assert last.startswith(' <span class="tag">forecast</span>')
    assert "Nothing is claimed or learned from it." in last
    assert "0 of those reached, 0 of those held out" in last


def test_harm_is_shown_while_nothing_is_alarming(measured: Client):
    shown = measured.get("/plays/hello").content.decode()
    row = shown.split("said no to something")[1].split("</tr>")[0]
    assert ">5 (" in row
    assert ">0 (0.0" in row
    assert "reported a message as unwanted" in shown
    Lift.objects.filter(question="effect").update(
        data=Lift.objects.get(source="play:hello", question="effect").data
        | {"came_back": {"state": "do_not_trust", "n": 0}}
    )
    shown = measured.get("/plays/hello").content.decode()
    assert shown.split("said no to something")[1].split("</tr>")[0].count("–") == 1
    assert "orders of 100 people" not in shown


def test_similar_plays_are_told_together_and_never_as_a_claim(measured: Client):
    shown = measured.get("/results").content.decode()
    table = shown.split("What similar plays say together")[1].split("What the proof costs")[0]
    assert "Say hello" in table
    assert "thanks" in table
    assert ">–</td></tr>" in table  # there is no other play yet
    assert "never a claim" in table


def test_results_are_drawn(measured: Client):
    shown = measured.get("/results").content.decode()
    assert 'data-chart="/charts/plays"' in shown
    drawn = measured.get("/charts/plays").json()
    assert "Say hello" in str(drawn)
    kept = Lift.objects.get(source="play:hello", question="effect")
    kept.data["path"] = [{"day": "2026-10-31", "n": 900, "value": 0.04, "low": 0.01, "high": 0.07}]
    kept.save()
    assert "7.0" in str(measured.get("/charts/plays/hello").json())
    kept.data["path"] = []
    kept.save()
    assert measured.get("/charts/plays/hello").status_code == 404
    assert measured.get("/charts/plays/nobody").status_code == 404


def test_the_day_on_which_others_are_left_out_is_told_a_month_ahead(measured: Client):
    def shown(days: int) -> str:
        today = timezone.now().astimezone(dt.UTC).date()
        ahead = today + dt.timedelta(days=days)
        ContactRules.objects.update(held_out_of_everything=0.05, held_out_since=year_begins(ahead, 0))
        return measured.get("/results").content.decode()

    assert "it is drawn anew" not in shown(40)
    assert "it is drawn anew, for a year, who is left out" in shown(20)
    assert "Each year it is drawn anew who is left out. A person counts once a year" not in shown(20)
    assert "Each year it is drawn anew who is left out. A person counts once a year" in shown(-5)


def test_plays_that_take_from_each_other_are_told_once_it_may_be_claimed(measured: Client):
    pair = {"plays": ["hello", "words"], "low": -0.083, "high": -0.021}
    row = Lift(source="play:", question=told_pairs.PAIRS, as_of=MORNING.date())
    Lift.objects.filter(source=row.source, question=row.question).delete()
    for claimed in (False, True):
        row.data = {"pairs": [pair | {"claimed": claimed}], "looked_at": 1}
        row.save()
        shown = measured.get("/results").content.decode()
        assert ("“Say hello” and “words” take from each other: given both, 2.1 to 8.3 fewer" in shown) == claimed


def test_results_of_many_plays_need_no_more_queries(measured: Client):
    def asked(path: str) -> int:
        measured.get(path)
        with CaptureQueriesContext(connections["default"]) as queries:
            assert measured.get(path).status_code == 200
        return len(queries)

    few = [asked("/results"), asked("/plays")]
    known = Lift.objects.get(source="play:hello", question="effect")
    Play.objects.bulk_create(Play(name=f"hello-{n}", began=MORNING.date(), at=MORNING) for n in range(5))
    Lift.objects.bulk_create(
        Lift(source=f"play:hello-{n}", question="effect", as_of=known.as_of, data=known.data) for n in range(5)
    )
    rows = Lift.objects.get(source="play:", question="pooled")
    rows.data["families"]["thanks"] += [rows.data["families"]["thanks"][0] | {"play": f"hello-{n}"} for n in range(5)]
    rows.save()
    assert [asked("/results"), asked("/plays")] == few
    assert few[0] <= 19
