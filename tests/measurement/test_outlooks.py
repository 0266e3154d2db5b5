"""What a play brought in the long run: the forecast of people in the night their days were over, kept as it was made then."""

import datetime as dt

import pytest
from measurement_shops import ordered, owned_by

from cast import MORNING
from plays.play_shops import DAY, a_day, customers, on, play
from regulars.decisions.models import Belief, Decision
from regulars.measurement import kept_lifts, nightly
from regulars.measurement.models import Lift, Outlook
from regulars.profiles.models import Profile
from regulars.shop.models import Shop


def acted(count):
    """A play met so many; those whom it reached, and those held out."""
    customers(count)
    on(play(once_every=200))
    a_day()
    sides = [
        list(Decision.objects.filter(arm=arm).order_by("person_id").values_list("person_id", flat=True))
        for arm in ("treated", "held_out")
    ]
    ordered(sides[0][:1], MORNING + 100 * DAY)  # nobody orders while it lasts
    return sides


def measured(after):
    nightly.measure(now=MORNING + after * DAY)
    return Lift.objects.get(source="play:hello", question=kept_lifts.EFFECT).data


def forecast(people, margin):
    Profile.objects.filter(pk__in=people).update(margin_next_365d=margin)


def test_the_forecast_of_the_night_the_days_were_over_counts_whatever_is_forecast_later(shop):
    treated, held = acted(400)
    forecast(treated, 30_000)
    assert measured(59)["long_run"]["n"] == 0
    assert not Outlook.objects.exists()
    first = measured(60)["long_run"]
    forecast(treated, 0)
    forecast(held, 90_000)
    assert measured(61)["long_run"] == first
    assert (first["n"], first["n_held_out"], first["without"]) == (400, len(held), {"treated": 0, "held_out": 0})
    assert first["low"] < 10_000 < first["high"]
    assert set(Outlook.objects.values_list("day", flat=True)) == {(MORNING + 60 * DAY).date()}


def test_a_forecast_carries_no_verdict_and_teaches_nothing(small_shop):
    treated, _held = acted(300)
    forecast(treated, 500_000)
    found = measured(62)
    assert not {"state", "e"} & set(found["long_run"])
    assert abs(found["came_back"]["estimate"]) < 0.01
    assert all(abs(each["found"]) < 0.2 for belief in Belief.objects.all() for each in belief.learned)


def test_people_without_a_forecast_then_are_left_out_and_counted(small_shop):
    treated, held = acted(100)
    forecast(treated[:5], None)
    Profile.objects.filter(pk__in=held[:3]).delete()
    measured(60)
    forecast(treated[:5], 1_000)
    found = measured(61)["long_run"]
    assert (found["n"], found["without"]) == (92, {"treated": 5, "held_out": 3})


def test_a_night_that_comes_late_notes_the_day_it_was_made_and_a_week_late_it_counts_no_more(small_shop):
    acted(60)
    assert measured(67)["long_run"]["n"] == 60
    assert set(Outlook.objects.values_list("day", flat=True)) == {(MORNING + 67 * DAY).date()}
    Outlook.objects.all().delete()
    assert measured(68)["long_run"]["without"] == measured(69)["long_run"]["without"]
    assert measured(69)["long_run"]["n"] == 0
    assert set(Outlook.objects.values_list("day", flat=True)) == {(MORNING + 68 * DAY).date()}


def test_a_profile_from_before_the_days_were_over_is_not_taken_for_one_from_after(small_shop):
    acted(20)
    Shop.objects.update(refreshed_on=(MORNING + 59 * DAY).date())
    measured(61)
    assert not Outlook.objects.exists()
    Shop.objects.update(refreshed_on=(MORNING + 61 * DAY).date())
    measured(61)
    assert set(Outlook.objects.values_list("day", flat=True)) == {(MORNING + 61 * DAY).date()}


@pytest.mark.parametrize("night", [50, 62])
def test_a_merge_that_is_undone_loses_nobodys_forecast(small_shop, night):
    treated, _held = acted(80)
    for number, pk in enumerate(treated):
        forecast([pk], 10_000 + number)
    if night > 60:
        before = measured(61)["long_run"]
    owned_by(treated[1], treated[0])
    ordered(treated[2:3], MORNING + 101 * DAY)
    assert measured(max(night, 61))["long_run"]["n"] == 79
    owned_by(treated[1], treated[1])
    ordered(treated[2:3], MORNING + 102 * DAY)
    after = measured(max(night, 61) + 1)["long_run"]
    assert (after["n"], Outlook.objects.count()) == (80, 80)
    if night > 60:
        assert after == before


def test_people_met_on_later_days_are_noted_on_theirs(small_shop):
    customers(40)
    on(play(once_every=200, per_day=20))
    for day in (0, 3):
        a_day(MORNING + day * DAY)
    ordered(list(Decision.objects.values_list("person_id", flat=True))[:1], MORNING + 100 * DAY)
    for night in (59, 60, 63):
        measured(night)
    days = list(Outlook.objects.order_by("day").values_list("day", flat=True))
    assert set(days) == {MORNING.date() + dt.timedelta(days=60), MORNING.date() + dt.timedelta(days=63)}
    assert len(days) == 40
