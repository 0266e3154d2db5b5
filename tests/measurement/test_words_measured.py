"""Which version of a play's words did more: counted each time it was drawn, with its chance; the better is drawn more."""

import pytest
from measurement_shops import drawn, ordered

from cast import MORNING
from plays.play_shops import DAY, a_day, customers, on, play
from regulars.actions.messaging.models import Message, MessageEvent
from regulars.actions.messaging.plan import plan
from regulars.decisions.models import Chances, Decision
from regulars.measurement import kept_lifts, nightly
from regulars.measurement.models import Lift
from regulars.plays import switching


def acted(count, **rest):
    customers(count)
    name = on(play(versions=2, **{"share": 0, "once_every": 200} | rest))
    a_day()
    return name


def measured(after):
    nightly.measure(now=MORNING + after * DAY)
    return Lift.objects.get(source="play:hello", question=kept_lifts.VERSIONS).data


def counted(found):
    return [(each["drawn"], each["n"], each["yes"]) for each in found["versions"]]


def test_who_ordered_within_seven_days_counts_for_the_version_they_drew(shop):
    acted(200)
    one, two = drawn(0), drawn(1)
    ordered([*one[:5], *two[:25]], MORNING + 3 * DAY)
    ordered(two[25:40], MORNING + 7 * DAY)  # the eighth day
    assert counted(measured(6)) == [(len(one), 0, 0), (len(two), 0, 0)]
    assert Chances.objects.get().chances == [0.5, 0.5]
    found = measured(9)
    assert counted(found) == [(len(one), len(one), 5), (len(two), len(two), 25)]
    assert found["pairs"][0]["state"] == "collecting"
    assert Chances.objects.get().chances[1] > 0.89
    a_day(MORNING + 9 * DAY)
    assert measured(9) == found


def test_the_chances_change_once_a_day_and_the_next_plan_draws_with_them(small_shop):
    acted(120, per_day=60)
    ordered(drawn(1)[:20], MORNING + 2 * DAY)
    measured(9)
    before = Chances.objects.get().chances
    ordered(drawn(0)[:25], MORNING + 2 * DAY)  # told later on the same day
    measured(9)
    assert Chances.objects.get().chances == before
    a_day(MORNING + 9 * DAY)
    later = Decision.objects.filter(at=MORNING + 9 * DAY)
    assert {(row.variant, row.weighed["version_chance"]) for row in later} == set(enumerate(before))
    measured(10)
    assert Chances.objects.get().chances != before


def test_every_time_counts_also_when_something_else_about_the_play_changed(small_shop):
    acted(40, once_every=8)
    ordered([drawn(0)[0]], MORNING + DAY)
    switching.keep(play(versions=2, share=0, once_every=8, lift=0.6), by="owner", now=MORNING + 5 * DAY)
    a_day(MORNING + 9 * DAY)
    assert Decision.objects.filter(source="play:hello/2").count() == 40
    assert sum(n for _drawn, n, _yes in counted(measured(20))) == 80
    assert set(Chances.objects.values_list("source", flat=True)) == {"play:hello/2"}


def test_those_whom_a_version_drove_away_are_counted_to_it(small_shop):
    acted(30)
    plan(now=MORNING)
    ordered([drawn(0)[0]], MORNING + DAY)
    MessageEvent.objects.create(
        message_id=Message.objects.get(person_id=drawn(1)[0]).pk, kind="unsubscribe", raw_id="a", at=MORNING
    )
    assert [each["left"] for each in measured(9)["versions"]] == [0, 1]


def test_new_words_begin_anew(small_shop):
    acted(40, once_every=8)
    ordered([drawn(0)[0]], MORNING + DAY)
    written = play(versions=2, share=0, once_every=8)
    written.words["second.en.md"] = "Subject: Another\n\nAnother thought.\n"
    switching.keep(written, by="owner", now=MORNING + 5 * DAY)
    assert counted(measured(20)) == [(0, 0, 0), (0, 0, 0)]


def test_the_better_words_are_named_with_an_interval_that_holds_the_truth(small_shop):
    acted(900)
    one, two = drawn(0), drawn(1)
    ordered([*one[:110], *two[: len(two) // 2]], MORNING + 2 * DAY)
    found = measured(9)
    pair = found["pairs"][0]
    assert pair["state"] == "better"
    assert pair["low"] < 0.5 - 110 / len(one) < pair["high"]
    for each, truth in zip(found["versions"], (110 / len(one), 0.5), strict=True):
        assert each["low"] < truth < each["high"]
        assert each["value"] == pytest.approx(truth, abs=0.03)
    assert Chances.objects.get().chances == [0.1, 0.9]


def test_who_is_held_out_counts_for_no_version(small_shop):
    acted(120, share=0.5)
    ordered([drawn(0)[0]], MORNING + DAY)
    treated = Decision.objects.filter(arm="treated").count()
    assert sum(row[0] for row in counted(measured(9))) == treated < 120


def test_a_play_with_one_version_is_not_asked_about_words(small_shop):
    customers(20)
    on(play(share=0))
    a_day()
    ordered([drawn(0)[0]], MORNING + DAY)
    nightly.measure(now=MORNING + 9 * DAY)
    assert not Lift.objects.filter(question=kept_lifts.VERSIONS).exists()
    assert not Chances.objects.exists()
