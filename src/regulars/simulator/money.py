"""What does each order cost? Line prices and line discounts, discount codes, shipping and the tax inside, in cents,
so that every sum adds up to the cent."""

from dataclasses import dataclass

import numpy as np

from regulars.simulator.arrays import Integers
from regulars.simulator.baskets import Baskets
from regulars.simulator.codes import CODES
from regulars.simulator.fates import SAMPLE, Fates
from regulars.simulator.goods import OTHER_TAX_PERCENT, catalogue, prices_on
from regulars.simulator.orders import Orders
from regulars.simulator.people import Person
from regulars.simulator.streams import stream

LINE_SALE_SHARE, LINE_SALE_PERCENT = 0.04, 10
SHIPPING_CENTS = {"DE": 490, "AT": 790, "FR": 990, "NL": 990, "GB": 1490}
FREE_SHIPPING_FROM_CENTS = {"DE": 3900, "AT": 5900, "FR": 7900, "NL": 7900, "GB": 9900}


@dataclass(frozen=True)
class Lines:
    """One entry per order line, in cents; each of shape (lines,).

    total: unit price times quantity less the line's own discount, tax included; paid: less its share of the order's
    discount too; tax: the tax inside `paid`.
    """

    order: Integers
    variant: Integers
    quantity: Integers
    unit_price: Integers
    discount: Integers
    total: Integers
    paid: Integers
    tax: Integers


@dataclass(frozen=True)
class Totals:
    """One entry per order, in cents; each of shape (orders,). total = goods - discount + shipping; tax is inside."""

    goods: Integers
    discount: Integers
    shipping: Integers
    total: Integers
    tax: Integers


def price_lines(seed: int, baskets: Baskets, *, orders: Orders, codes: Integers) -> Lines:
    """The lines with their prices on the day of the order. codes: place in CODES for each order, shape (orders,)."""
    unit_price = prices_on(baskets.variant, orders.day[baskets.order])
    full = unit_price * baskets.quantity
    on_sale = stream(seed, "line sales").random(full.size) < LINE_SALE_SHARE
    discount = np.where(on_sale, share_of(full, LINE_SALE_PERCENT), 0)
    goods = sum_by(baskets.order, full - discount, groups=orders.person.size)
    percent = np.array([code.percent for code in CODES], dtype=np.int64)[codes]
    paid = full - discount - share_out(share_of(goods, percent), full - discount, groups=baskets.order)
    rate = np.array([goods.tax_percent for goods in catalogue()], dtype=np.int64)[baskets.variant]
    return Lines(
        order=baskets.order,
        variant=baskets.variant,
        quantity=baskets.quantity,
        unit_price=unit_price,
        discount=discount,
        total=full - discount,
        paid=paid,
        tax=tax_inside(paid, rate),
    )


def add_up(lines: Lines, *, orders: Orders, people: list[Person], fates: Fates) -> Totals:
    """The sums of each order, with shipping by country; free at the counter, for samples and above a value."""
    size = orders.person.size
    goods, paid = (sum_by(lines.order, cents, groups=size) for cents in (lines.total, lines.paid))
    country = [people[person].contact.address.country for person in orders.person]
    fee = np.array([SHIPPING_CENTS[code] for code in country], dtype=np.int64)
    free_from = np.array([FREE_SHIPPING_FROM_CENTS[code] for code in country], dtype=np.int64)
    free = (paid >= free_from) | (orders.channel == "pos") | (fates.fate == SAMPLE)
    shipping = np.where(free, 0, fee)
    tax = sum_by(lines.order, lines.tax, groups=size) + tax_inside(shipping, np.full(size, OTHER_TAX_PERCENT))
    return Totals(goods=goods, discount=goods - paid, shipping=shipping, total=paid + shipping, tax=tax)


def share_of(cents: Integers, percent: Integers | int) -> Integers:
    """A percentage of amounts, rounded half up to the cent."""
    return (cents * percent + 50) // 100


def tax_inside(cents: Integers, percent: Integers) -> Integers:
    """The tax contained in amounts that include it, rounded half up: 107 cents at 7 percent hold 7."""
    return (2 * cents * percent + 100 + percent) // (2 * (100 + percent))


def sum_by(group: Integers, cents: Integers, *, groups: int) -> Integers:
    """The sum of each group; group: shape (n,) with numbers below `groups`. Returns shape (groups,)."""
    sums = np.zeros(groups, dtype=np.int64)
    np.add.at(sums, group, cents)
    return sums


def share_out(amounts: Integers, weights: Integers, *, groups: Integers) -> Integers:
    """Each amount split over the members of its group in proportion to their weights, exact to the cent.

    amounts: shape (g,), from 0 up to the group's weight; weights, groups: shape (n,), groups ascending, weights
    positive. Each share is the difference of two rounded running sums, so shares add up and stay below the weight.
    """
    total = sum_by(groups, weights, groups=amounts.size)
    before_group = np.cumsum(total) - total
    upto = np.cumsum(weights) - before_group[groups]
    ends = upto * amounts[groups] // total[groups]
    starts = (upto - weights) * amounts[groups] // total[groups]
    return ends - starts
