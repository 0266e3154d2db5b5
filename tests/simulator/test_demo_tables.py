"""What the raw tables of the demo shop promise: form, sums, dates and refunds."""

import hashlib
import re
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from regulars.simulator.demo import demo_shop
from regulars.simulator.raw import TABLES, text_table
from simulator.demo_case import LAST_DAY, SEED, day_of, instant_of

BERLIN = ZoneInfo("Europe/Berlin")
TIMES = ("ordered_at", "paid_at", "fulfilled_at", "cancelled_at", "updated_at")


def fingerprint(tables):
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(repr(tables[name].to_pydict()).encode())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_tables_and_another_seed_others():
    small = {seed: fingerprint(demo_shop(seed, last_day=LAST_DAY, customers=200)) for seed in (1, 2)}
    assert fingerprint(demo_shop(1, last_day=LAST_DAY, customers=200)) == small[1]
    assert small[1] != small[2]


def test_the_full_shop_is_the_same_every_time(demo):
    assert fingerprint(demo_shop(SEED, last_day=LAST_DAY)) == fingerprint(demo.tables)


def test_another_last_day_moves_the_whole_shop():
    orders = demo_shop(1, last_day=date(2024, 2, 29), customers=200)["orders"]
    assert max(orders["ordered_at"].to_pylist())[:10] <= "2024-02-29"
    assert min(orders["ordered_at"].to_pylist())[:10] >= "2021-02-28"


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_text_but_the_row_number(demo, name):
    table = demo.tables[name]
    assert table.schema.names == ["row", *TABLES[name]]
    assert table["row"].to_pylist() == list(range(1, table.num_rows + 1))
    assert table.schema.field("row").type == pa.int64()
    assert {table.schema.field(column).type for column in TABLES[name]} == {pa.string()}
    assert all(table[column].null_count == 0 for column in TABLES[name])


def test_a_table_with_other_columns_is_refused():
    with pytest.raises(ValueError, match="amount"):
        text_table("refunds", {"sku": []})


def test_there_are_about_three_thousand_customers(demo):
    assert len({person for person in demo.person.values() if person >= 0}) == 3000
    assert 2300 <= demo.tables["customers"].num_rows <= 2550
    assert 6000 <= len(demo.orders) <= 9000


def test_order_cells_repeat_on_every_line_and_line_keys_are_unique(demo):
    of_order = TABLES["orders"][: TABLES["orders"].index("line_key")]
    for lines in demo.lines.values():
        assert len({tuple(line[column] for column in of_order) for line in lines}) == 1
    keys = demo.tables["orders"]["line_key"].to_pylist()
    assert len(set(keys)) == len(keys)


def test_the_sums_of_every_order_add_up(demo):
    for key, order in demo.orders.items():
        goods = sum(Decimal(line["line_total"]) for line in demo.lines[key])
        total, shipping = Decimal(order["total"]), Decimal(order["shipping"])
        assert total == goods - Decimal(order["discount"]) + shipping
        assert Decimal(order["subtotal"]) == total - shipping
        shipping_tax = (shipping * 19 / 119).quantize(Decimal("0.01"))
        assert Decimal(order["tax"]) == sum(Decimal(line["line_tax"]) for line in demo.lines[key]) + shipping_tax
        assert Decimal(order["discount"]) > 0 or not order["discount_code"]


def test_every_line_is_price_times_quantity_less_its_discount(demo):
    for line in demo.rows("orders"):
        full = Decimal(line["unit_price"]) * int(line["quantity"])
        assert Decimal(line["line_total"]) == full - Decimal(line["line_discount"])
        assert 0 <= Decimal(line["line_tax"]) <= Decimal(line["line_total"]) * 19 / 119 + Decimal("0.01")


def test_times_carry_the_offset_of_the_shop_at_that_instant(demo):
    for order in demo.orders.values():
        for column in TIMES:
            if order[column]:
                at = instant_of(order[column])
                assert at.utcoffset() == at.astimezone(BERLIN).utcoffset()
                assert at.date() <= LAST_DAY


def test_orders_are_numbered_by_time_within_three_years(demo):
    instants = [instant_of(order["ordered_at"]) for order in demo.orders.values()]
    assert instants == sorted(instants)
    assert day_of(min(order["ordered_at"] for order in demo.orders.values())) >= date(2023, 11, 1)


def test_some_orders_fall_around_midnight_and_on_clock_changes(demo):
    texts = [order["ordered_at"] for order in demo.orders.values()]
    assert sum(text[11:15] in {"23:5", "00:0"} for text in texts) > 50
    changes = {"2024-03-31", "2024-10-27", "2025-03-30", "2025-10-26", "2026-03-29", "2026-10-25"}
    near = [text for text in texts if text[:10] in changes and text[11:13] in {"01", "02", "03"}]
    assert {text[-5:] for text in near} == {"+0100", "+0200"}


def test_nothing_happens_before_the_order_or_after_its_last_update(demo):
    for order in demo.orders.values():
        ordered, updated = instant_of(order["ordered_at"]), instant_of(order["updated_at"])
        for column in TIMES:
            assert not order[column] or ordered <= instant_of(order[column]) <= updated


def test_refunds_never_exceed_the_order_and_come_within_thirty_days(demo):
    given = defaultdict(Decimal)
    for refund in demo.rows("refunds"):
        order = demo.orders[refund["order_key"]]
        given[refund["order_key"]] += Decimal(refund["amount"])
        after = instant_of(refund["refunded_at"]) - instant_of(order["ordered_at"])
        assert timedelta(days=1) <= after <= timedelta(days=30)
        assert refund["reason"]
        assert refund["status"] == "done"
    for key, amount in given.items():
        total = Decimal(demo.orders[key]["total"])
        assert amount == total if demo.orders[key]["status"] == "refunded" else 0 < amount < total
    refunded = {key for key, order in demo.orders.items() if order["status"].endswith("refunded")}
    assert refunded == set(given)


def test_a_partial_refund_names_a_line_of_its_order(demo):
    for refund in demo.rows("refunds"):
        lines = {line["line_key"]: line for line in demo.lines[refund["order_key"]]}
        if demo.orders[refund["order_key"]]["status"] == "partially_refunded":
            line = lines[refund["line_key"]]
            assert refund["sku"] == line["sku"]
            assert int(refund["quantity"] or 0) <= int(line["quantity"])
            assert Decimal(refund["amount"]) <= Decimal(line["line_total"])
        else:
            assert refund["line_key"] == refund["sku"] == refund["quantity"] == ""


@pytest.mark.parametrize(
    ("status", "least", "most"),
    [("partially_refunded", 0.03, 0.05), ("refunded", 0.01, 0.022), ("voided", 0.006, 0.015), ("pending", 0.015, 0.05)],
)
def test_each_fate_has_its_share(demo, status, least, most):
    share = sum(order["status"] == status for order in demo.orders.values()) / len(demo.orders)
    assert least < share < most


def test_pending_orders_are_paid_on_delivery_and_void_ones_are_cancelled(demo):
    for order in demo.orders.values():
        assert (order["status"] == "pending") == (order["payment_method"] == "cash_on_delivery")
        assert (order["status"] == "voided") == bool(order["cancelled_at"])
        assert bool(order["paid_at"]) == (order["status"] not in {"pending", "voided"})


def test_there_are_a_few_test_orders_and_a_few_for_nothing(demo):
    tests = [key for key, order in demo.orders.items() if order["test"] == "true"]
    assert len(tests) == 5
    assert {demo.person[key] for key in tests} == {-1}
    assert sum(order["total"] == "0.00" for order in demo.orders.values()) == 8


def test_products_have_sixty_titles_ninety_variants_and_a_margin(demo):
    products = demo.rows("products")
    assert len(products) == len({row["sku"] for row in products}) == 90
    assert len({row["product_ref"] for row in products}) == 60
    assert all(0 < Decimal(row["cost"]) < Decimal(row["price"]) for row in products)
    assert {line["sku"] for line in demo.rows("orders")} <= {row["sku"] for row in products}


def test_some_prices_changed_and_the_catalogue_shows_the_last_one(demo):
    prices = defaultdict(list)
    for line in demo.rows("orders"):
        if line["unit_price"] not in prices[line["sku"]]:
            prices[line["sku"]].append(line["unit_price"])
    assert 10 <= sum(len(found) == 2 for found in prices.values()) <= 15
    assert max(map(len, prices.values())) == 2
    today = {row["sku"]: row["price"] for row in demo.rows("products")}
    assert all(found[-1] == today[sku] for sku, found in prices.items() if len(found) == 2)


def test_about_eight_orders_in_a_hundred_are_reviewed_in_three_languages(demo):
    reviews = demo.rows("reviews")
    assert 0.065 < len(reviews) / len(demo.orders) < 0.1
    assert {row["rating"] for row in reviews} == set("12345")
    assert any(re.search("[\u4e00-\u9fff]", row["text"]) for row in reviews)
    assert any("ß" in row["text"] or "Geschmack" in row["text"] for row in reviews)
    assert all(row["text"] and day_of(row["created_at"]) <= LAST_DAY for row in reviews)


def test_a_shop_with_no_room_for_the_planted_groups_is_refused():
    with pytest.raises(ValueError, match="too few"):
        demo_shop(1, last_day=LAST_DAY, customers=25)
