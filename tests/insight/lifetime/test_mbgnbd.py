"""Reference values computed with 40 digits at published parameters, in weeks; a hundredth of a week is the unit here."""

import lifetime_data
import numpy as np
import pytest
from six_customers import SIX, TWO_ORDERS, WEEK

from regulars.insight.lifetime import mbgnbd, nbd
from regulars.insight.lifetime.discounting import discounted_orders
from regulars.insight.lifetime.histories import Histories

PUBLISHED = mbgnbd.Parameters(0.525, 6.183 * WEEK, 0.891, 1.614)


@pytest.mark.parametrize(
    ("base", "shapes", "log_likelihood", "log_likelihood_of_nbd"),
    [
        (lifetime_data.cdnow_without_sample, (0.65267, 52.2402, 0.79970, 1.19303), -128330.1860, -129658.1564),
        (lifetime_data.grocery, (1.25692, 42.2740, 0.36828, 0.71576), -26618.7130, -27213.6375),
        (lifetime_data.apparel, (1.89138, 320.790, 0.60237, 1.58237), -8311.5675, -8374.2682),
    ],
)
def test_the_fit_of_a_public_set_is_the_known_one(base, shapes, log_likelihood, log_likelihood_of_nbd):
    people = base()
    fit = mbgnbd.fit(Histories.of(people.x, people.t_x, people.T))
    assert (fit.r, fit.alpha, fit.a, fit.b) == pytest.approx(shapes, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.005)
    assert fit.gain == pytest.approx(log_likelihood - log_likelihood_of_nbd, abs=0.01)
    assert fit.state is mbgnbd.State.OK


def test_the_likelihood_of_six_customers_is_the_known_one():
    known = [-0.5398374635, -4.460360613, -9.485551315, -20.28554282, -38.32212695, -20.142854]
    in_weeks = mbgnbd.log_likelihood(PUBLISHED, SIX) + SIX.x * np.log(WEEK)
    np.testing.assert_allclose(in_weeks, known, rtol=1e-7)


def test_the_chances_and_orders_of_six_customers_are_the_known_ones():
    alive = [0.38973508, 0.17083648, 0.70620227, 0.14020753, 0.96556614, 0.088525098]
    in_13 = [0.048577392, 0.054786858, 0.33392228, 0.11940581, 0.96522659, 0.088525098]
    in_39 = [0.1088294, 0.10484355, 0.55999409, 0.13892389, 0.96556614, 0.088525098]
    orders = [0.15401275, 0.18883654, 1.2629606, 0.71318535, 19.450723, 5.8553361]
    np.testing.assert_allclose(mbgnbd.p_alive(PUBLISHED, SIX), alive, rtol=1e-7)
    np.testing.assert_allclose(mbgnbd.p_order_within(PUBLISHED, SIX, days=13 * WEEK), in_13, rtol=1e-7)
    np.testing.assert_allclose(mbgnbd.p_order_within(PUBLISHED, SIX, days=39 * WEEK), in_39, rtol=1e-7)
    np.testing.assert_allclose(mbgnbd.expected_orders(PUBLISHED, SIX, days=39 * WEEK), orders, rtol=1e-7)


def test_the_discounted_orders_of_the_example_customer_are_the_known_ones():
    def expected(days):
        return mbgnbd.expected_orders(PUBLISHED, TWO_ORDERS, days=days)

    rate = 1.15 ** (365 / (52 * WEEK)) - 1
    assert expected(52 * WEEK) == pytest.approx([1.597216631], rel=1e-6)
    assert discounted_orders(expected, days=52 * WEEK, yearly_rate=rate) == pytest.approx([1.498898986], rel=1e-6)


def test_a_new_customer_may_leave_at_once():
    chance = mbgnbd.p_alive(PUBLISHED, Histories.of([0], [0], [0]))
    assert chance == pytest.approx([1 - PUBLISHED.drop_out])
    assert PUBLISHED.drop_out == pytest.approx(0.891 / (0.891 + 1.614))


def test_one_time_buyers_are_given_up_with_time():
    ages = np.array([1, 30, 300, 3000])
    alive = mbgnbd.p_alive(mbgnbd.Parameters(0.5, 40, 0.9, 1.6), Histories.of([0] * 4, [0] * 4, ages))
    assert (np.diff(alive) < 0).all()


def test_without_churn_the_model_is_nbd():
    churnless, orders_only = mbgnbd.Parameters(0.4, 30.0, 1e-10, 2.0), nbd.Parameters(0.4, 30.0)
    rows = Histories.of([0, 1, 9], [0, 12, 200], [90, 30, 210])
    for question, days in (("log_likelihood", {}), ("p_order_within", {"days": 60}), ("expected_orders", {"days": 60})):
        with_churn = getattr(mbgnbd, question)(churnless, rows, **days)
        np.testing.assert_allclose(with_churn, getattr(nbd, question)(orders_only, rows, **days), rtol=1e-7)


def test_parameters_that_are_not_positive_numbers_are_refused():
    with pytest.raises(ValueError, match="positive"):
        mbgnbd.Parameters(0.2, 3.0, 0.0, 1.0)
