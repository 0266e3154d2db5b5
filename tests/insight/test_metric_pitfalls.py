"""Reference "metrics", section 7: the ways in which such numbers usually go wrong, and the guard against each.

Pitfall 4 (shared addresses) belongs to the identity of customers, 9 to 11 (one name a number, restatements, versions)
to the number registry, and the day of an order in the shop's zone to the sources; here a day is a day.
"""

from dataclasses import replace

import pytest

from insight.headlines import N1_FIRST, N1_LAST, T, ask, orders
from insight.shops import ADA, BEN, CLEO, DAN, Order, Refund, at, beginnings, day, many, rows, shop, table
from regulars.insight.came_back import History, came_back
from regulars.insight.products import repeat_by_product
from regulars.insight.summary import count


def test_1_immature_cohorts_do_not_pull_the_rate_down():
    mature = many(100, (N1_FIRST, N1_FIRST + 50))
    fresh = many(900, (T - 10,), first=5000)
    n1, _n2 = ask(shop(*mature, *fresh))
    assert (n1.value, n1.n) == (1.0, 100)


def test_1_the_early_read_counts_newcomers_only_as_long_as_they_were_watched():
    found = {who: {day(N1_FIRST): 1, day(N1_FIRST + 50): 1} for who in range(50)}
    found |= {who: {day(N1_LAST): 1} for who in range(50, 100)}
    found |= {who: {day(T - 20): 1} for who in range(100, 1000)}
    n1 = came_back(beginnings(found), as_of=day(T), history=History(day(0), opened=True))
    # The naive share over everybody would be 5 %; those watched for six days say nothing of day 50.
    assert (n1.value, n1.early_read) == (0.5, pytest.approx(0.5))


def test_2_a_second_order_in_the_next_month_does_not_make_this_month_look_better():
    before = shop(*many(100, (N1_FIRST,)))
    after = before.with_orders(*many(100, (T + 1,), first=1000))
    assert ask(after)[0] == ask(before)[0]


def test_3_guest_checkouts_of_one_person_are_one_customer_who_came_back():
    apart = shop(*many(100, (N1_FIRST,)), *at(N1_FIRST, who=DAN, first_id=1), *at(N1_FIRST + 9, who=CLEO, first_id=5))
    assert (ask(apart)[0].n, ask(apart)[0].k) == (102, 0)
    together = ask(replace(apart, people={CLEO: DAN}))[0]
    assert (together.n, together.k) == (101, 1)


def test_3_orders_without_a_resolved_person_are_counted_beside_the_numbers_and_never_in_them():
    found = shop(*many(100, (N1_FIRST,)), *at(N1_FIRST, who=None, first_id=1), *at(N1_FIRST + 9, who=None, first_id=5))
    assert ask(found)[0].n == 100
    counts = count(orders(T).table("orders"))
    assert (counts.orders_without_customer, counts.customers, counts.net_revenue) == (2, 100, 102_000)


def test_5_a_refund_is_not_a_returning_order():
    found = shop(*many(100, (N1_FIRST,)), refunds=(Refund(1, 100_000, 300, day(N1_FIRST + 20), variant=1, who=1000),))
    n1, _n2 = ask(found)
    assert (n1.n, n1.k) == (100, 0)
    assert len(orders(T).ask(found)["orders"]) == 100


def test_6_one_very_long_gap_moves_no_median_and_no_quartile():
    def gaps(last):
        columns = {"customer_id": "int64", "day": "date", "variant_id": "int64", "units": "int64", "net": "int64"}
        bought = table(columns, [(ADA, day(when), 1, 1, 100) for when in (0, 30, 60, 90, 120, last)])
        return rows(repeat_by_product(bought, as_of=day(2000)))[0]

    usual, strange = gaps(150), gaps(1900)
    for name in ("gap_p25", "gap_median", "gap_p75", "gaps"):
        assert usual[name] == strange[name]
    assert usual["gap_median"] == 30


def test_7_the_season_is_compared_with_the_same_season_of_last_year():
    holiday = {who: {day(N1_FIRST - 364): 1, day(N1_FIRST - 360): 1} for who in range(100)}
    found = holiday | {who: {day(N1_FIRST): 1, day(N1_FIRST + 4): 1} for who in range(200, 300)}
    n1 = came_back(beginnings(found), as_of=day(T), history=History(day(0), opened=True))
    assert (n1.last_year.value, n1.verdict) == (1.0, "noise")


@pytest.mark.parametrize(("opened_then", "known"), [(False, 0), (True, 100)])
def test_8_sixty_days_of_orders_do_not_make_old_customers_new(opened_then, known):
    found = beginnings({who: {day(N1_FIRST + 20): 1} for who in range(100)})
    n1 = came_back(found, as_of=day(T), history=History(day(N1_FIRST), opened=opened_then))
    assert (n1.n, n1.n + n1.unknown) == (known, 100)
    assert (n1.value is None) == (known == 0)


def test_12_a_day_is_a_day_in_the_shops_zone_and_not_twenty_four_hours():
    late, early = Order(1, BEN, day(N1_FIRST), hour=23), Order(2, BEN, day(N1_FIRST + 1), hour=0)
    same = Order(3, ADA, day(N1_FIRST), hour=0), Order(4, ADA, day(N1_FIRST), hour=23)
    n1, _n2 = ask(shop(*many(98, (N1_FIRST,)), late, early, *same))
    assert (n1.n, n1.k) == (100, 1)
