import numpy as np
import pytest

from regulars.insight.lifetime import bgnbd, mbgcnbd, models, next_order, paretonbd
from regulars.insight.lifetime.histories import Histories

ROWS = Histories.of([0, 3, 9], [0, 40, 90], [30, 60, 95])
REGULAR, ANY_TIME = mbgcnbd.Parameters(9.0, 20.0, 0.5, 2.0, 6), paretonbd.Parameters(0.6, 40, 0.6, 90)


def test_the_window_covers_what_it_says():
    window = next_order.window(paretonbd, ANY_TIME, ROWS, days=100, covered=0.8)
    for edge, share in ((window.early, 0.1), (window.median, 0.5), (window.late, 0.9)):
        for place, days in enumerate(edge.tolist()):
            reached = paretonbd.p_order_within(ANY_TIME, ROWS, days=days)[place]
            assert reached == pytest.approx(share * window.chance[place], rel=1e-9)


@pytest.mark.parametrize("name", ["MBG/CNBD-k", "Pareto/NBD"])
def test_early_comes_before_late_within_the_horizon(name):
    usual = {"MBG/CNBD-k": REGULAR, "Pareto/NBD": ANY_TIME}[name]
    window = next_order.window(models.MODELS[name], usual, ROWS, days=45)
    edges = np.array([window.early, window.median, window.late])
    assert (np.diff(edges, axis=0) > 0).all()
    assert ((edges > 0) & (edges < 45)).all()


def test_a_rhythm_makes_the_window_narrower():
    irregular = mbgcnbd.Parameters(9.0, 120.0, 0.5, 2.0, 1)
    regular = next_order.window(mbgcnbd, REGULAR, ROWS, days=365)
    loose = next_order.window(mbgcnbd, irregular, ROWS, days=365)
    assert ((regular.late - regular.early) < (loose.late - loose.early)).all()


def test_a_part_that_is_none_is_refused():
    with pytest.raises(ValueError, match="covered"):
        next_order.window(paretonbd, ANY_TIME, ROWS, days=10, covered=1.2)


@pytest.mark.parametrize(
    ("name", "usual"),
    [("MBG/CNBD-k", REGULAR), ("Pareto/NBD", ANY_TIME), ("BG/NBD", bgnbd.Parameters(0.5, 30.0, 0.8, 2.4))],
)
def test_the_quick_window_is_right_to_the_day_and_a_fiftieth(name, usual):
    exact = next_order.window(models.MODELS[name], usual, ROWS, days=365)
    quick = next_order.window_in_days(models.MODELS[name], usual, ROWS, days=365)
    for edge in ("early", "median", "late", "chance"):
        assert getattr(quick, edge) == pytest.approx(getattr(exact, edge), abs=1, rel=0.02)
