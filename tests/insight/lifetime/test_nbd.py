import lifetime_data
import numpy as np
import pytest
from scipy.special import gammaln

from regulars.insight.lifetime import nbd
from regulars.insight.lifetime.histories import Histories


@pytest.mark.parametrize(
    ("base", "r", "alpha", "log_likelihood"),
    [
        (lifetime_data.cdnow_without_sample, 0.38753, 86.0567, -129658.1564),
        (lifetime_data.grocery, 0.42032, 36.7158, -27213.6375),
        (lifetime_data.apparel, 0.83375, 287.6621, -8374.2682),
    ],
)
def test_the_fit_of_a_public_set_is_the_known_one(base, r, alpha, log_likelihood):
    people = base()
    fit = nbd.fit(Histories.of(people.x, people.t_x, people.T))
    assert (fit.r, fit.alpha) == pytest.approx((r, alpha), rel=1e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.005)
    assert fit.state is nbd.State.OK


def test_the_likelihood_is_that_of_a_gamma_mixture_of_poisson_orders():
    r, alpha = 0.7, 40.0
    histories = Histories.of([0, 3, 30], [0, 50, 90], [10, 200, 95])
    x, T = histories.x, histories.T
    expected = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + T)
    np.testing.assert_allclose(nbd.log_likelihood(nbd.Parameters(r, alpha), histories), expected, rtol=1e-12)


def test_forecasts_follow_the_posterior_mean_rate_and_its_silence():
    parameters, histories = nbd.Parameters(0.5, 20.0), Histories.of([3], [50], [80])
    assert nbd.expected_orders(parameters, histories, days=30) == pytest.approx([3.5 / 100 * 30], rel=1e-14)
    assert nbd.p_order_within(parameters, histories, days=30) == pytest.approx([1 - (100 / 130) ** 3.5], rel=1e-13)


@pytest.mark.parametrize("ages", [[], [0, 0], [3, 90]])
def test_a_shop_without_repeat_orders_gets_numbers_and_says_so(ages):
    fit = nbd.fit(Histories.of([0] * len(ages), [0] * len(ages), ages))
    assert fit.state is nbd.State.NO_REPEATS
    assert fit.log_likelihood == pytest.approx(0, abs=1e-9)
    assert nbd.expected_orders(fit, Histories.of([0], [0], [90]), days=365)[0] < 1e-6


def test_customers_who_all_order_alike_are_named_as_such():
    fit = nbd.fit(Histories.of([4] * 50, [80] * 50, [100] * 50))
    assert fit.state is nbd.State.NO_SPREAD
    assert fit.r / fit.alpha == pytest.approx(0.04, rel=1e-3)


def test_parameters_that_are_not_positive_numbers_are_refused():
    with pytest.raises(ValueError, match="positive"):
        nbd.Parameters(float("nan"), 3.0)
