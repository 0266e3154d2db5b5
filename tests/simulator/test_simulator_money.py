"""Splitting and taxing amounts is exact to the cent."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.simulator import doubles, raw, streams
from regulars.simulator.money import share_out, sum_by, tax_inside

carts = st.lists(st.lists(st.integers(1, 100_000), min_size=1, max_size=5), min_size=1, max_size=6)


@given(carts, st.integers(0, 100))
def test_shares_of_a_discount_add_up_and_never_exceed_their_line(cart, percent):
    weights = np.array([cents for order in cart for cents in order], dtype=np.int64)
    groups = np.repeat(np.arange(len(cart)), [len(order) for order in cart])
    amounts = sum_by(groups, weights, groups=len(cart)) * percent // 100
    shares = share_out(amounts, weights, groups=groups)
    np.testing.assert_array_equal(sum_by(groups, shares, groups=len(cart)), amounts)
    assert ((shares >= 0) & (shares <= weights)).all()


@given(st.integers(0, 1_000_000), st.sampled_from([7, 19]))
def test_the_tax_inside_is_the_nearest_cent(cents, percent):
    tax = int(tax_inside(np.array([cents]), np.array([percent]))[0])
    assert abs(tax - cents * percent / (100 + percent)) <= 0.5


def test_each_process_has_luck_of_its_own():
    assert streams.stream(1, "a").random() == streams.stream(1, "a").random()
    assert streams.stream(1, "a").random() != streams.stream(1, "b").random()
    assert streams.stream(1, "a").random() != streams.stream(2, "a").random()


@pytest.mark.parametrize("module", [doubles, raw, streams])
def test_the_examples_in_the_docstrings_hold(module):
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
