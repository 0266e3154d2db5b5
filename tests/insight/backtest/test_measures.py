"""Measures of forecasts: equal to slow ones written from their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples
from regulars.insight.backtest.measures import calibration, chance_score, orders_score

said_and_came = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5, 0.9, 1.0]), st.integers(0, 1)), min_size=2, max_size=60
)


def columns(found):
    said, came = zip(*found, strict=True)
    return np.array(said, dtype=float), np.array(came)


@given(said_and_came)
@examples(40)
def test_auc_is_the_chance_to_rank_one_who_came_above_one_who_did_not(found):
    said, came = columns(found)
    pairs = [(a > b) + 0.5 * (a == b) for a in said[came == 1] for b in said[came == 0]]
    auc = chance_score(said, came).auc
    assert np.isnan(auc) if not pairs else auc == pytest.approx(np.mean(pairs))


@given(said_and_came)
@examples(20)
def test_bins_hold_everybody_once_and_the_error_is_their_mean_distance(found):
    said, came = columns(found)
    bins = calibration(said, came)
    assert sum(each.n for each in bins) == said.size
    assert max(each.n for each in bins) - min(each.n for each in bins) <= 1
    assert [each.said for each in bins] == sorted(each.said for each in bins)
    expected = sum(each.n * abs(each.said - each.came) for each in bins) / said.size
    assert chance_score(said, came).ece == pytest.approx(expected)
    assert chance_score(said, came).brier == pytest.approx(np.mean((said - came) ** 2))


def test_a_certain_forecast_that_is_wrong_costs_much_but_not_infinitely_much():
    assert 10 < chance_score(np.array([1.0]), np.array([0])).log < 20


def test_orders_are_scored_by_total_by_customer_and_by_the_best_tenth():
    said, actual = np.array([3.0] + [1.0] * 9), np.array([4] + [0] * 9)
    score = orders_score(said, actual)
    assert score.bias == pytest.approx(2.0)
    assert score.rmse == pytest.approx(np.sqrt((1 + 9) / 10))
    assert score.top_share == 1


def test_a_shop_in_which_nothing_came_has_no_share_and_no_finite_bias():
    score = orders_score(np.array([1.0]), np.array([0]))
    assert np.isnan(score.bias)
    assert score.top_share == 0.0
    assert orders_score(np.zeros(0), np.zeros(0, dtype=int)).rmse == 0
