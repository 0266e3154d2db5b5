"""N1, the share of new customers who came back within 90 days: its boundaries, and the slow count on random shops."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import oracle
from insight.random_shops import examples, habits
from insight.shops import beginnings, day, rows
from regulars.insight import came_back as module
from regulars.insight.came_back import CameBack, History, began_by, came_back

T = 800
FIRST_IN_WINDOW, LAST_IN_WINDOW = T - 90 - 14 - 91 + 1, T - 90 - 14


def people(customers, *days, first=1):
    return {who: {day(number): 1 for number in days} for who in range(first, first + customers)}


def ask(found, last=T, *, begins=0, opened=True, **rest) -> CameBack:
    return came_back(beginnings(found), as_of=day(last), history=History(day(begins), opened=opened), **rest)


def test_the_window_is_thirteen_weeks_that_end_a_horizon_and_a_grace_ago():
    window = ask({}).window
    assert (window.first, window.last) == (day(FIRST_IN_WINDOW), day(LAST_IN_WINDOW))
    assert (window.last - window.first).days == 13 * 7 - 1


@pytest.mark.parametrize(
    ("first", "n"), [(FIRST_IN_WINDOW - 1, 0), (FIRST_IN_WINDOW, 100), (LAST_IN_WINDOW, 100), (LAST_IN_WINDOW + 1, 0)]
)
def test_only_customers_who_had_the_horizon_and_the_grace_are_counted(first, n):
    assert ask(people(100, first)).n == n


@pytest.mark.parametrize(("gap", "k"), [(1, 100), (90, 100), (91, 0)])
def test_a_second_order_on_day_90_counts_and_one_on_day_91_does_not(gap, k):
    found = ask(people(100, 650, 650 + gap))
    assert (found.k, found.n, found.value) == (k, 100, k / 100)


def test_beginnings_as_of_a_day_know_no_later_day():
    found = beginnings(people(1, 5, 9) | people(1, 5, 10, first=2) | people(1, 10, first=3))
    assert rows(began_by(found, day(9)), "customer_id") == [
        {"customer_id": 1, "first_day": day(5), "second_day": day(9)},
        {"customer_id": 2, "first_day": day(5), "second_day": None},
    ]


def test_other_horizons_have_their_own_window_and_name():
    found = ask(people(100, 650, 720), horizon=60)
    assert (found.horizon, found.k, found.window.last) == (60, 0, day(T - 60 - 14))


@pytest.mark.parametrize(("customers", "why_not"), [(99, "too_few"), (100, "")])
def test_99_new_customers_give_counts_and_100_a_rate(customers, why_not):
    found = ask(people(customers, 650, 660))
    assert (found.k, found.n, found.why_not) == (customers, customers, why_not)
    assert (found.value is None, found.low is None, found.high is None) == (bool(why_not),) * 3


def test_the_rate_stands_with_wilsons_interval():
    found = ask(people(23, 650, 660) | people(77, 650, first=500))
    assert (found.value, round(found.low, 6), round(found.high, 6)) == (0.23, 0.158433, 0.321544)


@pytest.mark.parametrize(
    ("opened", "days", "why_not"),
    [(True, 194, "too_short"), (True, 195, ""), (False, 374, "too_short"), (False, 375, "")],
)
def test_a_shop_needs_195_days_from_its_opening_else_375(opened, days, why_not):
    last = days - 1
    found = ask(people(100, last - 90 - 14, last - 14), last, opened=opened)
    assert (found.why_not, found.have_days, found.need_days) == (why_not, days, 195 if opened else 375)


@pytest.mark.parametrize(("first", "n", "unknown"), [(FIRST_IN_WINDOW, 0, 100), (679, 0, 100), (680, 100, 0)])
def test_whoever_is_first_seen_within_180_days_of_the_history_is_unknown_and_left_out(first, n, unknown):
    found = ask(people(100, first), begins=500, opened=False)
    assert (found.n, found.unknown) == (n, unknown)
    assert ask(people(100, first), begins=500, opened=True).n == 100


def seasons(now: int, then: int, begins=0):
    a_year_ago = 650 - 364
    found = people(now, 650, 660) | people(1000 - now, 650, first=2000)
    found |= people(then, a_year_ago, a_year_ago + 9, first=4000) | people(1000 - then, a_year_ago, first=6000)
    return ask(found, begins=begins)


@pytest.mark.parametrize(("now", "then", "verdict"), [(230, 225, "noise"), (300, 225, "up"), (225, 300, "down")])
def test_the_verdict_compares_with_the_same_weekdays_of_last_year_and_names_noise(now, then, verdict):
    found = seasons(now, then)
    assert found.verdict == verdict
    assert (found.last_year.k, found.last_year.n) == (then, 1000)
    assert found.window.first - found.last_year.window.first == dt.timedelta(days=364)
    assert found.window.first.weekday() == found.last_year.window.first.weekday()


def test_there_is_no_verdict_against_a_year_without_a_rate_of_its_own():
    # Last year's window lies half before the history: its 1000 customers are not all there were.
    found = seasons(300, 225, begins=286)
    assert (found.value, found.last_year.value, found.last_year.n, found.verdict) == (0.3, None, 1000, "")


def test_the_early_read_takes_those_in_who_are_still_on_their_way():
    mature = people(30, 650, 660) | people(30, 650, first=300)
    found = ask(mature | people(60, 750, 760, first=500) | people(60, 750, first=900))
    assert (found.n, found.why_not, found.early_read) == (60, "too_few", pytest.approx(90 / 180))


def test_the_early_read_leaves_out_who_may_be_an_old_customer_and_what_the_grace_may_still_change():
    waiting = people(100, 690)
    old = people(100, 620, 630, first=500)
    assert ask(waiting | old, begins=500).early_read == pytest.approx(0.5)
    assert ask(waiting | old, begins=500, opened=False).early_read == 0
    assert ask(waiting | people(100, T - 20, T - 13, first=500)).early_read == 0
    assert ask(waiting | people(100, T - 21, T - 14, first=500)).early_read == pytest.approx(0.5)


def test_there_is_no_early_read_of_a_shop_younger_than_the_horizon():
    assert ask(people(200, 780, 782), begins=720).early_read is None


histories = st.tuples(st.integers(-200, 500), st.booleans())


@given(habits(), histories, st.integers(300, 900), st.sampled_from([30, 90, 120]))
@examples(15)
def test_n1_equals_the_slow_count_on_random_shops(found, history, last, horizon):
    begins, opened = history
    known = {who: days for who, days in found.items() if min(days) >= day(begins)}
    whole = {"begins": day(begins), "opened": opened, "horizon": horizon, "n_min": 2}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "N_MIN", 2)
        mine = ask(known, last, begins=begins, opened=opened, horizon=horizon)
    slow = oracle.n1(known, day(last), **whole)
    assert (mine.k, mine.n, mine.unknown, mine.why_not) == tuple(
        slow[name] for name in ("k", "n", "unknown", "why_not")
    )
    assert (mine.window.first, mine.window.last) == slow["window"]
    assert mine.value == slow["value"]
    if mine.value is not None:
        assert (mine.low, mine.high) == pytest.approx((max(0, slow["ends"][0]), min(1, slow["ends"][1])), abs=1e-7)
        earlier = oracle.n1(known, day(last - 364), **whole)
        assert (mine.last_year.k, mine.last_year.n) == (earlier["k"], earlier["n"])
