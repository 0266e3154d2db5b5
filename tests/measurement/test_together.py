"""All plays together over the years: each year's lot is an experiment of its own, in which a customer counts once."""

import datetime as dt

import pytest
from measurement_shops import ordered

from cast import MORNING
from plays.play_shops import DAY, a_day, customers, on, play
from regulars.customers.models import Customer
from regulars.decisions.models import ContactRules, Decision
from regulars.measurement import nightly
from regulars.measurement.models import Lift
from regulars.measurement.together import Year
from regulars.plays.why import why

ROTATES = MORNING.replace(year=MORNING.year + 1)
SHARE = 0.3


def met(at):
    """A day's plan is decided; who was left out then and who was reached."""
    a_day(at)
    rows = list(Decision.objects.filter(at=at).values_list("person_id", "arm"))
    return [{person for person, arm in rows if arm == side} for side in ("held_out", "treated")]


@pytest.fixture()
def two_years(request):
    """A play without a hold-out of its own that met everybody in the first year, and ten days into the second."""
    ids = customers(300)
    ContactRules.objects.filter(pk=1).update(held_out_of_everything=SHARE)
    on(play(share=0, once_every=200, cost=1.0))
    first = met(MORNING)
    second = met(ROTATES + 10 * DAY)
    assert [len(side) for side in map(set.union, first, second)] != [len(side) for side in first]
    return ids, first, second


def back(now):
    nightly.measure(now=now)
    return Lift.objects.get(source="play:", question="effect").data["came_back"]


def test_a_customer_counts_once_a_year_on_the_side_of_that_year(shop, two_years):
    _ids, first, second = two_years
    early, changed = sorted(second[0]), sorted(first[0] & second[1])
    assert len(changed) > 40
    ordered(early[:5], ROTATES + 30 * DAY)  # what the year before left behind: not counted
    ordered([*early[5:12], *changed[:20]], ROTATES + 80 * DAY)
    assert back(ROTATES + 100 * DAY)["n"] == 300
    found = back(ROTATES + 121 * DAY)
    assert (found["n"], found["n_held_out"], found["yes_held_out"]) == (600, len(first[0]) + len(second[0]), 7)
    assert found["state"] != "do_not_trust"  # the sides stand as they were drawn, so nothing is mistrusted
    plain = found["plain"]
    assert plain["treated"] == pytest.approx(20 / (len(first[1]) + len(second[1])))


def test_what_was_spent_counts_in_the_year_it_was_spent_and_only_in_the_days_that_count(small_shop, two_years):
    _ids, first, second = two_years
    ordered(sorted(first[1])[:1], MORNING + DAY)
    ordered(sorted(first[0])[:1], ROTATES + 120 * DAY)
    back(ROTATES + 121 * DAY)
    margin = Lift.objects.get(source="play:", question="effect").data["margin"]["plain"]["treated"]
    entries = len(first[1]) + len(second[1])
    earned = 2000 * 0.5
    assert margin == pytest.approx((earned - 100 * len(first[1])) / entries)


def test_whoever_is_new_counts_at_once_and_days_that_reach_into_the_next_year_do_not():
    day = ROTATES.date()
    second = Year(2, day, day.replace(year=day.year + 1))
    assert second.counts_from(day, met_before=False) == day
    assert second.counts_from(day, met_before=True) == day + 60 * DAY
    assert second.counts_from(day + 90 * DAY, met_before=True) == day + 90 * DAY
    last = second.ends - 60 * DAY
    assert second.counts_from(last, met_before=True) == last
    assert second.counts_from(last + DAY, met_before=False) is None
    assert Year(1, None, None).counts_from(day, met_before=False) == day


def test_it_is_told_who_is_left_out_of_everything_and_until_when(small_shop, two_years):
    _ids, _first, second = two_years
    sentences = why(Customer.objects.get(pk=min(second[0])), (ROTATES + 10 * DAY).date())
    until = dt.date(ROTATES.year + 1, ROTATES.month, ROTATES.day)
    assert f"left out of every play and campaign until {until:%-d %B %Y}" in sentences[0]
