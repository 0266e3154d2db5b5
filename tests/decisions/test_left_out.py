"""Left out of everything: drawn by lot for a year from the first lot on, the same people all year, then others."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from cast import MORNING, people, wish
from regulars.customers.models import Identifier
from regulars.decisions import left_out, stopping
from regulars.decisions.gate import Request, decide, weigh
from regulars.decisions.models import ContactRules
from regulars.policy.hold_out import HoldOut, held_out
from regulars.shop.models import Shop, the_shop

DAY = dt.timedelta(days=1)
NEXT_YEAR = MORNING.replace(year=MORNING.year + 1)


@pytest.fixture(autouse=True)
def rules(request):
    """A third is left out, in a shop in Shanghai."""
    request.getfixturevalue("shop" if "shop" in request.fixturenames else "small_shop")
    ContactRules.objects.create(pk=1, held_out_of_everything=0.3)
    Shop.objects.filter(pk=the_shop().pk).update(salt="a shop for tests", zone="Asia/Shanghai")


def wanting(ids, at, name="spring"):
    lots = left_out.lots(at)
    return [
        Request(pk, wish(f"campaign:{name}/1", not_before=at, expires_at=at + 3 * DAY, hold_out=lots)) for pk in ids
    ]


def out(ids, at, name="spring"):
    """Who of these is left out, if everybody is wished for at that time."""
    return {pk for pk, made in zip(ids, decide(wanting(ids, at, name), now=at), strict=True) if made.arm == "held_out"}


def lot(at):
    return left_out.lot(ContactRules.objects.get(), at)


def share(value):
    ContactRules.objects.update(held_out_of_everything=value)


def test_the_years_count_from_the_first_lot_not_from_a_look_or_a_letter_without_one(small_shop):
    ids = people(3)
    weigh(wanting(ids, MORNING), now=MORNING)
    decide([Request(ids[0], wish("campaign:owed/1"))], now=MORNING)
    assert ContactRules.objects.get().held_out_since is None
    out(ids, MORNING + DAY)
    out(ids, MORNING + 9 * DAY, "later")
    assert ContactRules.objects.get().held_out_since == MORNING.date() + DAY


def test_whoever_is_left_out_stays_so_all_year_and_then_others_are_drawn(shop):
    ids = people(120)
    first = out(ids, MORNING)
    rule = HoldOut("a shop for tests", everything=0.3)
    assert first == {pk for pk in ids if held_out(pk, "", rule)}
    assert out(ids, NEXT_YEAR - DAY, "eve") == first
    second = out(ids, NEXT_YEAR, "day")
    assert second == {pk for pk in ids if held_out(pk, "", replace(rule, year=2))}
    assert len(first & second) < 0.6 * len(first)
    assert out(ids, NEXT_YEAR + 364 * DAY, "second eve") == second


def test_the_anniversary_is_the_shops_own_day(small_shop):
    ids = people(120)
    first = out(ids, MORNING)
    midnight = dt.datetime.combine(NEXT_YEAR.date(), dt.time(), ZoneInfo("Asia/Shanghai")).astimezone(dt.UTC)
    assert midnight.date() < NEXT_YEAR.date()
    assert out(ids, midnight - dt.timedelta(minutes=1), "before") == first
    assert out(ids, midnight, "after") != first


def test_a_changed_share_draws_nobody_again_whom_the_year_has_drawn(small_shop):
    ids = people(120)
    early, late = ids[:60], ids[60:]
    first = out(early, MORNING)
    share(0.6)
    assert out(early, MORNING + 9 * DAY, "more") == first
    assert len(out(late, MORNING + 9 * DAY, "late")) > 25
    share(0.05)
    assert out(early, MORNING + 18 * DAY, "fewer") == first
    share(0.0)
    assert out(early, MORNING + 27 * DAY, "nobody") == set()
    share(0.3)
    assert out(early, MORNING + 36 * DAY, "again") == first
    share(0.6)
    assert len(out(early, NEXT_YEAR, "next year")) > 25


def test_who_is_united_with_somebody_stays_on_the_side_drawn_first(small_shop):
    ids = people(60)
    left = out(ids[:30], MORNING)
    reached = out(ids[30:], MORNING + DAY) ^ set(ids[30:])
    mine, other = min(left), min(reached)
    Identifier.objects.filter(pk=mine).update(customer_id=other)
    assert out([other], MORNING + 9 * DAY, "united") == {other}
    assert out([other], NEXT_YEAR, "next year") == ({other} if held_out(other, "", left_out.lots(NEXT_YEAR)) else set())


def test_each_answer_says_until_when_and_a_year_ahead_is_told_in_its_last_month(small_shop):
    ids = people(30)
    first = decide(wanting(ids, MORNING), now=MORNING)
    told = {tuple(made.facts.items()) for made in first if made.arm == "held_out"}
    assert told == {(("layer", "everything"), ("until", NEXT_YEAR.date().isoformat()))}
    assert lot(NEXT_YEAR - 31 * DAY) == left_out.Lot(1, None)
    assert lot(NEXT_YEAR - 30 * DAY) == left_out.Lot(1, NEXT_YEAR.date())
    assert lot(NEXT_YEAR) == left_out.Lot(2, None)
    share(0.0)
    assert lot(NEXT_YEAR - 3 * DAY) == left_out.Lot(0, None)


@pytest.mark.parametrize("scope", ["everything", "campaign:spring"])
def test_a_stop_lets_nobody_slip_past_the_lot(small_shop, scope):
    ids = people(30)
    stopping.stop(scope, why="red button", actor="owner", at=MORNING)
    rule = left_out.lots(MORNING)
    assert out(ids, MORNING) == {pk for pk in ids if held_out(pk, "", rule)} != set()
