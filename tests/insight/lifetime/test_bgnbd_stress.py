"""400 hard histories against the truth to 60 digits; see make_bgnbd_stress.py."""

import csv
from pathlib import Path

import numpy as np
import pytest

from regulars.insight.lifetime import bgnbd
from regulars.insight.lifetime.histories import Histories

CASES = list(csv.DictReader((Path(__file__).parent / "bgnbd_stress.csv").open()))
LISTED = [
    ((5, 0.5, 5, 20), (3000, 2999, 3000), 3650, (-3034.844492766, 0.9955107771239, 0.9955107771239, 720.9885729053)),
    ((0.02, 300, 0.02, 0.05), (0, 0, 2), 3650, (-0.0001328908543734, 1, 0.05013081211315, 0.1819982759381)),
    ((0.1, 200, 1, 3), (1, 1, 700), 365, (-8.537332043192, 0.365774730593, 0.1142498905811, 0.1509328222285)),
    ((2, 1, 3, 0.1), (1, 1, 3000), 30, (-1.419084183933, 9.866673247275e-12, 2.900826148277e-13, 2.916286196622e-13)),
]


def measure(shapes, history, days):
    parameters, rows = bgnbd.Parameters(*shapes), Histories.of(*([value] for value in history))
    return np.array(
        [
            bgnbd.log_likelihood(parameters, rows)[0],
            bgnbd.p_alive(parameters, rows)[0],
            bgnbd.p_order_within(parameters, rows, days=days)[0],
            bgnbd.expected_orders(parameters, rows, days=days)[0],
        ]
    )


@pytest.mark.parametrize(("shapes", "history", "days", "truth"), LISTED)
def test_the_listed_hard_cases_are_exact(shapes, history, days, truth):
    values = measure(shapes, history, days)
    assert values[0] == pytest.approx(truth[0], abs=1e-9)
    assert values[1:] == pytest.approx(truth[1:], rel=1e-9, abs=1e-12)


def test_four_hundred_hard_cases_are_finite_never_negative_and_exact():
    values, truths = [], []
    for case in CASES:
        shapes = [float(case[name]) for name in ("r", "alpha", "a", "b")]
        history = [int(case[name]) for name in ("x", "t_x", "T")]
        values.append(measure(shapes, history, float(case["days"])))
        truths.append([float(case[name]) for name in list(case)[8:]])
    values, truths = np.array(values), np.array(truths)
    assert len(CASES) == 400
    assert np.isfinite(values).all()
    assert (values[:, 1:] >= 0).all()
    np.testing.assert_allclose(values[:, 0], truths[:, 0], rtol=0, atol=1e-9)
    np.testing.assert_allclose(values[:, 1:], truths[:, 1:], rtol=1e-9, atol=1e-12)


def test_four_hundred_shapes_from_edge_to_edge_stay_finite_and_never_negative():
    luck = np.random.default_rng(5)
    for _ in range(400):
        r, a, b = np.exp(luck.uniform(-12, 12, 3))
        parameters = bgnbd.Parameters(r, r / np.exp(luck.uniform(-7, 0)), a, b)
        T = luck.integers(2, 1500, 20)
        x = luck.integers(0, 300, 20)
        rows = Histories.of(x, np.where(x > 0, luck.integers(1, T), 0), T)
        days = float(luck.integers(1, 1100))
        chance, orders = (
            bgnbd.p_order_within(parameters, rows, days=days),
            bgnbd.expected_orders(parameters, rows, days=days),
        )
        assert np.isfinite(bgnbd.log_likelihood(parameters, rows)).all()
        assert ((chance >= 0) & (chance <= 1) & np.isfinite(orders)).all()
        assert (orders >= chance * (1 - 1e-8)).all()
