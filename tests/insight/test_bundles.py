"""Twos and threes in one basket, against slow counts; chance makes no bundle."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples
from insight.shops import day, table
from regulars.insight.bundles import bundles
from regulars.insight.shares import wilson

COLUMNS = {"customer_id": "int64", "day": "date", "variant_id": "int64"}


def ask(baskets, support_min=10):
    rows = [(who % 50, day(who), variant) for who, some in enumerate(baskets) for variant in some]
    return bundles(table(COLUMNS, rows), support_min=support_min)


def slow(baskets, support_min):
    """Every set of two or three and how much more often it came than its best split says."""
    sets = [set(some) for some in baskets if 0 < len(set(some)) <= 30]
    variants, n, found = sorted(set().union(*sets)), len(sets), {}

    def count(some):
        return sum(set(some) <= basket for basket in sets)

    for size in (2, 3):
        for some in combinations(variants, size):
            if count(some) >= support_min:
                splits = [(v,) for v in some]
                lift = min(count(some) * n / (count(one) * count(set(some) - set(one))) for one in splits)
                found[some] = (count(some), lift)
    return found


@given(st.lists(st.lists(st.integers(1, 4), max_size=4), min_size=1, max_size=25))
@examples(8)
def test_bundles_equal_the_slow_ones(baskets):
    expected = slow(baskets, 2) if any(baskets) else {}
    found = {one.variants: one for one in ask(baskets, support_min=2)}
    assert set(found) <= set(expected)
    for variants, one in found.items():
        assert (one.baskets, one.n) == (expected[variants][0], sum(bool(some) for some in baskets))
        assert one.lift == pytest.approx(expected[variants][1])
        assert (one.share_low, one.share_high) == pytest.approx(wilson(one.baskets, one.n))
        assert 1 < one.low <= one.lift <= one.high


def test_what_belongs_together_is_found_and_the_three_only_beyond_its_twos():
    together = [(1, 2, 3)] * 30 + [(1,), (2,), (3,)] * 15 + [(4,)] * 50
    found = {one.variants for one in ask(together)}
    assert found == {(1, 2), (1, 3), (2, 3), (1, 2, 3)}
    # 3 joins the pair of 1 and 2 by chance, in half of all baskets.
    by_chance = [(1, 2)] * 50 + [(1, 2, 3)] * 50 + [(4,)] * 50 + [(3, 4)] * 50
    assert {one.variants for one in ask(by_chance)} == {(1, 2)}


def test_chance_makes_few_bundles():
    luck = random.Random(3)
    baskets = [[variant for variant in range(15) if luck.random() < 0.2] for _basket in range(600)]
    # 105 pairs, each with a chance of one in forty to look surely more than chance; threes are counted as well.
    pairs = [one for one in ask(baskets) if len(one.variants) == 2]
    assert len(pairs) <= 8


def test_baskets_of_resellers_and_an_empty_shop_have_no_bundles():
    assert ask([range(31)] * 20) == ()
    assert ask([]) == ()
    assert ask([(1,)] * 20) == ()
