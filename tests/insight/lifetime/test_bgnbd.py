"""Reference values: published by Fader, Hardie & Lee 2005, or computed with 40 digits at their parameters. They are in
weeks; a hundredth of a week is the unit here, so that recency and age are whole numbers and no rounding is hidden."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import lifetime_data
import numpy as np
import pytest
from lifetime_shops import published_log_likelihood

from regulars.insight.lifetime import bgnbd, nbd
from regulars.insight.lifetime.histories import Histories

WEEK = 100
PUBLISHED = bgnbd.Parameters(0.243, 4.414 * WEEK, 0.793, 2.426)
OPTIMUM = bgnbd.Parameters(0.24259, 4.4136 * WEEK, 0.79292, 2.42591)
SIX = Histories(
    np.array([0, 1, 2, 7, 26, 100]),
    np.array([0, 171, 3043, 2000, 3086, 3500]),
    np.array([3886, 3886, 3886, 3886, 3100, 3800]),
    np.ones(6, dtype=np.int64),
)
TWO_ORDERS = SIX.where(np.arange(6) == 2)
NEWCOMER = Histories.of([0], [0], [0])


@pytest.mark.parametrize(
    ("base", "shapes", "log_likelihood", "log_likelihood_of_nbd"),
    [
        (lifetime_data.cdnow_without_sample, (0.25271, 33.8427, 0.71545, 2.13184), -128361.8855, -129658.1564),
        (lifetime_data.grocery, (0.34865, 18.0717, 0.50385, 3.64439), -26673.3399, -27213.6375),
        (lifetime_data.apparel, (0.60731, 146.6973, 1.27556, 8.86095), -8320.5420, -8374.2682),
    ],
)
def test_the_fit_of_a_public_set_is_the_known_one(base, shapes, log_likelihood, log_likelihood_of_nbd):
    people = base()
    fit = bgnbd.fit(Histories.of(people.x, people.t_x, people.T))
    assert (fit.r, fit.alpha, fit.a, fit.b) == pytest.approx(shapes, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.005)
    assert fit.gain == pytest.approx(log_likelihood - log_likelihood_of_nbd, abs=0.01)
    assert fit.state is bgnbd.State.OK


def test_the_public_sets_are_read_as_others_read_them():
    cdnow, grocery, apparel = lifetime_data.cdnow_without_sample(), lifetime_data.grocery(), lifetime_data.apparel()
    sizes = [(base.x.size, int(base.x.sum())) for base in (cdnow, grocery, apparel)]
    assert sizes == [(21_213, 21_880), (1_525, 5_569), (600, 1_266)]


def test_the_likelihood_in_weeks_is_that_in_days_shifted_by_the_unit():
    people = lifetime_data.grocery()
    fit = bgnbd.fit(Histories.of(people.x, people.t_x, people.T))
    assert fit.log_likelihood + people.x.sum() * np.log(7) == pytest.approx(-15836.57, abs=0.005)


def test_the_likelihood_of_six_customers_is_the_known_one():
    known = [-0.5547132764, -4.469093275, -9.458606307, -20.36875457, -37.72657947, -16.7820341]
    in_weeks = bgnbd.log_likelihood(PUBLISHED, SIX) + SIX.x * np.log(WEEK)
    np.testing.assert_allclose(in_weeks, known, rtol=1e-7)


def test_the_chances_and_orders_of_six_customers_are_the_known_ones():
    alive = [1, 0.21210099, 0.72657857, 0.14398182, 0.96891565, 0.075696703]
    in_13 = [0.061836832, 0.059083761, 0.32349094, 0.12250248, 0.96865105, 0.075696703]
    in_39 = [0.14455054, 0.11666735, 0.55462714, 0.14261014, 0.96891565, 0.075696703]
    orders = [0.19509805, 0.20318699, 1.2260282, 0.74868756, 20.749726, 5.3193798]
    np.testing.assert_allclose(bgnbd.p_alive(PUBLISHED, SIX), alive, rtol=1e-7)
    np.testing.assert_allclose(bgnbd.p_order_within(PUBLISHED, SIX, days=13 * WEEK), in_13, rtol=1e-7)
    np.testing.assert_allclose(bgnbd.p_order_within(PUBLISHED, SIX, days=39 * WEEK), in_39, rtol=1e-7)
    np.testing.assert_allclose(bgnbd.expected_orders(PUBLISHED, SIX, days=39 * WEEK), orders, rtol=1e-7)


def test_the_published_example_customer_is_reproduced_at_the_optimum():
    assert bgnbd.expected_orders(OPTIMUM, TWO_ORDERS, days=39 * WEEK) == pytest.approx([1.2259945], rel=1e-3)
    assert bgnbd.p_alive(OPTIMUM, TWO_ORDERS) == pytest.approx([0.7266203], rel=1e-3)


@pytest.mark.parametrize(
    ("weeks", "orders"),
    [(0.1429, 0.00782), (1, 0.05318), (3, 0.15063), (31.8571, 1.04049), (32, 1.04373), (78, 1.85796)],
)
def test_the_orders_of_a_new_customer_are_the_published_ones(weeks, orders):
    assert bgnbd.expected_orders(OPTIMUM, NEWCOMER, days=weeks * WEEK) == pytest.approx([orders], rel=1e-3)


def test_the_chances_of_a_number_of_orders_are_the_published_ones():
    in_2 = bgnbd.order_count_chances(PUBLISHED, days=2 * WEEK, most=10)
    in_30 = bgnbd.order_count_chances(PUBLISHED, days=30 * WEEK, most=20)
    assert bgnbd.order_count_chances(PUBLISHED, days=39 * WEEK, most=0) == pytest.approx([0.573786352], rel=1e-8)
    assert in_2[10] == pytest.approx(1.07868964e-7, rel=1e-8)
    known = [0.00199952145, 0.00151702363, 0.000222226048]
    np.testing.assert_allclose(in_30[[11, 12, 20]], known, rtol=1e-8)


def test_the_chances_of_all_numbers_add_to_one_and_average_to_the_expected_orders():
    chances = bgnbd.order_count_chances(PUBLISHED, days=78 * WEEK, most=1500)
    assert chances.sum() == pytest.approx(1, abs=1e-9)
    mean = (np.arange(chances.size) * chances).sum()
    assert bgnbd.expected_orders(PUBLISHED, NEWCOMER, days=78 * WEEK) == pytest.approx([mean], rel=1e-9)


def test_very_many_orders_do_not_overflow_the_likelihood():
    parameters = bgnbd.Parameters(0.25, 4, 0.8, 2.5)
    values = bgnbd.log_likelihood(parameters, Histories.of([0, 200], [0, 38], [40, 40]))
    np.testing.assert_allclose(values, [-0.5994738182, 100.795693093], rtol=1e-9)


def test_the_quartiles_of_the_next_order_are_the_known_ones():
    waits = [
        bgnbd.next_order_quantile(PUBLISHED, TWO_ORDERS, days=52 * WEEK, share=share)[0] for share in (0.25, 0.5, 0.75)
    ]
    np.testing.assert_allclose(waits, np.array([4.725637, 11.67837, 23.51962]) * WEEK, rtol=1e-5)


@pytest.mark.parametrize(
    ("shapes", "history", "days", "orders"),
    [
        ((0.3, 20, 0.4, 0.6), (0, 0, 30), 100, 0.4384868308421356),
        ((0.243, 30, 1.00002, 2.4), (3, 90, 200), 365, 3.543616104525316),
        ((0.243, 30, 1.0001, 2.4), (3, 90, 200), 365, 3.543530179584539),
        ((0.243, 30, 0.99997, 2.4), (3, 90, 200), 365, 3.543669810035116),
        ((1000, 50_000, 0.8, 2.4), (3, 90, 200), 365, 5.141381109120447),
        ((0.25, 30, 500, 4500), (3, 90, 200), 365, 3.805234914824338),
        ((0.25, 30, 1, 150_000), (3, 90, 200), 365, 5.157492750276596),
    ],
)
def test_expected_orders_are_exact_at_removable_points_and_at_the_edges(shapes, history, days, orders):
    """The orders of a customer who has not left, integrated over drop-out probabilities with 40 digits."""
    parameters, row = bgnbd.Parameters(*shapes), Histories.of(*([value] for value in history))
    got = bgnbd.expected_orders(parameters, row, days=days) / bgnbd.p_alive(parameters, row)
    assert got == pytest.approx([orders], rel=1e-9)


def test_the_likelihood_is_the_published_one_at_every_row():
    people = lifetime_data.grocery()
    histories = Histories.of(people.x, people.t_x, people.T)
    expected = published_log_likelihood((0.3, 20.0, 0.5, 3.0), histories.x, histories.t_x, histories.T)
    values = bgnbd.log_likelihood(bgnbd.Parameters(0.3, 20.0, 0.5, 3.0), histories)
    np.testing.assert_allclose(values, expected, rtol=1e-10)


def test_without_churn_the_model_is_nbd():
    churnless, orders_only = bgnbd.Parameters(0.4, 30.0, 1e-10, 2.0), nbd.Parameters(0.4, 30.0)
    rows = Histories.of([0, 1, 9], [0, 12, 200], [90, 30, 210])
    pairs = [
        (bgnbd.log_likelihood(churnless, rows), nbd.log_likelihood(orders_only, rows)),
        (bgnbd.p_order_within(churnless, rows, days=60), nbd.p_order_within(orders_only, rows, days=60)),
        (bgnbd.expected_orders(churnless, rows, days=60), nbd.expected_orders(orders_only, rows, days=60)),
    ]
    for with_churn, without in pairs:
        np.testing.assert_allclose(with_churn, without, rtol=1e-7)


def test_a_chance_rises_with_the_days_and_stays_below_its_limits():
    chances = np.array([bgnbd.p_order_within(PUBLISHED, SIX, days=days) for days in (0, 1, 30, 900, 9e9)])
    assert (np.diff(chances, axis=0) >= 0).all()
    assert (chances <= bgnbd.p_alive(PUBLISHED, SIX)).all()
    assert (chances[2] <= bgnbd.expected_orders(PUBLISHED, SIX, days=30)).all()
    assert (chances[0] == 0).all()


def test_scores_come_in_the_order_of_the_rows():
    back_to_front = replace(SIX, x=SIX.x[::-1], t_x=SIX.t_x[::-1], T=SIX.T[::-1])
    forward = bgnbd.expected_orders(PUBLISHED, SIX, days=500)
    np.testing.assert_array_equal(bgnbd.expected_orders(PUBLISHED, back_to_front, days=500), forward[::-1])


@pytest.mark.parametrize("days", [-1, float("nan"), float("inf")])
def test_days_that_are_no_number_of_days_are_refused(days):
    with pytest.raises(ValueError, match="days"):
        bgnbd.p_order_within(PUBLISHED, SIX, days=days)


def test_parameters_that_are_not_positive_numbers_are_refused():
    with pytest.raises(ValueError, match="positive"):
        bgnbd.Parameters(0.2, 3.0, 0.0, 1.0)


def test_importing_the_models_does_not_load_scipy():
    """A page or a `--help` that never forecasts must not pay for it."""
    source = str(Path(bgnbd.__file__).parents[3])
    models = "bgnbd, discounting, enough, gamma_gamma, nbd"
    program = f"import sys; from regulars.insight.lifetime import {models}; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": source}, check=False).returncode == 0
