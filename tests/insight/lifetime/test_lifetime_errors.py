import csv
from math import inf

import lifetime_data
import numpy as np
import pytest
from lifetime_shops import histories_at, order_days

from regulars.insight.lifetime import bgnbd, gamma_gamma, mbgnbd, models, nbd, sbg
from regulars.insight.lifetime.errors import errors
from regulars.insight.lifetime.histories import Histories, Spend


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("BG/NBD", {"r": 0.0126, "alpha": 0.378, "a": 0.186, "b": 0.705}),
        ("Pareto/NBD", {"r": 0.0476, "alpha": 0.8427, "s": 0.1873, "beta": 6.2105}),
    ],
)
def test_the_errors_of_the_cdnow_sample_are_the_published_ones(name, known):
    """In weeks. The sample is not among the shared data; the test runs where somebody has put it."""
    with lifetime_data.path_or_skip("cdnow/cdnow_customers_summary.csv").open() as file:
        rows = list(csv.DictReader(file))
    x, t_x, T = (
        np.array([round(float(row[column]) * unit) for row in rows])
        for column, unit in (("frequency", 1), ("recency", 7), ("T", 7))
    )
    sample = Histories.of(x, t_x, T)
    spread = errors(models.fit(name, sample), sample)
    in_weeks = {key: value / (7 if key in ("alpha", "beta") else 1) for key, value in spread.items()}
    assert in_weeks == pytest.approx(known, rel=5e-3)


def test_the_error_of_a_rate_is_the_textbook_one():
    """sBG with its spread known is a proportion: sqrt(p (1 - p) / n). Nearly so when all contracts are alike, and of
    p = alpha / (alpha + beta); here by the spread of fits to invented cohorts instead."""
    luck, fits = np.random.default_rng(4), []
    for _ in range(120):
        life = luck.geometric(luck.beta(1.5, 4.0, 3_000)) - 1
        contracts = sbg.Contracts(np.minimum(life, 8), life < 8, np.ones(3_000))
        fits.append((sbg.fit(contracts).alpha, *errors(sbg.fit(contracts), contracts).values()))
    alpha, alpha_error, _ = np.array(fits).T
    assert np.median(alpha_error) == pytest.approx(alpha.std(), rel=0.2)


def test_errors_shrink_with_the_root_of_the_customers():
    luck = np.random.default_rng(2)
    x, t_x, T, _ = histories_at(order_days(luck, 3_000, (0.5, 40.0, 0.7, 2.0), 500), 499)
    one, four = Histories.of(x, t_x, T), Histories.of(x, t_x, T, np.full(x.size, 4))
    for name in models.FORECASTERS:
        fit = models.fit(name, one)
        few, many = errors(fit, one), errors(fit, four)
        assert {key: value / 2 for key, value in few.items()} == pytest.approx(many, rel=1e-4)


def test_the_true_shapes_lie_within_three_errors():
    luck, shapes = np.random.default_rng(6), (0.5, 40.0, 0.7, 2.0)
    x, t_x, T, _ = histories_at(order_days(luck, 30_000, shapes, 700), 699)
    rows = Histories.of(x, t_x, T)
    fit = bgnbd.fit(rows)
    spread = errors(fit, rows)
    for name, truth in zip(("r", "a", "b"), (0.5, 0.7, 2.0), strict=True):
        assert abs(getattr(fit, name) - truth) < 3 * spread[name]


def test_what_the_history_does_not_pin_down_has_no_finite_error():
    nobody_left = Histories.of([3, 4, 5] * 30, [80, 85, 89] * 30, [90] * 90)
    fit = mbgnbd.fit(nobody_left)
    assert fit.state is mbgnbd.State.CHURN_NOT_IDENTIFIABLE
    assert inf in errors(fit, nobody_left).values()


def test_spend_and_order_rates_have_errors_too():
    people = lifetime_data.apparel()
    spend, rows = Spend.of(people.x, people.m), Histories.of(people.x, people.t_x, people.T)
    for spread in (errors(gamma_gamma.fit(spend), spend), errors(nbd.fit(rows), rows)):
        assert all(0 < value < inf for value in spread.values())
