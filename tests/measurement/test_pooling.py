"""What similar plays say together: each over its seasons, drawn towards its family; to decide by, never a claim."""

import datetime as dt

import numpy as np
import pytest
from measurement_shops import ordered

from cast import MORNING
from plays.play_shops import DAY, a_day, customers, on, play
from regulars.decisions.models import Decision
from regulars.insight.lift.aipw import Drawn
from regulars.insight.lift.effect import judge
from regulars.measurement import nightly, pooling, results, seasons
from regulars.measurement.models import Lift
from regulars.measurement.path import path
from regulars.measurement.windows import EPOCH
from regulars.plays.models import Play


def said(*estimates, state="too_small", error=0.05):
    rows = [{"from": "2026-01-01", "n": 400, "estimate": each, "error": error} for each in estimates]
    return {"seasons": rows, "planned": 400, "came_back": {"state": state}}


def test_plays_of_a_family_are_drawn_towards_their_mean_and_one_alone_towards_that_of_all():
    found = pooling.families(
        {"a": ("thanks", said(0.10)), "b": ("thanks", said(-0.02)), "c": ("offers", said(0.30)), "d": ("", said(0.5))}
    )
    assert set(found) == {"thanks", "offers", "play:d"}
    one, two = found["thanks"]
    assert two["value"] < two["shrunk"] <= one["shrunk"] < one["value"]
    assert one["error"] < 0.05
    assert one["low"] < one["value"] < one["high"]
    alone, other = found["offers"][0], found["play:d"][0]
    assert alone["shrunk"] < 0.30
    assert other["shrunk"] < 0.5
    assert alone["shrunk"] < other["shrunk"]


def test_the_only_play_with_figures_is_drawn_nowhere():
    assert pooling.families({"a": ("x", said(0.1))})["x"][0]["shrunk"] is None


def test_a_play_whose_groups_are_not_split_as_planned_says_nothing_of_others():
    found = pooling.families({"a": ("x", said(0.1)), "b": ("x", said(0.9, state="do_not_trust"))})
    assert [row["play"] for row in found["x"]] == ["a"]
    assert found["x"][0]["shrunk"] is None


def test_earlier_seasons_count_and_where_they_differ_the_play_is_less_sure():
    alike = pooling.families({"a": ("x", said(0.10, 0.11))})["x"][0]
    apart = pooling.families({"a": ("x", said(-0.2, 0.41))})["x"][0]
    assert (alike["seasons"], alike["n"]) == (2, 800)
    assert alike["high"] - alike["low"] < 0.5 * (apart["high"] - apart["low"])


def entered(*days):
    """Forty people on each of these days, half of them treated; every second one of each side came back."""
    day = np.repeat([each.toordinal() - EPOCH for each in days], 40)
    treated, outcome = np.tile([True, False], len(day) // 2), np.tile([1.0, 1.0, 0.0, 0.0], len(day) // 4)
    return Drawn(outcome, treated, np.full(len(day), 0.5), np.zeros(len(day))), day


def test_the_path_begins_where_enough_came_back_and_ends_where_the_result_stands():
    people, day = entered(*(dt.date(2026, 1, 5) + dt.timedelta(days=n) for n in range(60)))
    until = dt.date(2026, 4, 20)
    found = path(people, day, planned=2_400, window=30, until=until)
    assert [each["day"] for each in found] == [
        "2026-02-28",
        "2026-03-31",
        "2026-04-20",
    ]  # by January's end nobody's days are over
    assert found[0]["n"] == 40 * sum(
        dt.date(2026, 1, 5) + dt.timedelta(days=n + 29) <= dt.date(2026, 2, 28) for n in range(60)
    )
    last, told = found[-1], judge(people, planned=2_400)
    assert last["n"] == told.n == 2_400
    assert last["value"] == pytest.approx(told.estimate)
    assert last["low"] < told.estimate < last["high"]


def test_there_is_no_path_while_too_few_came_back():
    people, day = entered(dt.date(2026, 1, 5), dt.date(2026, 1, 6))
    assert path(people, day, planned=400, window=30, until=dt.date(2026, 6, 1)) == []


def test_a_season_ends_with_the_year_and_with_the_words():
    days = [dt.date(2025, 6, 1), dt.date(2025, 9, 1), dt.date(2026, 2, 1)]
    people, day = entered(*days)
    begins = seasons.begins(day, [dt.date(2024, 1, 1), dt.date(2025, 8, 1), dt.date(2027, 1, 1)])
    assert begins == [dt.date(2025, 6, 1), dt.date(2025, 8, 1), dt.date(2026, 1, 1)]
    found = seasons.split(people, day, begins)
    assert [(each["from"], each["n"]) for each in found] == [(each.isoformat(), 40) for each in begins]


def test_a_season_with_hardly_anybody_is_taken_together_with_its_neighbour():
    people, day = entered(dt.date(2025, 6, 1), dt.date(2026, 2, 1))
    keep = np.r_[0:8, 40:80]  # two of each side came back in the first
    few = Drawn(people.outcome[keep], people.treated[keep], people.chance[keep], people.forecast[keep])
    found = seasons.split(few, day[keep], seasons.begins(day[keep], []))
    assert [(each["from"], each["n"]) for each in found] == [("2025-06-01", 48)]
    nobody = Drawn(np.zeros(48), few.treated, few.chance, few.forecast)
    assert seasons.split(nobody, day[keep], seasons.begins(day[keep], [])) == []


def test_every_night_similar_plays_of_the_shop_are_told_together(shop):
    customers(800)
    on(play("one", once_every=200, per_day=200, family="thanks"))
    on(play("two", once_every=200, family="thanks"))
    a_day()
    back = {}
    for name, per_side in (("one", (60, 40)), ("two", (90, 100))):
        for arm, count in zip(("treated", "held_out"), per_side, strict=True):
            mine = Decision.objects.filter(source__startswith=f"play:{name}/", arm=arm)
            back[name, arm] = list(mine.order_by("person_id").values_list("person_id", flat=True))[:count]
    ordered([pk for each in back.values() for pk in each], MORNING + 5 * DAY)
    nightly.measure(now=MORNING + 70 * DAY)
    rows = {row.play.name: row for row in results.similar()}
    effects = {name: Lift.objects.get(source=f"play:{name}", question="effect").data for name in rows}
    for name, row in rows.items():
        assert row.value == pytest.approx(effects[name]["came_back"]["estimate"])
        assert row.family == "thanks"
    assert rows["two"].value < rows["two"].shrunk <= rows["one"].shrunk < rows["one"].value
    assert Play.objects.filter(share=0.5).count() == 2  # nothing follows from it by itself


def test_orders_are_counted_each_and_nobody_counts_for_more_than_almost_all_others(small_shop):
    ids = customers(200)
    ordered([*ids[:50], ids[0]], MORNING - 30 * DAY)
    on(play(once_every=200))
    a_day()
    held = list(Decision.objects.filter(arm="held_out").values_list("person_id", flat=True))
    ordered([*held[:10], *held[:10], *held[:1] * 50], MORNING + 5 * DAY)
    nightly.measure(now=MORNING + 70 * DAY)
    found = Lift.objects.get(source="play:hello", question="effect").data
    assert found["cap_orders"] == 1
    assert found["orders"]["plain"] == {"treated": 0.0, "held_out": pytest.approx(10 / len(held))}
