"""The published evidence about splits."""

import math

import pytest

from regulars.insight.lift.split import log_e


@pytest.mark.parametrize(
    ("counts", "shares", "found"),
    [
        ([0, 0], [0.1, 0.9], 0.0),
        ([1, 0], [0.5, 0.5], 0.0),
        ([1000, 9000], [0.1, 0.9], -1.970043),
        ([1100, 8900], [0.1, 0.9], 3.284499),
        ([1200, 8800], [0.1, 0.9], 18.584921),
        ([5000, 5000], [0.5, 0.5], -1.967138),
        ([4261, 4261, 4277], [1 / 3] * 3, -4.157904),
    ],
)
def test_the_evidence_is_the_published_one(counts, shares, found):
    assert log_e(counts, shares) == pytest.approx(found, abs=1e-6)


def test_three_parts_can_be_uneven():
    assert math.exp(log_e([3600, 3200, 3200], [1 / 3] * 3)) == pytest.approx(104_820, rel=1e-4)


@pytest.mark.parametrize("shares", [[0.5, 0.6], [1.0, 0.0], [1.0]])
def test_shares_that_cannot_be_are_refused(shares):
    with pytest.raises(ValueError, match="shares"):
        log_e([1, 2], shares)
