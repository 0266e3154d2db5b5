"""A return that names no order undoes the customer's own purchases, the latest before it first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples
from insight.shops import ADA, BEN
from regulars.insight.returns import Matched, Purchase, Return, match

TEA, CUP = 1, 2


def bought(order, at, quantity=1, customer=ADA, variant=TEA):
    return Purchase(customer, variant, at, order, quantity)


def back(at, quantity=1, amount=100, refund=1, customer=ADA, variant=TEA):
    return Return(refund, customer, variant, at, quantity, amount)


def test_the_latest_purchase_before_the_return_is_undone_first():
    found = match([bought(1, "2024-01-01"), bought(2, "2024-02-01"), bought(3, "2024-04-01")], [back("2024-03-01")])
    assert list(found) == [Matched(1, 2, 1, 100)]


def test_a_return_on_the_day_of_its_purchase_undoes_it():
    assert list(match([bought(1, "2024-01-01")], [back("2024-01-01")])) == [Matched(1, 1, 1, 100)]


def test_a_return_of_more_than_one_order_is_split_to_the_cent():
    found = match([bought(1, "2024-01-01", 2), bought(2, "2024-02-01")], [back("2024-03-01", 3, 100)])
    assert list(found) == [Matched(1, 2, 1, 33), Matched(1, 1, 2, 67)]


def test_each_purchased_unit_is_given_back_at_most_once():
    purchases = [bought(1, "2024-01-01")]
    found = list(match(purchases, [back("2024-02-01", refund=1), back("2024-02-02", refund=2)]))
    assert [(part.refund, part.order) for part in found] == [(1, 1), (2, None)]


@pytest.mark.parametrize("other", [{"customer": BEN}, {"variant": CUP}, {"at": "2024-02-02"}])
def test_no_other_purchase_is_touched(other):
    found = match([bought(1, **{"at": "2024-01-01", **other})], [back("2024-02-01")])
    assert list(found) == [Matched(1, None, 1, 100)]


def test_a_return_without_a_quantity_keeps_its_money():
    assert list(match([bought(1, "2024-01-01")], [back("2024-02-01", quantity=0)])) == [Matched(1, None, 0, 100)]


moments = st.sampled_from(["2024-01-01", "2024-01-02", "2024-01-03"])
people, goods = st.sampled_from([ADA, BEN]), st.sampled_from([TEA, CUP])
purchases = st.lists(st.builds(Purchase, people, goods, moments, st.integers(1, 5), st.integers(1, 4)), max_size=8)
returns = st.lists(st.tuples(people, goods, moments, st.integers(0, 5), st.integers(0, 1000)), max_size=8).map(
    lambda found: [Return(number, *rest) for number, rest in enumerate(found)]
)


@given(purchases, returns, st.randoms(use_true_random=False))
@examples(100)
def test_nothing_is_lost_nothing_is_undone_twice_and_the_order_of_rows_makes_no_difference(bought_, back_, luck):
    found = list(match(bought_, back_))
    for item in back_:
        parts = [part for part in found if part.refund == item.refund]
        assert sum(part.amount for part in parts) == item.amount
        assert sum(part.quantity for part in parts) == item.quantity
    for who, what, number in {(p.customer, p.variant, p.order) for p in bought_}:
        owned = sum(p.quantity for p in bought_ if (p.customer, p.variant, p.order) == (who, what, number))
        mine = {item.refund for item in back_ if (item.customer, item.variant) == (who, what)}
        assert sum(part.quantity for part in found if part.order == number and part.refund in mine) <= owned
    mixed = match(luck.sample(bought_, len(bought_)), luck.sample(back_, len(back_)))
    assert sorted(mixed, key=repr) == sorted(found, key=repr)
