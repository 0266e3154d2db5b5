import numpy as np
import pytest
from lifetime_shops import histories_at, log_uniform, order_days, published_log_likelihood
from scipy.optimize import minimize

from regulars.insight.lifetime import bgnbd, nbd
from regulars.insight.lifetime.histories import Histories


def total(shapes, rows):
    return float((rows.count * published_log_likelihood(shapes, rows.x, rows.t_x, rows.T)).sum())


def best_known(rows, starts):
    """The best of independent searches without gradients, by the published likelihood."""

    def depth(theta):
        return 1e10 if np.abs(theta).max() > 14 else -total(np.exp(theta), rows)

    found = [minimize(depth, np.log(start), method="Nelder-Mead", options={"maxiter": 1500}) for start in starts]
    return -min(float(search.fun) for search in found)


def random_shop(seed, customers_max=20_000):
    luck = np.random.default_rng([2026, seed])
    ends = ((0.05, 3), (3, 200), (0.02, 3), (0.1, 10))
    shapes = [log_uniform(luck, *pair) for pair in ends]
    customers, days = int(log_uniform(luck, 100, customers_max)), int(log_uniform(luck, 90, 1500))
    x, t_x, T, _ = histories_at(order_days(luck, customers, shapes, days), days - 1)
    return Histories.of(x, t_x, T), shapes


@pytest.fixture(scope="module")
def shop():
    return random_shop(3)[0]


@pytest.mark.parametrize("seed", range(40))
def test_a_fit_of_any_shop_converges_or_names_its_boundary(seed):
    rows, true_shapes = random_shop(seed)
    fit = bgnbd.fit(rows)
    named = fit.state in (bgnbd.State.CHURN_NOT_IDENTIFIABLE, bgnbd.State.SPREAD_NOT_IDENTIFIABLE)
    assert fit.slope < 1e-6 or named
    assert fit.log_likelihood >= total(true_shapes, rows)
    assert fit.log_likelihood >= nbd.fit(rows).log_likelihood - 1e-3
    assert fit.log_likelihood == pytest.approx(total((fit.r, fit.alpha, fit.a, fit.b), rows), rel=1e-7)


@pytest.mark.parametrize("seed", range(8))
def test_no_independent_search_finds_a_likelier_fit(seed):
    rows, true_shapes = random_shop(seed, customers_max=1_000)
    best = best_known(rows, [true_shapes, (0.5, rows.longest / 20, 0.05, 0.5)])
    assert bgnbd.fit(rows).log_likelihood >= best - 0.01


def test_in_shops_where_nobody_leaves_churn_is_seldom_claimed():
    luck = np.random.default_rng(11)
    unclaimed = 0
    for customers in [300] * 30 + [2_000] * 20:
        shapes = (log_uniform(luck, 0.2, 2), log_uniform(luck, 30, 300))
        x, t_x, T, _ = histories_at(order_days(luck, customers, shapes, 365), 364)
        fit = bgnbd.fit(Histories.of(x, t_x, T))
        assert fit.gain >= -1e-3
        unclaimed += fit.state is bgnbd.State.CHURN_NOT_IDENTIFIABLE
    assert unclaimed >= 45


def test_the_forecast_of_a_shop_that_follows_the_model_comes_true():
    luck = np.random.default_rng(7)
    orders = order_days(luck, 60_000, (0.5, 80.0, 0.6, 2.5), 540)
    x, t_x, T, people = histories_at(orders, 359)
    rows = Histories(x, t_x, T, np.ones_like(x))
    fit = bgnbd.fit(rows)
    later = np.bincount(orders[0][orders[1] > 359], minlength=60_000)[people]
    expected = bgnbd.expected_orders(fit, rows, days=180)
    assert abs(later.sum() - expected.sum()) < 3 * np.sqrt((later - expected).var() * later.size)
    chance = bgnbd.p_order_within(fit, rows, days=180)
    for group in np.array_split(np.argsort(chance), 10):
        error = np.sqrt((chance[group] * (1 - chance[group])).sum())
        assert abs((later[group] > 0).sum() - chance[group].sum()) < 3 * error


def test_a_large_shop_has_the_same_optimum_as_a_search_over_all_its_customers():
    luck = np.random.default_rng(9)
    x, t_x, T, _ = histories_at(order_days(luck, 150_000, (0.243, 30.898, 0.793, 2.426), 730), 729)
    rows = Histories.of(x, t_x, T)
    assert rows.x.size > 2 * bgnbd.DRAFT_ROWS
    fit = bgnbd.fit(rows)
    shapes = np.array([fit.r, fit.alpha, fit.a, fit.b])
    nearby = [total(shapes * np.exp(step), rows) for step in np.vstack([np.eye(4), -np.eye(4)]) * 1e-3]
    assert max(nearby) < fit.log_likelihood
    assert fit.slope < 1e-8


def test_counted_rows_in_any_order_give_the_same_fit(shop):
    luck = np.random.default_rng(1)
    one_by_one = luck.permutation(np.repeat(np.arange(shop.x.size), shop.count))
    same = bgnbd.fit(Histories.of(shop.x[one_by_one], shop.t_x[one_by_one], shop.T[one_by_one]))
    unsorted = luck.permutation(shop.x.size)
    again = bgnbd.fit(Histories(*(column[unsorted] for column in (shop.x, shop.t_x, shop.T, shop.count))))
    assert bgnbd.fit(shop) == same == again


def test_the_unit_of_time_changes_no_forecast(shop):
    in_days, in_hours = bgnbd.fit(shop), bgnbd.fit(Histories(shop.x, shop.t_x * 24, shop.T * 24, shop.count))
    hours = Histories(shop.x, shop.t_x * 24, shop.T * 24, shop.count)
    assert in_hours.alpha == pytest.approx(in_days.alpha * 24, rel=1e-5)
    shift = float((shop.x * shop.count).sum()) * np.log(24)
    assert in_hours.log_likelihood + shift == pytest.approx(in_days.log_likelihood, rel=1e-9)
    np.testing.assert_allclose(
        bgnbd.expected_orders(in_hours, hours, days=90 * 24), bgnbd.expected_orders(in_days, shop, days=90), rtol=1e-5
    )


@pytest.mark.parametrize(
    ("x", "t_x", "T", "state"),
    [
        ([], [], [], "no repeat orders"),
        ([0], [0], [90], "no repeat orders"),
        ([0] * 5, [0] * 5, range(5), "no repeat orders"),
        ([0, 0], [0, 0], [0, 0], "no repeat orders"),
        ([3], [50], [90], "churn not identifiable"),
        ([0, 1, 2, 5], [0, 3, 40, 80], [90] * 4, "churn not identifiable"),
        ([90] * 50, [90] * 50, [90] * 50, "churn not identifiable"),
        ([1] * 10, [10] * 10, [10] * 10, "churn not identifiable"),
        ([5] * 100, [50] * 100, [90] * 100, "spread not identifiable"),
    ],
)
def test_a_shop_too_odd_to_tell_gets_a_state_and_finite_numbers(x, t_x, T, state):
    rows = Histories.of(x, t_x, T)
    fit = bgnbd.fit(rows)
    assert fit.state == state
    assert np.isfinite([fit.r, fit.alpha, fit.a, fit.b, fit.log_likelihood, fit.gain, fit.slope]).all()
    for value in (
        bgnbd.p_alive(fit, rows),
        bgnbd.p_order_within(fit, rows, days=30),
        bgnbd.expected_orders(fit, rows, days=30),
    ):
        assert np.isfinite(value).all()
        assert (value >= 0).all()


def test_a_few_who_came_back_among_very_many_are_fitted_like_any_others():
    x, t_x = [0] * 100_000 + [1, 1, 2, 3, 5], [0] * 100_000 + [3, 4, 5, 6, 7]
    rows = Histories.of(x, t_x, [*(np.arange(100_000) % 700), 30, 40, 50, 60, 70])
    best = best_known(rows, [(0.01, 30, 0.5, 0.5), (1e-3, 3, 5, 5)])
    assert bgnbd.fit(rows).log_likelihood >= best - 0.01
