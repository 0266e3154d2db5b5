"""Scores from arrays are those that the engine gives for the same shop."""

from dataclasses import replace

import numpy as np
import pytest
from lifetime_shops import order_days

from insight.shops import Order, Shop, dates, day, opened, rows
from regulars.insight import forecast as forecasting
from regulars.insight.candidates.choice import UNWATCHED
from regulars.insight.lifetime import bgnbd, gamma_gamma
from regulars.insight.lifetime.discounting import discounted_orders
from regulars.insight.lifetime.order_days import gather
from regulars.insight.lifetime.scores import Ahead, score
from regulars.insight.profile import Choices, base

LAST = 600


def small_shop():
    """Six hundred customers; every tenth order came in two baskets of one day."""
    luck = np.random.default_rng(8)
    who, when = order_days(luck, 700, (0.6, 45.0, 0.7, 2.2), LAST + 1)
    net = luck.gamma(8, 500, who.size).astype(int) + 1
    twice = luck.random(who.size) < 0.1
    return np.append(who, who[twice]), np.append(when, when[twice]), np.append(net, net[twice] + 7)


def by_the_engine(who, when, net):
    orders = zip(who.tolist(), when.tolist(), net.tolist(), strict=True)
    shop = Shop(tuple(Order(at, one, day(on), net=paid, lines=()) for at, (one, on, paid) in enumerate(orders)))
    with opened(shop) as (engine, facts):
        now = dates(LAST)
        known = base(engine, facts, dates=now, choices=Choices()).customers
        by_bg = replace(UNWATCHED, orders="BG/NBD", chance="BG/NBD", rhythm="BG/NBD")
        model = forecasting.fit(known, forecasting.Told(now.history_days, True, by_bg), as_of=now.as_of)
        told = forecasting.forecast(engine, known, model, as_of=now.as_of, history_days=now.history_days)
        return rows(told, "customer_id"), model


def test_scores_from_arrays_are_those_of_the_engine():
    who, when, net = small_shop()
    told, model = by_the_engine(who, when, net)
    mixed = np.random.default_rng(1).permutation(who.size)
    found = gather(who[mixed], when[mixed], net[mixed], end=LAST)
    scores = score(found, Ahead(forecasting.NEAR_DAYS, forecasting.FAR_DAYS))
    assert model.why_not == ""
    assert found.customer.tolist() == [row["customer_id"] for row in told]
    assert scores.churn == model.learned.found["BG/NBD"].fit
    np.testing.assert_allclose(scores.p_order, [row["p_order_90d"] for row in told], rtol=1e-9)
    np.testing.assert_allclose(scores.orders, [row["orders_next_365d"] for row in told], rtol=1e-9)
    np.testing.assert_allclose(scores.net, [row["net_next_365d"] for row in told], rtol=1e-6)


def test_value_is_what_the_orders_of_each_day_are_worth_today():
    found = gather(*small_shop(), end=LAST)
    scores = score(found, Ahead(far=365, yearly_rate=0.2))
    h = found.histories
    plain = discounted_orders(lambda days: bgnbd.expected_orders(scores.churn, h, days=days), days=365, yearly_rate=0.2)
    np.testing.assert_allclose(
        scores.value / scores.net, (plain / bgnbd.expected_orders(scores.churn, h, days=365))[found.row]
    )
    assert (scores.value < scores.net).all()


def test_a_shop_where_nobody_came_back_has_finite_scores_from_first_orders():
    found = gather(np.arange(50), np.arange(50), np.full(50, 30.0), end=60)
    scores = score(found)
    assert scores.spend.state is gamma_gamma.State.NO_SPEND
    assert scores.churn.state is bgnbd.State.NO_REPEATS
    assert scores.net == pytest.approx(scores.orders * 30)
    assert np.isfinite(scores.value).all()


def test_an_empty_shop_has_no_scores():
    assert score(gather([], [], [], end=0)).p_order.size == 0
