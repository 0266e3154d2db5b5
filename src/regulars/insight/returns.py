"""To which order does a return belong that names none?

A return that only says who, what and how many (a `C` invoice, a negative quantity) is matched to the customer's own
purchases of that variant, the latest before it first, each purchased unit at most once. What finds no purchase stays
without an order and touches no customer's revenue.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Purchase:
    """Units of one variant bought by one customer. `at` orders purchases in time (text that sorts, as ISO 8601)."""

    customer: int
    variant: int
    at: str
    order: int
    quantity: int


@dataclass(frozen=True)
class Return:
    """Units given back, with the money for all of them in minor units."""

    refund: int
    customer: int
    variant: int
    at: str
    quantity: int
    amount: int


@dataclass(frozen=True)
class Matched:
    """Part of a return that belongs to one order; parts of a return add up to its amount and quantity."""

    refund: int
    order: int | None
    quantity: int
    amount: int


@dataclass
class _Units:
    """What is left of one variant in one order that may still be given back."""

    at: str
    order: int
    left: int


def match(purchases: Iterable[Purchase], returns: Iterable[Return]) -> Iterator[Matched]:
    """Each return split over the orders it undoes; the unmatched rest has order None. Independent of input order.

    >>> bought = [Purchase(1, 7, "2024-01-01", 11, 1), Purchase(1, 7, "2024-02-01", 12, 1)]
    >>> [part.order for part in match(bought, [Return(1, 1, 7, "2024-03-01", 3, 300)])]
    [12, 11, None]
    """
    bought = _units_bought(purchases)
    for item in sorted(returns, key=lambda r: (r.at, r.refund)):
        yield from _spread(item, bought.get((item.customer, item.variant), []))


def _units_bought(purchases: Iterable[Purchase]) -> dict[tuple[int, int], list[_Units]]:
    """By customer and variant, in time; two lines of one order are one."""
    units: dict[tuple[str, int, int, int], int] = defaultdict(int)
    for purchase in purchases:
        units[purchase.at, purchase.order, purchase.customer, purchase.variant] += purchase.quantity
    bought: dict[tuple[int, int], list[_Units]] = defaultdict(list)
    for at, order, customer, variant in sorted(units):
        bought[customer, variant].append(_Units(at, order, units[at, order, customer, variant]))
    return bought


def _spread(item: Return, bought: list[_Units]) -> Iterator[Matched]:
    left, paid = item.quantity, 0
    for units in reversed(bought):
        if left <= 0:
            break
        if units.at > item.at or units.left <= 0:
            continue
        taken = min(left, units.left)
        units.left -= taken
        left -= taken
        amount = item.amount - paid if left == 0 else item.amount * taken // item.quantity
        paid += amount
        yield Matched(item.refund, units.order, taken, amount)
    if left or item.quantity <= 0:
        yield Matched(item.refund, None, left, item.amount - paid)
