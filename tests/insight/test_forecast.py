"""What customers will do next: totals that come true, and silence where the history cannot tell."""

from dataclasses import replace
from functools import cache
from math import sqrt

import numpy as np
import pytest

from insight.lifetime.lifetime_shops import histories_at, order_days
from insight.shops import START, connection, day, rows, table
from regulars.insight.candidates.choice import UNWATCHED
from regulars.insight.facts import Engine
from regulars.insight.forecast import COLUMNS, VALUES, Told, fit, forecast
from regulars.insight.lifetime import bgnbd, enough, gamma_gamma
from regulars.insight.lifetime.histories import Histories, Spend

LEAVERS, NOBODY_LEAVES = (0.5, 40.0, 0.8, 2.4), (0.8, 60.0)
CUSTOMERS, END, FUTURE = 6000, 700, 365
BASE = {
    "customer_id": "int64", "order_days": "int64", "first_day": "date", "last_day": "date", "net_total": "int64",
    "net_first_day": "int64", "log_sum": "float64", "margin_total": "int64",
}  # fmt: skip
BG = "BG/NBD"
BY_BG = replace(UNWATCHED, orders=BG, chance=BG, rhythm=BG)


@cache
def world(shapes, seed=5):
    """Who ordered when, as the models say up to END + FUTURE, and for how much, about a personal mean of 5000."""
    luck = np.random.default_rng(seed)
    who, when = order_days(luck, CUSTOMERS, shapes, END + FUTURE + 1)
    means = 5000 * luck.gamma(6, 1 / 6, CUSTOMERS)
    return who, when, np.rint(means[who] * luck.gamma(8, 1 / 8, who.size)).astype(int)


def base_of(who, when, worth, *, end=END, begin=0):
    seen = (when <= end) & (when >= begin)
    x, t_x, T, names = histories_at((who[seen], when[seen]), end)
    total = np.bincount(who[seen], worth[seen], CUSTOMERS)[names].astype(int)
    first = np.append(0, np.cumsum(x[:-1] + 1)) if x.size else x
    found = zip(names, x + 1, end - T, end - T + t_x, total, worth[seen][first], strict=True)
    return [
        (int(n), int(o), day(int(a)), day(int(b)), int(t), int(f), float(o), int(t) * 4 // 10)
        for n, o, a, b, t, f in found
    ]


def ask(base, *, end=END, history_days=None, opened=True, choice=BY_BG):
    engine = Engine(connection(), prefix=f"forecast{len(base)}_{end}_{opened}")
    days = end + 1 if history_days is None else history_days
    customers = table(BASE, base)
    model = fit(customers, Told(days, opened, choice), as_of=day(end))
    answer = rows(forecast(engine, customers, model, as_of=day(end), history_days=days), "customer_id")
    engine.close()
    return answer, model


def churn_of(model):
    return model.learned.found[BG].fit


def histories_of(base, end=END):
    first = np.array([(row[2] - START).days for row in base])
    last = np.array([(row[3] - START).days for row in base])
    return np.array([row[1] for row in base]) - 1, last - first, end - first


def column(answer, name):
    return np.array([row[name] for row in answer], dtype=float)


@pytest.fixture(scope="module")
def leavers():
    base = base_of(*world(LEAVERS))
    return base, *ask(base)


@pytest.mark.parametrize(
    ("days", "orders", "net"), [(90, "orders_next_90d", "net_next_90d"), (365, "orders_next_365d", "net_next_365d")]
)
def test_forecast_totals_come_true_within_three_standard_errors(leavers, days, orders, net):
    base, answer, _model = leavers
    who, when, worth = world(LEAVERS)
    ahead = (when > END) & (when <= END + days)
    known = np.array([row[0] for row in base])
    for forecasts, actual in (
        (column(answer, orders), np.bincount(who[ahead], minlength=CUSTOMERS)[known]),
        (column(answer, net), np.bincount(who[ahead], worth[ahead], CUSTOMERS)[known]),
    ):
        errors = actual - forecasts
        assert abs(errors.sum()) < 3 * sqrt((errors**2).sum())
        assert forecasts.sum() > 0


def test_of_those_said_to_order_the_share_that_does_is_what_was_said(leavers):
    base, answer, _model = leavers
    who, when, _worth = world(LEAVERS)
    buyers = set(who[(when > END) & (when <= END + 90)].tolist())
    said, did = column(answer, "p_order_90d"), np.array([row[0] in buyers for row in base])
    for chosen in (said < 0.1, (said >= 0.1) & (said < 0.5), said >= 0.5):
        assert chosen.sum() > 100
        assert abs((did - said)[chosen].sum()) < 3 * sqrt((said * (1 - said))[chosen].sum())


def test_each_customers_scores_are_those_of_the_models(leavers):
    base, answer, model = leavers
    x, t_x, T = histories_of(base)
    histories = Histories(x, t_x, T, np.ones_like(x))
    assert column(answer, "p_order_90d") == pytest.approx(bgnbd.p_order_within(churn_of(model), histories, days=90))
    assert column(answer, "p_alive") == pytest.approx(bgnbd.p_alive(churn_of(model), histories))
    assert column(answer, "orders_next_365d") == pytest.approx(
        bgnbd.expected_orders(churn_of(model), histories, days=365)
    )
    repeat = np.array([row[4] - row[5] for row in base]) / np.maximum(x, 1)
    value = gamma_gamma.expected_value(model.spend, Spend(x, np.where(x > 0, repeat, 0.0), np.ones_like(x)))
    assert column(answer, "net_next_90d") == pytest.approx(column(answer, "orders_next_90d") * value)


def test_every_score_is_a_finite_number(leavers):
    _base, answer, model = leavers
    assert model.why_not == ""
    for name in (*COLUMNS, *VALUES):
        assert np.isfinite(column(answer, name)).all()
        assert (column(answer, name) >= 0).all()


def test_where_nobody_is_seen_to_leave_nothing_is_said_of_leaving_nor_of_times_longer_than_the_history():
    who, when, worth = world(NOBODY_LEAVES)
    answer, model = ask(base_of(who, when, worth, end=300), end=300)
    assert churn_of(model).state is bgnbd.State.CHURN_NOT_IDENTIFIABLE
    assert model.why_not == ""
    for row in answer[:50]:
        assert (row["p_alive"], row["orders_next_365d"], row["net_next_365d"]) == (None, None, None)
        assert row["p_order_90d"] > 0 < row["net_next_90d"]


def test_a_year_ahead_is_told_where_nobody_leaves_once_the_history_is_as_long():
    who, when, worth = world(NOBODY_LEAVES)
    answer, model = ask(base_of(who, when, worth, end=364), end=364)
    assert churn_of(model).state is bgnbd.State.CHURN_NOT_IDENTIFIABLE
    assert (answer[0]["p_alive"], answer[0]["orders_next_365d"] > 0) == (None, True)


def cut_into_the_middle():
    """The shop is older than its data: customers of its first year seem to begin with the data."""
    return base_of(*world(LEAVERS), begin=300)


def test_a_history_without_the_opening_is_fitted_on_those_surely_new():
    base = cut_into_the_middle()
    _answer, model = ask(base, history_days=END - 300 + 1, opened=False)
    x, t_x, T = histories_of(base)
    surely = T <= END - 300 - enough.SEEN_BEFORE_DAYS_MIN
    alone = bgnbd.fit(Histories.of(x[surely], t_x[surely], T[surely]))
    assert (churn_of(model).r, churn_of(model).a) == (pytest.approx(alone.r), pytest.approx(alone.a))
    assert not model.left_truncated


def test_a_history_too_short_for_that_is_fitted_on_everybody_and_says_so():
    base = cut_into_the_middle()
    young = [row for row in base if row[2] < day(300 + 190)]
    answer, model = ask(young, history_days=END - 300 + 1, opened=False)
    assert (model.left_truncated, model.why_not) == (True, "")
    assert answer[0]["p_order_90d"] is not None


@pytest.mark.parametrize(
    ("customers", "history_days", "why_not", "have", "need"),
    [(0, 700, "no_customers", 0, 0), (400, 700, "few_customers", 400, 500), (6000, 179, "short_history", 179, 180)],
)
def test_a_shop_that_cannot_be_forecast_yet_has_a_reason_and_no_number(customers, history_days, why_not, have, need):
    answer, model = ask(base_of(*world(LEAVERS))[:customers], history_days=history_days)
    assert (model.why_not, model.have, model.need) == (why_not, have, need)
    assert all(row[name] is None for row in answer for name in (*COLUMNS, *VALUES))


def test_without_any_repeat_spend_an_order_is_worth_the_customers_own_mean():
    base = [(*row[:4], 3000, 3000, *row[6:]) for row in base_of(*world(LEAVERS))]
    answer, model = ask(base)
    assert model.spend.state is gamma_gamma.State.NO_SPEND
    for row, (_who, orders, *_rest) in zip(answer[:50], base[:50], strict=True):
        assert row["net_next_90d"] == pytest.approx(row["orders_next_90d"] * 3000 / orders)


def test_without_a_population_mean_an_order_is_worth_the_own_mean_or_the_shops_median():
    base = [(*row[:4], 10 ** (row[0] % 12), 0, *row[6:]) for row in base_of(*world(LEAVERS))]
    answer, model = ask(base)
    assert model.spend.q <= 1
    for row, (_who, orders, _first, _last, total, _net, *_rest) in zip(answer[:200], base[:200], strict=True):
        value = total / (orders - 1) if orders > 1 else model.spend.median
        assert row["net_next_90d"] == pytest.approx(row["orders_next_90d"] * value)
