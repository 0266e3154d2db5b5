"""Messages leave no faster than the account allows, and a new address begins slowly."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.policy.rates import Bucket, SentDay, Speed, ceiling, next_token, speed, take

START = dt.datetime(2026, 11, 18, 10, 0, tzinfo=dt.UTC)


def after(seconds):
    return START + dt.timedelta(seconds=seconds)


@given(
    per_minute=st.integers(1, 10_000),
    asked=st.lists(st.tuples(st.floats(0, 300), st.integers(0, 500)), max_size=40),
)
def test_in_any_time_no_more_leaves_than_burst_and_speed_allow(per_minute, asked):
    fast = speed(per_minute, marketing=True)
    bucket, seconds, left = None, 0.0, 0
    for pause, wanted in asked:
        seconds += pause
        granted, bucket = take(bucket, wanted, speed=fast, now=after(seconds))
        assert 0 <= granted <= wanted
        left += granted
    assert left <= fast.burst + seconds * fast.per_minute / 60 + 1e-3


def test_a_full_bucket_lets_a_burst_pass_and_then_as_much_as_comes_in():
    fast = Speed(per_minute=60, burst=10)
    granted, bucket = take(None, 100, speed=fast, now=START)
    assert granted == 10
    assert take(bucket, 100, speed=fast, now=after(3.5))[0] == 3
    assert next_token(bucket, speed=fast) == after(1)


def test_a_clock_that_goes_back_gives_nothing():
    fast = Speed(60, 10)
    _granted, bucket = take(None, 10, speed=fast, now=after(100))
    assert take(bucket, 10, speed=fast, now=START) == (0, bucket)


def test_an_account_that_may_send_nothing_never_has_a_token():
    assert next_token(Bucket(0, START), speed=Speed(0, 1)) is None


@pytest.mark.parametrize(("marketing", "a_minute"), [(True, 480), (False, 120)])
def test_letters_about_orders_have_a_fifth_of_their_own(marketing, a_minute):
    assert speed(600, marketing=marketing).per_minute == pytest.approx(a_minute)


GOOD = [
    ([], 200),
    ([SentDay(50)], 200),
    ([SentDay(200)], 300),
    ([SentDay(200), SentDay(300)], 450),
    ([SentDay(200), SentDay(300), SentDay(0), SentDay(10)], 450),
    ([SentDay(1000), SentDay(1500, bad=True)], 1000),
    ([SentDay(1000), SentDay(1500, bad=True), SentDay(1000)], 1500),
    ([SentDay(200), SentDay(300, bad=True), SentDay(100, bad=True)], 200),
]


@pytest.mark.parametrize(("days", "today"), GOOD)
def test_a_day_may_bring_half_more_than_the_best_before_and_less_after_a_bad_one(days, today):
    assert ceiling(days) == today
