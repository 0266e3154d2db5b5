"""Amazon's all-orders flat file: tab separated, legacy encodings, no buyers."""

import datetime as dt
from pathlib import Path

import pytest

from sources.files import AMAZON_ORDERS, Reader, table_text, write

OLD_HEADER = AMAZON_ORDERS[:-3]  # 29 fields
LINE: dict[str, object] = {
    "amazon-order-id": "028-1", "purchase-date": "2026-03-01T09:00:00+00:00", "last-updated-date": "2026-03-02T09:00:00+00:00",
    "order-status": "Shipped", "sales-channel": "Amazon.de", "product-name": "Tee", "sku": "T1", "asin": "B001",
    "item-status": "Shipped", "quantity": 2, "currency": "EUR", "item-price": "18.00", "ship-city": "Köln",
    "ship-country": "DE",
}  # fmt: skip


def amazon(*rows: dict[str, object], header: list[str] = AMAZON_ORDERS) -> str:
    return table_text(header, rows, delimiter="\t")


def test_item_price_is_the_total_of_the_line(understand: Reader):
    found = understand.text(amazon(LINE))
    assert found.parts[0].format == "amazon-orders"
    assert [(line["quantity"], line["total"]) for line in found.lines["028-1"]] == [(2, 1800)]
    assert found.order["total"] == 1800
    assert found.order["ordered_at"] == dt.datetime(2026, 3, 1, 9)


def test_no_buyers_are_invented(understand: Reader):
    found = understand.text(amazon(LINE, LINE | {"amazon-order-id": "028-2"}))
    assert found.rows("identifiers") == []
    assert found.buyers == set()
    assert found.notes["unresolved"]["orders"] == 2


def test_cancelled_lines_have_quantity_zero_and_no_price(understand: Reader):
    gone = LINE | {
        "order-status": "Cancelled",
        "item-status": "Cancelled",
        "quantity": 0,
        "item-price": "",
        "currency": "",
    }
    part = LINE | {"amazon-order-id": "028-2"}
    found = understand.text(
        amazon(gone, part, part | gone | {"order-status": "Shipped", "amazon-order-id": "028-2", "sku": "C1"})
    )
    assert (found.orders["028-1"]["status"], found.orders["028-1"]["total"]) == ("cancelled", 0)
    assert found.orders["028-1"]["cancelled_at"] == dt.datetime(2026, 3, 2, 9)
    assert (found.orders["028-2"]["status"], found.orders["028-2"]["total"]) == ("paid", 1800)
    assert [(line["sku"], line["quantity"], line["total"]) for line in found.lines["028-2"]] == [
        ("T1", 2, 1800),
        ("C1", 0, 0),
    ]
    assert found.rejects == []


def test_old_files_with_29_fields_are_read(understand: Reader):
    assert understand.text(amazon(LINE, header=OLD_HEADER)).order["total"] == 1800


def test_rows_may_end_without_their_last_columns(understand: Reader):
    lines = amazon(LINE, LINE | {"amazon-order-id": "028-2"}, LINE | {"amazon-order-id": "028-3"}).splitlines()
    lines[2] = lines[2].rstrip("\t")
    found = understand.text("\n".join(lines) + "\n")
    assert set(found.orders) == {"028-1", "028-2", "028-3"}
    assert found.rejects == []
    assert found.orders["028-3"]["row"] == 4, "the row numbers of the others stay those of the spreadsheet"
    assert found.orders["028-2"]["row"] == 3


def test_many_short_rows_keep_their_numbers(understand: Reader):
    body = amazon(*(LINE | {"amazon-order-id": f"028-{n}"} for n in range(2, 502))).splitlines()
    text = [line.rstrip("\t") if n % 3 else line for n, line in enumerate(body)]
    found = understand.text("\n".join([body[0], *text[1:]]) + "\n")
    assert all(order["name"] == f"028-{order['row']}" for order in found.rows("orders"))
    assert len(found.rows("orders")) == 500


def test_european_files_are_cp1252(tmp_path: Path, understand: Reader):
    path = write(tmp_path / "o.txt", amazon(LINE | {"product-name": "Tee „Grün“ – 5 €"}), encoding="cp1252")
    found = understand(path)
    assert found.lines["028-1"][0]["title"] == "Tee „Grün“ – 5 €"
    assert found.order["city"] == "Köln"


def test_japanese_files_are_shift_jis_and_yen_have_no_cents(tmp_path: Path, understand: Reader):
    japanese = LINE | {"product-name": "緑茶ティーバッグ", "ship-city": "東京", "currency": "JPY", "item-price": "1800"}
    found = understand(write(tmp_path / "o.txt", amazon(japanese), encoding="cp932"))
    assert (found.lines["028-1"][0]["title"], found.order["city"]) == ("緑茶ティーバッグ", "東京")
    assert found.order["total"] == 1800


def test_promotions_shipping_and_tax_of_all_lines_belong_to_the_order(understand: Reader):
    priced = {"item-tax": "1.00", "shipping-price": "3.00", "shipping-tax": "0.50", "item-promotion-discount": "2.00"}
    found = understand.text(amazon(LINE | priced, LINE | priced | {"sku": "C1"} | {"ship-promotion-discount": "1.00"}))
    kept = found.order
    assert (kept["shipping"], kept["tax"], kept["net"]) == (500, 300, 3200)
    assert kept["total"] == 3200 + 500 + 300


@pytest.mark.parametrize(
    ("said", "ours"), [("Unshipped", "paid"), ("PartiallyShipped", "paid"), ("Pending", "unpaid"), ("Canceled", "cancelled"),
                       ("Pending - Waiting for Pick Up", "unknown"), ("Shipped - Returned to Seller", "paid")],
)  # fmt: skip
def test_statuses(understand: Reader, said: str, ours: str):
    found = understand.text(amazon(LINE | {"order-status": said}))
    assert found.order["status"] == ours
    assert ("unknown_status" in found.notes) == (ours == "unknown")


def test_a_quotation_mark_in_a_product_name_is_just_a_sign(understand: Reader):
    raw = amazon(LINE | {"product-name": "PLAIN"}, LINE | {"amazon-order-id": "028-2"}).replace(
        "PLAIN", '12" pan, 3" deep'
    )
    found = understand.text(raw)
    assert found.lines["028-1"][0]["title"] == '12" pan, 3" deep'
    assert set(found.orders) == {"028-1", "028-2"}
