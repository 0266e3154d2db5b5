"""Which products bring people back, how often each is bought again, and how much of it is given back."""

from collections import defaultdict

import pytest
from hypothesis import given

from insight import oracle
from insight.questions import Question
from insight.random_shops import examples, shops
from insight.shops import ADA, BEN, CLEO, Order, Refund, beginnings, day, opened, rows, shop, table
from regulars.insight.products import (
    first_products,
    leading_products,
    product_days,
    repeat_by_product,
    returns_by_product,
)
from regulars.insight.valid import counting, net_orders

TEA, CUP, POT = 1, 2, 3
BOUGHT = {"customer_id": "int64", "day": "date", "variant_id": "int64", "units": "int64", "net": "int64"}
LAST = day(70)


def build(engine, facts):
    orders = engine.stage(net_orders(facts, as_of=LAST), "orders")
    bought = engine.stage(product_days(facts, counting(orders)), "bought")
    returned = returns_by_product(facts, as_of=day(45), known_by=day(60))
    repeats, leading = repeat_by_product(bought, as_of=day(45)), leading_products(bought)
    return {"bought": bought, "leading": leading, "repeats": repeats, "returned": returned}


QUESTION = Question(build)


@given(found=shops())
@examples(10)
def test_baskets_repeats_and_returns_equal_the_slow_ones(found):
    answer = QUESTION.ask(found)
    baskets: dict = defaultdict(lambda: [0, 0])
    known = {"as_of": LAST, "known_by": LAST}
    for order in oracle.known_orders(found, **known):
        who = found.customer(order.who)
        if who is not None and not oracle.reasons(found, order, **known, rule=oracle.Rule()):
            for variant, units, net in order.goods:
                if variant is not None:
                    baskets[who, order.day, variant][0] += units
                    baskets[who, order.day, variant][1] += net
    mine = {(row["customer_id"], row["day"], row["variant_id"]): [row["units"], row["net"]] for row in answer["bought"]}
    assert mine == baskets
    days = {key[:2] for key in baskets}
    best = {d: min((-net, key[2]) for key, (_units, net) in baskets.items() if key[:2] == d)[1] for d in days}
    assert {(row["customer_id"], row["day"]): row["variant_id"] for row in answer["leading"]} == best
    for row in answer["repeats"]:
        times = defaultdict(dict)
        for (who, when, variant), (units, _net) in baskets.items():
            if variant == row["variant_id"] and when <= day(45):
                times[who][when] = units
        gaps = sorted(gap for whens in times.values() for gap in oracle.gaps(whens))
        assert (row["buyers"], row["repeat_buyers"]) == (len(times), sum(len(whens) > 1 for whens in times.values()))
        assert row["repeat_rate"] == pytest.approx(row["repeat_buyers"] / row["buyers"])
        assert row["units"] == sum(units for whens in times.values() for units in whens.values())
        assert row["gaps"] == len(gaps)
        assert (row["gap_median"] is None) == (not gaps)
    back = [r for r in oracle.known_refunds(found, day(45), day(60)) if r.variant is not None]
    assert {row["variant_id"]: (row["units_back"], row["refunds"]) for row in answer["returned"]} == {
        variant: (
            sum(1 if r.quantity is None else r.quantity for r in back if r.variant == variant),
            sum(r.variant == variant for r in back),
        )
        for variant in {r.variant for r in back}
    }


def test_quartiles_of_the_gaps_are_interpolated():
    bought = table(BOUGHT, [(ADA, day(when), TEA, 1, 100) for when in (0, 10, 30, 60, 100)])
    row = rows(repeat_by_product(bought, as_of=day(100)))[0]
    assert (row["gap_p25"], row["gap_median"], row["gap_p75"], row["gaps"]) == (17.5, 25, 32.5, 4)


def test_a_first_product_brought_back_who_ordered_again_within_the_horizon():
    began = beginnings({ADA: {day(0): 1, day(90): 1}, BEN: {day(0): 1, day(91): 1}, CLEO: {day(5): 1}})
    bought = table(
        BOUGHT,
        [
            (ADA, day(0), TEA, 1, 9),
            (ADA, day(0), CUP, 1, 9),
            (ADA, day(90), POT, 1, 9),
            (BEN, day(0), TEA, 1, 9),
            (CLEO, day(5), TEA, 1, 9),
        ],
    )
    found = first_products(bought, began, first_from=day(0), first_to=day(4), horizon=90)
    assert {row["variant_id"]: (row["newcomers"], row["came_back"]) for row in rows(found)} == {
        TEA: (2, 1),
        CUP: (1, 1),
    }


def test_returns_not_yet_made_or_not_yet_known_or_failed_are_not_counted():
    made = (
        Refund(1, 1, 5, day(5), variant=TEA, quantity=2),
        Refund(2, 1, 5, None, known=day(6), variant=TEA, quantity=None),
    )
    later = (
        Refund(3, 1, 5, day(8), variant=TEA),
        Refund(4, 1, 5, day(5), known=day(8), variant=TEA),
        Refund(5, 1, 5, day(8), known=day(6), variant=TEA),
    )
    failed = Refund(6, 1, 5, day(5), variant=TEA, failed=True), Refund(7, 1, 5, day(5))
    with opened(shop(Order(1, ADA, day(0)), refunds=made + later + failed)) as (_engine, facts):
        found = rows(returns_by_product(facts, as_of=day(7)))
    assert found == [{"variant_id": TEA, "units_back": 3, "refunds": 2}]
