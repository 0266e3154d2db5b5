"""Who buys only with a discount: levels that one order cannot settle, and what first discounts bring."""

import pytest
from hypothesis import given

from insight import oracle
from insight.questions import Question
from insight.random_shops import examples, shops
from insight.shops import ADA, BEN, CLEO, DAN, EVE, day, rows, table
from regulars.insight.discounts import of_customers, of_shop
from regulars.insight.shares import newcombe, wilson
from regulars.insight.valid import counting, net_orders

LAST = day(70)
QUESTION = Question(lambda _engine, facts: {"people": of_customers(counting(net_orders(facts, as_of=LAST)))})
VALID = {"customer_id": "int64", "day": "date", "net": "int64", "discounted": "boolean"}


def level(orders, discounted):
    if orders < 3:
        return "too_few"
    if discounted in (0, orders):
        return "only" if discounted else "never"
    return "mostly" if wilson(discounted, orders)[0] > 0.5 else "sometimes"


@given(found=shops(min_orders=6, max_orders=25))
@examples(12)
def test_customers_equal_the_slow_ones(found):
    known, slow = {"as_of": LAST, "known_by": LAST}, {}
    for order in oracle.known_orders(found, **known):
        who = found.customer(order.who)
        if who is not None and not oracle.reasons(found, order, **known, rule=oracle.Rule()):
            net, cut = oracle.net_after_refunds(found, order, **known), order.discount > 0
            n, k, total, reduced = slow.get(who, (0, 0, 0, 0))
            slow[who] = (n + 1, k + cut, total + net, reduced + net * cut)
    mine = {row["customer_id"]: row for row in QUESTION.ask(found)["people"]}
    assert {
        who: (r["orders"], r["orders_discounted"], r["net"], r["net_discounted"]) for who, r in mine.items()
    } == slow
    for who, (n, k, _net, _reduced) in slow.items():
        assert (mine[who]["share"], mine[who]["low"], mine[who]["high"]) == pytest.approx((k / n, *wilson(k, n)))
        assert mine[who]["level"] == level(n, k)


def orders(who, *cuts):
    return [(who, day(10 * place), 100, cut) for place, cut in enumerate(cuts)]


def test_the_level_follows_from_the_interval_and_not_from_one_order():
    found = [
        *orders(ADA, False, False, False), *orders(BEN, True, True, True), *orders(CLEO, True, True),
        *orders(DAN, *[True] * 9, False), *orders(EVE, True, True, True, False),
    ]  # fmt: skip
    levels = {row["customer_id"]: row["level"] for row in rows(of_customers(table(VALID, found)))}
    assert levels == {ADA: "never", BEN: "only", CLEO: "too_few", DAN: "mostly", EVE: "sometimes"}


def of(found, horizon=30):
    first = {}
    for who, when, _net, _cut in found:
        first.setdefault(who, set()).add(when)
    began = [(who, *[*sorted(days), None][:2]) for who, days in first.items()]
    mature = table({"customer_id": "int64", "first_day": "date", "second_day": "date"}, began)
    return of_shop(table(VALID, found), mature, horizon=horizon)


def test_first_discounts_are_compared_with_first_full_prices():
    found = [row for who in range(100) for row in orders(who, True, *[False] * (who < 20))]
    found += [row for who in range(1000, 1100) for row in orders(who, False, *[False] * (who < 1040))]
    answer = of(found)
    assert (answer.came_back_discounted.value, answer.came_back_full.value) == (0.2, 0.4)
    assert (answer.difference_low, answer.difference_high) == newcombe((20, 100), (40, 100))
    assert answer.difference_high < 0
    assert answer.orders.value == pytest.approx(100 / 260)
    assert answer.net.value == pytest.approx(100 / 260)
    assert answer.levels == {"only": 0, "mostly": 0, "sometimes": 0, "never": 0, "too_few": 200}


def test_too_few_or_nobody_gives_no_share():
    few = of([row for who in range(99) for row in orders(who, True)])
    assert (few.orders.value, few.came_back_discounted.why_not, few.difference_low) == (None, "too_few", None)
    assert of([]).levels == dict.fromkeys(("only", "mostly", "sometimes", "never", "too_few"), 0)
