"""WooCommerce: REST v3 pages saved as JSON, and the CSV of the export plug-in."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from regulars.sources.source import CannotRead
from sources.files import WOO_PLUGIN, Reader, real, table_text, write, write_json

LINE: dict[str, Any] = {
    "id": 31, "name": "Tea", "product_id": 7, "variation_id": 0, "quantity": 2, "subtotal": "20.00", "subtotal_tax": "3.80",
    "total": "18.00", "total_tax": "3.42", "sku": "T1", "price": 9.0,
}  # fmt: skip
REVIEW = {
    "id": 22, "date_created": "2026-04-01T10:00:00", "date_created_gmt": "2026-04-01T08:00:00", "product_id": 7,
    "status": "approved", "reviewer": "Ada Regular", "reviewer_email": "ada@shop.example",
    "review": "<p>Nice <b>tea</b></p>\n", "rating": 5, "verified": True,
}  # fmt: skip


def order(number: int, **other: Any) -> dict[str, Any]:
    """An order of 18.00 goods (20.00 less a coupon), 5.00 shipping and 4.37 tax."""
    return {
        "id": number, "number": str(number), "created_via": "checkout", "status": "completed", "currency": "EUR",
        "date_created": "2026-03-01T10:00:00", "date_created_gmt": "2026-03-01T09:00:00",
        "date_modified": "2026-03-05T10:00:00", "date_modified_gmt": "2026-03-05T09:00:00",
        "discount_total": "2.00", "discount_tax": "0.38", "shipping_total": "5.00", "shipping_tax": "0.95",
        "cart_tax": "3.42", "total": "27.37", "total_tax": "4.37", "prices_include_tax": True, "customer_id": 5,
        "billing": {"first_name": "Ada", "last_name": "Regular", "email": "ada@shop.example", "phone": "", "country": "DE"},
        "payment_method": "paypal", "line_items": [LINE], "fee_lines": [], "coupon_lines": [{"id": 1, "code": "SPRING"}],
        "refunds": [],
    } | other  # fmt: skip


def refund(number: int, of: int, **other: Any) -> dict[str, Any]:
    return {
        "id": number, "date_created": "2026-03-10T10:00:00", "date_created_gmt": "2026-03-10T09:00:00", "amount": "10.00",
        "reason": "broken", "refunded_by": 1, "refunded_payment": True, "line_items": [],
        "_links": {"up": [{"href": f"https://shop.example/wp-json/wc/v3/orders/{of}"}]},
    } | other  # fmt: skip


def page(folder: Path, name: str, *items: object) -> Path:
    return write_json(folder / name, list(items))


def test_money_texts_and_taxes_beside_the_lines_give_net_revenue_after_discounts(tmp_path: Path, understand: Reader):
    found = understand(page(tmp_path, "orders.json", order(1)))
    kept = found.order
    assert (kept["total"], kept["shipping"], kept["tax"], kept["net"]) == (2737, 500, 437, 1800)
    assert kept["discount"] == 200, "known, but not taken off twice"
    assert [(line["sku"], line["quantity"], line["net"]) for line in found.lines["1"]] == [("T1", 2, 1800)]


def test_only_gmt_dates_are_believed_and_the_local_twin_gives_the_offset(tmp_path: Path, understand: Reader):
    found = understand(page(tmp_path, "orders.json", order(1)), zone="America/New_York").order
    assert (found["ordered_at"], found["offset_minutes"]) == (dt.datetime(2026, 3, 1, 9), 60)


def test_guests_have_no_account_and_are_found_by_email(tmp_path: Path, understand: Reader):
    found = understand(page(tmp_path, "orders.json", order(1, customer_id=0), order(2, customer_id=5)))
    assert found.orders["1"]["account"] == ""
    assert len(found.buyers) == 1
    assert {row["kind"] for row in found.rows("identifiers")} == {"account", "email"}


def test_names_never_make_guests_one_person(tmp_path: Path, understand: Reader):
    guests = [
        order(n, customer_id=0, billing={"first_name": "Ada", "last_name": "Regular", "email": f"a{n}@shop.example"})
        for n in (1, 2)
    ]
    assert len(understand(page(tmp_path, "o.json", *guests)).buyers) == 2


def test_each_order_keeps_the_email_it_came_with(tmp_path: Path, understand: Reader):
    other = order(2, billing={"email": "ada@work.example"})
    found = understand(page(tmp_path, "o.json", order(1), other))
    assert {name: kept["email"] for name, kept in found.orders.items()} == {
        "1": "ada@shop.example",
        "2": "ada@work.example",
    }
    assert len(found.buyers) == 1


def test_a_refund_is_its_own_dated_fact_and_no_order(tmp_path: Path, understand: Reader):
    stub = {"id": 90, "reason": "", "total": "-10.00"}
    found = understand(
        page(tmp_path, "orders.json", order(1, refunds=[stub])), page(tmp_path, "refunds.json", refund(90, 1))
    )
    (kept,) = found.rows("refunds")
    assert (kept["order_id"], kept["amount"], kept["refunded_at"]) == (
        found.order["id"],
        1000,
        dt.datetime(2026, 3, 10, 9),
    )
    assert found.order["total"] == 2737
    assert "undated_refunds" not in found.notes


def test_the_stub_tells_the_order_when_the_refund_page_does_not(tmp_path: Path, understand: Reader):
    stub = {"id": 90, "reason": "late", "total": "-10.00"}
    bare = refund(90, 1, _links={}, reason="")
    orders, refunds = page(tmp_path, "orders.json", order(1, refunds=[stub])), page(tmp_path, "refunds.json", bare)
    for paths in ((orders, refunds), (refunds, orders)):
        found = understand(*paths)
        (kept,) = found.rows("refunds")
        assert (kept["order_id"], kept["refunded_at"]) == (found.order["id"], dt.datetime(2026, 3, 10, 9))


def test_a_stub_alone_is_an_undated_refund(tmp_path: Path, understand: Reader):
    found = understand(page(tmp_path, "orders.json", order(1, refunds=[{"id": 90, "reason": "", "total": "-10.00"}])))
    (kept,) = found.rows("refunds")
    assert (kept["amount"], kept["refunded_at"]) == (1000, None)
    assert found.notes["undated_refunds"]["refunds"] == 1


def test_the_amount_of_a_refund_wins_over_its_lines(tmp_path: Path, understand: Reader):
    lines = [{"id": 1, "product_id": 7, "quantity": -1, "total": "-9.00", "sku": "T1"}]
    orders, refunds = page(tmp_path, "o.json", order(1)), page(tmp_path, "r.json", refund(90, 1, line_items=lines))
    (kept,) = understand(orders, refunds).rows("refunds")
    assert (kept["amount"], kept["quantity"], kept["variant_id"] is not None) == (1000, 1, True)


def test_a_refunded_order_is_fully_refunded_and_known_refunds_are_not_counted_twice(tmp_path: Path, understand: Reader):
    plain = understand(page(tmp_path, "a.json", order(1, status="refunded")))
    assert [row["amount"] for row in plain.rows("refunds")] == [2737]
    assert plain.order["status"] == "paid", "it was bought; that it went back is a refund"
    stub = {"id": 90, "reason": "", "total": "-10.00"}
    orders = page(tmp_path, "b.json", order(1, status="refunded", refunds=[stub]))
    found = understand(orders, page(tmp_path, "r.json", refund(90, 1)))
    assert sorted(row["amount"] for row in found.rows("refunds")) == [1000, 1737]


def test_statuses_of_the_shop_and_of_plug_ins(tmp_path: Path, understand: Reader):
    said = ("pending", "processing", "on-hold", "wc-completed", "cancelled", "failed", "trash", "wc-quality-check")
    orders = [order(n, status=status, customer_id=n) for n, status in enumerate(said, start=1)]
    found = understand(page(tmp_path, "o.json", *orders))
    assert [found.orders[str(n)]["status"] for n in range(1, 9)] == [
        "unpaid", "paid", "unpaid", "paid", "cancelled", "failed", "cancelled", "unknown",
    ]  # fmt: skip
    assert found.orders["8"]["status_said"] == "quality-check"
    assert (found.notes["unknown_status"]["status"], found.notes["unknown_status"]["orders"]) == ("quality-check", 1)


def test_the_version_modified_last_wins_in_whatever_order_the_pages_come(tmp_path: Path, understand: Reader):
    new = order(1, status="completed", date_modified_gmt="2026-03-09T09:00:00", total="30.00")
    old = order(1, status="processing")
    one, two = page(tmp_path, "a.json", new), page(tmp_path, "b.json", old)
    assert understand(one, two).order["total"] == understand(two, one).order["total"] == 3000


def test_one_order_twice_on_one_page_has_its_lines_once(tmp_path: Path, understand: Reader):
    found = understand(page(tmp_path, "o.json", order(1), order(1)))
    assert (found.order["line_count"], len(found.rows("lines"))) == (1, 1)


def test_fees_are_lines_but_not_goods(tmp_path: Path, understand: Reader):
    fee = {"id": 40, "name": "Gift wrap", "total": "3.00", "total_tax": "0.57"}
    found = understand(page(tmp_path, "o.json", order(1, fee_lines=[fee], total="30.94", total_tax="4.94")))
    assert [(line["kind"], line["net"]) for line in found.lines["1"]] == [("product", 1800), ("fee", 0)]
    assert found.order["net"] == 1800


def test_reviews_are_events_without_html_and_zero_means_no_stars(tmp_path: Path, understand: Reader):
    path = page(tmp_path, "reviews.json", REVIEW, REVIEW | {"id": 23, "rating": 0}, REVIEW | {"id": 22})
    found = understand(path)
    events = {event["id"]: json.loads(event["data"]) for event in found.rows("events")}
    assert len(events) == len(found.rows("events")) == 2
    assert sorted((event["rating"] or 0, event["text"]) for event in events.values()) == [
        (0, "Nice  tea"),
        (5, "Nice  tea"),
    ]
    assert {event["happened_at"] for event in found.rows("events")} == {dt.datetime(2026, 4, 1, 8)}


def test_customers_and_products_pages(tmp_path: Path, understand: Reader):
    customer = {
        "id": 5, "date_created": "2025-01-01T10:00:00", "date_created_gmt": "2025-01-01T09:00:00", "email": "ada@shop.example",
        "first_name": "Ada", "last_name": "Regular", "role": "customer", "is_paying_customer": True,
        "billing": {"first_name": "", "last_name": "", "phone": "030 1234567", "country": "DE", "city": "Berlin"},
    }  # fmt: skip
    product = {
        "id": 7, "name": "Tea", "sku": "T1", "price": "9.00", "regular_price": "10.00", "sale_price": "9.00",
        "categories": [{"id": 1, "name": "Drinks"}],
    }  # fmt: skip
    found = understand(page(tmp_path, "all.json", customer, product, order(1)))
    account = next(row for row in found.rows("identifiers") if row["kind"] == "account")
    assert (account["value"], account["name"], account["city"]) == ("woocommerce:5", "Ada Regular", "Berlin")
    assert len(set(found.people.values())) == 1
    (variant,) = found.rows("variants")
    assert (variant["price"], variant["compare_at_price"], variant["category"]) == (900, 1000, "Drinks")


def test_json_lines_and_wrapped_lists_are_read(tmp_path: Path, understand: Reader):
    lines = write(tmp_path / "hooks.json", "\n".join(json.dumps(order(n)) for n in (1, 2)))
    wrapped = write_json(tmp_path / "all.json", {"orders": [order(3)]})
    assert set(understand(lines, wrapped).orders) == {"1", "2", "3"}


def test_json_that_is_broken_or_something_else_is_refused_with_its_place(tmp_path: Path, understand: Reader):
    with pytest.raises(CannotRead, match=r"not valid JSON.*line 1"):
        understand(write(tmp_path / "cut.json", json.dumps([order(1)])[:100]))
    with pytest.raises(CannotRead, match="holds no WooCommerce"):
        understand(write_json(tmp_path / "other.json", [{"id": 1, "colour": "blue"}]))
    with pytest.raises(CannotRead, match="holds no WooCommerce"):
        understand(write_json(tmp_path / "deep.json", {"a": 1}))


def test_the_official_samples_are_read(understand: Reader):
    folder = real("formats", "woocommerce", "rest_v3_json")
    names = [
        *(f"orders_{n}" for n in range(1, 6)),
        *(f"customers_{n}" for n in range(1, 6)),
        *(f"product-reviews_{n}" for n in range(1, 5)),
    ]
    paths = [folder / f"{name}.json" for name in names]
    found = understand(*paths)
    assert {name: order["total"] for name, order in found.orders.items()} == {"727": 2935, "723": 3900}
    assert found.orders["727"]["net"] == 1800
    assert found.rejects == []
    assert len(found.rows("events")) >= 2


# The plug-in's CSV: one row an order, its lines in one cell


def plugin(path: Path, *rows: dict[str, object]) -> Path:
    return write(path, table_text(WOO_PLUGIN, rows))


PACKED = "name:Tea|product_id:7|sku:T1|quantity:2|total:18.00|total_tax:3.42;name:Cup|product_id:8|sku:C1|quantity:1|total:4.00"
ROW: dict[str, object] = {
    "order_id": 1, "order_number": "1001", "date": "2026-03-01 10:00:00", "status": "wc-completed", "shipping_total": "5.00",
    "tax_total": "4.00", "discount_total": "2.00", "order_total": "31.00", "customer_id": 5, "billing_first_name": "Ada",
    "billing_last_name": "Regular", "billing_email": "ada@shop.example", "billing_country": "DE", "line_items": PACKED,
}  # fmt: skip


def test_packed_lines_are_unpacked(tmp_path: Path, understand: Reader):
    found = understand(plugin(tmp_path / "o.csv", ROW), zone="Europe/Berlin", currency="EUR")
    assert found.parts[0].format == "woocommerce-csv"
    assert [(line["title"], line["sku"], line["quantity"], line["total"]) for line in found.lines["1001"]] == [
        ("Tea", "T1", 2, 1800),
        ("Cup", "C1", 1, 400),
    ]
    kept = found.order
    assert (kept["status"], kept["total"], kept["net"], kept["discount"]) == ("paid", 3100, 2200, 200)
    assert kept["ordered_at"] == dt.datetime(2026, 3, 1, 9), "site-local time, in the shop's zone"


def test_plugin_guests_have_customer_id_zero(tmp_path: Path, understand: Reader):
    found = understand(plugin(tmp_path / "o.csv", ROW | {"customer_id": "0"}))
    assert {row["kind"] for row in found.rows("identifiers")} == {"email"}


def test_ten_packed_lines_keep_their_places(tmp_path: Path, understand: Reader):
    packed = ";".join(f"name:Item {n}|id:{n}|quantity:1|total:1.00" for n in range(1, 13))
    found = understand(plugin(tmp_path / "o.csv", ROW | {"line_items": packed, "order_total": "21.00"}))
    assert [line["title"] for line in found.lines["1001"]] == [f"Item {n}" for n in range(1, 13)]


def test_an_order_without_packed_lines_is_still_an_order(tmp_path: Path, understand: Reader):
    found = understand(plugin(tmp_path / "o.csv", ROW | {"line_items": ""}))
    assert (found.order["total"], found.order["line_count"], found.order["net"]) == (3100, 0, 2200)
