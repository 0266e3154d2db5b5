"""The same product bought again within 30 days of its return is an exchange, not loyalty."""

import pytest

from insight.questions import Question
from insight.shops import ADA, BEN, Order, Refund, Variant, day, shop
from regulars.insight.valid import net_orders

TEA_SMALL, TEA_LARGE, CUP = 1, 2, 3
GOODS = (Variant(TEA_SMALL, 10), Variant(TEA_LARGE, 10), Variant(CUP, 11))
QUESTION = Question(lambda _engine, facts: {"orders": net_orders(facts, as_of=day(400))})


def bought(number, when, *variants, who=ADA, **rest):
    return Order(number, who, day(when), lines=tuple((variant, 1, 500) for variant in variants), **rest)


def returned(when=20, variant=TEA_SMALL, order=1, **rest):
    return Refund(1, order, 200, None if when is None else day(when), variant=variant, **rest)


def why_not(refund, *orders):
    found = QUESTION.ask(shop(bought(1, 0, TEA_SMALL), *orders, refunds=(refund,), variants=GOODS))["orders"]
    return {row["order_id"]: row["why_invalid"] for row in found}


@pytest.mark.parametrize(("again", "reason"), [(19, None), (20, "swap"), (50, "swap"), (51, None)])
def test_an_exchange_is_the_same_product_within_thirty_days_of_its_return(again, reason):
    assert why_not(returned(), bought(2, again, TEA_SMALL)) == {1: None, 2: reason}


def test_another_size_of_the_same_product_is_an_exchange():
    assert why_not(returned(), bought(2, 25, TEA_LARGE))[2] == "swap"


def test_another_product_is_no_exchange():
    assert why_not(returned(), bought(2, 25, CUP))[2] is None


def test_an_order_with_one_new_product_counts():
    assert why_not(returned(), bought(2, 25, TEA_SMALL, CUP))[2] is None
    assert why_not(returned(), bought(2, 25, TEA_SMALL, TEA_LARGE))[2] == "swap"


def test_postage_does_not_make_an_exchange_a_purchase():
    assert why_not(returned(), bought(2, 25, TEA_SMALL, fee=490))[2] == "swap"


def test_a_product_nobody_knows_is_no_exchange():
    assert why_not(returned(), bought(2, 25, TEA_SMALL, None))[2] is None


def test_somebody_elses_order_is_no_exchange():
    assert why_not(returned(), bought(2, 25, TEA_SMALL, who=BEN))[2] is None


def test_a_return_without_a_day_and_a_failed_refund_make_no_exchange():
    assert why_not(returned(when=None, known=day(20)), bought(2, 25, TEA_SMALL))[2] is None
    assert why_not(returned(failed=True), bought(2, 25, TEA_SMALL))[2] is None


def test_an_order_is_no_exchange_of_itself():
    assert why_not(returned(when=0), bought(2, 100, CUP))[1] is None


def test_a_return_that_names_no_order_belongs_to_the_customer_of_its_identifier():
    assert why_not(returned(order=None, who=ADA), bought(2, 25, TEA_SMALL))[2] == "swap"
    assert why_not(returned(order=None, who=BEN), bought(2, 25, TEA_SMALL))[2] is None
