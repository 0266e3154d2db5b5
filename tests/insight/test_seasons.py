"""A month of the year stands out when it does so in both years, by more than a few busy customers explain."""

import numpy as np
import pytest

from regulars.insight.periods import month
from regulars.insight.seasons import seasons

FIRST = 2022 * 12  # January 2022
LENGTHS = np.array([(month(FIRST + t).last - month(FIRST + t).first).days + 1 for t in range(24)], float)


def asked(counts):
    """counts: order days of each customer (rows) in each month, shape (n, 24)."""
    return {
        one.calendar_month: one
        for one in seasons(FIRST, counts.sum(axis=0).astype(float), (counts.T @ counts).astype(float))
    }


def crowd(seed=1, customers=2000, extra=None):
    """Customers with Poisson orders, 0.02 a day each, times `extra` by month."""
    luck = np.random.default_rng(seed)
    return luck.poisson(0.02 * LENGTHS * (np.ones(24) if extra is None else extra), (customers, 24))


def test_short_months_are_no_season():
    found = asked(crowd())
    assert min(one.p for one in found.values()) > 0.001
    assert found[2].usual == pytest.approx(40, rel=0.05)


def test_growth_is_no_season():
    assert min(one.p for one in asked(crowd(extra=np.linspace(0.3, 2.0, 24))).values()) > 0.001


def test_a_december_in_both_years_is_found_with_its_size_and_does_not_make_june_look_low():
    extra = np.ones(24)
    extra[[11, 23]] = 1.5
    found = asked(crowd(extra=extra))
    assert found[12].p < 1e-6
    assert found[12].low < 20 < found[12].high
    assert (found[12].extra, found[12].usual) == (pytest.approx(20, rel=0.1), pytest.approx(40, rel=0.1))
    assert min(one.p for name, one in found.items() if name != 12) > 0.001


def test_one_good_december_is_no_season():
    extra = np.ones(24)
    extra[11] = 2.0
    assert asked(crowd(extra=extra))[12].p > 0.001


def test_one_busy_customer_makes_no_season():
    counts = crowd(customers=100)
    counts[0, [5, 17]] += 60
    assert asked(counts)[6].p > 0.05
    spread = crowd(customers=100)
    spread[:60, [5, 17]] += 1
    assert asked(spread)[6].p < 0.001


def test_the_extra_is_that_of_least_squares():
    counts = crowd(seed=3)
    found = asked(counts)
    daily, time = counts.sum(axis=0) / LENGTHS, np.arange(24.0)
    for name, one in found.items():
        own = [name - 1, name + 11]
        others = [t for t in range(24) if t not in own]
        curve = np.polynomial.Polynomial.fit(time[others], daily[others], 3)
        assert one.extra == pytest.approx(float((daily[own] - curve(time[own])).mean()))
        assert one.usual == pytest.approx(float(curve(time[own]).mean()))
