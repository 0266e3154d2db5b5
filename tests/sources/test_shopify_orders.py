"""Shopify's orders export: every trap of the format, one rule each."""

import datetime as dt
from pathlib import Path

from sources.files import SHOPIFY_ORDERS, Reader, shopify, shopify_order, table_text, write

OLD_HEADER = SHOPIFY_ORDERS[: SHOPIFY_ORDERS.index("Lineitem discount")]


def test_an_order_with_two_lines_is_one_order_and_its_cells_are_carried_down(tmp_path: Path, understand: Reader):
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1", 11, (2, "Tea", "5.00", "T1"), (1, "Cup", "8.00", "C1"), shipping="4.00", total="22.00"),
        shopify_order("#2", 12, (1, "Tea", "5.00", "T1")),
    )
    found = understand(path)
    assert found.orders["#1"]["total"] == 2200
    assert found.orders["#1"]["net"] == 1800
    assert [(line["sku"], line["quantity"], line["total"], line["net"]) for line in found.lines["#1"]] == [
        ("T1", 2, 1000, 1000),
        ("C1", 1, 800, 800),
    ]
    assert found.orders["#2"]["line_count"] == 1
    assert found.rejects == []


def test_headers_are_found_in_any_case_and_spelling(tmp_path: Path, understand: Reader):
    other = {
        "Cancelled at": "canceled-at",
        "Lineitem sku": "LINEITEM SKU",
        "Lineitem name": "Lineitem  Name",
        "Id": "ID",
    }
    rows = shopify_order("#1", 11, (1, "Tea", "5.00", "T1"), cancelled_at="2026-03-02 10:00:00 +0100")
    header = [other.get(name, name) for name in SHOPIFY_ORDERS]
    path = write(
        tmp_path / "o.csv", table_text(header, [[row.get(name, "") for name in SHOPIFY_ORDERS] for row in rows])
    )
    found = understand(path)
    assert found.parts[0].format == "shopify-orders"
    assert found.order["cancelled_at"] == dt.datetime(2026, 3, 2, 9)
    assert found.lines["#1"][0]["sku"] == "T1"


def test_a_refund_total_becomes_one_refund_without_date_and_the_summary_says_so(tmp_path: Path, understand: Reader):
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1", 11, (2, "Tea", "5.00"), refunded_amount="4.00", financial_status="partially_refunded"),
    )
    found = understand(path)
    (refund,) = found.rows("refunds")
    assert (refund["order_id"], refund["amount"], refund["refunded_at"]) == (found.order["id"], 400, None)
    assert refund["known_at"] == dt.datetime(2026, 11, 21, 12)
    assert found.order["total"] == 1000, "a refund does not lower the order"
    assert found.notes["undated_refunds"]["refunds"] == 1


def test_without_customer_number_the_email_then_the_phone_is_the_person(tmp_path: Path, understand: Reader):
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1", 11, email="ada@shop.example", phone="+49 30 1234567"),
        shopify_order("#2", 12, email="", phone="+49 30 1234567"),
        shopify_order("#3", 13, email="", phone="", billing_name="Ada Regular"),
    )
    found = understand(path)
    assert {row["kind"] for row in found.rows("identifiers")} == {"email", "phone"}
    assert len(found.buyers) == 1
    assert found.orders["#3"]["identifier_id"] is None, "names identify nobody"
    assert found.notes["unresolved"]["orders"] == 1


def test_times_are_read_with_their_offset(tmp_path: Path, understand: Reader):
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1", 11, created_at="2025-10-02 17:09:34 -0300"),
        shopify_order("#2", 12, created_at="2025-07-02 17:09:34 +0530"),
    )
    found = understand(path, zone="Europe/Berlin").orders
    assert (found["#1"]["ordered_at"], found["#1"]["offset_minutes"]) == (dt.datetime(2025, 10, 2, 20, 9, 34), -180)
    assert (found["#2"]["ordered_at"], found["#2"]["offset_minutes"]) == (dt.datetime(2025, 7, 2, 11, 39, 34), 330)


def test_amounts_without_decimals_are_pesos(tmp_path: Path, understand: Reader):
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1", 11, (1, "Mate", "163056"), currency="CLP", subtotal="163056", total="163056"),
    )
    assert understand(path).order["total"] == 163056


def test_pesos_with_thousand_dots_are_thousands(tmp_path: Path, understand: Reader):
    zero = dict.fromkeys(("shipping", "taxes", "discount_amount", "refunded_amount", "lineitem_discount"), "0")
    cells = {"currency": "CLP"} | zero
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1", 11, (1, "Mate", "163.056"), subtotal="163.056", total="163.056", **cells),
    )
    assert understand(path).order["total"] == 163056


def test_dinars_have_three_digits_after_the_point(tmp_path: Path, understand: Reader):
    cells = {
        "currency": "KWD",
        "shipping": "0.000",
        "taxes": "0.000",
        "discount_amount": "0.000",
        "lineitem_discount": "0.000",
    }
    path = shopify(
        tmp_path / "o.csv", shopify_order("#1", 11, (1, "Oud", "12.345"), subtotal="12.345", total="12.345", **cells)
    )
    assert understand(path).order["total"] == 12345


def test_one_name_for_two_orders_keeps_both(tmp_path: Path, understand: Reader):
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1001", 11, (1, "Tea", "5.00"), (1, "Cup", "6.00")),
        shopify_order("#1001", 12, (1, "Pot", "7.00"), (1, "Lid", "8.00"), email="ben@shop.example"),
    )
    found = sorted(understand(path).rows("orders"), key=lambda order: order["source_key"])
    assert [(order["source_key"], order["total"], order["line_count"]) for order in found] == [
        ("11", 1100, 2),
        ("12", 1500, 2),
    ]


def test_without_ids_name_and_time_make_the_order(tmp_path: Path, understand: Reader):
    header = [name for name in OLD_HEADER if name != "Id"]
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1001", "", (1, "Tea", "5.00"), (1, "Cup", "6.00"), created_at="2026-03-01 09:00:00 +0100"),
        shopify_order("#1001", "", (1, "Pot", "7.00"), created_at="2026-03-02 09:00:00 +0100"),
        header=header,
    )
    found = sorted(understand(path).rows("orders"), key=lambda order: order["ordered_at"])
    assert [(order["total"], order["line_count"]) for order in found] == [(1100, 2), (700, 1)]


def test_old_files_with_fewer_columns_are_read(tmp_path: Path, understand: Reader):
    found = understand(shopify(tmp_path / "o.csv", shopify_order("#1", 11, (3, "Tea", "5.00")), header=OLD_HEADER))
    assert (found.order["source_key"], found.order["total"]) == ("11", 1500)


def test_a_phone_column_that_occurs_twice_gives_its_first_filled_cell(tmp_path: Path, understand: Reader):
    header = ["Name", "Phone", *[name for name in SHOPIFY_ORDERS if name != "Name"]]
    (row,) = shopify_order("#1", 11, email="", billing_phone="+49 30 9999999")
    cells = [row.get(name, "") for name in header]
    last = len(header) - 1 - header[::-1].index("Phone")
    cells[last] = "'+49301234567"
    found = understand(write(tmp_path / "o.csv", table_text(header, [cells])))
    assert [row["value"] for row in found.rows("identifiers")] == ["+49301234567"]


def test_the_orders_own_phone_beats_the_billing_phone(tmp_path: Path, understand: Reader):
    order = shopify_order("#1", 11, email="", phone="+49301234567", billing_phone="+49309999999")
    found = understand(shopify(tmp_path / "o.csv", order))
    assert [row["value"] for row in found.rows("identifiers")] == ["+49301234567"]


def test_three_overlapping_files_hold_each_order_once(tmp_path: Path, understand: Reader):
    one, two, three, four = (
        shopify_order(f"#{n}", 10 + n, (n, "Tea", "5.00"), (1, "Cup", "1.00")) for n in range(1, 5)
    )
    paths = [
        shopify(tmp_path / "a.csv", one, two),
        shopify(tmp_path / "b.csv", two, three),
        shopify(tmp_path / "c.csv", three, four, one),
    ]
    found = understand(*paths)
    assert {name: order["total"] for name, order in found.orders.items()} == {
        "#1": 600,
        "#2": 1100,
        "#3": 1600,
        "#4": 2100,
    }
    assert len(found.rows("lines")) == 8


def test_two_exports_pasted_into_one_file_do_not_double_an_order(tmp_path: Path, understand: Reader):
    one, two = (shopify_order(f"#{n}", 10 + n, (n, "Tea", "5.00"), (1, "Cup", "1.00")) for n in (1, 2))
    found = understand(shopify(tmp_path / "o.csv", one, two, one))
    assert found.orders["#1"]["line_count"] == 2
    assert len(found.rows("lines")) == 4


def test_the_version_with_more_refunded_is_the_later_one(tmp_path: Path, understand: Reader):
    before = shopify(tmp_path / "a.csv", shopify_order("#1", 11, (1, "Tea", "50.00")))
    after = shopify(tmp_path / "b.csv", shopify_order("#1", 11, (1, "Tea", "50.00"), refunded_amount="20.00"))
    for paths in ((before, after), (after, before)):
        (refund,) = understand(*paths).rows("refunds")
        assert refund["amount"] == 2000


def test_a_cancelled_order_is_kept_with_the_time_of_its_cancellation(tmp_path: Path, understand: Reader):
    order = shopify_order("#1", 11, cancelled_at="2026-03-03 10:00:00 +0100", financial_status="voided")
    found = understand(shopify(tmp_path / "o.csv", order)).order
    assert (found["cancelled_at"], found["status"]) == (dt.datetime(2026, 3, 3, 9), "voided")


def test_a_line_break_inside_notes_splits_no_row_and_moves_no_row_number(tmp_path: Path, understand: Reader):
    noted = shopify_order("#1", 11, (1, "Tea", "5.00"), notes="ring twice\r\nthen wait", note_attributes="a: 1\nb: 2")
    bad = shopify_order("#2", 12, (1, "Cup", "five"))
    found = understand(shopify(tmp_path / "o.csv", noted, bad))
    assert found.orders["#1"]["line_count"] == 1
    assert found.rejects == [(3, "unit_price", "five", "not_a_number")]


def test_pending_with_goods_sent_is_cash_on_delivery_not_an_unpaid_cart(tmp_path: Path, understand: Reader):
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1", 11, financial_status="pending", fulfillment_status="fulfilled"),
        shopify_order("#2", 12, financial_status="pending", fulfillment_status="unfulfilled"),
        shopify_order(
            "#3", 13, financial_status="pending", fulfillment_status="", payment_method="Cash on Delivery (COD)"
        ),
    )
    statuses = {name: order["status"] for name, order in understand(path).orders.items()}
    assert statuses == {"#1": "pending", "#2": "unpaid", "#3": "pending"}


def test_an_apostrophe_before_a_number_is_no_part_of_it(tmp_path: Path, understand: Reader):
    order = shopify_order(
        "#1", "'4400000000001", billing_zip="'01234", email="o'neil@shop.example", billing_name="'Ada"
    )
    found = understand(shopify(tmp_path / "o.csv", order)).order
    assert (found["source_key"], found["postcode"], found["email"]) == ("4400000000001", "01234", "o'neil@shop.example")
    assert found["contact_name"] == "'Ada"


def test_phones_with_country_code_and_trunk_zero_are_one_person(tmp_path: Path, understand: Reader):
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1", 11, email="", phone="+8801712345678", billing_country="BD"),
        shopify_order("#2", 12, email="", phone="+88001712345678", billing_country="BD"),
        shopify_order("#3", 13, email="", phone="01712345678", billing_country="BD"),
    )
    assert len(understand(path).buyers) == 1


def test_rows_whose_order_begins_in_another_file_are_rejected_with_a_remedy(tmp_path: Path, understand: Reader):
    cut_off = shopify_order("#1", 11, (1, "Tea", "5.00"), (2, "Cup", "6.00"), (1, "Pot", "7.00"))[1:]
    found = understand(shopify(tmp_path / "o.csv", cut_off, shopify_order("#2", 12)))
    assert list(found.orders) == ["#2"]
    assert found.rejects == [(2, "order_key", "#1", "order_key_missing"), (3, "order_key", "#1", "order_key_missing")]
    assert found.cleaned.rejected == 2


def test_two_equal_lines_are_two_lines_and_nothing_to_report(tmp_path: Path, understand: Reader):
    found = understand(shopify(tmp_path / "o.csv", shopify_order("#1", 11, (1, "Tea", "5.00"), (1, "Tea", "5.00"))))
    assert found.order["line_count"] == 2
    assert "equal_rows" not in found.notes


def test_discounts_and_included_tax_are_taken_off_the_lines_to_the_cent(tmp_path: Path, understand: Reader):
    order = shopify_order(
        "#1", 11, (1, "Tea", "10.00"), (1, "Cup", "10.00"), (1, "Pot", "10.00"),
        subtotal="20.00", discount_amount="10.00", shipping="5.00", taxes="4.00", total="25.00",
    )  # fmt: skip
    found = understand(shopify(tmp_path / "o.csv", order))
    # 20.00 of 25.00 are goods, so 3.20 of the 4.00 tax are theirs
    assert found.order["net"] == 1680
    assert [line["net"] for line in found.lines["#1"]] == [560, 560, 560]
    assert found.order["discount"] == 1000


def test_tax_on_top_is_not_taken_off_the_goods(tmp_path: Path, understand: Reader):
    order = shopify_order("#1", 11, (1, "Tea", "20.00"), subtotal="20.00", shipping="5.00", taxes="4.00", total="29.00")
    assert understand(shopify(tmp_path / "o.csv", order)).order["net"] == 2000


def test_tips_in_the_total_do_not_change_how_tax_is_understood(tmp_path: Path, understand: Reader):
    order = shopify_order("#1", 11, (1, "Tea", "20.00"), subtotal="20.00", shipping="5.00", taxes="4.00", total="25.50")
    assert understand(shopify(tmp_path / "o.csv", order)).order["net"] == 1680


def test_an_order_of_gift_cards_only_is_marked(tmp_path: Path, understand: Reader):
    path = shopify(
        tmp_path / "o.csv",
        shopify_order("#1", 11, (1, "Gift Card - 50", "50.00")),
        shopify_order("#2", 12, (1, "Gift Card - 50", "50.00"), (1, "Tea", "5.00")),
    )
    marked = {name: order["gift_card_only"] for name, order in understand(path).orders.items()}
    assert marked == {"#1": True, "#2": False}


def test_columns_that_are_not_understood_are_named(tmp_path: Path, understand: Reader):
    header = [*SHOPIFY_ORDERS, "Favourite Colour"]
    note = understand(shopify(tmp_path / "o.csv", shopify_order("#1", 11), header=header)).notes["unused_columns"]
    assert note["file"] == "o.csv"
    assert "more" in note["columns"] or "Favourite Colour" in note["columns"]
