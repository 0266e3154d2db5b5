"""The first half of a profile looks at one customer at a time: nobody else's facts can change it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from insight import oracle
from insight.base_question import RULE, ask, assert_same, own_histories
from insight.random_shops import PEOPLE, VARIANTS, busy_shops, examples
from insight.shops import (
    ADA,
    BEN,
    CLEO,
    DAN,
    EVE,
    Order,
    Refund,
    Variant,
    at,
    day,
    opened,
    rows,
    shop,
    table,
)  # fmt: skip
from regulars.insight.own_history import people_columns

STRANGER = 77


def of(tables, *customers):
    return {name: [row for row in found if row["customer_id"] in customers] for name, found in tables.items()}


@given(found=busy_shops(), more=busy_shops())
@examples(3)
def test_another_customer_changes_nothing_in_anybodys_own_history(found, more):
    strangers = tuple(replace(order, id=order.id + 100, who=STRANGER) for order in more.orders)
    late = tuple(replace(r, id=r.id + 100, order=r.order and r.order + 100, who=STRANGER) for r in more.refunds)
    both = replace(found, orders=found.orders + strangers, refunds=found.refunds + late)
    alone, together = ask(found, 69), ask(both, 69)
    known = set(PEOPLE.values())
    for name, rows_ in of(alone, *known).items():
        assert_same(rows_, of(together, *known)[name])


@given(found=busy_shops(), seed=st.integers(0, 99))
@examples(3)
def test_the_order_of_rows_changes_nothing(found, seed):
    as_read, shuffled = ask(found, 69), ask(found.shuffled(seed), 69)
    for name, rows_ in as_read.items():
        assert_same(rows_, shuffled[name])


@given(found=busy_shops())
@examples(3)
def test_sums_and_counts_equal_the_slow_ones(found):
    days = oracle.order_days(found, as_of=day(69), rule=RULE)
    tables = ask(found, 69)
    assert {row["customer_id"] for row in tables["customers"]} == days.keys()
    for row in tables["customers"]:
        mine = days[row["customer_id"]]
        assert (row["first_day"], row["last_day"], row["order_days"]) == (min(mine), max(mine), len(mine))
        assert row["net_total"] == sum(mine.values()) == row["gross_total"] - row["refunded_total"]
        assert (row["net_first_day"], row["net_last_day"]) == (mine[min(mine)], mine[max(mine)])
        assert row["net_90d"] == row["net_365d"] == row["net_total"]
        assert row["orders_365d"] == row["orders"] >= row["order_days"]
        assert row["gaps"] == row["order_days"] - 1
    counted = [row for row in tables["orders"] if row["why_invalid"] is None and row["customer_id"] is not None]
    assert sum(row["net_total"] for row in tables["customers"]) == sum(row["net"] for row in counted)
    assert sum(row["orders"] for row in tables["customers"]) == len(counted)


@given(found=busy_shops(), chosen=st.sets(st.sampled_from([1, 2, 3, 4, STRANGER])))
@examples(3)
def test_the_base_of_some_customers_is_their_part_of_the_base_of_all(found, chosen):
    everybody, those = ask(found, 69), ask(found, 69, some=chosen)
    for name, rows_ in of(everybody, *chosen).items():
        assert_same(rows_, those[name])


def test_channels_and_country_are_those_of_the_first_and_last_order_that_count_and_name_one():
    found = shop(
        Order(1, ADA, day(0), channel="", country="AT"),
        Order(2, ADA, day(3), channel="web", hour=9), Order(3, ADA, day(3), channel="app", hour=8),
        Order(4, ADA, day(9), channel="desk", country="FR"), Order(5, ADA, day(9), channel="web", country=""),
        Order(6, ADA, day(20), channel="test", country="US", test=True),
    )  # fmt: skip
    row = own_histories(found)[ADA]
    assert (row["channel_first"], row["channel_last"], row["country"], row["channels"]) == ("app", "web", "FR", 3)


def test_a_customer_without_baskets_gaps_or_reviews_has_none_and_not_nothing():
    found = shop(Order(1, EVE, day(0), lines=()), *at(3, who=DAN, first_id=2), reviews=((DAN, day(4), 4.0),))
    eve, dan = (own_histories(found)[who] for who in (EVE, DAN))
    counts = ("gaps", "units", "products", "categories", "net_with_cost", "cost_total", "net_of_lines", "reviews")
    assert [eve[name] for name in counts] == [0] * len(counts)
    assert (dan["reviews"], dan["rating_mean"], dan["last_review_day"], eve["rating_mean"]) == (1, 4.0, day(4), None)


def test_years_are_counted_back_from_the_day_itself():
    found = shop(
        *(order for place, ago in enumerate((0, 89, 90, 364, 365, 729, 730)) for order in at(69 - ago, first_id=place))
    )
    row = own_histories(found)[ADA]
    assert (row["orders_90d"], row["orders_365d"], row["orders_before_365d"], row["orders"]) == (2, 4, 2, 7)
    assert (row["net_90d"], row["net_365d"], row["net_before_365d"]) == (2000, 4000, 2000)


def test_baskets_name_the_product_that_led_the_first_the_last_and_most_days():
    lines = (((1, 2, 300), (2, 1, 900)), ((3, 1, 500),), ((3, 1, 500),), ((4, 1, 700), (1, 1, 700)))
    orders = (Order(place, CLEO, day(place * 9), lines=these) for place, these in enumerate(lines))
    goods = (*VARIANTS, Variant(4, category="cups"))
    row = own_histories(shop(*orders, variants=goods))[CLEO]
    assert (row["first_variant"], row["last_variant"], row["favourite_variant"]) == (2, 1, 3)
    assert (row["units"], row["products"], row["categories"]) == (7, 4, 2)
    assert (row["net_with_cost"], row["cost_total"], row["net_of_lines"]) == (2900, 2 * 300 + 300 + 2 * 100, 3600)


def test_of_products_bought_equally_often_the_lowest_number_is_the_favourite():
    goods = {who: [1 + (who * 7 + place * 5) % 23 for place in range(4)] for who in range(1, 30)}
    found = own_histories(
        shop(
            *(
                Order(who * 10 + place, who, day(place), lines=((variant, 1, 9),))
                for who, variants in goods.items()
                for place, variant in enumerate(variants)
            )
        )
    )
    assert {who: row["favourite_variant"] for who, row in found.items()} == {who: min(v) for who, v in goods.items()}


def test_a_return_that_names_no_order_counts_for_the_customer_alone_as_for_all():
    loose = Refund(1, None, 10, day(20), variant=1, who=ADA), Refund(2, 5, 10, day(20), variant=1, who=BEN)
    found = shop(*at(0, 25), *at(0, 25, who=BEN, first_id=5), *at(25, who=CLEO, first_id=9), refunds=loose)
    for some in ((ADA,), (BEN,), (CLEO,), (ADA, BEN)):
        orders = ask(found, 69, some=some)["orders"]
        swaps = {row["customer_id"] for row in orders if row["why_invalid"] == "swap"}
        assert swaps == {ADA, BEN} & set(some)


def test_whoever_was_merged_is_one_customer_with_both_histories():
    apart = shop(*at(0, 10), *at(5, who=BEN, first_id=10), refunds=(Refund(1, 10, 100, day(30)),))
    together = own_histories(replace(apart, people={BEN: ADA}))
    assert list(together) == [ADA]
    assert (together[ADA]["order_days"], together[ADA]["net_total"], together[ADA]["identifiers"]) == (3, 2900, 2)


def test_has_email_phone_and_account_say_how_a_customer_can_be_reached():
    with opened(shop()) as (_engine, facts):
        kinds = table(
            {"identifier_id": "int64", "customer_id": "int64", "kind": "string"},
            [(ADA, ADA, "email"), (8, ADA, "phone"), (BEN, BEN, "account")],
        )
        ada, ben = rows(people_columns(replace(facts, people=kinds)), "customer_id")
    assert (ada["has_email"], ada["has_phone"], ada["has_account"], ada["identifiers"]) == (True, True, False, 2)
    assert (ben["has_email"], ben["has_phone"], ben["has_account"], ben["identifiers"]) == (False, False, True, 1)
