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
    """Units of one variant bought by one customer. `at` orders purchases in time (any sortable value)."""

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
    """Part of a return that belongs to one order; parts of a return add up to its amount."""

    refund: int
    order: int | None
    quantity: int
    amount: int


def match(purchases: Iterable[Purchase], returns: Iterable[Return]) -> Iterator[Matched]:
    """Each return split over the orders it undoes; the unmatched rest has order None. Independent of input order."""
    bought: dict[tuple[int, int], list[list[object]]] = defaultdict(list)
    for purchase in sorted(purchases, key=lambda p: (p.at, p.order)):
        bought[purchase.customer, purchase.variant].append([purchase.at, purchase.order, purchase.quantity])
    for item in sorted(returns, key=lambda r: (r.at, r.refund)):
        yield from _spread(item, bought.get((item.customer, item.variant), []))


def _spread(item: Return, bought: list[list[object]]) -> Iterator[Matched]:
    left, paid = item.quantity, 0
    for purchase in reversed(bought):
        at, order, available = purchase
        if left == 0:
            break
        if str(at) > item.at or int(available) <= 0:  # type: ignore[call-overload]
            continue
        units = min(left, int(available))  # type: ignore[call-overload]
        purchase[2] = int(available) - units  # type: ignore[call-overload]
        left -= units
        amount = item.amount - paid if left == 0 else item.amount * units // item.quantity
        paid += amount
        yield Matched(item.refund, int(order), units, amount)  # type: ignore[call-overload]
    if left:
        yield Matched(item.refund, None, left, item.amount - paid)
