"""Who ordered in which month after the first: cells are finished when the month and its grace are over."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import oracle
from insight.random_shops import examples, habits
from insight.shops import beginnings, day, rows, valid_orders
from regulars.insight.cohorts import cohorts, finished_month


def ask(found, last: dt.date):
    table = rows(cohorts(valid_orders(found), beginnings(found), as_of=last))
    return {
        (f"{row['cohort'] // 12}-{row['cohort'] % 12 + 1:02}", row["age"]): (
            row["size"], row["customers"], row["net"], row["mature"],
        )
        for row in table
    }  # fmt: skip


def test_a_cell_counts_customers_of_the_cohort_and_their_revenue():
    january, march = dt.date(2024, 1, 31), dt.date(2024, 3, 1)
    found = {1: {january: 100, march: 50}, 2: {january: 200}, 3: {march: 70, dt.date(2024, 3, 9): 5}}
    assert ask(found, dt.date(2025, 1, 1)) == {
        ("2024-01", 0): (2, 2, 300, True),
        ("2024-01", 2): (2, 1, 50, True),
        ("2024-03", 0): (1, 1, 75, True),
    }


@pytest.mark.parametrize(
    ("last", "month"),
    [
        ("2024-02-13", "2023-12"),
        ("2024-02-14", "2024-01"),
        ("2024-03-13", "2024-01"),
        ("2024-03-14", "2024-02"),
        ("2024-01-14", "2023-12"),
    ],
)
def test_a_month_is_finished_when_its_last_day_has_had_the_grace(last, month):
    finished = finished_month(dt.date.fromisoformat(last))
    assert f"{finished // 12}-{finished % 12 + 1:02}" == month


@pytest.mark.parametrize(("last", "mature"), [("2024-03-13", False), ("2024-03-14", True)])
def test_an_unfinished_cell_is_not_mature(last, mature):
    found = {1: {dt.date(2024, 1, 31): 1, dt.date(2024, 2, 1): 1}}
    assert ask(found, dt.date.fromisoformat(last))["2024-01", 1][3] is mature


@given(habits(last=500), st.integers(0, 600).map(day))
@examples(20)
def test_cohorts_equal_the_slow_count(found, last):
    mine = ask(found, last)
    assert mine == oracle.cohorts(found, last)
    for (month, age), (size, customers, net, _mature) in mine.items():
        assert customers <= size == mine[month, 0][1]
        assert age >= 0 <= net
