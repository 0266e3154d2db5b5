"""What is bought after a return: the same again, another of its kind, something else or nothing."""

import datetime as dt

from hypothesis import given

from insight import oracle
from insight.questions import Question
from insight.random_shops import LAST, examples, shops
from insight.shops import ADA, BEN, CLEO, Order, Refund, Variant, day, opened, rows, shop
from regulars.insight.shares import wilson
from regulars.insight.substitution import after_returns, instead, outcomes
from regulars.insight.valid import Rule, net_orders

TEA, BIG_TEA, GREEN, CUP = 1, 2, 3, 4
VARIANTS = (Variant(TEA, 10, category="tea"), Variant(BIG_TEA, 10, category="tea"), Variant(GREEN, 11, category="tea"), Variant(CUP, 12, category="cups"))  # fmt: skip
UNTIL = LAST + 100


def build(engine, facts):
    orders = engine.stage(net_orders(facts, as_of=day(UNTIL)), "orders")
    after = engine.stage(after_returns(facts, orders, as_of=day(UNTIL)), "after")
    return {"after": after, "outcomes": outcomes(after), "instead": instead(after)}


QUESTION = Question(build)


def line(variant):
    return ((variant, 1, 1000),)


def ask(*orders, refunds):
    with opened(shop(*orders, refunds=refunds, variants=VARIANTS)) as (engine, facts):
        return {name: rows(one) for name, one in build(engine, facts).items()}


def test_each_outcome_has_its_name():
    bought = [Order(who, who, day(0), lines=line(TEA)) for who in (ADA, BEN, CLEO, 4, 5)]
    later = [
        Order(11, ADA, day(20), lines=line(BIG_TEA)), Order(12, BEN, day(30), lines=line(GREEN)),
        Order(13, CLEO, day(70), lines=line(CUP)), Order(14, 4, day(71), lines=line(TEA)),
        Order(15, 5, day(10), lines=line(GREEN)), Order(16, 5, day(30), lines=line(TEA)),
    ]  # fmt: skip
    back = tuple(Refund(who, who, 500, day(10), variant=TEA) for who in (ADA, BEN, CLEO, 4, 5))
    found = ask(*bought, *later, refunds=back)
    kinds = {row["customer_id"]: (row["kind"], row["bought_id"]) for row in found["after"]}
    assert kinds == {
        ADA: ("same", BIG_TEA), BEN: ("alike", GREEN), CLEO: ("other", CUP), 4: ("nothing", None), 5: ("alike", GREEN),
    }  # fmt: skip
    (tea,) = found["outcomes"]
    assert [tea[name] for name in ("returns", "same", "alike", "other", "nothing")] == [5, 1, 2, 1, 1]
    assert (tea["exchanged"], tea["low"]) == (0.6, wilson(3, 5)[0])
    assert {(row["bought_id"], row["times"]) for row in found["instead"]} == {(GREEN, 2), (CUP, 1)}


def test_a_return_that_led_to_several_counts_for_the_nearest_and_once():
    bought = (Order(1, ADA, day(0), lines=line(TEA)), Order(2, ADA, day(9), lines=(*line(CUP), *line(BIG_TEA))))
    back = (Refund(1, 1, 500, day(5), variant=TEA), Refund(2, 1, 500, day(5), variant=TEA))
    found = ask(*bought, refunds=back)
    assert sorted(row["kind"] for row in found["after"]) == ["other", "same"]
    assert [(row["returns"], row["same"], row["other"]) for row in found["outcomes"]] == [(1, 1, 0)]


def test_returns_without_sixty_days_after_them_or_without_a_day_are_not_asked():
    bought = (Order(1, ADA, day(100), lines=line(TEA)),)
    late, undated = Refund(1, 1, 5, day(UNTIL - 59), variant=TEA), Refund(2, 1, 5, None, known=day(101), variant=TEA)
    assert ask(*bought, refunds=(late, undated))["after"] == []
    assert len(ask(*bought, refunds=(Refund(1, 1, 5, day(UNTIL - 60), variant=TEA),))["after"]) == 1


@given(found=shops(min_orders=6))
@examples(12)
def test_what_came_next_equals_the_slow_search(found):
    known = {"as_of": day(UNTIL), "known_by": day(UNTIL)}
    product = {variant.id: variant.product or variant.id for variant in found.variants}
    category = {variant.id: variant.category for variant in found.variants}
    orders = oracle.known_orders(found, **known)
    counted = [o for o in orders if min(oracle.reasons(found, o, **known, rule=Rule()), default="swap") == "swap" and found.customer(o.who) is not None]  # fmt: skip
    owner = {order.id: found.customer(order.who) for order in orders}
    returned: dict = {}
    for refund in oracle.known_refunds(found, day(UNTIL - 60), day(UNTIL)):
        who = found.customer(refund.who) if refund.order is None else owner.get(refund.order)
        if refund.variant is not None and refund.day is not None and who is not None:
            returned.setdefault((who, refund.day, refund.variant), set()).add(refund.order)
    slow = set()
    for (who, when, variant), sources in returned.items():
        near = [
            (order.day, what) for order in counted for what, _units, _net in order.goods
            if what is not None and found.customer(order.who) == who
            and dt.timedelta(0) <= order.day - when <= dt.timedelta(60) and sources != {order.id}
        ]  # fmt: skip
        if not near:
            slow.add((who, when, variant, None, "nothing"))
        for what in {what for at, what in near if at == min(near)[0]}:
            same = product.get(what, what) == product.get(variant, variant)
            alike = category.get(what) and category.get(what) == category.get(variant)
            slow.add((who, when, variant, what, "same" if same else "alike" if alike else "other"))
    answer = QUESTION.ask(found)
    columns = ("customer_id", "day", "variant_id", "bought_id", "kind")
    assert sorted((tuple(row[name] for name in columns) for row in answer["after"]), key=repr) == sorted(slow, key=repr)
    assert sum(row["returns"] for row in answer["outcomes"]) == len(returned)
