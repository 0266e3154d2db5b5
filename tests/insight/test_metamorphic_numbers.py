"""Reference "metrics", section 9: change the input in a way whose effect on N1 and N2 is known."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.headlines import N1_FIRST, N1_LAST, NOW, THEN, T, ask
from insight.random_shops import examples
from insight.shops import ADA, BEN, CLEO, Order, Refund, Shop, at, day, many, shop
from regulars.insight.facts import SCHEMAS

SECOND = N1_FIRST + 30


def steady(**rest) -> Shop:
    """120 newcomers of whom 60 came back, 120 customers of last year of whom 60 bought again; Ada is one of each."""
    return shop(
        *many(59, (N1_FIRST, SECOND), first=1000), *many(60, (N1_FIRST,), first=2000),
        *many(59, (THEN, NOW), first=3000), *many(60, (THEN,), first=4000),
        *at(N1_FIRST, SECOND, first_id=1), *at(THEN, NOW, who=BEN, first_id=11), **rest,
    )  # fmt: skip


BEFORE = ask(steady())


def test_the_steady_shop_is_what_it_says():
    n1, n2 = BEFORE
    assert (n1.k, n1.n, n1.value) == (60, 120, 0.5)
    # Newcomers began in the second of the two years, so they are not among the customers of the first.
    assert (n2.rebuyers, n2.n, n2.value) == (60, 120, 0.5)


@given(st.integers(0, 999))
@examples(3)
def test_shuffling_the_import_changes_nothing(seed):
    assert ask(steady().shuffled(seed)) == BEFORE


def test_first_orders_newer_than_the_horizon_and_grace_change_nothing():
    assert ask(steady().with_orders(*many(500, (N1_LAST + 1,), first=6000))) == BEFORE


def test_splitting_an_order_in_two_on_the_same_day_changes_nothing():
    found = steady()
    halves = [replace(order, net=500) for order in found.orders if order.who in (ADA, BEN)]
    others = [order for order in found.orders if order.who not in (ADA, BEN)]
    again = [replace(order, id=order.id + 50, hour=20) for order in halves]
    assert ask(shop(*others, *halves, *again)) == BEFORE


def test_a_same_day_order_is_not_a_second_order():
    newcomer = Order(90, CLEO, day(N1_FIRST)), Order(91, CLEO, day(N1_FIRST), hour=23)
    n1, _n2 = ask(steady().with_orders(*newcomer))
    assert (n1.k, n1.n) == (60, 121)


@pytest.mark.parametrize(
    "kind",
    [
        {"test": True},
        {"status": "cancelled"},
        {"net": 0, "lines": ()},
        {"gift_card_only": True},
        {"tags": "Staff"},
        {"renewal": True},
    ],
    ids=str,
)
def test_orders_that_are_no_purchase_change_nothing(kind):
    newcomers = many(50, (N1_FIRST, N1_FIRST + 1), first=6000, **kind)
    ada = at(N1_FIRST + 1, NOW, first_id=90, **kind)
    assert ask(steady().with_orders(*newcomers, *ada)) == BEFORE


def test_an_exchange_changes_nothing():
    back = Refund(1, 2001 * 100, 1, day(N1_FIRST + 20), variant=1)
    late = Refund(1, 2001 * 100, 1, day(N1_FIRST + 20))
    exchange = Order(90, 2001, day(N1_FIRST + 25))
    with_return = ask(steady().with_refunds(back))
    assert ask(steady().with_refunds(back).with_orders(exchange)) == with_return
    assert ask(steady().with_refunds(late).with_orders(exchange))[0].k == 61


def test_a_full_refund_inside_the_grace_takes_the_order_out_of_both_numbers():
    second, last_year = Refund(1, 2, 1000, day(SECOND + 14)), Refund(2, 11, 1000, day(THEN + 14))
    n1, n2 = ask(steady().with_refunds(second, last_year))
    assert (n1.k, n1.n) == (59, 120)
    assert (n2.n, n2.rebuyers) == (119, 59)
    n1, _n2 = ask(steady().with_refunds(Refund(1, 1, 1000, day(N1_FIRST + 3))))
    assert (n1.k, n1.n) == (59, 120), "the second order is now the first"


def test_a_part_refunded_after_the_grace_lowers_n2_only_on_the_original_orders_day():
    found = steady().with_refunds(Refund(1, 11, 400, day(NOW + 50)), Refund(2, 2, 400, day(SECOND + 60)))
    n1, n2 = ask(found)
    assert n1 == BEFORE[0]
    assert (n2.then, n2.now, n2.rebuyers) == (BEFORE[1].then - 400, BEFORE[1].now, BEFORE[1].rebuyers)
    n1, n2 = ask(steady().with_refunds(Refund(1, 12, 400, day(NOW + 50))))
    assert (n1, n2.value) == (BEFORE[0], pytest.approx((60_000 - 400) / 120_000))


def test_merging_two_people_changes_the_numbers_and_undoing_it_brings_them_back_exactly():
    merged = ask(steady(people={2000: 2001, 4000: 4001}))
    assert (merged[0].n, merged[1].n) == (119, 119)
    two_purchases = steady().with_orders(Order(90, 8, day(N1_FIRST + 9)))
    assert ask(replace(two_purchases, people={8: 2000}))[0].k == 61
    assert ask(steady(people={})) == BEFORE


def test_households_and_re_valued_currencies_are_no_input_of_any_number():
    assert set(SCHEMAS) == {"orders", "lines", "refunds", "people", "variants", "reviews"}
    columns = {column for table in SCHEMAS.values() for column in table}
    assert not {"household", "relation", "address", "currency", "rate"} & columns


def test_recomputing_an_old_day_after_new_facts_gives_what_was_published():
    later = steady().with_orders(*at(T + 5, T + 9, first_id=90), *many(300, (T + 2,), first=6000))
    later = later.with_refunds(Refund(1, 2, 1000, day(T + 4)), Refund(2, 11, 1000, None, known=day(T + 1)))
    assert ask(later) == BEFORE


@pytest.mark.parametrize(("gap", "k"), [(90, 61), (91, 60)])
def test_a_second_order_counts_on_day_90_and_not_on_day_91(gap, k):
    newcomer = at(N1_FIRST, N1_FIRST + gap, who=CLEO, first_id=90)
    assert ask(steady().with_orders(*newcomer))[0].k == k


def test_orders_just_before_and_just_after_midnight_are_two_days():
    night = Order(90, CLEO, day(N1_FIRST), hour=23), Order(91, CLEO, day(N1_FIRST + 1), hour=0)
    assert ask(steady().with_orders(*night))[0].k == 61


@pytest.mark.parametrize(("customers", "rate"), [(99, None), (100, 1.0)])
def test_99_new_customers_give_counts_and_100_a_rate(customers, rate):
    n1, _n2 = ask(shop(*many(customers, (N1_FIRST, SECOND))))
    assert (n1.k, n1.n, n1.value) == (customers, customers, rate)


def test_less_than_24_months_of_history_give_no_n2_and_say_how_many_there_are():
    n2 = ask(steady(), last=700)[1]
    assert (n2.value, n2.why_not, n2.have_months) == (None, "too_short", 22)


@pytest.mark.parametrize(
    "found",
    [shop(), shop(*at(900)), Shop(refunds=(Refund(1, None, 500, day(900), who=ADA, variant=1),))],
    ids=["empty", "one order", "refunds only"],
)
def test_an_empty_shop_one_order_or_refunds_only_give_no_number_and_no_crash(found):
    n1, n2 = ask(found)
    assert (n1.value, n1.why_not) == (None, "too_few")
    assert (n2.value, n2.why_not) == (None, "too_few")


def test_more_customers_who_behave_the_same_change_neither_number():
    twice = steady().with_orders(
        *(replace(order, id=order.id + 10**7, who=order.who + 10**5) for order in steady().orders)
    )
    n1, n2 = ask(twice)
    assert (n1.value, n1.n, n2.value, n2.n) == (0.5, 240, 0.5, 240)
    assert n1.high - n1.low < BEFORE[0].high - BEFORE[0].low
