"""The contact budget: no stretch of days with too many contacts, whatever the order in which they were planned."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.policy.budget import DEFAULT, Window, earliest, fits

START = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)


def at(hours):
    return START + dt.timedelta(hours=hours)


def crowded(contacts, window):
    """The slow way: from each contact on, how many lie within the window's length."""
    length = dt.timedelta(days=window.days)
    return any(sum(one <= other < one + length for other in contacts) > window.contacts for one in contacts)


@given(wishes=st.lists(st.integers(0, 24 * 70), max_size=30))
def test_whatever_is_granted_no_window_is_ever_crowded(wishes):
    granted = []
    for wish in wishes:
        if fits(at(wish), sorted(granted)):
            granted.append(at(wish))
        assert not any(crowded(granted, window) for window in DEFAULT)


@given(wishes=st.lists(st.integers(0, 24 * 70), max_size=12), wish=st.integers(0, 24 * 70))
def test_the_earliest_time_fits_and_nothing_before_it_does(wishes, wish):
    granted = []
    for each in wishes:
        if fits(at(each), sorted(granted)):
            granted.append(at(each))
    found = earliest(at(wish), sorted(granted))
    assert found is not None
    assert fits(found, sorted(granted))
    hours = int((found - at(wish)) / dt.timedelta(hours=1))
    assert not any(fits(at(wish + hour), sorted(granted)) for hour in range(hours))


def test_one_contact_in_seven_days_and_three_in_thirty():
    assert not fits(at(0), [at(24 * 6)])
    assert fits(at(0), [at(24 * 7)])
    assert not fits(at(24 * 29), [at(0), at(24 * 8), at(24 * 16)])
    assert fits(at(24 * 30), [at(0), at(24 * 8), at(24 * 16)])


def test_a_budget_of_nothing_grants_nothing():
    assert earliest(at(0), [], (Window(7, 0),)) is None


def test_a_slot_that_comes_only_after_the_end_is_none():
    assert earliest(at(0), [at(0)], until=at(24 * 7)) is None
    assert earliest(at(0), [at(0)], until=at(24 * 7 + 1)) == at(24 * 7)


@pytest.mark.parametrize("window", [(0, 1), (7, -1)])
def test_a_window_without_days_or_with_negative_contacts_is_refused(window):
    with pytest.raises(ValueError, match="window"):
        Window(*window)
