import numpy as np
import pytest

from regulars.insight.lifetime import bgnbd, discounting, paretonbd
from regulars.insight.lifetime.discounting import discounted_orders
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.paretonbd_worth import discounted_orders_ever

WEEK = 100
PUBLISHED = bgnbd.Parameters(0.243, 4.414 * WEEK, 0.793, 2.426)
TWO_ORDERS = Histories.of([2], [3043], [3886])


def expected(days):
    return bgnbd.expected_orders(PUBLISHED, TWO_ORDERS, days=days)


def test_discounted_orders_of_the_example_customer_are_the_known_ones():
    """15 % over 52 weeks of 100 units each, said as a rate for 365 units."""
    rate = 1.15 ** (365 / (52 * WEEK)) - 1
    assert discounted_orders(expected, days=52 * WEEK, yearly_rate=rate) == pytest.approx([1.461919199], rel=1e-6)


def test_without_discounting_all_orders_count_in_full():
    assert discounted_orders(expected, days=52 * WEEK, yearly_rate=0) == pytest.approx([1.558720806], rel=1e-7)


def test_a_steady_stream_is_worth_its_annuity():
    delta = np.log(1.2) / 365
    worth = discounted_orders(lambda days: np.array([2.0 * days]), days=730, yearly_rate=0.2)
    assert worth == pytest.approx([2 * (1 - np.exp(-730 * delta)) / delta], rel=1e-12)


def test_a_rate_that_is_no_rate_is_refused():
    with pytest.raises(ValueError, match="above -1"):
        discounted_orders(expected, days=10, yearly_rate=-1)


def test_all_that_is_still_to_come_is_what_the_closed_form_says():
    """Fader, Hardie & Lee 2005 (Pareto/NBD) against the rule of Gauss and Laguerre."""
    usual = paretonbd.Parameters(0.553, 74.0, 0.606, 81.7)
    rows = Histories.of([0, 2, 5, 20], [0, 200, 272, 272], [10, 272, 272, 272])
    found = discounting.ever(lambda days: paretonbd.expected_orders(usual, rows, days=days), yearly_rate=0.15)
    assert found == pytest.approx(discounted_orders_ever(usual, rows, yearly_rate=0.15), rel=4e-3)


@pytest.mark.parametrize("rate", [0.0, -0.1, float("inf")])
def test_for_ever_needs_a_rate(rate):
    with pytest.raises(ValueError, match="yearly rate"):
        discounting.ever(lambda days: np.array([days]), yearly_rate=rate)
