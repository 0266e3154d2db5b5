import numpy as np
import pytest
from gap_data import apparel_days, grocery_days

from regulars.insight.lifetime.gaps import look_at_regularity, sum_log_gaps


@pytest.mark.parametrize(("days", "total"), [(grocery_days, 16_375.8220), (apparel_days, 5_352.9689)])
def test_the_gaps_of_a_public_set_add_to_the_known_sum(days, total):
    assert sum_log_gaps(*days()) == pytest.approx(total, abs=1e-3)


def test_gaps_lie_between_the_orders_of_one_customer():
    assert sum_log_gaps(np.array([0, 0, 1, 1]), np.array([3, 8, 1, 3])) == pytest.approx(np.log(5) + np.log(2))


@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_quick_look_finds_the_stages_of_invented_gaps(k):
    gaps = np.random.default_rng(k).gamma(k, 1000, (40_000, 2))
    day = np.column_stack([np.zeros(40_000), gaps[:, 0], gaps.sum(axis=1)]).astype(int).ravel()
    assert look_at_regularity(np.repeat(np.arange(40_000), 3), day) == pytest.approx(k, rel=0.05)


def test_nobody_with_two_gaps_shows_no_regularity():
    assert np.isnan(look_at_regularity(np.array([0, 0, 1]), np.array([3, 8, 1])))
