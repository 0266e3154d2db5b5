"""The shop clock: time runs as the shop's own years say, forecasts into a high season come right, and a shop without
seasons keeps the forecasts of the calendar."""

import datetime as dt
from functools import cache

import numpy as np
import pytest
from lifetime_data import path_or_skip
from season_shops import CHRISTMAS, END, SeasonShop, of_mean_one, season_shop

from regulars.insight.backtest.measures import chance_score, orders_score
from regulars.insight.lifetime import bgnbd, models
from regulars.insight.lifetime.clock import FACTOR_MAX, FACTOR_MIN, TICKS_A_DAY, Clock, even, year_mean
from regulars.insight.lifetime.clock_learning import DAYS_MIN, learn
from regulars.insight.lifetime.clock_season import season_factors
from regulars.insight.lifetime.histories import Histories

HIGH = of_mean_one(CHRISTMAS)
MODELS = ["BG/NBD", "MBG/NBD"]
TWO_YEARS = np.arange(24)


def dates(first, last):
    return np.arange(np.datetime64(first, "D"), np.datetime64(last, "D"))


def random_clock(seed):
    extremes = np.exp(np.random.default_rng(seed).uniform(np.log(0.25), np.log(1.6), 12))
    return Clock(of_mean_one(extremes), END)


def forecast(name, calendar, clock, days):
    """Expected orders and P(order) of every row: by the calendar without a clock."""
    model, ahead = models.FORECASTERS[name], days if clock is None else clock.ahead(days)
    rows = calendar if clock is None else clock.histories(calendar)
    fit = model.fit(rows)
    return model.expected_orders(fit, rows, days=ahead), model.p_order_within(fit, rows, days=ahead)


@cache
def high_season_ahead(mbg):
    return season_shop(1, HIGH, mbg=mbg)


@pytest.mark.parametrize("seed", range(3))
def test_the_clock_adds_up_the_factors_of_the_days_through_centuries_and_leap_years(seed):
    clock, days = random_clock(seed), dates("1895-01-01", "2105-01-01")
    month = days.astype("datetime64[M]").astype(int) % 12
    passed = clock.at(days) - clock.at(days[0])
    assert np.abs(passed - TICKS_A_DAY * (np.cumsum(clock.factors[month]) - clock.factors[0])).max() <= 1
    assert np.diff(passed).min() >= 1


def test_an_ordinary_year_takes_as_long_as_on_the_calendar_and_a_leap_day_as_its_month_says():
    clock = Clock(HIGH, END)
    year, leap_year = (clock.at(dt.date(y, 12, 31)) - clock.at(dt.date(y - 1, 12, 31)) for y in (2025, 2024))
    assert year == 365 * TICKS_A_DAY
    assert leap_year == pytest.approx((365 + HIGH[1]) * TICKS_A_DAY, abs=1)


def test_beyond_the_end_of_the_history_the_factors_repeat():
    clock = Clock(HIGH, END)
    assert clock.ahead(0) == 0
    assert clock.ahead(92) == pytest.approx(TICKS_A_DAY * (31 * HIGH[9] + 30 * HIGH[10] + 31 * HIGH[11]), abs=1)
    # Ten years with two leap days, but for the last two days of September.
    assert clock.ahead(10 * 365) == pytest.approx(TICKS_A_DAY * (3650 + 2 * HIGH[1] - 2 * HIGH[8]), abs=1)


def test_equal_histories_stay_equal_and_others_stay_apart():
    luck = np.random.default_rng(8)
    x, T = luck.integers(0, 3, 3000), luck.integers(5, 60, 3000)
    calendar = Histories.of(x, np.where(x > 0, luck.integers(2, T), 0), T)
    for factors in (np.array([FACTOR_MIN] * 6 + [1.8] * 6), HIGH):
        clocked = Clock(of_mean_one(np.maximum(factors, 0.21)), END).histories(calendar)
        np.testing.assert_array_equal(clocked.distinct().count, calendar.count)
        np.testing.assert_array_equal(clocked.x, calendar.x)


@pytest.mark.parametrize("name", MODELS)
def test_a_clock_without_season_forecasts_what_the_calendar_does(name):
    _names, calendar, repeats = high_season_ahead(False).past()
    for ours, theirs in zip(forecast(name, calendar, even(END), 90), forecast(name, calendar, None, 90), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    model, clocked = models.FORECASTERS[name], even(END).histories(calendar)
    on_clock = model.fit(clocked).log_likelihood + even(END).jacobian(repeats)
    assert on_clock == pytest.approx(model.fit(calendar).log_likelihood, abs=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_into_the_high_season_the_calendar_is_far_off_and_the_clock_is_not(name):
    shop = high_season_ahead(name == "MBG/NBD")
    names, calendar, repeats = shop.past()
    clock, came = learn(calendar.distinct(), repeats, end=END), shop.came(names, 90)
    assert np.abs(clock.factors / HIGH - 1).max() < 0.15
    (plain, _chance), (orders, chance) = forecast(name, calendar, None, 90), forecast(name, calendar, clock, 90)
    assert orders_score(plain, came).bias < -0.4
    assert abs(orders_score(orders, came).bias) < 0.05
    assert chance_score(chance, (came > 0).astype(int)).ece < 0.015


def test_the_true_clock_makes_the_histories_likelier_than_the_calendar():
    _names, calendar, repeats = high_season_ahead(False).past()
    clock = Clock(HIGH, END)
    on_clock = bgnbd.fit(clock.histories(calendar)).log_likelihood + clock.jacobian(repeats)
    assert on_clock > bgnbd.fit(calendar).log_likelihood + 100


def test_twenty_shops_of_whims_without_season_hardly_notice():
    effects = []
    for seed in range(20):
        _names, calendar, repeats = season_shop(
            seed, np.ones(12), customers=1500, days=500 + 40 * seed, whims=0.1
        ).past()
        clock = learn(calendar.distinct(), repeats, end=END)
        plain, ours = (forecast("BG/NBD", calendar.distinct(), each, 90)[0].sum() for each in (None, clock))
        effects.append(abs(ours / plain - 1))
    assert np.mean(effects) < 0.01
    assert max(effects) < 0.05


def test_growth_and_seasons_of_newcomers_are_no_season_of_those_who_come_back():
    shop = season_shop(3, np.ones(12), days=800, growth=4.0, first_factors=CHRISTMAS)
    _names, calendar, repeats = shop.past()
    assert np.abs(learn(calendar.distinct(), repeats, end=END).factors - 1).max() < 0.05


def test_a_season_seen_for_one_year_only_is_not_believed_yet():
    _names, calendar, repeats = season_shop(4, HIGH, customers=2000, days=DAYS_MIN).past()
    assert not learn(calendar, repeats, end=END).has_season


def test_nobody_or_nobody_who_came_back_is_no_season():
    empty = np.zeros(0, dtype=np.int64)
    assert not learn(Histories(empty, empty, empty, empty), np.zeros(900), end=END).has_season
    one = Histories.of([0, 0], [0, 0], [800, 20])
    assert not learn(one, np.zeros(900), end=END).has_season


def test_the_more_orders_the_more_a_season_is_believed():
    swings = [
        np.ptp(season_factors(TWO_YEARS, many * HIGH[TWO_YEARS % 12], np.full(24, many))) for many in (1, 10, 1e4)
    ]
    assert swings[0] < 0.2 * np.ptp(HIGH) < 0.6 * np.ptp(HIGH) < swings[1] < swings[2]
    assert swings[2] == pytest.approx(np.ptp(HIGH), rel=0.05)


def test_months_that_differ_from_year_to_year_are_believed_less():
    again, turned = np.tile(HIGH, 2), np.append(HIGH, 2 - np.minimum(HIGH, 1.8))
    strong, weak = (np.log(season_factors(TWO_YEARS, 500 * ratio, np.full(24, 500.0))) for ratio in (again, turned))
    assert np.abs(weak).mean() < 0.25 * np.abs(strong).mean()


def test_the_level_and_a_slow_change_of_orders_are_no_season():
    month = np.arange(5, 41)
    factors = season_factors(month, 900 * np.exp(0.03 * month), np.full(36, 20.0))
    assert np.abs(factors - 1).max() < 0.03


def test_a_shop_closed_for_half_the_year_keeps_factors_within_bounds():
    ratios = np.tile(np.append(np.zeros(10), [1.0, 5.0]), 6)
    factors = season_factors(np.arange(72), 1e5 * ratios, np.full(72, 1e5))
    assert factors.min() >= FACTOR_MIN
    assert factors.max() <= FACTOR_MAX
    assert year_mean(factors) == pytest.approx(1, abs=1e-12)
    assert Clock(factors, END).has_season


def test_impossible_clocks_and_foreign_orders_are_refused():
    with pytest.raises(ValueError, match="mean"):
        Clock(np.full(12, 1.1), END)
    with pytest.raises(ValueError, match="12 numbers"):
        Clock(of_mean_one(np.append(np.ones(11), 0.01)), END)
    calendar = Histories.of([1], [5], [30])
    with pytest.raises(ValueError, match="age"):
        learn(calendar, np.zeros(30), end=END)
    with pytest.raises(ValueError, match="repeat orders"):
        learn(calendar, np.zeros(31), end=END)


def test_a_real_shop_of_apparel_is_closer_in_its_autumns_on_the_clock():
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(path_or_skip("btyd_small/apparelTrans.parquet")).to_pydict()
    day = np.array(table["Date"], dtype="datetime64[D]")
    who = np.unique(table["Id"], return_inverse=True)[1]
    span = int((day.max() - day.min()).astype(int)) + 1
    who, number = np.divmod(np.unique(who * span + (day - day.min()).astype(int)), span)
    plain, ours = [], []
    for year in range(2006, 2011):
        end = dt.date(year, 9, 30)
        shop = SeasonShop(who, number, int((np.datetime64(end) - day.min()).astype(int)) + 1, end)
        names, calendar, repeats = shop.past()
        clock, came = learn(calendar, repeats, end=end), shop.came(names, 90).sum()
        for biases, each in ((plain, None), (ours, clock)):
            biases.append(abs(forecast("MBG/NBD", calendar, each, 90)[0].sum() / came - 1))
    assert np.mean(ours) < 0.7 * np.mean(plain)
