"""What is given back, when and why? One refund for each refunded order: everything, some pieces of a line, or a part
of the price of a single piece."""

from dataclasses import dataclass

import numpy as np

from regulars.simulator.arrays import Floats, Integers
from regulars.simulator.fates import REFUNDED, Fates
from regulars.simulator.money import Lines, Totals
from regulars.simulator.streams import stream

REASONS = (
    "damaged in transit",
    "arrived late",
    "wrong grind",
    "changed mind",
    "not as described",
    "stale",
    "leaking lid",
)
GOODWILL_PERCENT = 30
WHOLE_ORDER = -1


@dataclass(frozen=True)
class Refunds:
    """One entry per refund, by order; each of shape (refunds,).

    line: place of the line, or WHOLE_ORDER; quantity: pieces that came back, 0 for money alone or the whole order;
    amount in cents; instant in seconds since 1970.
    """

    order: Integers
    line: Integers
    quantity: Integers
    amount: Integers
    instant: Integers
    reason: list[str]


def give_back(seed: int, lines: Lines, *, totals: Totals, fates: Fates) -> Refunds:
    """The refunds of all orders whose fate is a refund; an amount is at least one cent and at most the total."""
    order = np.flatnonzero(fates.refunded).astype(np.int64)
    luck = stream(seed, "refunds")
    line_lot, piece_lot = luck.random(order.size), luck.random(order.size)
    reasons = luck.choice(REASONS, size=order.size)
    whole = fates.fate[order] == REFUNDED
    line = _one_line_each(lines, order, lot=line_lot)
    quantity = _pieces(lines, line, lot=piece_lot)
    pieces_paid = lines.paid[line] * quantity // lines.quantity[line]
    part = np.where(quantity > 0, pieces_paid, lines.paid[line] * GOODWILL_PERCENT // 100)
    return Refunds(
        order=order,
        line=np.where(whole, WHOLE_ORDER, line),
        quantity=np.where(whole, 0, quantity),
        amount=np.where(whole, totals.total[order], np.maximum(part, 1)),
        instant=fates.refunded[order],
        reason=[str(reason) for reason in reasons],
    )


def _one_line_each(lines: Lines, order: Integers, *, lot: Floats) -> Integers:
    """The place of one line of each order, picked by a uniform number."""
    first = np.searchsorted(lines.order, order, side="left")
    count = np.searchsorted(lines.order, order, side="right") - first
    return np.asarray(first + np.floor(lot * count), dtype=np.int64)


def _pieces(lines: Lines, line: Integers, *, lot: Floats) -> Integers:
    """How many pieces of a line come back; 0 where that would be the whole order."""
    lines_in_order = np.bincount(lines.order)[lines.order[line]]
    possible = np.where(lines_in_order > 1, lines.quantity[line], lines.quantity[line] - 1)
    return np.asarray(np.where(possible > 0, 1 + np.floor(lot * possible), 0), dtype=np.int64)
