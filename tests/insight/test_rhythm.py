"""Each customer's own rhythm, shrunk to the product's and the shop's; late is later than three of four gaps."""

from math import ceil, exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given

from insight import oracle
from insight.random_shops import examples, habits
from insight.shops import day, rows, table, valid_orders
from regulars.insight.rhythm import (
    DEFAULT_LEVEL,
    LATE_Z,
    LOST_Z,
    PRODUCT_WEIGHT,
    ShopRhythm,
    gap_sums,
    gaps,
    product_levels,
    shop_rhythm,
    with_rhythm,
)

SHOP = ShopRhythm(level=log(30), within=0.5, prior_gaps=2.0, gaps=1000)
COLUMNS = {
    "customer_id": "int64", "gaps": "int64", "log_sum": "float64", "product_level": "float64", "last_day": "date",
    "days_since_last_order": "int64", "order_days": "int64", "last_gap": "int64",
}  # fmt: skip


def sums_of(found):
    return rows(gap_sums(gaps(valid_orders(found))), "customer_id")


@given(habits())
@examples(15)
def test_gaps_equal_the_slow_ones(found):
    own = {who: oracle.gaps(days) for who, days in found.items() if len(days) > 1}
    answer = {row["customer_id"]: row for row in sums_of(found)}
    assert answer.keys() == own.keys()
    for who, mine in own.items():
        row = answer[who]
        assert (row["gaps"], row["second_gap"], row["last_gap"]) == (len(mine), mine[0], mine[-1])
        assert (row["shortest_gap"], row["longest_gap"]) == (min(mine), max(mine))
        assert row["log_sum"] == pytest.approx(sum(map(log, mine)))
        assert row["log_squares"] == pytest.approx(sum(log(gap) ** 2 for gap in mine))


def paced(*, own=(), product=None, since=0, order_days=None):
    row = (
        1, len(own), sum(map(log, own)) if own else None, product, day(100), since,
        len(own) + 1 if order_days is None else order_days, own[-1] if own else None,
    )  # fmt: skip
    return rows(with_rhythm(table(COLUMNS, [row]), SHOP))[0]


def test_without_gaps_of_ones_own_the_shops_rhythm_holds():
    row = paced()
    spread = SHOP.within * sqrt(1 + 1 / SHOP.prior_gaps)
    assert row["usual_gap_days"] == 30
    assert row["late_after_days"] == ceil(exp(SHOP.level + LATE_Z * spread))
    assert row["lost_after_days"] == ceil(exp(SHOP.level + LOST_Z * spread))


def test_without_gaps_of_ones_own_the_products_rhythm_goes_before_the_shops():
    assert paced(product=log(10))["usual_gap_days"] == 10


def test_few_gaps_lie_between_ones_own_rhythm_and_the_products():
    usual = paced(own=(90, 90), product=log(10))["usual_gap_days"]
    assert usual == round(sqrt(90 * 10))


def test_many_gaps_are_ones_own_rhythm():
    row = paced(own=(7,) * 400, product=log(300))
    assert row["usual_gap_days"] == 7
    assert row["late_after_days"] == pytest.approx(7 * exp(LATE_Z * SHOP.within), abs=1.5)


def test_the_next_order_is_due_after_the_usual_gap():
    row = paced(own=(7,) * 400, since=50)
    assert row["due_on"] == day(107)
    assert row["days_late"] == 50 - row["late_after_days"]
    assert row["lateness"] == pytest.approx(50 / row["late_after_days"])
    assert paced(since=1)["days_late"] == 0


@pytest.mark.parametrize(
    ("own", "since", "stage"),
    [
        ((), 10, "new"), ((30,), 10, "active"), ((30, 30, 30), 10, "loyal"), ((30, 30, 400), 10, "returned"),
        ((30, 30, 30), 60, "slipping"), ((), 60, "slipping"), ((30, 30, 30), 400, "lost"), ((), 400, "lost"),
    ],
)  # fmt: skip
def test_the_stage_follows_ones_own_rhythm(own, since, stage):
    assert paced(own=own, since=since)["stage"] == stage


def test_slipping_begins_the_day_after_three_of_four_gaps_are_over():
    late = paced(own=(30, 30, 30))["late_after_days"]
    assert paced(own=(30, 30, 30), since=late)["stage"] == "loyal"
    assert paced(own=(30, 30, 30), since=late + 1)["stage"] == "slipping"


def sums_table(own):
    columns = {"customer_id": "int64", "gaps": "int64", "log_sum": "float64", "log_squares": "float64"}
    return table(
        columns, [(who, len(mine), sum(map(log, mine)), sum(log(g) ** 2 for g in mine)) for who, mine in own.items()]
    )


def test_the_variances_within_and_among_customers_are_found_again():
    luck = np.random.default_rng(3)
    levels = luck.normal(log(40), 0.6, 3000)
    own = {who: np.exp(luck.normal(level, 0.4, luck.integers(1, 8))) for who, level in enumerate(levels)}
    shop = shop_rhythm(sums_table(own))
    assert shop.level == pytest.approx(log(40), abs=0.05)
    assert shop.within == pytest.approx(0.4, abs=0.02)
    assert shop.prior_gaps == pytest.approx(0.4**2 / 0.6**2, rel=0.1)
    assert shop.gaps == sum(map(len, own.values()))


def test_customers_who_are_all_alike_are_shrunk_hard():
    luck = np.random.default_rng(4)
    alike = {who: np.exp(luck.normal(log(40), 0.4, 3)) for who in range(500)}
    assert shop_rhythm(sums_table(alike)).prior_gaps > 10


def test_a_shop_without_gaps_takes_ninety_days():
    shop = shop_rhythm(sums_table({}))
    assert (shop.gaps, round(shop.usual_days)) == (0, 90)


def test_a_shop_with_few_gaps_leans_on_ninety_days_and_one_with_twenty_does_not():
    assert shop_rhythm(sums_table({1: [10.0] * 5})).level == pytest.approx((5 * log(10) + 15 * DEFAULT_LEVEL) / 20)
    assert shop_rhythm(sums_table({who: [10.0] for who in range(20)})).level == pytest.approx(log(10))


def test_every_gap_equal_gives_finite_numbers():
    shop = shop_rhythm(sums_table({who: [10.0] * 4 for who in range(50)}))
    assert 0 < shop.within < 0.01
    assert 0 < shop.prior_gaps <= 50


def test_a_products_level_is_shrunk_to_the_shops():
    columns = {"customer_id": "int64", "variant_id": "int64", "log_gap": "float64"}
    given_gaps = table(columns, [(1, 7, log(10))] * 20 + [(1, 8, log(10))] * 2000 + [(1, None, log(500))])
    found = {row["variant_id"]: row["product_level"] for row in rows(product_levels(given_gaps, SHOP))}
    assert found == {
        7: pytest.approx((log(10) + log(30)) / 2),
        8: pytest.approx((2000 * log(10) + PRODUCT_WEIGHT * log(30)) / (2000 + PRODUCT_WEIGHT)),
    }
