"""The worlds of reference "metrics", section 8: acquisition differs, behaviour does not."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from regulars.simulator.growth import HORIZON_DAYS, NEWCOMERS_FIRST_MONTH, grow

SEED = 7
WORLDS = tuple(NEWCOMERS_FIRST_MONTH)


@dataclass(frozen=True)
class Histories:
    first: np.ndarray
    second: np.ndarray
    last_month: np.ndarray


@cache
def histories(growth: float, **boost: float) -> Histories:
    world = grow(SEED, monthly_growth=growth, **boost)
    customer, time = world["customer"].to_numpy(), world["time"].to_numpy()
    by_customer = np.lexsort((time, customer))
    customer, time = customer[by_customer], time[by_customer]
    starts = np.flatnonzero(np.append(True, customer[1:] != customer[:-1]))
    orders = np.diff(np.append(starts, customer.size))
    second = np.full(starts.size, np.inf)
    second[orders > 1] = time[starts[orders > 1] + 1]
    return Histories(time[starts], second, np.unique(customer[time >= HORIZON_DAYS - 30]))


def second_order_rate(known: Histories) -> float:
    age = HORIZON_DAYS - known.first
    mature = (age > 90) & (age <= 180)
    return float(np.mean(known.second[mature] - known.first[mature] <= 90))


@pytest.mark.parametrize("growth", WORLDS)
def test_a_world_holds_about_a_hundred_thousand_customers(growth):
    assert 90_000 <= histories(growth).first.size <= 115_000


@pytest.mark.parametrize("growth", WORLDS)
def test_the_mature_second_order_rate_is_the_same_in_every_world(growth):
    assert 0.229 <= second_order_rate(histories(growth)) <= 0.251


@pytest.mark.parametrize(("growth", "share"), [(0.96, 0.401), (1.00, 0.376), (1.04, 0.344)])
def test_the_share_with_a_second_order_ever_moves_with_acquisition(growth, share):
    assert np.isfinite(histories(growth).second).mean() == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize(("growth", "share"), [(0.96, 0.786), (1.00, 0.620), (1.04, 0.481)])
def test_the_returning_share_of_buyers_moves_by_far_more(growth, share):
    known = histories(growth)
    assert (known.first[known.last_month] < HORIZON_DAYS - 30).mean() == pytest.approx(share, abs=0.025)


def test_newcomers_follow_the_monthly_growth():
    months = np.bincount((histories(0.96).first // 30).astype(int))
    assert months[:2].tolist() == [4800, 4608]
    assert set(np.bincount((histories(1.00).first // 30).astype(int))) == {2000}


def test_a_boost_raises_the_rate_of_late_customers():
    boosted = second_order_rate(histories(1.00, boost_last_days=200, boost=1.25))
    assert 0.015 < boosted - second_order_rate(histories(1.00)) < 0.07


def test_a_boost_leaves_every_earlier_customer_alone():
    plain, boosted = histories(1.00), histories(1.00, boost_last_days=200, boost=1.25)
    early = plain.first < HORIZON_DAYS - 200
    np.testing.assert_array_equal(plain.second[early], boosted.second[early])
    np.testing.assert_array_equal(plain.first, boosted.first)


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    assert grow(3, monthly_growth=1.0).equals(grow(3, monthly_growth=1.0))
    assert not grow(3, monthly_growth=1.0).equals(grow(4, monthly_growth=1.0))


def test_orders_are_sorted_by_time_and_lie_within_the_horizon():
    world = grow(SEED, monthly_growth=1.04)
    time, day = world["time"].to_numpy(), world["day"].to_numpy()
    assert (np.diff(time) >= 0).all()
    assert time[0] >= 0
    assert time[-1] < HORIZON_DAYS
    np.testing.assert_array_equal(day, np.floor(time))
    assert [str(kind) for kind in world.schema.types] == ["int64", "int32", "double", "int64"]
    assert set(world["net"].to_pylist()) == {100}


def test_an_unknown_growth_or_an_impossible_boost_is_refused():
    with pytest.raises(ValueError, match="monthly_growth"):
        grow(1, monthly_growth=1.1)
    with pytest.raises(ValueError, match="boost"):
        grow(1, monthly_growth=1.0, boost=0.0)
