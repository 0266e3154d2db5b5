"""Reference values: Fader & Hardie 2007, survivors of 1,000 contracts in two segments; and computed at their optimum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight.lifetime import sbg

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
PUBLISHED = sbg.Parameters(0.668, 3.806)
shapes = st.floats(0.05, 50)


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "log_likelihood"),
    [
        (HIGH_END, 0.6681, 3.8061, -1611.16),
        (HIGH_END[:5], 1.281, 7.7904, -1225.13),
        (REGULAR, 0.7041, 1.1820, -1680.27),
        (REGULAR[:5], 0.7637, 1.2958, -1401.56),
    ],
)
def test_the_fit_of_a_published_cohort_is_the_known_one(survivors, alpha, beta, log_likelihood):
    fit = sbg.fit(sbg.Contracts.of_cohort(survivors))
    assert (fit.alpha, fit.beta) == pytest.approx((alpha, beta), abs=6e-5)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.005)
    assert fit.state is sbg.State.OK


def test_the_survival_and_the_worth_of_a_contract_are_the_known_ones():
    survival = sbg.survival(PUBLISHED, np.array([1, 4, 7]))
    np.testing.assert_allclose(survival, [0.8506929, 0.609951, 0.4889446], rtol=1e-6)
    worth = sbg.discounted_renewals(PUBLISHED, np.array([0, 1, 4]), rate=0.1)
    np.testing.assert_allclose(worth, [5.41485605, 5.90175317, 6.8970574], rtol=1e-7)


def test_cohorts_of_different_age_are_fitted_together():
    """A shop's contracts that still run are censored where they stand, each at its own tenure."""
    luck = np.random.default_rng(3)
    leaving, age = luck.beta(0.9, 3.0, 60_000), luck.integers(0, 12, 60_000)
    life = luck.geometric(leaving) - 1
    ended = life < age
    fit = sbg.fit(sbg.Contracts(np.minimum(life, age), ended, np.ones(60_000)))
    assert (fit.alpha, fit.beta) == pytest.approx((0.9, 3.0), rel=0.06)


def test_rows_with_counts_are_contracts_one_by_one():
    counted = sbg.Contracts.of_cohort(REGULAR)
    rows = np.repeat(np.arange(counted.count.size), counted.count)
    single = sbg.Contracts(counted.renewals[rows], counted.ended[rows], np.ones(rows.size))
    assert sbg.fit(single).alpha == pytest.approx(sbg.fit(counted).alpha, rel=1e-8)


@given(shapes, shapes)
@settings(max_examples=50, deadline=None)
def test_retention_rises_with_tenure_and_its_product_is_survival(alpha, beta):
    parameters, tenure = sbg.Parameters(alpha, beta), np.arange(40)
    retention = sbg.retention(parameters, tenure)
    assert (np.diff(retention) >= 0).all()
    np.testing.assert_allclose(np.cumprod(retention), sbg.survival(parameters, tenure + 1), rtol=1e-11)


@given(shapes, shapes, st.integers(0, 30))
@settings(max_examples=50, deadline=None)
def test_the_renewals_ahead_add_up_from_survival(alpha, beta, tenure):
    parameters = sbg.Parameters(alpha, beta)
    survival = sbg.survival(parameters, np.arange(tenure, tenure + 26))
    renewals = sbg.expected_renewals(parameters, np.array([tenure]), periods=25)
    assert renewals == pytest.approx([(survival[1:] / survival[0]).sum()], rel=1e-10)


def test_the_remaining_life_is_all_the_renewals_to_come():
    parameters, tenure = sbg.Parameters(3.0, 2.0), np.array([0, 5])
    long = sbg.expected_renewals(parameters, tenure, periods=100_000)
    np.testing.assert_allclose(sbg.remaining_life(parameters, tenure), long, rtol=1e-6)


def test_with_too_many_loyal_contracts_the_remaining_life_is_infinite():
    assert sbg.remaining_life(PUBLISHED, np.array([3])) == [np.inf]


@pytest.mark.parametrize(
    ("survivors", "state"),
    [
        ([], "nobody has left"),
        ([9], "nobody has left"),
        ([9, 9, 9], "nobody has left"),
        ([9, 0], "nobody has stayed"),
        ([1000, 500, 250, 125], "spread not identifiable"),
        ([1000, 500, 500, 500], "spread not identifiable"),
    ],
)
def test_contracts_too_odd_to_tell_get_a_state_and_finite_numbers(survivors, state):
    fit = sbg.fit(sbg.Contracts.of_cohort(survivors))
    assert fit.state == state
    assert np.isfinite([fit.alpha, fit.beta, fit.log_likelihood, fit.slope]).all()
    assert np.isfinite(sbg.expected_renewals(fit, np.array([0, 3]), periods=12)).all()


@pytest.mark.parametrize("survivors", [[10, 11], [10, -1]])
def test_numbers_that_cannot_be_survivors_are_refused(survivors):
    with pytest.raises(sbg.ContractsError):
        sbg.Contracts.of_cohort(survivors)


def test_no_rate_no_worth():
    with pytest.raises(ValueError, match="positive"):
        sbg.discounted_renewals(PUBLISHED, np.array([0]), rate=0)
