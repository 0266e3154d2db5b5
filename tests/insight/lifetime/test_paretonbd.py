"""Reference values: published by Fader, Hardie & Lee 2005 and in library tests, or computed with 40 digits at their
parameters. They are in weeks; a hundredth of a week, or a day, is the unit here."""

import lifetime_data
import numpy as np
import pytest
from six_customers import SIX, TWO_ORDERS, WEEK

from regulars.insight.lifetime import nbd, paretonbd
from regulars.insight.lifetime.discounting import discounted_orders
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.paretonbd_likelihood import objective
from regulars.insight.lifetime.paretonbd_worth import discounted_orders_ever

PUBLISHED = paretonbd.Parameters(0.553, 10.578 * WEEK, 0.606, 11.669 * WEEK)
LISTED = [
    ((5, 0.5, 5, 300), (3000, 2999, 3000), 3650, (-3022.212338228, 0.9973981145455, 0.9958914023783, 782.1994945884)),
    ((0.6, 10, 1, 12), (3, 20, 40), 52, (-12.18211396507, 0.3425747431319, 0.2596351573407, 0.8890304616945)),
    ((0.5, 20, 0.6, 20), (4, 30, 52), 52, (-16.14093885198, 0.610558463824, 0.5050525037057, 1.668417247163)),
]


def scores(parameters, rows, *, days):
    return np.concatenate(
        [
            paretonbd.log_likelihood(parameters, rows),
            paretonbd.p_alive(parameters, rows),
            paretonbd.p_order_within(parameters, rows, days=days),
            paretonbd.expected_orders(parameters, rows, days=days),
        ]
    )


@pytest.mark.parametrize(
    ("base", "shapes", "log_likelihood", "log_likelihood_of_nbd"),
    [
        (lifetime_data.cdnow_without_sample, (0.60296, 81.9518, 0.51316, 59.6964), -128395.8371, -129658.1564),
        (lifetime_data.grocery, (0.78644, 39.7534, 0.38623, 40.0237), -26619.1658, -27213.6375),
        (lifetime_data.apparel, (1.44894, 340.445, 0.56126, 328.182), -8311.6201, -8374.2682),
    ],
)
def test_the_fit_of_a_public_set_is_the_known_one(base, shapes, log_likelihood, log_likelihood_of_nbd):
    people = base()
    fit = paretonbd.fit(Histories.of(people.x, people.t_x, people.T))
    assert (fit.r, fit.alpha, fit.s, fit.beta) == pytest.approx(shapes, rel=1e-3)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.005)
    assert fit.gain == pytest.approx(log_likelihood - log_likelihood_of_nbd, abs=0.01)
    assert fit.state is paretonbd.State.OK


def test_the_likelihood_in_weeks_is_that_in_days_shifted_by_the_unit():
    people = lifetime_data.grocery()
    fit = paretonbd.fit(Histories.of(people.x, people.t_x, people.T))
    assert fit.log_likelihood + people.x.sum() * np.log(7) == pytest.approx(-15782.39, abs=0.005)


def test_the_likelihood_of_six_customers_is_the_known_one():
    known = [-0.5210462941, -4.450194334, -9.554283245, -20.37135284, -39.13167154, -27.2880002]
    in_weeks = paretonbd.log_likelihood(PUBLISHED, SIX) + SIX.x * np.log(WEEK)
    np.testing.assert_allclose(in_weeks, known, rtol=1e-7)


def test_the_chances_and_orders_of_six_customers_are_the_known_ones():
    alive = [0.2952866, 0.16800233, 0.86916756, 0.22054854, 0.99791873, 0.21330416]
    in_13 = [0.033444909, 0.047906488, 0.36690648, 0.17395027, 0.97558421, 0.21205398]
    in_39 = [0.069285184, 0.086641245, 0.59193728, 0.20267346, 0.97618973, 0.21205398]
    orders = [0.10708147, 0.17109298, 1.4551232, 1.0923684, 20.117026, 14.277127]
    np.testing.assert_allclose(paretonbd.p_alive(PUBLISHED, SIX), alive, rtol=1e-7)
    np.testing.assert_allclose(paretonbd.p_order_within(PUBLISHED, SIX, days=13 * WEEK), in_13, rtol=1e-7)
    np.testing.assert_allclose(paretonbd.p_order_within(PUBLISHED, SIX, days=39 * WEEK), in_39, rtol=1e-7)
    np.testing.assert_allclose(paretonbd.expected_orders(PUBLISHED, SIX, days=39 * WEEK), orders, rtol=1e-7)


def test_who_has_not_left_may_yet_leave_before_ordering_again():
    assert paretonbd.p_alive(PUBLISHED, TWO_ORDERS) == pytest.approx([0.869], abs=5e-4)
    assert paretonbd.p_order_within(PUBLISHED, TWO_ORDERS, days=1e12) == pytest.approx([0.705], abs=5e-4)


def test_the_published_example_customer_is_reproduced():
    parameters = paretonbd.Parameters(0.5534, 10.5802 * WEEK, 0.6061, 11.6562 * WEEK)
    frequent = SIX.where(np.arange(6) == 4)
    assert paretonbd.p_alive(parameters, frequent) == pytest.approx([0.99791777], rel=1e-8)
    assert paretonbd.expected_orders(parameters, frequent, days=52 * WEEK) == pytest.approx([25.454914], rel=1e-7)


@pytest.mark.parametrize(("weeks", "orders"), [(1, 0.05077821), (2, 0.09916088), (9, 0.38909211)])
def test_the_orders_of_a_new_customer_are_the_published_ones(weeks, orders):
    parameters, newcomer = paretonbd.Parameters(0.55, 10.56, 0.61, 11.64), Histories.of([0], [0], [0])
    assert paretonbd.expected_orders(parameters, newcomer, days=weeks) == pytest.approx([orders], abs=1e-8)


def test_the_orders_of_very_frequent_buyers_are_the_published_ones():
    parameters = paretonbd.Parameters(0.55, 10.58, 0.61, 11.67)
    orders = paretonbd.expected_orders(parameters, Histories.of([132, 133], [200] * 2, [200] * 2), days=10)
    np.testing.assert_allclose(orders, [6.20605178896, 6.25287224757], rtol=1e-10)


def test_all_orders_ever_are_worth_the_known_number():
    known = [0.477136229, 0.762360294, 6.48377357, 4.86740176, 86.0564936, 63.351521]
    a_week = np.expm1(0.0027 / WEEK * 365)
    worth = discounted_orders_ever(PUBLISHED, SIX, yearly_rate=a_week)
    np.testing.assert_allclose(worth, known, rtol=1e-7)


def test_the_orders_up_to_a_horizon_and_those_beyond_it_are_all_there_are():
    rate = np.expm1(0.0027 / WEEK * 365)
    near = discounted_orders(
        lambda days: paretonbd.expected_orders(PUBLISHED, SIX, days=days), days=52 * WEEK, yearly_rate=rate
    )
    far = discounted_orders_ever(PUBLISHED, SIX, yearly_rate=rate, after_days=52 * WEEK)
    np.testing.assert_allclose(near + far, discounted_orders_ever(PUBLISHED, SIX, yearly_rate=rate), rtol=1e-7)


def test_what_is_worth_infinitely_much_is_refused():
    with pytest.raises(ValueError, match="rate must be positive"):
        discounted_orders_ever(PUBLISHED, SIX, yearly_rate=0.0)


def test_the_discounted_orders_of_the_example_customer_are_the_known_ones():
    def expected(days):
        return paretonbd.expected_orders(PUBLISHED, TWO_ORDERS, days=days)

    rate = 1.15 ** (365 / (52 * WEEK)) - 1
    assert expected(52 * WEEK) == pytest.approx([1.850826721], rel=1e-6)
    assert discounted_orders(expected, days=52 * WEEK, yearly_rate=rate) == pytest.approx([1.735873891], rel=1e-6)


def test_the_quartiles_of_the_next_order_are_the_known_ones():
    waits = [
        paretonbd.next_order_quantile(PUBLISHED, TWO_ORDERS, days=52 * WEEK, share=share)[0]
        for share in (0.25, 0.5, 0.75)
    ]
    np.testing.assert_allclose(waits, np.array([4.146728, 10.26734, 20.99689]) * WEEK, rtol=1e-5)


@pytest.mark.parametrize(("shapes", "history", "days", "truth"), LISTED)
def test_the_listed_hard_cases_are_exact(shapes, history, days, truth):
    values = scores(paretonbd.Parameters(*shapes), Histories.of(*([value] for value in history)), days=days)
    assert values[0] == pytest.approx(truth[0], abs=1e-9)
    assert values[1:] == pytest.approx(truth[1:], rel=1e-9)


def test_the_listed_hard_case_in_sevenths_of_a_week_is_exact():
    parameters = paretonbd.Parameters(0.5143, 2.8845 * 7, 0.2856, 14.1087 * 7)
    values = scores(parameters, Histories.of([221], [724], [725]), days=364)
    assert values[0] + 221 * np.log(7) == pytest.approx(-61.58464856173, rel=1e-7)
    assert values[1:] == pytest.approx([0.9995960523179, 0.9984310486526, 102.3718057803], rel=1e-7)


@pytest.mark.parametrize(
    ("shapes", "x", "t_x", "T"),
    [
        ((0.5143, 20.19, 0.2856, 98.76), [221, 254, 161, 204], [724, 680, 663, 690], [725, 681, 686, 696]),
        ((10.465, 0.00798565181, 3.0516, 2.82), [400, 500, 500], [5, 1, 4], [6, 37, 37]),
    ],
)
def test_customers_that_broke_other_libraries_get_finite_numbers(shapes, x, t_x, T):
    assert np.isfinite(scores(paretonbd.Parameters(*shapes), Histories.of(x, t_x, T), days=100)).all()


def test_equal_scales_are_no_exception():
    """At alpha = beta the two branches of the integral meet."""
    rows = Histories.of([0, 3, 40], [0, 30, 90], [70, 100, 91])
    at, beside = paretonbd.Parameters(0.6, 20, 0.7, 20), paretonbd.Parameters(0.6, 20, 0.7, 20 * (1 + 1e-12))
    np.testing.assert_allclose(scores(at, rows, days=50), scores(beside, rows, days=50), rtol=1e-10)


def test_without_churn_the_model_is_nbd():
    churnless, orders_only = paretonbd.Parameters(0.4, 30.0, 1e-10, 50.0), nbd.Parameters(0.4, 30.0)
    rows = Histories.of([0, 1, 9], [0, 12, 200], [90, 30, 210])
    for question, days in (("log_likelihood", {}), ("p_order_within", {"days": 60}), ("expected_orders", {"days": 60})):
        with_churn = getattr(paretonbd, question)(churnless, rows, **days)
        np.testing.assert_allclose(with_churn, getattr(nbd, question)(orders_only, rows, **days), rtol=1e-7)


def test_the_gradient_is_that_of_the_likelihood_from_edge_to_edge():
    luck = np.random.default_rng(0)
    T = luck.integers(2, 1500, 60)
    x = luck.integers(0, 40, 60)
    mean = objective(Histories.of(x, np.where(x > 0, luck.integers(1, T), 0), T))
    for _ in range(8):
        theta = luck.uniform(-6, 4, 4)
        value, gradient = mean(theta)
        for place, step in enumerate(np.eye(4) * 1e-3):
            near, far = (
                mean(theta + step)[0] - mean(theta - step)[0],
                mean(theta + 2 * step)[0] - mean(theta - 2 * step)[0],
            )
            assert gradient[place] == pytest.approx((8 * near - far) / 12e-3, abs=1e-9 * abs(value) + 1e-9)
