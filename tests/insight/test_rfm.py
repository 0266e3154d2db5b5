"""Fifths of recency, frequency and money: equal customers get equal scores, whatever the order of rows."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import oracle
from insight.random_shops import examples
from insight.shops import rows, table
from regulars.insight.rfm import CORNERS, Cuts, corner, cuts, scored

COLUMNS = {"customer_id": "int64", "days_since_last_order": "int64", "order_days": "int64", "net_total": "int64"}
customers = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 6), st.sampled_from([0, 1, 500, 10**12])), min_size=1, max_size=30
)


def ask(found):
    return scores(list(enumerate(found)))


def scores(found):
    customers = table(COLUMNS, [(who, *values) for who, values in found])
    return rows(scored(customers, cuts(customers)), "customer_id")


@given(customers)
@examples(10)
def test_scores_equal_the_slow_ones(found):
    answer = ask(found)
    since, orders, money = zip(*found, strict=True)
    assert [row["rfm_recency"] for row in answer] == oracle.fifths([-days for days in since])
    assert [row["rfm_frequency"] for row in answer] == oracle.fifths(orders)
    assert [row["rfm_money"] for row in answer] == oracle.fifths(money)
    for row in answer:
        assert row["rfm_score"] == int(f"{row['rfm_recency']}{row['rfm_frequency']}{row['rfm_money']}")


@given(customers, st.randoms(use_true_random=False))
@examples(5)
def test_the_order_of_rows_changes_no_score(found, luck):
    mixed = luck.sample(list(enumerate(found)), len(found))
    assert scores(mixed) == ask(found)


def test_who_came_since_is_scored_by_the_ends_of_the_fifths_alone():
    known = table(COLUMNS, [(who, 100 - who, 1 + who // 25, who) for who in range(100)])
    new = table(COLUMNS, [(1, 0, 9, 10**9), (2, 500, 1, -5), (3, 50, 2, 50)])
    answer = rows(scored(new, cuts(known)), "customer_id")
    assert [row["rfm_score"] for row in answer] == [555, 111, 323]


def test_a_shop_without_customers_has_no_ends():
    empty = table(COLUMNS, [])
    assert cuts(empty) == Cuts((), (), ())
    assert [row["rfm_score"] for row in rows(scored(table(COLUMNS, [(1, 2, 3, 4)]), cuts(empty)))] == [111]


@pytest.mark.parametrize("n", [1, 4, 5, 6, 99, 100, 101])
def test_different_customers_fall_into_equal_fifths(n):
    scores = [row["rfm_money"] for row in ask([(0, 1, money) for money in range(n)])]
    sizes = [scores.count(score) for score in range(1, 6)]
    assert scores == sorted(scores)
    assert max(sizes) - min(sizes) <= 1


def test_every_corner_of_the_grid_has_exactly_one_name():
    grid = list(product(range(1, 6), repeat=3))
    columns = {"rfm_recency": "int64", "rfm_frequency": "int64", "rfm_money": "int64"}
    given_scores = table(columns, grid)
    named = rows(given_scores.mutate(name=corner(given_scores)))
    assert {row["name"] for row in named} == {name for name, *_rest in CORNERS}
    for row in named:
        recency, mean = row["rfm_recency"], (row["rfm_frequency"] + row["rfm_money"]) / 2
        expected = {
            "champions": recency >= 4 and mean >= 4,
            "loyal": recency >= 3 and mean >= 3.5 and not (recency >= 4 and mean >= 4),
            "promising": recency >= 4 and 2 <= mean < 3.5,
            "newcomers": recency >= 4 and mean < 2,
            "need_attention": recency == 3 and 2 <= mean < 3.5,
            "cooling": recency == 3 and mean < 2,
            "must_not_lose": recency <= 2 and mean >= 4,
            "at_risk": recency <= 2 and 2.5 <= mean < 4,
            "asleep": recency <= 2 and mean < 2.5,
        }
        assert [name for name, holds in expected.items() if holds] == [row["name"]]
