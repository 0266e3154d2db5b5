from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.lifetime.histories import Histories, HistoriesError, Spend


@st.composite
def customers(draw):
    age = draw(st.integers(0, 12))
    last = draw(st.integers(0, age))
    return draw(st.integers(1, 3)) if last else 0, last, age


def tally(histories):
    rows = zip(histories.x, histories.t_x, histories.T, histories.count, strict=True)
    return Counter({(int(x), int(t_x), int(T)): int(count) for x, t_x, T, count in rows})


@given(st.lists(customers(), max_size=60))
def test_equal_customers_become_one_row_with_their_number(people):
    x, t_x, T = np.array(people, dtype=np.int64).reshape(-1, 3).T
    assert tally(Histories.of(x, t_x, T)) == Counter(people)


@given(st.lists(st.tuples(customers(), st.integers(1, 9)), max_size=40), st.randoms())
def test_counted_rows_add_up_whatever_their_order(rows, luck):
    luck.shuffle(rows)
    expected = Counter()
    for person, number in rows:
        expected[person] += number
    x, t_x, T = np.array([person for person, _ in rows], dtype=np.int64).reshape(-1, 3).T
    assert tally(Histories.of(x, t_x, T, [number for _, number in rows])) == expected


def test_distinct_rows_are_sorted_by_orders_then_age_then_recency():
    histories = Histories.of([2, 0, 1, 1, 1], [5, 0, 9, 3, 9], [9, 4, 9, 9, 12])
    rows = list(zip(histories.x.tolist(), histories.T.tolist(), histories.t_x.tolist(), strict=True))
    assert rows == [(0, 4, 0), (1, 9, 3), (1, 9, 9), (1, 12, 9), (2, 9, 5)]


def test_an_empty_shop_has_no_customers_and_no_age():
    empty = Histories.of([], [], [])
    assert (empty.customers, empty.longest, empty.distinct().x.size) == (0, 0, 0)


@pytest.mark.parametrize(
    ("x", "t_x", "T", "count", "rule"),
    [
        ([-1], [0], [5], [1], "x must lie in"),
        ([1], [6], [5], [1], r"t_x must lie in 0 \.\. T"),
        ([1], [-2], [5], [1], r"t_x must lie in 0 \.\. T"),
        ([0], [3], [5], [1], "t_x is 0 when x is 0"),
        ([1], [0], [5], [1], "t_x is 0 when x is 0"),
        ([0, 1], [0, 3], [5, 2_000_000], [1, 1], "row 1 does not"),
        ([0], [0], [5], [0], "count must be at least 1"),
        ([0, 1], [0], [5], [1], "differ in length"),
        ([0.5], [0], [5], [1], "whole numbers"),
        ([[0]], [0], [5], [1], "one row of numbers"),
    ],
)
def test_a_row_that_no_customer_can_have_is_refused_by_its_rule(x, t_x, T, count, rule):
    with pytest.raises(HistoriesError, match=rule):
        Histories.of(x, t_x, T, count)


def test_a_sample_keeps_the_mix_of_customers_and_is_the_same_each_time():
    histories = Histories.of([0, 1, 2], [0, 5, 7], [9, 9, 9], [6_000, 3_000, 1_000])
    sample = histories.sample(1_000)
    assert sample.count.tolist() == [600, 300, 100]
    assert histories.sample(1_000).count.tolist() == sample.count.tolist()


def test_a_shop_smaller_than_the_sample_is_taken_whole():
    histories = Histories.of([0, 1], [0, 5], [9, 9])
    assert histories.sample(2) is histories


@pytest.mark.parametrize(
    ("x", "m", "rule"),
    [
        ([1], [-1.0], "not negative"),
        ([1], [np.nan], "finite"),
        ([0], [5.0], "no repeat order to average"),
        ([1, 2], [5.0], "differ in length"),
    ],
)
def test_a_mean_value_that_no_customer_can_have_is_refused(x, m, rule):
    with pytest.raises(HistoriesError, match=rule):
        Spend.of(x, m)
