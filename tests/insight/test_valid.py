import datetime as dt
from functools import cache

import pytest
from hypothesis import given

from insight import oracle
from insight.questions import Question
from insight.random_shops import examples, shops
from insight.shops import ADA, BEN, Order, Refund, at, day, shop
from regulars.insight.valid import Rule, counting, customer_days, net_orders, starts

LATER, DAY = day(400), dt.timedelta(days=1)
RULE = Rule(tags_left_out=("STAFF", "Whole Sale"))


@cache
def question(as_of: dt.date, known_by: dt.date | None = None, rule: Rule | None = None) -> Question:
    def build(engine, facts):
        orders = engine.stage(net_orders(facts, as_of=as_of, known_by=known_by, rule=rule), "orders")
        days = engine.stage(customer_days(counting(orders)), "days")
        return {"orders": orders, "days": days, "starts": starts(days)}

    return Question(build)


def ask(found, as_of=LATER, **known):
    """The orders as of a day, by id. Moving the shop instead of the day keeps one question for all days."""
    moved = found.moved((LATER - as_of).days)
    return {row["order_id"]: row for row in question(LATER, **known).ask(moved)["orders"]}


def only(order: Order, *refunds: Refund, as_of=LATER, **known):
    return ask(shop(order, refunds=refunds), as_of, **known)[order.id]


def bought(**rest) -> Order:
    return Order(1, ADA, day(0), **rest)


def test_a_paid_order_counts_with_its_net_revenue():
    row = only(bought(net=1000, total=1190))
    assert (row["why_invalid"], row["net"], row["gross_net"], row["total"]) == (None, 1000, 1000, 1190)


def test_cash_on_delivery_that_is_pending_counts():
    assert only(bought(status="pending"))["why_invalid"] is None


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ({"test": True}, "test"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "voided"}, "voided"),
        ({"status": "failed"}, "failed"),
        ({"status": "unpaid"}, "unpaid"),
        ({"status": "unknown"}, "unknown"),
        ({"renewal": True}, "renewal"),
        ({"gift_card_only": True}, "gift_card"),
        ({"net": 0}, "zero_value"),
    ],
)
def test_an_order_that_is_no_purchase_does_not_count_and_says_why(rest, reason):
    assert only(bought(**rest))["why_invalid"] == reason


def test_an_order_paid_with_a_gift_card_counts():
    assert only(bought(discount=1000))["why_invalid"] is None


@pytest.mark.parametrize(("after", "reason"), [(0, "cancelled"), (14, "cancelled"), (15, None)])
def test_a_cancellation_removes_an_order_within_the_grace_only(after, reason):
    row = only(bought(status="cancelled", cancelled=day(after)))
    assert (row["why_invalid"], row["cancelled"]) == (reason, True)


def test_a_cancellation_is_not_known_before_its_day():
    order = bought(status="cancelled", cancelled=day(5))
    assert only(order, as_of=day(4))["why_invalid"] is None
    assert not only(order, as_of=day(4))["cancelled"]
    assert only(order, as_of=day(5))["why_invalid"] == "cancelled"


def test_a_payment_voided_with_its_cancellation_is_not_known_before_that_day():
    order = bought(status="voided", cancelled=day(20))
    assert only(order, as_of=day(19))["why_invalid"] is None
    assert only(order, as_of=day(20))["why_invalid"] == "voided"


@pytest.mark.parametrize(("after", "reason"), [(0, "refunded"), (14, "refunded"), (15, None)])
def test_a_full_refund_removes_an_order_within_the_grace_only(after, reason):
    row = only(bought(), Refund(1, 1, 1000, day(after)))
    assert (row["why_invalid"], row["net"]) == (reason, 0)


def test_two_refunds_that_make_up_the_whole_order_are_a_full_refund():
    assert only(bought(), Refund(1, 1, 400, day(2)), Refund(2, 1, 600, day(14)))["why_invalid"] == "refunded"
    assert only(bought(), Refund(1, 1, 400, day(2)), Refund(2, 1, 600, day(15)))["why_invalid"] is None


def test_an_undated_refund_is_as_old_as_our_knowledge_of_it():
    assert only(bought(), Refund(1, 1, 1000, None, known=day(14)))["why_invalid"] == "refunded"
    late = only(bought(), Refund(1, 1, 1000, None, known=day(200)))
    assert (late["why_invalid"], late["net"]) == (None, 0)
    assert only(bought(), Refund(1, 1, 1000, None, known=day(200)), as_of=day(199))["net"] == 1000


def test_a_failed_refund_takes_nothing_away():
    assert only(bought(), Refund(1, 1, 1000, day(1), failed=True))["net"] == 1000


def test_a_refund_takes_its_share_of_net_revenue_rounded_half_up():
    # 119.01 paid for 100.01 net: 59.50 back are 50.0025 of net, 5000 cents.
    assert only(bought(net=10001, total=11901), Refund(1, 1, 5950, day(3)))["net"] == 10001 - 5000
    # Half of 1001 is 500.5: 501 are given back.
    assert only(bought(net=1001, total=2), Refund(1, 1, 1, day(3)))["net"] == 500


def test_a_refund_larger_than_the_order_leaves_no_negative_revenue():
    assert only(bought(), Refund(1, 1, 5000, day(20)))["net"] == 0


def test_a_large_amount_is_split_to_the_cent():
    net, total, back = 90_000_019, 99_999_989, 33_333_331
    row = only(bought(net=net, total=total), Refund(1, 1, back, day(20)))
    assert row["net"] == net - (2 * back * net + total) // (2 * total)


def test_an_order_is_not_used_before_it_is_known():
    assert ask(shop(bought(known=LATER + DAY))) == {}
    assert list(ask(shop(bought(known=LATER + DAY)), known_by=LATER + DAY)) == [1]


def test_orders_with_a_tag_to_be_left_out_do_not_count_whatever_its_case_and_spaces():
    orders = [
        Order(place, ADA, day(0), tags=tags) for place, tags in enumerate(["Vip, STAFF", "staffroom", "whole  sale"])
    ]
    found = ask(shop(*orders), rule=RULE)
    assert [found[number]["why_invalid"] for number in range(3)] == ["left_out", None, "left_out"]


def test_orders_of_one_day_are_one_order_day_with_their_sum():
    found = question(LATER).ask(shop(*at(0, 0, 3, net=400), Order(9, None, day(0))))["days"]
    assert sorted(found, key=lambda row: row["day"]) == [
        {"customer_id": ADA, "day": day(0), "net": 800, "orders": 2},
        {"customer_id": ADA, "day": day(3), "net": 400, "orders": 1},
    ]


def test_the_second_day_is_the_next_one_with_an_order_and_empty_until_then():
    found = question(LATER).ask(shop(*at(5, 5, 9, 30), *at(7, who=BEN, first_id=20)))["starts"]
    assert sorted(found, key=lambda row: row["customer_id"]) == [
        {"customer_id": ADA, "first_day": day(5), "second_day": day(9)},
        {"customer_id": BEN, "first_day": day(7), "second_day": None},
    ]


CUTS = {"as known then": (day(45), day(45)), "as known later": (day(60), day(200))}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
@given(found=shops())
@examples(15)
def test_which_orders_count_and_for_how_much_equals_the_slow_count(cut, found):
    known = {"as_of": cut[0], "known_by": cut[1]}
    answer = question(**known, rule=RULE).ask(found)
    mine = {row["order_id"]: row for row in answer["orders"]}
    orders = {order.id: order for order in oracle.known_orders(found, **known)}
    assert mine.keys() == orders.keys()
    for number, order in orders.items():
        reasons = oracle.reasons(found, order, **known, rule=RULE)
        assert mine[number]["why_invalid"] in (reasons or {None}), order
        assert mine[number]["net"] == oracle.net_after_refunds(found, order, **known)
        assert mine[number]["customer_id"] == found.customer(order.who)
    days: oracle.Days = {}
    for row in sorted(answer["days"], key=lambda row: (row["customer_id"], row["day"])):
        days.setdefault(row["customer_id"], {})[row["day"]] = row["net"]
    assert days == oracle.order_days(found, **known, rule=RULE)
