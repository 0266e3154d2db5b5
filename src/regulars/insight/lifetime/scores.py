"""What will each of these customers do next, and what is it worth? BG/NBD and Gamma-Gamma for everybody, from order days
in memory to scores; the same numbers as `insight.forecast`, which asks an engine."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime import bgnbd, gamma_gamma
from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.bgnbd_worth import discounted_orders
from regulars.insight.lifetime.histories import Histories, Spend
from regulars.insight.lifetime.order_days import OrderDays

CUSTOMERS_AT_ONCE = 65_536


@dataclass(frozen=True)
class Ahead:
    """How far to look, days, and what later money is worth today, as a yearly rate. near: for P(order); far: for orders
    and their value."""

    near: float = 90
    far: float = 365
    yearly_rate: float = 0.15


@dataclass(frozen=True, eq=False)
class Scores:
    """Of each customer, in the order of OrderDays, shape (customers,), and the fits behind them.

    p_order: chance of an order in the near days. orders: expected in the far days. net: expected net revenue of the
    far days, in the unit of the orders. value: the same, discounted to today. Mind the states of the fits.
    """

    p_order: Floats
    orders: Floats
    net: Floats
    value: Floats
    churn: bgnbd.Fit
    spend: gamma_gamma.Fit


def score(found: OrderDays, ahead: Ahead = Ahead(), *, fit_on: Histories | None = None) -> Scores:
    """The scores of everybody. fit_on: the customers to fit on, where not all are (see `enough.choose_base`).

    The models see the distinct histories; each customer's score is then looked up, in blocks that fit the cache.
    """
    churn = bgnbd.fit(found.histories if fit_on is None else fit_on)
    spend = gamma_gamma.fit(found.spend())
    chance = bgnbd.p_order_within(churn, found.histories, days=ahead.near)
    orders = bgnbd.expected_orders(churn, found.histories, days=ahead.far)
    worth = discounted_orders(churn, found.histories, days=ahead.far, yearly_rate=ahead.yearly_rate)
    scores = np.empty((4, found.row.size))
    for start in range(0, found.row.size, CUSTOMERS_AT_ONCE):
        block = slice(start, start + CUSTOMERS_AT_ONCE)
        rows, value = found.row[block], _value_of_an_order(spend, found, block)
        scores[0, block], scores[1, block] = chance[rows], orders[rows]
        scores[2, block], scores[3, block] = scores[1, block] * value, worth[rows] * value
    return Scores(scores[0], scores[1], scores[2], scores[3], churn, spend)


def _value_of_an_order(spend: gamma_gamma.Fit, found: OrderDays, block: slice) -> Floats:
    """Expected net value of an order of these customers; the own mean of all orders in a shop without repeat spend."""
    x, m = found.histories.x[found.row[block]], found.m[block]
    if spend.state is gamma_gamma.State.NO_SPEND:
        return np.maximum(found.net[block], 0.0) / (x + 1)
    return gamma_gamma.expected_value(spend, Spend.of(x, m))
