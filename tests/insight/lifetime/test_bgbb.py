"""Reference values: Fader, Hardie & Shang 2010, or computed at their parameters. Donors with six yearly chances."""

import numpy as np
import pytest

from regulars.insight.lifetime import bgbb
from regulars.insight.lifetime.bgbb_likelihood import objective
from regulars.insight.lifetime.histories import Histories, HistoriesError

DONORS = {
    (0, 0): 3464,
    **dict(zip([(1, last) for last in range(1, 7)], [1091, 277, 129, 78, 119, 129], strict=True)),
    **dict(zip([(2, last) for last in range(2, 7)], [613, 255, 155, 173, 234], strict=True)),
    **dict(zip([(3, last) for last in range(3, 7)], [322, 181, 225, 357], strict=True)),
    **dict(zip([(4, last) for last in range(4, 7)], [240, 284, 512], strict=True)),
    **dict(zip([(5, last) for last in range(5, 7)], [335, 728], strict=True)),
    (6, 6): 1203,
}
X, LAST = (np.array(column) for column in zip(*DONORS, strict=True))
DONATIONS = Histories(X, LAST, np.full(X.size, 6), np.array(list(DONORS.values())))
THREE = DONATIONS.where(np.isin(np.arange(X.size), [list(DONORS).index(pair) for pair in ((0, 0), (2, 4), (6, 6))]))
PUBLISHED = bgbb.Parameters(1.204, 0.750, 0.657, 2.783)


@pytest.fixture(scope="module")
def fit():
    return bgbb.fit(DONATIONS)


def test_the_fit_of_the_donations_is_the_known_one(fit):
    assert (fit.alpha, fit.beta, fit.gamma, fit.delta) == pytest.approx((1.20352, 0.74972, 0.65672, 2.78344), rel=1e-4)
    assert fit.log_likelihood == pytest.approx(-33225.581, abs=0.005)
    assert fit.state is bgbb.State.OK


def test_the_donors_still_there_are_the_known_ones(fit):
    assert bgbb.p_alive(fit, THREE, ahead=1) == pytest.approx([0.1081, 0.5897, 0.9304], abs=5e-5)


def test_the_donations_of_the_next_five_years_are_the_known_number(fit):
    total = (DONATIONS.count * bgbb.expected_orders(fit, DONATIONS, days=5)).sum()
    assert total == pytest.approx(12_884.16, abs=0.05)


def test_the_model_counts_as_many_donors_of_each_number_as_known(fit):
    """How many donated x times follows from the ways to place x donations: in those with the last at a given chance,
    all but the last are free."""
    from math import comb

    known = [3454.9, 1888.7, 1348.9, 1113.4, 1017.9, 1027.2, 1253.1]
    for x, donors in enumerate(known):
        last = np.arange(x, 7) if x else np.array([0])
        rows = Histories(np.full(last.size, x), last, np.full(last.size, 6), np.ones_like(last))
        ways = [comb(place - 1, x - 1) if x else 1 for place in last.tolist()]
        share = (ways * np.exp(bgbb.log_likelihood(fit, rows))).sum()
        assert 11_104 * share == pytest.approx(donors, abs=0.06)


def test_three_donors_have_the_known_forecasts():
    orders, within = [0.0728, 1.05735, 3.75212], [0.01635, 0.23747, 0.84267]
    assert bgbb.expected_orders(PUBLISHED, THREE, days=5) == pytest.approx(orders, abs=6e-6)
    assert bgbb.p_order_within(PUBLISHED, THREE, days=1) == pytest.approx(within, abs=6e-6)
    worth = bgbb.discounted_orders_ever(PUBLISHED, THREE, rate=0.1)
    np.testing.assert_allclose(worth, [0.114646996, 1.6650699, 5.90867832], rtol=1e-7)


def test_all_courses_together_are_certain():
    """Every course of yes and no over five chances, added up by the model."""
    total = 0.0
    for course in np.ndindex(*([2] * 5)):
        taken = np.flatnonzero(course) + 1
        row = Histories.of([taken.size], [taken.max(initial=0)], [5])
        total += float(np.exp(bgbb.log_likelihood(PUBLISHED, row))[0])
    assert total == pytest.approx(1, rel=1e-12)


def test_the_chance_of_an_order_is_one_less_the_ratio_of_likelihoods():
    later = Histories(THREE.x, THREE.t_x, THREE.T + 9, THREE.count)
    ratio = np.exp(bgbb.log_likelihood(PUBLISHED, later) - bgbb.log_likelihood(PUBLISHED, THREE))
    np.testing.assert_allclose(bgbb.p_order_within(PUBLISHED, THREE, days=9), 1 - ratio, atol=1e-12)


def test_the_quantile_of_the_next_order_is_the_first_chance_that_reaches_the_share():
    at = bgbb.next_order_quantile(PUBLISHED, THREE, days=10, share=0.6)
    whole = bgbb.p_order_within(PUBLISHED, THREE, days=10)
    for place, chance in enumerate(at.tolist()):
        assert bgbb.p_order_within(PUBLISHED, THREE, days=chance)[place] >= 0.6 * whole[place]
        assert bgbb.p_order_within(PUBLISHED, THREE, days=chance - 1)[place] < 0.6 * whole[place]


def test_the_gradient_is_that_of_the_likelihood():
    mean, luck = objective(DONATIONS), np.random.default_rng(1)
    for theta in luck.uniform(-4, 4, (5, 4)):
        for place, step in enumerate(np.eye(4) * 1e-3):
            near, far = (
                mean(theta + step)[0] - mean(theta - step)[0],
                mean(theta + 2 * step)[0] - mean(theta - 2 * step)[0],
            )
            assert mean(theta)[1][place] == pytest.approx((8 * near - far) / 12e-3, abs=1e-9)


def test_where_nobody_leaves_no_churn_is_claimed():
    luck = np.random.default_rng(2)
    taken = luck.random((2_000, 8)) < luck.beta(1, 2, 2_000)[:, None]
    last = np.where(taken.any(axis=1), 8 - taken[:, ::-1].argmax(axis=1), 0)
    fit = bgbb.fit(Histories.of(taken.sum(axis=1), last, np.full(2_000, 8)))
    assert fit.state is bgbb.State.CHURN_NOT_IDENTIFIABLE
    assert fit.alpha / (fit.alpha + fit.beta) == pytest.approx(1 / 3, abs=0.05)


def test_a_chance_taken_twice_is_refused():
    with pytest.raises(HistoriesError, match="each chance"):
        bgbb.fit(Histories.of([3], [2], [9]))


@pytest.mark.parametrize("days", [-1, 0.5, float("nan")])
def test_a_part_of_a_chance_is_refused(days):
    with pytest.raises(ValueError, match="whole number"):
        bgbb.expected_orders(PUBLISHED, THREE, days=days)


def test_a_rate_that_makes_all_worth_infinite_is_refused():
    with pytest.raises(ValueError, match="positive"):
        bgbb.discounted_orders_ever(PUBLISHED, THREE, rate=0)
