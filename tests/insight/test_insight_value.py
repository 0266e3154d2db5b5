"""Who brings the revenue: grades by cumulative share, and the share of the best fifth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import oracle
from insight.random_shops import examples
from insight.shops import rows, table
from regulars.insight.value import Grades, concentration, graded, grades

amounts = st.lists(
    st.sampled_from([-300, 0, 1, 5, 5, 80, 95, 100, 7000]) | st.integers(0, 10**13), min_size=1, max_size=40
)


def customers(found):
    return table({"customer_id": "int64", "net_total": "int64"}, list(enumerate(found)))


def graded_by(found):
    return graded(found, grades(found))


def ask(found):
    return {row["customer_id"]: row["value_grade"] for row in rows(graded_by(customers(found)))}


@given(amounts)
@examples(20)
def test_grades_equal_the_slow_ones(found):
    assert ask(found) == oracle.grades(dict(enumerate(found)))


def test_the_customer_who_reaches_80_percent_is_still_an_a():
    assert list(ask([50, 30, 10, 5, 4, 1]).values()) == ["A", "A", "B", "B", "C", "C"]


def test_equal_money_has_an_equal_grade():
    assert set(ask([10] * 10).values()) == {"A"}
    assert list(ask([70, 10, 10, 10, 1]).values()) == ["A", "A", "A", "A", "C"]


def test_who_came_since_is_graded_by_the_same_steps():
    steps = grades(customers([50, 30, 10, 5, 4, 1]))
    assert steps == Grades(a=30, b=5)
    answer = rows(graded(customers([1000, 31, 29, 4, 0]), steps), "customer_id")
    assert [row["value_grade"] for row in answer] == ["A", "A", "B", "C", "C"]


def test_nobody_with_money_means_grade_c_for_all():
    assert grades(customers([])) == grades(customers([0, -5])) == Grades(None, None)
    assert set(ask([0, -5]).values()) == {"C"}


def test_margins_are_graded_among_the_customers_whose_margin_is_known():
    found = table({"customer_id": "int64", "margin_total": "int64"}, [(1, 800), (2, None), (3, 200), (4, -50)])
    steps = grades(found, money="margin_total")
    answer = rows(graded(found, steps, money="margin_total", grade="margin_grade"), "customer_id")
    assert [row["margin_grade"] for row in answer] == ["A", None, "B", "C"]
    assert set(answer[0]) == {"customer_id", "margin_total", "margin_grade"}


@given(amounts)
@examples(20)
def test_the_curve_and_the_top_fifth_equal_the_slow_ones(found):
    curve = concentration(customers(found))
    assert curve.n == len(found)
    assert curve.top_fifth == pytest.approx(oracle.top_fifth(found))
    if curve.top_fifth is not None:
        best, total = sorted(found, reverse=True), sum(found)
        assert curve.people[-1] == 1
        for people, revenue in zip(curve.people, curve.revenue, strict=True):
            assert revenue == pytest.approx(sum(best[: round(people * len(found))]) / total)


def test_the_curve_of_a_large_shop_has_a_point_at_each_hundredth():
    curve = concentration(customers(range(1, 12_346)))
    assert len(curve.people) in (101, 102)
    assert [round(share, 2) for share in curve.people[:3]] == [0, 0.01, 0.02]


def test_the_number_of_the_top_fifth_is_rounded_up():
    assert concentration(customers([10, 10, 10, 10, 10, 50])).top_fifth == 0.6


@pytest.mark.parametrize("found", [[], [0, 0], [-5, 5]])
def test_without_money_there_is_no_curve(found):
    assert concentration(customers(found)).top_fifth is None
