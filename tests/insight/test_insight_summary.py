"""The whole answer for one shop, also for shops that have next to nothing."""

import datetime as dt
from dataclasses import replace

import pytest

from insight.headlines import orders
from insight.shops import ADA, BEN, CLEO, Order, Refund, Shop, at, dates, day, many, opened, rows, shop
from regulars.insight.came_back import History
from regulars.insight.profile import Choices
from regulars.insight.summary import Counts, count, summarise

NOTHING = Counts(0, 0, 0, 0, 0, 0, 0, 0, None, 0)


def ask(found: Shop, when):
    with opened(found) as (engine, facts):
        answer = summarise(engine, facts, when, Choices())
        tables = (
            answer.profiles,
            answer.cohorts,
            answer.products.first,
            answer.products.repeat,
            answer.products.returned,
        )
        return answer, [rows(table) for table in tables]


STRAY = Refund(1, None, 500, day(3), who=ADA, variant=1), Refund(2, 77, 5, None, known=day(3))


@pytest.mark.parametrize(
    ("found", "customers"), [(Shop(refunds=STRAY), 0), (shop(*at(5)), 1)], ids=["refunds only", "one order"]
)
def test_a_shop_with_next_to_nothing_has_reasons_and_no_numbers(found, customers):
    answer, (profiles, *_rest) = ask(found, dates(30))
    assert len(profiles) == customers
    assert (answer.n1.value, answer.n1.why_not, answer.n1.have_days) == (None, "too_short", 31)
    assert (answer.n2.value, answer.n2.why_not, answer.n2.have_months) == (None, "too_short", 0)
    assert (answer.first_spend.value, answer.first_spend.why_not) == (None, "too_few")
    assert answer.yardsticks.forecast.why_not == ("no_customers" if not customers else "short_history")
    assert (answer.yardsticks.rhythm.gaps, round(answer.yardsticks.rhythm.usual_days)) == (0, 90)
    assert answer.counts.net_revenue == 1000 * customers


def counts(found, cut=100) -> Counts:
    orders(100).ask(found.moved(100 - cut))
    return count(orders(100).table("orders"))


def test_plain_sums_count_everything_but_cancelled_orders_once():
    found = shop(
        *at(0, 5, net=1000, total=1190), Order(3, BEN, day(9), net=500, total=600, status="cancelled"),
        Order(4, BEN, day(10), net=300), Order(5, None, day(11), net=40), Order(6, CLEO, day(12), test=True, net=7),
        refunds=(Refund(1, 1, 190, day(9)), Refund(2, 3, 600, day(9))),
    )  # fmt: skip
    spent, given_back = 2 * 1190 + 300 + 40 + 7, 190
    assert counts(found) == Counts(
        orders=6,
        cancelled_orders=1,
        orders_without_customer=1,
        orders_not_counted=2,
        customers=3,
        gross_total=spent,
        refunded_total=given_back,
        repeat_customers=1,
        top20_share=(2 * 1190 - given_back) / (spent - 40 - given_back),
        net_revenue=2 * 1000 - 160 + 300 + 40,
    )
    assert counts(found).net_total == spent - given_back
    assert counts(shop()) == NOTHING


def test_an_order_cancelled_later_is_not_yet_a_cancelled_one():
    found = shop(Order(1, ADA, day(0), status="cancelled", cancelled=day(50)))
    before, after = counts(found, 49), counts(found, 50)
    assert (before.cancelled_orders, before.gross_total, before.repeat_customers) == (0, 1000, 0)
    assert (after.cancelled_orders, after.gross_total, after.customers) == (1, 0, 1)


TODAY = (dt.date(2024, 2, 14) - day(0)).days


@pytest.fixture(scope="module")
def unfinished():
    """A shop whose history begins in the middle, on a day that is not over: Ada came back today. Ben and Cleo began so
    lately that the grace, or the horizon, is not over; an order of Ben's was known only much later."""
    late = Order(8, BEN, day(395), known=day(500))
    cast = (*at(30, TODAY, who=ADA), *at(394, who=BEN, first_id=5), *at(305, who=CLEO, first_id=7), late)
    back = (Refund(1, 5, 9, day(396), known=day(500), variant=1), Refund(2, 5, 9, day(396), known=day(501), variant=1))
    found = shop(*many(100, (30, 60)), *many(110, (220, 230), first=3000), *cast, refunds=back)
    return ask(found, replace(dates(TODAY, known=500), complete=day(TODAY - 1), history=History(day(0))))


def test_the_day_that_is_not_over_belongs_to_the_profiles_and_not_to_the_numbers(unfinished):
    answer, (profiles, cohorts, *_rest) = unfinished
    assert [row["customer_id"] for row in profiles if row["days_since_last_order"] == 0] == [ADA]
    february = [cell for cell in cohorts if cell["cohort"] + cell["age"] == 2024 * 12 + 1]
    assert [(cell["cohort"], cell["customers"]) for cell in february] == [(2024 * 12, 1)], "only Ben, and not yet Ada"
    assert (answer.n1.window.last, answer.n2.as_of) == (day(TODAY - 1 - 90 - 14), day(TODAY - 1 - 14))


def test_a_month_is_finished_on_the_last_complete_day_and_not_on_the_day_under_way(unfinished):
    _answer, (_profiles, cohorts, *_rest) = unfinished
    unripe = [cell for cell in cohorts if not cell["mature"]]
    assert [(cell["cohort"], cell["age"], cell["customers"]) for cell in unripe] == [
        (2024 * 12, 0, 1),
        (2024 * 12, 1, 1),
    ]


def test_customers_who_may_be_old_ones_are_in_no_curve_and_in_no_first_product(unfinished):
    answer, (_profiles, _cohorts, first, *_rest) = unfinished
    assert (answer.n1.n, answer.survival.n, answer.first_spend.n) == (110, 111, 110)
    assert (first[0]["newcomers"], first[0]["came_back"]) == (110, 110)


def test_what_was_known_by_the_day_asked_for_is_used(unfinished):
    _answer, (profiles, *_rest, returned) = unfinished
    assert [row["order_days"] for row in profiles if row["customer_id"] == BEN] == [2]
    assert returned == [{"variant_id": 1, "units_back": 1, "refunds": 1}]
