"""Random small shops for hypothesis: every way an order can fail to count, refunds dated and undated, people merged."""

import os
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st

from insight.shops import Order, Refund, Shop, Variant, day

LAST = 70
# Two sizes of one product, a product without sizes, and one of which nobody knows the product.
VARIANTS = (Variant(1, 10, cost=300, category="tea"), Variant(2, 10, cost=0, category="tea"), Variant(3, None, 100))
PEOPLE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 1, 6: 2}


def examples(number):
    """So many examples; REGULARS_MORE_EXAMPLES=50 asks for fifty times as many."""
    return settings(max_examples=number * int(os.environ.get("REGULARS_MORE_EXAMPLES", "1")), deadline=None)


def mostly(usual, *others):
    """The usual value in seven of eight draws."""
    return st.sampled_from([usual] * 7 * len(others) + list(others))


goods = st.tuples(st.sampled_from([1, 1, 1, 2, 2, 3, 4, None]), st.integers(1, 3), st.sampled_from([0, 500, 999]))


@st.composite
def orders(draw, last=LAST):
    when = draw(st.integers(0, last))
    cancelled = draw(mostly(None, 0, 14, 15, 40))
    net = draw(st.sampled_from([0, 1, 999, 1000, 3333]))
    return Order(
        id=0,
        who=draw(st.sampled_from([1, 1, 2, 2, 3, 4, 5, 6, None])),
        day=day(when),
        net=net,
        total=net + draw(mostly(0, 0, 1, 190)),
        known=day(when + draw(mostly(0, 5, 30))),
        cancelled=None if cancelled is None else day(when + cancelled),
        status=draw(mostly("paid", "pending", "cancelled", "voided", "failed", "unpaid", "unknown")),
        test=draw(mostly(False, True)),
        gift_card_only=draw(mostly(False, True)),
        renewal=draw(mostly(False, True)),
        discount=draw(st.sampled_from([0, 100])),
        channel=draw(st.sampled_from(["", "web", "shop", "phone"])),
        country=draw(st.sampled_from(["", "DE", "CN"])),
        tags=draw(mostly("", "gift, Staff", "Staff sale", "whole sale,b2b")),
        hour=draw(st.integers(9, 11)),
        lines=tuple(draw(st.lists(goods, min_size=0, max_size=2))),
        fee=draw(st.sampled_from([None, 490])),
    )


@st.composite
def refunds(draw, found):
    """A refund of one of the orders (or of an order nobody knows, or of none), often of all of it."""
    order = draw(st.sampled_from(found))
    after = (order.day - day(0)).days + draw(st.sampled_from([-1, 0, 3, 14, 15, 31, 60]))
    dated = draw(mostly(True, False))
    return Refund(
        id=0,
        order=draw(mostly(order.id, None, 999)),
        amount=draw(st.sampled_from([order.paid, order.paid, 1, 500, 333, 5000])),
        day=day(after) if dated else None,
        known=day(after + draw(mostly(0, 7, 30))),
        variant=draw(st.sampled_from([None, 1, 1, 2, 2, 3, 4])),
        who=draw(st.sampled_from([order.who, None, 1])),
        quantity=draw(st.sampled_from([None, 1, 2])),
        failed=draw(mostly(False, True)),
    )


@st.composite
def shops(draw, last=LAST, min_orders=1, max_orders=14):
    found = draw(st.lists(orders(last=last), min_size=min_orders, max_size=max_orders))
    found = [replace(order, id=place) for place, order in enumerate(found, start=1)]
    back = draw(st.lists(refunds(found), max_size=max_orders // 2))
    reviews = draw(
        st.lists(st.tuples(st.integers(1, 6), st.integers(0, last).map(day), st.sampled_from([1.0, 5.0])), max_size=2)
    )
    return Shop(
        orders=tuple(found),
        refunds=tuple(replace(refund, id=place) for place, refund in enumerate(back, start=1)),
        people=PEOPLE,
        variants=VARIANTS,
        reviews=tuple(reviews),
    )


def busy_shops():
    """Fewer, larger examples where asking costs more than inventing."""
    return shops(min_orders=12, max_orders=30)


def habits(last=900):
    """Order days a customer, with net revenue: what is left when it is known which orders count."""
    days = st.dictionaries(st.integers(0, last).map(day), st.integers(0, 5000), min_size=1, max_size=6)
    return st.dictionaries(st.integers(1, 12), days, min_size=1, max_size=12)
