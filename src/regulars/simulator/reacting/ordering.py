"""Who buys today, for how much, and what goes wrong with it? Complaints and returns happen on later days."""

import numpy as np

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.effects import season
from regulars.simulator.reacting.luck import Process
from regulars.simulator.reacting.shop import Shop

DIP_LEAST = 0.3
LEAST = 1e-12
LONG_AGO = 1e4
"""More changes nothing, and would be too large a number."""


def order(shop: Shop, newcomers: Integers, day: int) -> None:
    """The day's orders; newcomers (the last rows) always make one, on which nothing was cut."""
    live = shop.crowd.live
    regulars = live[: len(live) - len(newcomers)]
    regulars = regulars[shop.crowd.hidden.fate[regulars] == 0] if shop.touched else regulars
    bought, anyway = _buying(shop, regulars, day)
    rows = np.concatenate([regulars[bought], newcomers])
    if len(rows):
        _sell(shop, rows, np.concatenate([anyway, np.ones(len(newcomers), bool)]), day)
    complain(shop, day)
    refund(shop, day)


def rates(shop: Shop, rows: Integers, day: int) -> tuple[Floats, Floats]:
    """Orders a day of these customers with and without the lift that runs: each of shape (rows,)."""
    world, hidden = shop.world, shop.crowd.hidden
    pace = world.goodwill_orders * hidden.goodwill[rows]
    if shop.touched:
        cut = day < hidden.discount_until[rows]
        pace -= np.where(cut, 0.0, world.habit * hidden.price[rows] * hidden.habit[rows])
    rate = np.exp(pace, out=pace)
    rate *= hidden.order_rate[rows]
    if world.rhythm > 1:
        rate *= readiness(world.rhythm, hidden.order_rate[rows] * (day - shop.crowd.facts.last_day[rows]))
    rate *= season(world, day)
    if day >= shop.quiet_from:
        return rate, rate
    dips = (day >= hidden.dip_from[rows]) & (day < hidden.dip_until[rows])
    rate[dips] *= np.maximum(1 - hidden.dip[rows[dips]], DIP_LEAST)
    return rate * np.where(day < hidden.lift_until[rows], 1 + hidden.lift[rows], 1.0), rate


def readiness(rhythm: int, passed: Floats) -> Floats:
    """How likely an order is now, against at any time: the hazard of a gamma of days between orders, divided by its rate.

    passed: usual gaps since the last order. Just after one it is near 0, long after it `rhythm`; its mean pace stays.

    >>> readiness(4, np.array([0.25, 1.0, 3.0])).round(3).tolist()
    [0.25, 1.803, 3.088]
    """
    steps = np.minimum(rhythm * passed, LONG_AGO)
    term, left = np.ones_like(steps), np.ones_like(steps)
    for step in range(1, rhythm):
        term = term * steps / step
        left += term
    return np.asarray(rhythm * term / left)


def _buying(shop: Shop, rows: Integers, day: int) -> tuple[Integers, Booleans]:
    """Places in `rows` of those who buy, and whether they would have without a lift."""
    rate, unlifted = rates(shop, rows, day)
    drawn = shop.luck.uniform(Process.BUY, day, shop.crowd.hidden.luck[rows])
    near = np.flatnonzero(drawn < rate)  # 1 - exp(-rate) is never above the rate
    bought = near[drawn[near] < -np.expm1(-rate[near])]
    return bought, drawn[bought] < -np.expm1(-unlifted[bought])


def _sell(shop: Shop, rows: Integers, anyway: Booleans, day: int) -> None:
    world, hidden, facts = shop.world, shop.crowd.hidden, shop.crowd.facts
    basket = _baskets(shop, rows, day)
    cut = np.where(day < hidden.discount_until[rows], world.discount * basket, 0.0)
    net, full = basket - cut, world.margin_rate * basket
    shop.books.full_margin[day] += full.sum()
    shop.books.cost["discounts"][day] += cut.sum()
    shop.books.orders.add(
        day, customer=facts.customer[rows], net=net, margin=full - cut, full_margin=full, anyway=anyway
    )
    new = rows[facts.orders[rows] == 0]
    facts.first_day[new] = day
    facts.last_day[rows] = day
    facts.orders[rows] += 1
    facts.net[rows] += net
    facts.margin[rows] += full - cut
    known = rows[facts.orders[rows] >= world.cycle_known]
    facts.cycle[known] = hidden.cycle[known]
    hidden.lift_until[rows] = np.minimum(hidden.lift_until[rows], day)
    hidden.discount_until[rows] = np.minimum(hidden.discount_until[rows], day)
    _later(shop, rows, (net, full - cut, cut > 0), day)


def _baskets(shop: Shop, rows: Integers, day: int) -> Floats:
    from scipy.special import ndtri

    world, hidden = shop.world, shop.crowd.hidden
    drawn = np.clip(shop.luck.uniform(Process.BASKET, day, hidden.luck[rows]), LEAST, 1 - LEAST)
    basket = hidden.basket[rows] * np.exp(world.basket_spread * ndtri(drawn) - world.basket_spread**2 / 2)
    return np.asarray(basket * (1 + np.where(day < hidden.lift_until[rows], hidden.basket_lift[rows], 0.0)))


def _later(shop: Shop, rows: Integers, sold: tuple[Floats, Floats, Booleans], day: int) -> None:
    """What is to happen with today's orders."""
    world, who = shop.world, shop.crowd.hidden.luck[rows]
    net, margin, cut = sold
    wrong = np.flatnonzero(shop.luck.uniform(Process.COMPLAINT, day, who) < world.complaints)
    if len(wrong):
        size = shop.luck.uniform(Process.COMPLAINT_SIZE, day, who[wrong])
        size = world.complaint_low + (world.complaint_high - world.complaint_low) * size
        filed = shop.luck.uniform(Process.FILED, day, who[wrong]) < world.filed
        shop.complaints[day + world.complaint_after].append((rows[wrong], size, filed))
    chance = np.where(cut, world.returned_discounted, world.returned)
    back = np.flatnonzero(shop.luck.uniform(Process.RETURNS, day, who) < chance)
    if len(back):
        after = 1 + shop.luck.uniform(Process.RETURN_DAY, day, who[back]) * world.returned_within
        for place, when in zip(back, (day + after.astype(np.int64)).tolist(), strict=True):
            one = slice(place, place + 1)
            shop.returns[when].append((rows[one], net[one], margin[one]))


def complain(shop: Shop, day: int) -> None:
    """The complaints of today, heard or silent."""
    hidden, facts = shop.crowd.hidden, shop.crowd.facts
    for rows, size, filed in shop.complaints.pop(day, ()):
        hidden.goodwill[rows] -= size
        heard = rows[filed]
        hidden.wrong[heard] = size[filed]
        facts.complaints[heard] += 1
        facts.complaint_day[heard] = day
        facts.remedied[heard] = False


def refund(shop: Shop, day: int) -> None:
    """The returns of today; at full price, for a discount was a cost of its day."""
    facts, parts = shop.crowd.facts, shop.returns.pop(day, ())
    if not parts:
        return
    rows, net, margin = (np.concatenate(column) for column in zip(*parts, strict=True))
    shop.books.refunds.add(day, customer=facts.customer[rows], net=net, margin=margin)
    shop.books.full_margin[day] -= margin.sum()
    np.add.at(facts.net, rows, -net)
    np.add.at(facts.margin, rows, -margin)
    np.add.at(facts.refunds, rows, 1)
