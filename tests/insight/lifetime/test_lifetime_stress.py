"""400 hard histories for each model against the truth to 60 digits and more; see make_lifetime_stress.py."""

import csv
from pathlib import Path

import numpy as np
import pytest

from regulars.insight.lifetime import bgbb, mbgcnbd, mbgnbd, paretonbd
from regulars.insight.lifetime.histories import Histories

SETS = {"mbgnbd": mbgnbd, "paretonbd": paretonbd, "mbgcnbd": mbgcnbd, "bgbb": bgbb}
TRUTHS = ["log_likelihood", "p_alive", "p_order_within", "expected_orders"]


def cases_of(name):
    return list(csv.DictReader((Path(__file__).parent / f"{name}_stress.csv").open()))


def measure(model, case):
    shapes = [int(case[name]) if name == "k" else float(case[name]) for name in list(case)[: list(case).index("x")]]
    parameters = model.Parameters(*shapes)
    row, days = Histories.of(*([int(case[name])] for name in ("x", "t_x", "T"))), int(case["days"])
    chances = [model.log_likelihood(parameters, row)[0], model.p_alive(parameters, row)[0]]
    ahead = [getattr(model, question)(parameters, row, days=days)[0] for question in TRUTHS[2:]]
    return [*chances, *ahead]


@pytest.mark.parametrize("name", SETS)
def test_four_hundred_hard_cases_are_finite_never_negative_and_exact(name):
    cases = cases_of(name)
    values = np.array([measure(SETS[name], case) for case in cases])
    truths = np.array([[float(case[truth]) for truth in TRUTHS] for case in cases])
    assert len(cases) == 400
    assert np.isfinite(values).all()
    assert (values[:, 1:] >= 0).all()
    np.testing.assert_allclose(values[:, 0], truths[:, 0], rtol=0, atol=1e-9)
    np.testing.assert_allclose(values[:, 1:], truths[:, 1:], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["mbgnbd", "paretonbd", "mbgcnbd"])
def test_shapes_from_edge_to_edge_stay_finite_and_never_negative(name):
    luck, model = np.random.default_rng(5), SETS[name]
    for _ in range(60):
        r, a, b, wait, life = np.exp(luck.uniform(-12, 12, 5))
        alpha = max(r, 1e-3) / np.exp(luck.uniform(-7, 0))
        shapes = {"mbgnbd": (r, alpha, a, b), "paretonbd": (r, wait, a, life), "mbgcnbd": (r, alpha, a, b, 3)}[name]
        T = luck.integers(2, 1500, 20)
        x = luck.integers(0, 300, 20)
        rows, days = Histories.of(x, np.where(x > 0, luck.integers(1, T), 0), T), float(luck.integers(1, 1100))
        parameters = model.Parameters(*shapes)
        chance = model.p_order_within(parameters, rows, days=days)
        orders = model.expected_orders(parameters, rows, days=days)
        median = model.next_order_quantile(parameters, rows, days=days, share=0.5)
        assert np.isfinite(model.log_likelihood(parameters, rows)).all()
        assert ((chance >= 0) & (chance <= 1 + 1e-9) & np.isfinite(orders)).all()
        assert (chance <= model.p_alive(parameters, rows) * (1 + 1e-9)).all()
        assert (orders >= chance * (1 - 1e-8)).all()
        assert ((median >= 0) & (median <= days)).all()
