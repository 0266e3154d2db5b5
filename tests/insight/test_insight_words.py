"""Sentences about numbers: why one is missing, why somebody is on the list, and what to do."""

import pytest

from insight.shops import day
from regulars.insight.came_back import CameBack, Window
from regulars.insight.first_spend import FirstSpend
from regulars.insight.kept import Kept
from regulars.insight.words import STAGES, n1_why_not, n2_meanwhile, n2_why_not, next_step, why_on_the_list

DAYS = Window(day(0), day(90))
ROW = {
    "order_days": 4,
    "stage": "slipping",
    "days_since_last_order": 60,
    "usual_gap_days": 30,
    "late_after_days": 44,
    "value_grade": "B",
    "last_product": "Tea",
}


def n1(why_not="", **rest):
    return CameBack(None, 12, 57, None, None, DAYS, 90, why_not, **rest)


def n2(why_not="", **rest):
    return Kept(None, 57, None, None, 0, 0, 0, why_not, **rest)


def test_below_100_newcomers_the_counts_stand_without_a_rate():
    assert n1_why_not(n1("too_few")) == "12 of 57 new customers came back: a rate needs 100"


def test_a_short_history_says_how_much_there_is_and_how_much_it_takes():
    assert (
        n1_why_not(n1("too_short", have_days=31, need_days=195)) == "not enough history yet: 31 of 195 days of orders"
    )
    assert n2_why_not(n2("too_short", have_months=7)) == "not enough history yet: have 7 of 24 months"
    assert "0 of 24" in n2_why_not(n2("too_short", have_months=-1))


def test_a_number_that_stands_needs_no_excuse():
    assert (n1_why_not(n1()), n2_why_not(n2())) == ("", "")


def test_few_customers_or_no_revenue_give_no_share():
    assert n2_why_not(n2("too_few")) == "only 57 customers bought last year: a share needs 100"
    assert n2_why_not(n2("nothing_spent")) == "last year's customers spent nothing"


def test_meanwhile_a_young_shop_sees_what_a_new_customer_brings():
    spend = FirstSpend(812.0, 700.0, 900.0, 81_200, 100, DAYS, 90)
    assert (
        n2_meanwhile(spend, "8.12 EUR")
        == "meanwhile: 8.12 EUR net revenue per new customer in the first 90 days (n = 100)"
    )
    assert n2_meanwhile(FirstSpend(None, None, None, 0, 3, DAYS, 90, "too_few"), "") == ""


@pytest.mark.parametrize(
    ("change", "why", "step"),
    [
        ({}, ("every 30 days", "silent for 60", "day 44"), ("Write", "Tea")),
        ({"order_days": 1}, ("once", "60 days ago", "44"), ("Ask", "Tea")),
        ({"stage": "loyal"}, ("every 30 days", "60 days ago"), ("thank you",)),
        ({"value_grade": "A"}, ("every 30 days", "silent for 60"), ("Call", "Tea")),
        ({"last_product": None}, ("every 30 days",), ("Write", "the last order")),
    ],
)
def test_each_customer_on_the_list_has_a_reason_and_one_next_step(change, why, step):
    assert all(words in why_on_the_list(ROW | change) for words in why)
    assert all(words in next_step(ROW | change) for words in step)
    assert "{" not in why_on_the_list(ROW | change) + next_step(ROW | change)


def test_every_sentence_goes_through_the_translator():
    def shout(text: str) -> str:
        return text.upper().replace("{K}", "{k}").replace("{N}", "{n}").replace("{NEEDED}", "{needed}")

    assert n1_why_not(n1("too_few"), shout) == "12 OF 57 NEW CUSTOMERS CAME BACK: A RATE NEEDS 100"


def test_every_stage_has_a_name():
    assert set(STAGES) == {"new", "active", "loyal", "returned", "slipping", "lost"}
