"""Shares and ratios over customers: the same interval in Python and inside the engine, and none for too few."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples
from insight.shops import rows, table
from regulars.insight.estimates import missing, ratio, share, wilson_columns
from regulars.insight.shares import wilson


def test_the_engine_computes_the_interval_that_python_computes():
    pairs = [(k, n) for n in (1, 2, 7, 100, 100_000) for k in {0, 1, n // 3, n}]
    asked = table({"k": "int64", "n": "int64"}, [*pairs, (0, 0)])
    low, high = wilson_columns(asked.k, asked.n)
    for row in rows(asked.mutate(low=low, high=high)):
        expected = wilson(row["k"], row["n"]) if row["n"] else (None, None)
        assert (row["low"], row["high"]) == pytest.approx(expected, abs=1e-12)


def test_below_the_least_number_there_is_no_share():
    assert share(50, 99) == missing(99, "too_few")
    assert share(0, 0, n_min=0).why_not == "too_few"
    assert (share(3, 9, n_min=9).value, share(3, 9, n_min=9).n) == (pytest.approx(1 / 3), 9)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=2, max_size=30))
@examples(10)
def test_a_ratio_has_the_spread_of_its_residuals(found):
    asked = table({"x": "int64", "y": "int64"}, found)
    answer = ratio(asked, "x", "y", n_min=2)
    n, over, under = len(found), sum(x for x, _y in found), sum(y for _x, y in found)
    value = over / under
    spread = n / (n - 1) * sum((x - value * y) ** 2 for x, y in found)
    half = 1.959964 * math.sqrt(spread) / under
    assert (answer.value, answer.n) == (pytest.approx(value), n)
    assert (answer.low, answer.high) == pytest.approx((value - half, value + half), abs=1e-6)


def test_a_share_of_nothing_is_no_number():
    asked = table({"x": "int64", "y": "int64"}, [(0, 0)] * 100)
    assert ratio(asked, "x", "y").why_not == "nothing_spent"
    assert ratio(asked.filter(asked.x > 0), "x", "y").why_not == "too_few"
