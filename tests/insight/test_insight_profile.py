"""The profile: documented columns and types, no number that is none, sums that add up, ties that hold still."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from insight import oracle
from insight.base_question import assert_same
from insight.lifetime.lifetime_shops import order_days
from insight.shops import ADA, BEN, CLEO, DAN, Order, Refund, Shop, Variant, at, dates, day, opened, rows, shop
from regulars.insight.forecast import Told
from regulars.insight.profile import Choices, base, score
from regulars.insight.summary import summarise
from regulars.insight.yardsticks import yardsticks

NAMED = {
    "int64": """
        customer_id order_days order_days_90d order_days_365d net_total orders_90d orders_365d orders_before_365d net_90d net_365d net_before_365d
        net_first_day first_variant net_last_day last_variant orders orders_not_counted orders_cancelled gross_total
        refunded_total orders_refunded orders_discounted order_value_largest channels gaps second_gap last_gap
        shortest_gap longest_gap units products categories net_with_cost cost_total net_of_lines favourite_variant
        identifiers reviews days_since_first_order days_since_last_order net_a_year margin_total usual_gap_days
        late_after_days lost_after_days days_late rfm_recency rfm_frequency rfm_money rfm_score order_value_mean
        net_at_stake
        """,
    "float64": """
        log_sum log_squares rating_mean product_level lateness p_order_90d orders_next_90d orders_next_365d p_alive
        net_next_90d net_next_365d margin_next_365d value_ahead refund_share discount_share cost_known_share
        """,
    "string": """
        channel_first channel_last country stage rfm_segment value_grade margin_grade first_product last_product
        favourite_product
        """,
    "date": "first_day last_day last_review_day due_on as_of next_order_from next_order_on next_order_to",
    "boolean": "has_email has_phone has_account came_back",
}
TYPES = {name: kind for kind, names in NAMED.items() for name in names.split()}
# What a customer with one order and no review, cost or forecast does not have.
MAY_BE_MISSING = {
    "first_variant", "last_variant", "favourite_variant", "first_product", "last_product", "favourite_product",
    "second_gap", "last_gap", "shortest_gap", "longest_gap", "log_sum", "log_squares", "rating_mean",
    "last_review_day", "product_level", "margin_total", "margin_grade", "came_back", "channel_first", "channel_last",
    "country", "refund_share", "cost_known_share",
    "p_order_90d", "orders_next_90d", "orders_next_365d", "p_alive", "net_next_90d", "net_next_365d",
    "margin_next_365d", "value_ahead", "next_order_from", "next_order_on", "next_order_to",
}  # fmt: skip
LAST = 600
TEA, TEA_AND_CUP, NOTHING, GAVE_HALF_BACK, GAVE_ALL_BACK = range(11, 16)
GOODS = (Variant(1, 10, cost=300, title="Tea"), Variant(2, 20, title="Cup"), Variant(3, 30, cost=5000, sku="POT"))


@cache
def large() -> Shop:
    """Eight hundred customers who order as BG/NBD says, give a tenth back, and buy three products."""
    luck = np.random.default_rng(2)
    who, when = order_days(luck, 800, (0.7, 40.0, 0.8, 2.4), LAST + 1)
    orders = tuple(
        Order(number, int(one), day(int(at_)), net=int(luck.integers(100, 9000)), channel=["web", "shop"][number % 2])
        for number, (one, at_) in enumerate(zip(who, when, strict=True))
    )
    orders = tuple(replace(order, lines=((1 + order.id % 3, 1, order.net),)) for order in orders)
    back = tuple(
        Refund(order.id, order.id, order.net // 2, order.day, variant=None) for order in orders if order.id % 10 == 0
    )
    return Shop(orders, back, variants=GOODS, reviews=((3, day(50), 4.0),))


def profiles(found, last=LAST, choices=None):
    """Each customer's profile, the schema of the table, the forecast and the rhythm of the shop."""
    chosen = choices or Choices()
    with opened(found) as (engine, facts):
        history = base(engine, facts, dates=dates(last), choices=chosen)
        by = yardsticks(
            engine, history.customers, history.gaps, dates=dates(last), told=Told(dates(last).history_days, True)
        )
        table = score(engine, facts, history.customers, by, dates=dates(last))
        found = {row["customer_id"]: row for row in rows(table, "customer_id")}
        return found, dict(table.schema()), by.forecast, by.rhythm


@pytest.fixture(scope="module")
def whole():
    return profiles(large())


def basket(number, who, *lines):
    return Order(number, who, day(number), net=sum(net for _variant, _units, net in lines), lines=lines)


@cache
def few(margin_percent=None):
    """The cast in one small shop, and five more whose margins differ. Nobody knows what a Cup costs."""
    found = shop(
        *at(0, 40, 80, 120, 500, who=ADA, first_id=1, net=2000), *at(0, 30, who=BEN, first_id=11),
        *at(560, who=CLEO, first_id=21), *at(10, 401, who=DAN, first_id=31),
        basket(41, TEA, (1, 2, 10_000)), basket(42, TEA_AND_CUP, (1, 2, 10_000), (2, 1, 5000)),
        Order(43, NOTHING, day(3), lines=()), basket(44, GAVE_HALF_BACK, (1, 2, 10_000)),
        basket(45, GAVE_ALL_BACK, (1, 2, 10_000), (2, 1, 5000)),
        refunds=(Refund(1, 1, 1000, day(50)), Refund(2, 44, 5000, day(80)), Refund(3, 45, 15_000, day(80))),
        variants=(Variant(1, cost=4000, title="Tea"), Variant(2)),
    )  # fmt: skip
    return profiles(found, choices=Choices(margin_percent=margin_percent))


def test_every_column_has_its_documented_type(whole):
    _found, schema, _model, _rhythm = whole
    assert {name: str(kind).removeprefix("!") for name, kind in schema.items()} == TYPES


def test_no_number_is_infinite_or_not_a_number_and_only_some_may_be_missing(whole):
    for row in [*whole[0].values(), *few()[0].values()]:
        for name, value in row.items():
            assert value is not None or name in MAY_BE_MISSING, name
            assert not isinstance(value, float) or math.isfinite(value), name


def test_a_shop_that_can_be_forecast_has_every_forecast(whole):
    found, _schema, model, _rhythm = whole
    assert model.why_not == ""
    assert all(row["p_order_90d"] is not None and row["net_next_365d"] is not None for row in found.values())


def test_sums_over_profiles_are_the_totals_of_the_orders(whole):
    found, profile = large(), whole[0].values()
    total = {
        name: sum(row[name] for row in profile) for name in ("net_total", "gross_total", "refunded_total", "orders")
    }
    gross, back = sum(order.net for order in found.orders), sum(refund.amount for refund in found.refunds)
    assert total == {
        "net_total": gross - back,
        "gross_total": gross,
        "refunded_total": back,
        "orders": len(found.orders),
    }
    days = {(order.who, order.day) for order in found.orders}
    assert sum(row["order_days"] for row in profile) == len(days)
    assert sum(row["gaps"] for row in profile) == whole[3].gaps == len(days) - len(profile)


def test_scores_and_grades_of_the_shop_equal_the_slow_ones(whole):
    profile = whole[0]
    money = {who: row["net_total"] for who, row in profile.items()}
    assert {who: row["value_grade"] for who, row in profile.items()} == oracle.grades(money)
    assert [row["rfm_money"] for row in profile.values()] == oracle.fifths(list(money.values()))


def test_the_order_of_rows_changes_nothing_in_the_whole_profile(whole):
    assert_same(list(whole[0].values()), list(profiles(large().shuffled(4))[0].values()))


def test_what_is_at_stake_is_a_years_revenue_of_those_slipping_away(whole):
    for row in whole[0].values():
        assert row["net_at_stake"] == (row["net_a_year"] if row["stage"] == "slipping" else 0)


def test_a_years_revenue_is_not_blown_up_for_customers_of_a_few_weeks():
    found = few()[0]
    assert (found[CLEO]["net_a_year"], found[CLEO]["net_total"]) == (1000, 1000)
    assert found[ADA]["net_a_year"] == round(9000 * 365 / 600)


@pytest.mark.parametrize(("who", "came_back"), [(ADA, True), (BEN, True), (CLEO, None), (DAN, False)])
def test_came_back_is_open_until_the_horizon_and_the_grace_are_over(who, came_back):
    assert few()[0][who]["came_back"] is came_back


def test_shares_are_of_the_orders_that_count():
    assert few()[0][ADA]["refund_share"] == pytest.approx(1000 / 10_000)
    assert (few()[0][ADA]["discount_share"], few()[0][ADA]["order_value_mean"]) == (0, 1800)
    assert (few()[0][ADA]["orders_refunded"], few()[0][ADA]["order_value_largest"]) == (1, 2000)


def margin(who, percent=None):
    return few(percent)[0][who]["margin_total"]


def test_a_margin_is_what_the_goods_earned_where_their_costs_are_known():
    assert (margin(TEA), margin(TEA, 50)) == (2000, 2000)


def test_a_margin_is_not_known_where_a_cost_is_missing_and_none_is_assumed():
    assert (margin(TEA_AND_CUP), margin(TEA_AND_CUP, 50)) == (None, 2000 + 2500)
    assert (margin(NOTHING), margin(NOTHING, 50)) == (None, 500)


def test_a_refund_takes_its_share_of_the_margin_with_it():
    assert (margin(GAVE_HALF_BACK), margin(GAVE_HALF_BACK, 50), margin(GAVE_ALL_BACK, 50)) == (1000, 1000, 0)


@pytest.mark.parametrize("percent", [None, 50])
def test_margins_are_graded_where_they_are_known(percent):
    money = {who: row["margin_total"] for who, row in few(percent)[0].items() if row["margin_total"] is not None}
    found = {who: row["margin_grade"] for who, row in few(percent)[0].items() if row["margin_grade"] is not None}
    assert found == oracle.grades(money)
    assert len(found) == (6 if percent is None else 9)


def test_products_are_named_by_title_and_by_stock_number_where_there_is_none(whole):
    row = next(row for row in whole[0].values() if row["first_variant"] == 1)
    assert row["first_product"] == "Tea"
    assert all(row["first_product"] == "POT" for row in whole[0].values() if row["first_variant"] == 3)


def test_customers_put_together_in_slices_are_the_same(monkeypatch):
    found = shop(*at(0, 10, 20), *at(3, 5, who=BEN), *at(7, who=CLEO), *at(8, who=DAN), reviews=((BEN, day(9), 4.0),))
    tables = []
    for at_once in (1_000_000, 1):
        monkeypatch.setattr("regulars.insight.profile.CUSTOMERS_AT_ONCE", at_once)
        with opened(found) as (engine, facts):
            found_again = summarise(engine, facts, dates(69), Choices())
            tables.append(rows(found_again.profiles, "customer_id"))
    assert_same(*tables)
    assert len(tables[0]) == 4
