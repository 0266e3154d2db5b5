"""Does a group get its chance? The ratio of two shares, named only when there are enough people."""

import pytest

from regulars.policy.fairness import exposure


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ((400, 500, 900, 1000), "fine"),
        ((200, 500, 900, 1000), "unfair"),
        ((23, 30, 30, 30), "low"),
        ((0, 30, 600, 1000), "unfair"),
        ((0, 30, 10, 1000), "low"),
        ((0, 29, 600, 1000), "too_few"),
        ((10, 100, 0, 1000), "too_few"),
    ],
)
def test_a_group_is_named_when_it_is_reached_less_than_four_fifths_as_often(counts, state):
    assert exposure(*counts).state == state


def test_nobody_reached_has_an_exact_upper_end():
    """1 - 0.025^(1/n), Clopper & Pearson 1934."""
    found = exposure(0, 100, 500, 1000)
    assert (found.ratio, found.low) == (0, 0)
    assert found.high == pytest.approx(0.0362 / 0.5, rel=2e-3)


def test_more_reached_than_meant_is_refused():
    with pytest.raises(ValueError, match="cannot be"):
        exposure(5, 4, 1, 10)
