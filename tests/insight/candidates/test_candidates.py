"""Candidates learn once and can then be asked about anybody, in any order, and after they were written down."""

import datetime as dt
import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from insight.lifetime.lifetime_shops import order_days
from insight.shops import Order, Shop, dates, day, opened, rows
from regulars.insight import profile
from regulars.insight.backtest.snapshot import known_today, past_of, take
from regulars.insight.candidates.choice import RHYTHMS, UNWATCHED
from regulars.insight.candidates.plain import from_plain, to_plain
from regulars.insight.candidates.recalibration import Recalibration, recalibration
from regulars.insight.candidates.registry import CANDIDATES, learn, needs_lesson, needs_season
from regulars.insight.forecast import COLUMNS, DAYS, VALUES, forecast
from regulars.insight.profile import Choices
from regulars.insight.summary import summarise

LAST, HORIZON = 800, 90
NAMES = [candidate.name for candidate in CANDIDATES]


@cache
def shop() -> Shop:
    """Fifteen hundred customers of more than two years, who order twice as often before Christmas."""
    luck = np.random.default_rng(8)
    who, when = order_days(luck, 1500, (0.9, 40.0, 0.6, 2.2), LAST + 1)
    month = np.array([day(int(at)).month for at in when])
    kept = (month >= 11) | (luck.random(who.size) < 0.5)
    worth = luck.gamma(8, 500, who.size)
    return Shop(
        tuple(
            Order(n, int(who[n]), day(int(when[n])), net=int(worth[n]), lines=((1 + n % 3, 1, int(worth[n])),))
            for n in np.flatnonzero(kept)
        )
    )


@pytest.fixture(scope="module")
def lesson():
    with opened(shop()) as (engine, facts):
        known = known_today(engine, facts, dates(LAST), Choices())
        before, now = (take(engine, known, day(LAST - back), horizon=HORIZON) for back in (HORIZON, 0))
    past = past_of(now, before)
    return now, past, learn(past)


def test_every_candidate_has_something_to_say_here(lesson):
    now, _past, learned = lesson
    said = learned.say(now)
    assert list(said) == NAMES
    for found in said.values():
        assert np.isfinite(found.orders).all()
        assert (found.orders >= 0).all()
        assert ((found.chance >= 0) & (found.chance <= 1)).all()


@pytest.mark.parametrize("name", NAMES)
def test_what_was_learned_says_the_same_after_it_was_written_down(lesson, name):
    now, past, learned = lesson
    numbers, arrays = to_plain(learn(past, (name,)))
    again = from_plain(json.loads(json.dumps(numbers)), arrays).say(now, (name,))[name]
    first = learned.say(now, (name,))[name]
    np.testing.assert_array_equal(again.orders, first.orders)
    np.testing.assert_array_equal(again.chance, first.chance)


def test_without_a_lesson_or_a_season_the_others_still_speak(lesson):
    now, past, _learned = lesson
    alone = learn(replace(past, lesson=None, repeats=None))
    assert not alone.can_say(("boosted trees",))
    assert not alone.can_say(("BG/NBD by season",))
    assert set(NAMES) - set(alone.say(now)) == {
        "boosted trees", "mean of BG, Pareto and trees", "days since the last order", "BG/NBD by season", "MBG/NBD by season"
    }  # fmt: skip


def test_the_season_is_known_before_it_comes(lesson):
    """From late March the next 90 days are slack; the season's candidate says fewer orders than the calendar's."""
    now, _past, learned = lesson
    said = learned.say(now, ("BG/NBD", "BG/NBD by season"))
    assert day(LAST) + dt.timedelta(days=HORIZON) < dt.date(day(LAST).year, 11, 1)
    assert said["BG/NBD by season"].orders.sum() < 0.95 * said["BG/NBD"].orders.sum()


@pytest.mark.parametrize("name", NAMES)
def test_a_customer_scored_alone_has_the_scores_of_the_whole_shop(name):
    """Whatever won the back-test: the profile of one person does not depend on who else is measured."""
    rhythm = name if name in RHYTHMS else "MBG/NBD"
    choice = replace(UNWATCHED, orders=name, chance=name, rhythm=rhythm, recalibration=Recalibration(0.1, 0.9))
    choices = Choices(forecast=choice)
    with opened(shop()) as (engine, facts):
        whole = summarise(engine, facts, dates(LAST), choices)
        assert whole.yardsticks.forecast.choice == choice
        some = engine.stage(facts.people.filter(facts.people.customer_id < 40).select("customer_id"), "some")
        found = profile.base(engine, facts, dates=dates(LAST), choices=choices, customers=some)
        of_some = rows(
            profile.score(engine, facts, found.customers, whole.yardsticks, dates=dates(LAST)), "customer_id"
        )
        profiles = {row["customer_id"]: row for row in rows(whole.profiles, "customer_id")}
    assert len(of_some) > 20
    for row in of_some:
        assert row["orders_next_365d"] >= row["orders_next_90d"] >= 0
        assert row["next_order_from"] <= row["next_order_on"] <= row["next_order_to"]
        for column in (*COLUMNS, *VALUES, *DAYS):
            assert row[column] == profiles[row["customer_id"]][column] or row[column] == pytest.approx(
                profiles[row["customer_id"]][column], rel=1e-9, abs=1e-12
            ), column


def test_a_choice_that_cannot_learn_gives_way_to_the_usual_one():
    choice = replace(UNWATCHED, orders="BG/NBD by season", chance="boosted trees")
    few = Shop(tuple(order for order in shop().orders if order.who < 900 and order.day > day(400)))
    with opened(few) as (engine, facts):
        found = summarise(engine, facts, dates(LAST, begins=400), Choices(forecast=choice)).yardsticks.forecast
    assert found.why_not == ""
    assert (found.choice.orders, found.choice.chance) == (UNWATCHED.orders, UNWATCHED.chance)


def test_only_some_choices_need_a_lesson_or_the_months():
    assert {name for name in NAMES if needs_lesson((name,))} == {
        "days since the last order", "boosted trees", "mean of BG, Pareto and trees"
    }  # fmt: skip
    assert {name for name in NAMES if needs_season((name,))} == {"BG/NBD by season", "MBG/NBD by season"}


def test_a_recalibration_undoes_what_was_wrong_with_the_odds():
    luck = np.random.default_rng(3)
    true = luck.beta(1, 3, 40_000)
    came = (luck.random(true.size) < true).astype(float)
    odds = np.log(true) - np.log1p(-true)
    said = 1 / (1 + np.exp(-(odds - 0.8) / 0.7))
    found = recalibration(said, came)
    assert (found.shift, found.slope) == (pytest.approx(0.8, abs=0.06), pytest.approx(0.7, abs=0.04))
    assert np.mean((found(said) - came) ** 2) < np.mean((said - came) ** 2)
    assert (np.diff(found(np.sort(said))) >= 0).all()


@pytest.mark.parametrize(
    ("chance", "came"), [([], []), ([0.2, 0.4], [1, 1]), ([0.3, 0.3, 0.3], [0, 1, 0]), ([0.1, 0.9], [1, 0])]
)
def test_nothing_is_set_right_where_nothing_can_be_learned(chance, came):
    assert recalibration(np.array(chance, float), np.array(came, float)) is None


def test_an_empty_shop_has_no_forecast_by_any_choice():
    with opened(Shop(())) as (engine, facts):
        found = summarise(engine, facts, dates(LAST), Choices(forecast=replace(UNWATCHED, orders="boosted trees")))
        empty = forecast(engine, found.profiles, found.yardsticks.forecast, as_of=day(LAST), history_days=LAST)
        assert rows(empty, "customer_id") == []
