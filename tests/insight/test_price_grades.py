"""Grades within the category by units sold, and who climbs or steps down."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples
from insight.shops import ADA, BEN, CLEO, Variant, day, opened, rows, shop, table
from regulars.insight.periods import Period
from regulars.insight.price_grades import drift, of_customers, price_grades

BOUGHT = {"customer_id": "int64", "day": "date", "variant_id": "int64", "units": "int64", "net": "int64"}
THEN, NOW = Period(day(0), day(99)), Period(day(100), day(199))


def grades_of(bought, variants):
    with opened(shop(variants=variants)) as (_engine, facts):
        return {row["variant_id"]: row["grade"] for row in rows(price_grades(facts, table(BOUGHT, bought)))}


sales = st.lists(st.tuples(st.integers(1, 7), st.integers(0, 4), st.sampled_from([0, 100, 200, 300, 301])), max_size=25)


@given(sales)
@examples(10)
def test_grades_equal_the_slow_ones(found):
    """Variants 1 to 4 are tea, 5 and 6 cups, 7 has no category."""
    category = {v: "tea" if v < 5 else "cups" if v < 7 else "" for v in range(1, 8)}
    mine = grades_of(
        [(1, day(at), v, units, units * price) for at, (v, units, price) in enumerate(found)],
        tuple(Variant(v, category=name) for v, name in category.items()),
    )
    units = {v: sum(n for w, n, _price in found if w == v) for v in category}
    money = {v: sum(n * price for w, n, price in found if w == v) for v in category}
    price = {v: math.floor(money[v] / units[v] + 0.5) for v in category if units[v] and money[v]}
    slow = {}
    for v, own in price.items():
        shelf = [w for w in price if category[w] == category[v]]
        if category[v] and len({price[w] for w in shelf}) >= 3:
            below, all_ = sum(units[w] for w in shelf if price[w] < own), sum(units[w] for w in shelf)
            slow[v] = "low" if 3 * below < all_ else "middle" if 3 * below < 2 * all_ else "high"
    assert mine == slow


GRADES = {"variant_id": "int64", "grade": "string"}


def graded():
    return table(GRADES, [(1, "low"), (2, "middle"), (3, "high")])


def test_the_usual_grade_is_that_of_most_units():
    bought = [
        (ADA, day(0), 1, 1, 9), (ADA, day(1), 3, 2, 9), (BEN, day(0), 1, 1, 9), (BEN, day(0), 2, 1, 9),
        (CLEO, day(0), 9, 5, 9), (CLEO, day(1), 2, 1, 9),
    ]  # fmt: skip
    found = {row["customer_id"]: row for row in rows(of_customers(table(BOUGHT, bought), graded()))}
    assert {who: (row["usual"], row["low"], row["middle"], row["high"]) for who, row in found.items()} == {
        ADA: ("high", 1, 0, 2), BEN: ("low", 1, 1, 0), CLEO: ("middle", 0, 1, 0),
    }  # fmt: skip
    assert found[ADA]["mean_grade"] == pytest.approx(4 / 3)


def moved(up, down, same):
    people = [(1, 3)] * up + [(3, 2)] * down + [(2, 2)] * same
    bought = [(who, day(at), v, 1, 9) for who, pair in enumerate(people) for at, v in zip((50, 150), pair, strict=True)]
    return drift(table(BOUGHT, [*bought, (1000, day(50), 1, 1, 9)]), graded(), then=THEN, now=NOW)


def test_drift_counts_each_customer_of_both_periods_once():
    found = moved(40, 10, 60)
    assert (found.up, found.down, found.same, found.net.n) == (40, 10, 60, 110)
    assert found.moves["low", "high"] == 40
    assert found.moves["high", "middle"] == 10
    assert sum(found.moves.values()) == 110
    assert found.net.value == pytest.approx(30 / 110)
    # Four cells of a matched table, half a customer more in each.
    b, c, n = 40.5, 10.5, 112
    half = 1.959964 * math.sqrt(b + c - (b - c) ** 2 / n) / n
    assert (found.net.low, found.net.high) == pytest.approx(((b - c) / n - half, (b - c) / n + half))


def test_below_a_hundred_customers_there_is_no_drift_and_an_empty_shop_has_none():
    few = moved(40, 10, 49)
    assert (few.net.value, few.net.why_not, few.up) == (None, "too_few", 40)
    assert moved(0, 0, 0).net.n == 0
