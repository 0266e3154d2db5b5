"""Every model on invented shops that follow it: fits converge or name their boundary, and forecasts come true."""

import numpy as np
import pytest
from churn_shops import histories_of, order_days_mbg, order_days_pareto, random_shop
from lifetime_shops import histories_at, log_uniform, order_days
from scipy.optimize import minimize

from regulars.insight.lifetime import bgbb, mbgcnbd, mbgnbd, models, nbd, paretonbd
from regulars.insight.lifetime.bgnbd import State
from regulars.insight.lifetime.gaps import sum_log_gaps
from regulars.insight.lifetime.histories import Histories

CHURN = ["MBG/NBD", "Pareto/NBD", "MBG/CNBD-k"]
NAMED = (State.CHURN_NOT_IDENTIFIABLE, State.SPREAD_NOT_IDENTIFIABLE)


def total(model, parameters, rows):
    return float((rows.count * model.log_likelihood(parameters, rows)).sum())


@pytest.mark.parametrize("name", CHURN)
@pytest.mark.parametrize("seed", range(12))
def test_a_fit_of_any_shop_converges_or_names_its_boundary(name, seed):
    orders, days = random_shop(seed, kind=name)
    rows = histories_of(orders, days - 1)
    fit = models.fit(name, rows, log_gaps=sum_log_gaps(*orders))
    assert fit.slope < 1e-6 or fit.state in NAMED
    assert fit.state is not State.NOT_CONVERGED
    assert fit.log_likelihood >= nbd.fit(rows).log_likelihood - 1e-3
    assert fit.gain >= -1e-3


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("model", [mbgnbd, paretonbd])
def test_no_independent_search_finds_a_likelier_fit(model, seed):
    orders, days = random_shop(seed, kind="MBG/NBD", customers_max=500)
    rows = histories_of(orders, days - 1)

    def depth(theta):
        return 1e10 if np.abs(theta).max() > 12 else -total(model, model.Parameters(*np.exp(theta)), rows)

    start = (0.5, days / 20, 0.1, 0.5)
    found = [minimize(depth, np.log(start), method="Nelder-Mead", options={"maxiter": 300})]
    assert model.fit(rows).log_likelihood >= -min(float(search.fun) for search in found) - 0.01


def test_a_large_shop_has_the_same_optimum_as_a_search_over_all_its_customers():
    luck = np.random.default_rng(9)
    rows = histories_of(order_days_pareto(luck, 70_000, (0.9, 40.0, 0.7, 120.0), 730), 729)
    assert rows.x.size > 2 * paretonbd.DRAFT_ROWS
    for model in (mbgnbd, paretonbd):
        fit = model.fit(rows)
        shapes = np.array([getattr(fit, name) for name in model.Parameters.__dataclass_fields__])
        nearby = [
            total(model, model.Parameters(*shapes * np.exp(step)), rows)
            for step in np.vstack([np.eye(4), -np.eye(4)]) * 2e-3
        ]
        assert max(nearby) < fit.log_likelihood
        assert fit.slope < 1e-7


@pytest.mark.parametrize("model", [mbgnbd, paretonbd, bgbb])
def test_in_shops_where_nobody_leaves_churn_is_seldom_claimed(model):
    luck, unclaimed = np.random.default_rng(11), 0
    for _ in range(8):
        shapes = (log_uniform(luck, 0.2, 2), log_uniform(luck, 30, 300))
        fit = model.fit(histories_of(order_days(luck, 300, shapes, 120), 119))
        assert fit.gain >= -1e-3
        unclaimed += fit.state is State.CHURN_NOT_IDENTIFIABLE
    assert unclaimed >= 6


@pytest.mark.parametrize("model", [mbgnbd, paretonbd])
def test_customers_all_alike_leave_the_spread_of_leaving_unknown(model):
    """A hundred who came five times and fell silent together: they left, but not by personal chances we could tell."""
    fit = model.fit(Histories.of([5] * 100, [50] * 100, [90] * 100))
    assert fit.state in (State.SPREAD_NOT_IDENTIFIABLE, State.CHURN_NOT_IDENTIFIABLE)
    assert np.isfinite(model.expected_orders(fit, Histories.of([5], [50], [90]), days=100)).all()


@pytest.mark.parametrize(
    ("model", "orders"),
    [
        (mbgnbd, lambda luck: order_days_mbg(luck, 20_000, (0.6, 120.0, 0.6, 1.5), 540)),
        (paretonbd, lambda luck: order_days_pareto(luck, 20_000, (0.6, 120.0, 0.6, 90.0), 540)),
    ],
)
def test_the_forecast_of_a_shop_that_follows_the_model_comes_true(model, orders):
    made = orders(np.random.default_rng(7))
    x, t_x, T, people = histories_at(made, 359)
    rows = Histories(x, t_x, T, np.ones_like(x))
    fit = model.fit(rows)
    later = np.bincount(made[0][made[1] > 359], minlength=20_000)[people]
    expected = model.expected_orders(fit, rows, days=180)
    assert abs(later.sum() - expected.sum()) < 3 * np.sqrt((later - expected).var() * later.size)
    chance = model.p_order_within(fit, rows, days=180)
    for group in np.array_split(np.argsort(chance), 10):
        error = np.sqrt((chance[group] * (1 - chance[group])).sum())
        assert abs((later[group] > 0).sum() - chance[group].sum()) < 3 * error


def test_the_next_order_of_half_of_those_who_order_comes_by_the_median():
    luck = np.random.default_rng(13)
    made = order_days_mbg(luck, 40_000, (3.0, 20.0, 0.5, 3.0), 540, k=3)
    x, t_x, T, people = histories_at(made, 359)
    rows, known = Histories(x, t_x, T, np.ones_like(x)), made[1] <= 359
    fit = mbgcnbd.fit(rows, log_gaps=sum_log_gaps(made[0][known], made[1][known]))
    first = np.full(40_000, np.inf)
    np.minimum.at(first, made[0][~known], made[1][~known] - 359)
    wait = first[people]
    ordered = wait <= 120
    for share in (0.1, 0.5, 0.9):
        due = mbgcnbd.next_order_quantile(fit, rows, days=120, share=share)
        # A whole day is known to half a day only.
        assert (wait[ordered] - 0.5 <= due[ordered]).mean() == pytest.approx(share, abs=0.02)
