import lifetime_data
import numpy as np
import pytest
from scipy.special import gammaln

from regulars.insight.lifetime import gamma_gamma
from regulars.insight.lifetime.gamma_gamma import State
from regulars.insight.lifetime.histories import Spend


def published():
    """Fitted parameters of note 025, as a fit on which forecasts can be made."""
    fitted = {"median": 20.0, "customers": 946, "log_likelihood": -4055.9, "slope": 0.0, "state": State.OK}
    return gamma_gamma.Fit(6.25, 3.74, 15.44, **fitted)


def invented(customers, p, q, v, seed=1):
    luck = np.random.default_rng(seed)
    x = luck.integers(0, 6, customers)
    rate = luck.gamma(q, 1 / v, customers)
    return x, np.where(x > 0, luck.gamma(p * np.maximum(x, 1)) / rate / np.maximum(x, 1), 0.0)


@pytest.mark.parametrize(
    ("base", "parameters", "log_likelihood", "customers"),
    [
        (lifetime_data.cdnow_without_sample, (6.2792, 3.6115, 14.9317), -36707.28, 8_504),
        (lifetime_data.apparel, (3.0990, 5.6537, 56.5042), -1670.66, 387),
    ],
)
def test_the_fit_of_a_public_set_is_the_known_one(base, parameters, log_likelihood, customers):
    people = base()
    fit = gamma_gamma.fit(Spend.of(people.x, people.m))
    assert (fit.p, fit.q, fit.v) == pytest.approx(parameters, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.005)
    assert (fit.customers, fit.state) == (customers, State.OK)


def test_the_expected_values_of_five_customers_are_the_known_ones():
    rows = Spend.of([2, 1, 0, 7, 2], [22.35, 11.77, 0, 73.74, 25.55])
    known = [24.6637, 18.9169, 35.2190, 71.4697, 27.2884]
    np.testing.assert_allclose(gamma_gamma.expected_value(published(), rows), known, rtol=3e-6)


def test_the_likelihoods_of_three_customers_are_the_known_ones():
    values = gamma_gamma.log_likelihood(published(), Spend.of([2, 1, 0, 7], [22.35, 11.77, 0, 73.74]))
    np.testing.assert_allclose(values, [-3.55131676, -3.737709679, 0, -6.054867311], rtol=1e-6)


def test_the_fit_is_at_a_top_of_the_published_likelihood():
    x, m = invented(2_000, 4.0, 3.0, 20.0)
    fit = gamma_gamma.fit(Spend.of(x, m))
    x, m = x[x > 0], m[x > 0]

    def total(p, q, v):
        beta = gammaln(p * x) + gammaln(q) - gammaln(p * x + q)
        lines = q * np.log(v) + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(v + x * m)
        return float((lines - beta).sum())

    best = np.array([fit.p, fit.q, fit.v])
    assert fit.log_likelihood == pytest.approx(total(*best), rel=1e-10)
    for step in np.vstack([np.eye(3), -np.eye(3)]) * 1e-2:
        assert total(*(best * np.exp(step))) < fit.log_likelihood


def test_a_large_shop_gives_back_the_parameters_it_was_made_with():
    x, m = invented(200_000, 6.25, 3.74, 15.44)
    fit = gamma_gamma.fit(Spend.of(x, m))
    assert (fit.p, fit.q, fit.v) == pytest.approx((6.25, 3.74, 15.44), rel=0.03)
    assert fit.slope < 1e-8


def test_the_unit_of_money_changes_only_the_scale():
    x, m = invented(2_000, 4.0, 3.0, 20.0)
    coins, cents = gamma_gamma.fit(Spend.of(x, m)), gamma_gamma.fit(Spend.of(x, m * 100))
    assert (cents.p, cents.q, cents.v) == pytest.approx((coins.p, coins.q, coins.v * 100), rel=1e-6)
    assert cents.log_likelihood == pytest.approx(coins.log_likelihood - coins.customers * np.log(100), rel=1e-9)
    assert cents.median == pytest.approx(coins.median * 100)


def test_counted_rows_give_the_fit_of_the_customers_they_count():
    x, m = invented(500, 4.0, 3.0, 20.0)
    counted, each = (
        gamma_gamma.fit(Spend.of(x, m, count=np.full(500, 3))),
        gamma_gamma.fit(Spend.of(np.repeat(x, 3), np.repeat(m, 3))),
    )
    assert (counted.p, counted.q, counted.v) == pytest.approx((each.p, each.q, each.v), rel=1e-6)
    assert (counted.median, counted.customers) == (each.median, each.customers)


def test_who_paid_nothing_does_not_count():
    x, m = invented(500, 4.0, 3.0, 20.0)
    fit = gamma_gamma.fit(Spend.of(np.append(x, [0, 2]), np.append(m, [0.0, 0.0])))
    assert fit == gamma_gamma.fit(Spend.of(x, m))


def test_without_a_population_mean_everybody_keeps_their_own_and_newcomers_get_the_median():
    luck = np.random.default_rng(2)
    m = np.exp(luck.standard_cauchy(301).clip(-15, 15))
    fit = gamma_gamma.fit(Spend.of(np.ones(301, dtype=int), m))
    assert fit.state is State.NO_POPULATION_SPEND
    assert fit.q <= 1
    values = gamma_gamma.expected_value(fit, Spend.of([0, 1, 8], [0, 3.0, 7.0]))
    np.testing.assert_allclose(values, [np.median(m), 3.0, 7.0])


@pytest.mark.parametrize(("x", "m"), [([], []), ([0, 0], [0, 0]), ([1], [0.0])])
def test_a_shop_without_repeat_spend_says_so_and_refuses_a_value(x, m):
    fit = gamma_gamma.fit(Spend.of(x, m))
    assert fit.state is State.NO_SPEND
    with pytest.raises(ValueError, match="no value to expect"):
        gamma_gamma.expected_value(fit, Spend.of([0], [0]))


@pytest.mark.parametrize("m", [[5.0], [5.0, 5.0, 5.0]])
def test_equal_spenders_are_named_and_all_expect_what_they_paid(m):
    rows = Spend.of(np.arange(1, len(m) + 1), m)
    fit = gamma_gamma.fit(rows)
    assert fit.state is State.SPREAD_NOT_IDENTIFIABLE
    np.testing.assert_allclose(gamma_gamma.expected_value(fit, rows), m, rtol=1e-4)
