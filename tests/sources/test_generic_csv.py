"""Any table of orders: what is guessed from its header and its cells."""

import datetime as dt
from pathlib import Path

import pytest

from regulars.sources.delimited import generic
from regulars.sources.source import CannotRead
from sources.files import Reader, table_text, write

PLAIN = "order_id,date,customer,sku,title,qty,price\n"
EBAY = (
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Item Number,Item Title,Custom Label,Quantity,"
    "Sold For,Shipping And Handling,Total Price,Payment Method,Sale Date,Paid On Date,Feedback Left"
).split(",")
EBAY_MAP = {
    "columns": {
        "order_key": "Order Number", "ordered_at": "Sale Date", "account": "Buyer Username", "email": "Buyer Email",
        "title": "Item Title", "sku": "Custom Label", "quantity": "Quantity", "unit_price": "Sold For",
        "shipping": "Shipping And Handling", "total": "Total Price",
    },
    "money": {"currency": "USD"},
}  # fmt: skip


def ebay_text() -> str:
    """A report as eBay writes it: a blank line, the header, a summary row and its items, footers."""
    rows = [
        ["101", "07-1", "ada_buys", "Ada", "ada@shop.example", "", "", "", "3", "$1,440.66", "$7.00", "$1,447.66", "Visa",
         "Jul-21-25", "Jul-21-25", "Yes"],
        ["101", "07-1", "ada_buys", "", "", "9001", "Samovar", "SAM", "1", "$1,433.66", "", "", "", "Jul-21-25", "", ""],
        ["101", "07-1", "ada_buys", "", "", "9002", "Spoon", "SPO", "2", "$3.50", "", "", "", "Jul-21-25", "", ""],
        ["102", "07-2", "ben", "Ben", "ben@shop.example", "9002", "Spoon", "SPO", "1", "$3.50", "$2.00", "$5.50", "Visa",
         "Aug-02-25", "Aug-02-25", ""],
    ]  # fmt: skip
    return "\n" + table_text(EBAY, rows) + "\n83 record(s) downloaded,,,\nSeller ID : tea_house\n"


def test_an_ebay_report_with_preamble_summary_rows_and_footers(understand: Reader):
    found = understand.text(ebay_text(), said=EBAY_MAP)
    assert {name: (order["total"], order["ordered_at"].date()) for name, order in found.orders.items()} == {
        "07-1": (144766, dt.date(2025, 7, 21)),
        "07-2": (550, dt.date(2025, 8, 2)),
    }
    assert [(line["sku"], line["total"]) for line in found.lines["07-1"]] == [("SAM", 143366), ("SPO", 700)]
    assert found.orders["07-1"]["net"] == 144066
    assert found.rejects == []
    assert found.orders["07-2"]["row"] == 6, "row numbers count from the top of the file, blank line included"


def test_an_ebay_report_is_understood_without_a_mapping(understand: Reader):
    found = understand.text(ebay_text())
    assert {name: order["total"] for name, order in found.orders.items()} == {"07-1": 144766, "07-2": 550}
    assert len(found.buyers) == 2


@pytest.mark.parametrize("header", ["InvoiceNo", "invoice_no", "Invoice No.", "INVOICE-NO", " invoice no "])
def test_headers_are_compared_by_letters_and_digits_only(header: str):
    assert generic.guess([header, "Date"], "orders")["order_key"] == header


def test_a_header_is_used_once_by_the_better_name():
    found = generic.guess(["order_id", "date", "total", "price", "quantity"], "orders")
    assert found == {
        "order_key": "order_id", "ordered_at": "date", "total": "total", "unit_price": "price", "quantity": "quantity",
    }  # fmt: skip


def test_chinese_and_german_headers_are_guessed(understand: Reader):
    chinese = understand.text("订单号,下单时间,手机号,商品名称,数量,单价\n1,2026年3月1日 10:00,13800138000,茶,2,5.00\n")
    assert (chinese.order["source_key"], chinese.order["total"]) == ("1", 1000)
    assert chinese.order["ordered_at"] == dt.datetime(2026, 3, 1, 10)
    german = understand.text(
        "Bestellnummer;Bestelldatum;Kundennummer;Artikel;Menge;Stückpreis\n1;01.03.2026;K1;Tee;2;5,00\n"
    )
    assert (german.order["account"], german.order["ordered_at"]) == ("K1", dt.datetime(2026, 3, 1))


def test_a_total_that_differs_within_an_order_is_the_total_of_the_line(understand: Reader):
    text = "order_id,date,customer,sku,qty,price,total\n1,2026-03-01,C1,A,1,5.00,5.00\n1,2026-03-01,C1,B,2,4.00,8.00\n"
    found = understand.text(text + "2,2026-03-02,C2,A,1,5.00,5.00\n")
    assert {name: order["total"] for name, order in found.orders.items()} == {"1": 1300, "2": 500}
    assert [line["total"] for line in found.lines["1"]] == [500, 800]


def test_a_total_repeated_on_every_row_is_the_total_of_the_order(understand: Reader):
    text = (
        "order_id,date,customer,sku,qty,price,total\n1,2026-03-01,C1,A,1,5.00,15.00\n1,2026-03-01,C1,B,2,4.00,15.00\n"
    )
    found = understand.text(text)
    assert found.order["total"] == 1500
    assert found.order["net"] == 1300


def test_equal_amounts_on_equal_lines_are_still_line_totals(understand: Reader):
    rows = "".join(f"{n},2026-03-01,C{n},{sku},1,5.00,5.00\n" for n in range(1, 6) for sku in "AB")
    found = understand.text("order_id,date,customer,sku,qty,price,total\n" + rows)
    assert {order["total"] for order in found.rows("orders")} == {1000}


def test_one_order_with_a_wrong_total_does_not_change_the_meaning_of_the_column(understand: Reader):
    rows = "".join(f"{n},2026-03-01,C{n},{sku},1,5.00,12.00\n" for n in range(1, 6) for sku in "AB")
    odd = "9,2026-03-01,C9,A,1,5.00,12.00\n9,2026-03-01,C9,B,1,5.00,13.00\n"
    found = understand.text("order_id,date,customer,sku,qty,price,total\n" + rows + odd)
    assert {order["total"] for order in found.rows("orders")} == {1200}


def test_a_total_on_the_first_row_only_is_the_orders(understand: Reader):
    text = "order_id,date,customer,sku,qty,price,total\n1,2026-03-01,C1,A,1,5.00,14.00\n1,2026-03-01,C1,B,2,4.00,\n"
    assert understand.text(text).order["total"] == 1400


def test_the_first_row_of_an_order_that_fills_a_cell_speaks_for_the_order(understand: Reader):
    text = "order_id,date,customer,email,total\n1,2026-03-01,,,5.00\n1,2026-03-01,C1,ada@shop.example,\n1,2026-03-01,C9,,\n"
    found = understand.text(text).order
    assert (found["account"], found["email"]) == ("C1", "ada@shop.example")


def test_rows_of_one_order_may_stand_apart(understand: Reader):
    text = PLAIN + "1,2026-03-01,C1,A,Tea,1,5.00\n2,2026-03-01,C2,A,Tea,1,5.00\n1,2026-03-01,C1,B,Cup,1,6.00\n"
    found = understand.text(text)
    assert {name: order["total"] for name, order in found.orders.items()} == {"1": 1100, "2": 500}
    assert [line["title"] for line in found.lines["1"]] == ["Tea", "Cup"]


def test_without_an_order_number_customer_and_time_make_the_order(understand: Reader):
    found = understand.text(
        "date,customer,item,price\n2026-03-01,C1,Tea,5.00\n2026-03-01,C1,Cup,6.00\n2026-03-02,C1,Tea,5.00\n"
    )
    assert sorted(order["total"] for order in found.rows("orders")) == [500, 1100]


def test_exact_duplicates_are_kept_and_said_unless_the_mapping_drops_them(understand: Reader):
    text = PLAIN + "1,2026-03-01,C1,A,Tea,1,5.00\n1,2026-03-01,C1,A,Tea,1,5.00\n1,2026-03-01,C1,B,Cup,1,6.00\n"
    kept = understand.text(text)
    assert (kept.order["total"], kept.notes["equal_rows"]["rows"], kept.notes["equal_rows"]["dropped"]) == (
        1600,
        1,
        False,
    )
    dropped = understand.text(text, said={"rules": {"exact_duplicates": "drop"}})
    assert (dropped.order["total"], dropped.notes["equal_rows"]["dropped"]) == (1100, True)


def test_negative_quantities_are_returns_and_never_orders(understand: Reader):
    text = PLAIN + "1,2026-03-01,C1,A,Tea,3,5.00\nC2,2026-03-05,C1,A,Tea,-1,5.00\n"
    found = understand.text(text, said={"rules": {"return_prefix": "C"}})
    assert list(found.orders) == ["1"]
    (back,) = found.rows("refunds")
    assert (back["amount"], back["quantity"], back["order_id"]) == (500, 1, None)
    assert back["refunded_at"] == dt.datetime(2026, 3, 5)
    assert back["identifier_id"] == found.order["identifier_id"]


def test_codes_that_are_no_products_are_fees(understand: Reader):
    text = PLAIN + "1,2026-03-01,C1,A,Tea,1,5.00\n1,2026-03-01,C1,post,Postage,1,4.00\n"
    found = understand.text(text, said={"rules": {"not_products": ["POST"]}})
    assert [(line["kind"], line["net"]) for line in found.lines["1"]] == [("product", 500), ("fee", 0)]
    assert (found.order["total"], found.order["net"]) == (900, 500)


def test_a_stock_correction_is_rejected_and_a_return_of_somebody_is_not(understand: Reader):
    text = PLAIN + "1,2026-03-01,,A,Tea,-40,0.00\n2,2026-03-01,C1,A,Tea,-1,5.00\n3,2026-03-01,C1,A,Tea,1,-5.00\n"
    found = understand.text(text)
    assert found.rejects == [(2, "quantity", "-40", "stock_movement"), (4, "unit_price", "-5.00", "price_below_zero")]
    assert [refund["amount"] for refund in found.rows("refunds")] == [500]


def test_a_bad_line_goes_and_the_rest_of_the_order_stays(understand: Reader):
    text = PLAIN + "1,2026-03-01,C1,A,Tea,1,5.00\n1,2026-03-01,C1,B,Cup,many,6.00\n1,2026-03-01,C1,C,Pot,1,cheap\n"
    found = understand.text(text)
    assert found.rejects == [(3, "quantity", "many", "not_a_number"), (4, "unit_price", "cheap", "not_a_number")]
    assert found.order["total"] == 500
    assert found.cleaned.rejected == 2


def test_an_order_left_out_counts_with_all_its_rows(understand: Reader):
    text = (
        PLAIN
        + "1,someday,C1,A,Tea,1,5.00\n1,someday,C1,B,Cup,1,6.00\n1,someday,C1,C,Pot,x,6.00\n2,2026-03-01,C1,A,Tea,1,5.00\n"
    )
    found = understand.text(text)
    assert list(found.orders) == ["2"]
    assert found.cleaned.rejected == 3
    assert found.rejects[0] == (2, "ordered_at", "someday", "not_a_date")
    assert {reason for _row, _column, _value, reason in found.rejects[1:]} <= {"order_left_out", "not_a_number"}
    assert [row for row, *_cells in found.rejects] == [2, 3, 4]


def test_rows_without_an_order_number_are_rejected_one_by_one(understand: Reader):
    text = PLAIN + ",2026-03-01,C1,A,Tea,1,5.00\n1,2026-03-01,C1,A,Tea,1,5.00\n"
    assert understand.text(text).rejects == [(2, "order_key", "", "order_key_missing")]


def test_an_order_in_two_currencies_is_left_out_whole(understand: Reader):
    text = "order_id,date,customer,item,price,currency\n1,2026-03-01,C1,Tea,5.00,EUR\n1,2026-03-01,C1,Cup,6.00,usd\n"
    found = understand.text(text + "2,2026-03-01,C1,Tea,5.00,eur\n2,2026-03-01,C1,Cup,5.00,EUR\n")
    assert list(found.orders) == ["2"]
    assert found.rejects == [(2, "currency", "EUR, USD", "two_currencies"), (3, "order_key", "1", "order_left_out")]
    assert found.cleaned.rejected == 2


def test_orders_in_another_currency_need_a_rate_to_count_as_money(understand: Reader):
    text = "order_id,date,customer,total,currency\n1,2026-03-01,C1,5.00,EUR\n2,2026-03-01,C1,7.00,EUR\n3,2026-03-01,C1,1000,JPY\n"
    found = understand.text(text)
    assert (found.cleaned.currency, found.orders["3"]["base_total"], found.orders["3"]["total"]) == ("EUR", None, 1000)
    assert found.notes["no_rate"] == {"code": "no_rate", "currency": "JPY", "orders": 1, "base": "EUR"}
    rated = understand.text(text, said={"money": {"rates": {"JPY": 0.006}}})
    assert (rated.orders["3"]["base_total"], rated.orders["3"]["base_net"]) == (600, 600)


def test_a_file_without_any_currency_says_so_and_takes_the_shops(understand: Reader):
    text = "order_id,date,customer,total\n1,2026-03-01,C1,5.00\n"
    found = understand.text(text)
    assert (found.cleaned.currency, "no_currency" in found.notes) == ("XXX", True)
    known = understand.text(text, currency="JPY")
    assert (known.cleaned.currency, known.order["total"], "no_currency" in known.notes) == ("JPY", 5, False)


def test_orders_that_name_no_currency_are_in_that_of_the_others(tmp_path: Path, understand: Reader):
    named = write(tmp_path / "a.csv", "order_id,date,customer,total,currency\n1,2026-03-01,C1,5.00,EUR\n")
    silent = write(tmp_path / "b.csv", "order_id,date,customer,total\n2,2026-03-01,C1,5.00\n3,2026-03-01,C1,5.00\n")
    found = understand(silent, named)
    assert {order["currency"] for order in found.rows("orders")} == {"EUR"}
    assert {order["base_total"] for order in found.rows("orders")} == {500}


def test_lines_after_discount_are_not_discounted_again(understand: Reader):
    head = "order_id,date,customer,item,qty,price,discount,shipping,tax,total\n"
    after = understand.text(head + "1,2026-03-01,C1,Tea,1,18.00,2.00,5.00,0,23.00\n").order
    before = understand.text(head + "1,2026-03-01,C1,Tea,1,20.00,2.00,5.00,0,23.00\n").order
    assert (after["net"], before["net"], after["discount"]) == (1800, 1800, 200)


def test_money_that_comes_in_minor_units(understand: Reader):
    text = "order_id,date,customer,total,currency\n1,2026-03-01,C1,1250,EUR\n"
    assert understand.text(text, said={"money": {"minor_units": True}}).order["total"] == 1250


def test_a_header_alone_and_columns_that_say_too_little(understand: Reader):
    assert understand.text(PLAIN).rows("orders") == []
    with pytest.raises(CannotRead, match="no column was found for ordered_at"):
        understand.text("order_id,customer,total\n1,C1,5.00\n")


def test_a_customer_list_and_a_price_list_are_told_from_orders():
    assert generic.guess_table(["customer_id", "email", "city"]) == "customers"
    assert generic.guess_table(["sku", "title", "price", "cost"]) == "products"
    assert generic.guess_table(["refund_id", "order_id", "amount"]) == "refunds"
    assert generic.guess_table(["order_id", "date", "total"]) == "orders"
    assert generic.guess_table(["Order no", "Bought on", "Mail", "Sum"]) == "orders"
    assert generic.guess_table(["Order no", "When it was", "Mail", "Sum"]) == "orders", "the date is asked for"


def test_other_columns_of_a_customer_list_become_attributes(understand: Reader):
    found = understand.text(
        'Email,Name,"Shoe size, EU",Allergy\nada@shop.example,Ada,39,nuts\nben@shop.example,Ben,44,\n'
    )
    assert sorted((row["attribute"], row["value"]) for row in found.rows("attribute_values")) == [
        ("Allergy", "nuts"), ("Shoe size, EU", "39"), ("Shoe size, EU", "44"),
    ]  # fmt: skip


def test_dated_refunds_of_a_table_are_matched_to_their_orders(tmp_path: Path, understand: Reader):
    orders = write(tmp_path / "orders.csv", "order_id,date,customer,total,currency\n1,2026-03-01,C1,50.00,EUR\n")
    refunds = write(
        tmp_path / "refunds.csv", "refund_id,order_id,refund_date,amount,reason\nR1,1,2026-03-09,20.00,late\nR2,1,x,5\n"
    )
    found = understand(orders, refunds)
    (kept,) = found.rows("refunds")
    assert (kept["order_id"], kept["amount"], kept["refunded_at"]) == (found.order["id"], 2000, dt.datetime(2026, 3, 9))
    assert found.rejects == [(3, "refunded_at", "x", "not_a_date")]


def test_a_remembered_mapping_is_used_and_checked(understand: Reader):
    text = "nr,when,who,what\n1,2026-03-01,C1,5.00\n"
    saved = {"order_key": "nr", "ordered_at": "when", "account": "who", "total": "what"}
    assert understand.text(text, remembered=lambda _hash: saved).order["total"] == 500
    with pytest.raises(CannotRead, match="not known"):
        understand.text(text, remembered=lambda _hash: saved | {"total, 1 AS hacked": "what"})
    with pytest.raises(CannotRead, match="no column 'gone'"):
        understand.text(text, remembered=lambda _hash: saved | {"email": "gone"})
