"""The published values of the confidence sequence and of the smallest effect that can be seen."""

import math

import pytest

from regulars.insight.lift.sequence import e_value, half_width, smallest_visible


@pytest.mark.parametrize(
    ("n", "width"),
    [(1_000, 3.855055), (2_500, 3.264293), (5_000, 3.083569), (10_000, 3.035209), (20_000, 3.061477), (40_000, 3.127114)],
)  # fmt: skip
def test_the_width_is_the_published_one(n, width):
    assert half_width(n, 10_000) == pytest.approx(width, rel=1e-6)


@pytest.mark.parametrize(("alpha", "width"), [(0.10, 2.763939), (0.01, 3.571630)])
def test_a_smaller_error_asks_for_a_wider_interval(alpha, width):
    assert half_width(10_000, 10_000, alpha=alpha) == pytest.approx(width, rel=1e-6)


@pytest.mark.parametrize(
    ("n", "z", "e"),
    [(10_000, 0, 0.334522), (10_000, 1.96, 1.841905), (10_000, 3, 18.199152), (10_000, 3.035209, 20.0), (2_500, 3, 11.534446),
     (40_000, 4, 408.019812)],
)  # fmt: skip
def test_the_evidence_is_the_published_one(n, z, e):
    assert e_value(z, n, 10_000) == pytest.approx(e, rel=2e-6)


@pytest.mark.parametrize("n", [150, 5_000, 90_000])
def test_the_interval_leaves_out_nothing_exactly_when_the_evidence_says_so(n):
    edge = half_width(n, 7_000)
    assert e_value(edge, n, 7_000) == pytest.approx(1 / 0.05, rel=1e-9)


def test_what_can_be_seen_is_the_published_share():
    assert smallest_visible(20_000, held_out=0.1, variation=3, explained=0.25) == pytest.approx(0.237406, rel=3e-4)
    assert smallest_visible(20_000, held_out=0.1, variation=math.sqrt(3), explained=0.15) == pytest.approx(
        0.145919, rel=3e-4
    )
