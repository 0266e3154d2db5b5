"""Small export files in the layouts of real shop systems, and what the import makes of them."""

import csv
import datetime as dt
import io
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from regulars.customers.identity import Link, resolve
from regulars.sources import mapping, plan
from regulars.sources.clean import Cleaned, clean
from regulars.sources.explain import REJECTS, note_text

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2026, 11, 21, 12, 0)
SHOPIFY_ORDERS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,"
    "Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,"
    "Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,"
    "Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,"
    "Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,"
    "Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,"
    "Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References"
).split(",")
SHOPIFY_CUSTOMERS = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,"
    "Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,"
    "Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags"
).split(",")
AMAZON_ORDERS = (
    "amazon-order-id merchant-order-id purchase-date last-updated-date order-status fulfillment-channel sales-channel "
    "order-channel url ship-service-level product-name sku asin item-status quantity currency item-price item-tax "
    "shipping-price shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount ship-promotion-discount ship-city "
    "ship-state ship-postal-code ship-country promotion-ids is-business-order purchase-order-number price-designation"
).split()
WOO_PLUGIN = (
    "order_id,order_number,date,status,shipping_total,shipping_tax_total,tax_total,cart_discount,order_discount,"
    "discount_total,order_total,payment_method,shipping_method,customer_id,billing_first_name,billing_last_name,"
    "billing_company,billing_email,billing_phone,billing_address_1,billing_address_2,billing_postcode,billing_city,"
    "billing_state,billing_country,customer_note,line_items,shipping_items,tax_items,coupons,order_notes"
).split(",")
Cells = Mapping[str, object]


def real(*parts: str) -> Path:
    """A file of the shared real data; the test skips, naming it, where the data is absent."""
    folder = Path(os.environ.get("REGULARS_DATA") or ROOT.parent / "shared" / "data")
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real data is not here: {path} (set REGULARS_DATA)")
    return path


def table_text(header: Sequence[str], rows: Iterable[Cells | Sequence[object]], *, delimiter: str = ",") -> str:
    """A delimited file. Rows are dictionaries by header cell, or plain lists."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([row.get(name, "") for name in header] if isinstance(row, Mapping) else row)
    return out.getvalue()


def write(path: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """A text file, its line ends left as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def shopify_order(name: str, number: object, *lines: Sequence[object], **cells: object) -> list[dict[str, object]]:
    """The rows of one order: each line is (quantity, title, price[, sku]); order cells stand on the first row only.

    `cells` are header cells in small letters with `_` for spaces, e.g. `financial_status="refunded"`.
    """
    lines = lines or ((1, "Tea", "10.00", "T1"),)
    total = sum(_number(line[2]) * _number(line[0]) for line in lines)
    first: dict[str, object] = {
        "Id": number, "Email": "ada@shop.example", "Financial Status": "paid", "Fulfillment Status": "fulfilled",
        "Currency": "EUR", "Subtotal": f"{total:.2f}", "Shipping": "0.00", "Taxes": "0.00", "Total": f"{total:.2f}",
        "Refunded Amount": "0.00", "Billing Name": "Ada Regular", "Discount Amount": "0.00",
    }  # fmt: skip
    created = cells.pop("created_at", "2026-03-01 09:00:00 +0100")
    first |= {_header_of(key): value for key, value in cells.items()}
    rows = []
    for index, line in enumerate(lines):
        row: dict[str, object] = {"Name": name, "Created at": created, "Lineitem discount": "0.00"}
        row |= dict(zip(("Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku"), line, strict=False))
        rows.append(row | first if index == 0 else row)
    return rows


def _number(cell: object) -> float:
    try:
        return float(str(cell))
    except ValueError:
        return 0.0


def _header_of(key: str) -> str:
    known = {name.lower(): name for name in SHOPIFY_ORDERS}
    return known[key.replace("_", " ")]


def shopify(path: Path, *orders: list[dict[str, object]], header: Sequence[str] = SHOPIFY_ORDERS) -> Path:
    """An orders_export.csv."""
    return write(path, table_text(header, [row for order in orders for row in order]))


def write_json(path: Path, content: Any) -> Path:
    """A page saved from an API."""
    return write(path, json.dumps(content))


@dataclass(frozen=True)
class Understood:
    """What the import made of some files."""

    parts: Sequence[plan.Part]
    cleaned: Cleaned

    def rows(self, fact: str) -> list[dict[str, Any]]:
        return duckdb.read_parquet(self.cleaned.path(fact)).to_arrow_table().to_pylist()

    @property
    def orders(self) -> dict[str, dict[str, Any]]:
        """By their name."""
        found = {row["name"]: row for row in self.rows("orders")}
        assert len(found) == len(self.rows("orders")), "two orders have one name: look at rows('orders')"
        return found

    @property
    def order(self) -> dict[str, Any]:
        """The only one."""
        (row,) = self.rows("orders")
        return row

    @property
    def lines(self) -> dict[str, list[dict[str, Any]]]:
        """By the order's name, in their order."""
        names = {row["id"]: row["name"] for row in self.rows("orders")}
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in sorted(self.rows("lines"), key=lambda line: (line["order_id"], line["position"])):
            found[names[row["order_id"]]].append(row)
        return found

    @property
    def rejects(self) -> list[tuple[int, str, str, str]]:
        """(row, column, value, reason), each with words for it."""
        found = [(r["row"], r["col"], r["value"], r["reason"]) for r in self.rows("reject")]
        assert all(reason in REJECTS for *_cells, reason in found)
        return sorted(found)

    @property
    def notes(self) -> dict[str, dict[str, Any]]:
        """By their code (the last one of a code); every note can be said in words."""
        assert all(note_text(note) for note in self.cleaned.notes)
        return {note["code"]: note for note in self.cleaned.notes}

    @property
    def people(self) -> dict[int, int]:
        """identifier -> person, by the evidence of these files alone."""
        known = {row["id"]: (row["kind"], row["value"]) for row in self.rows("identifiers")}
        links = [Link(*sorted((e["identifier_id"], e["other_id"]))) for e in self.rows("evidence") if e["other_id"]]
        names: dict[int, set[str]] = defaultdict(set)
        for e in self.rows("evidence"):
            if e["other_id"] is None:
                names[e["identifier_id"]].add(e["name"])
        found = resolve(known, links, names={identifier: len(said) for identifier, said in names.items()})
        return {identifier: found.customer_of.get(identifier, identifier) for identifier in known}

    @property
    def buyers(self) -> set[int]:
        """Persons with an order."""
        people = self.people
        return {people[row["identifier_id"]] for row in self.rows("orders") if row["identifier_id"] is not None}


class Reader:
    """Reads files into their own folders below one temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._count = folder, 0

    def __call__(self, *paths: Path, said: Mapping[str, Any] | Path | None = None, **choices: Any) -> Understood:
        """Import `paths`; `said` is a mapping file or its content; choices: family, currency, zone, now, remembered."""
        self._count += 1
        folder = self.folder / f"import-{self._count}"
        folder.mkdir()
        given = mapping.load(said) if isinstance(said, Path) else mapping.checked(said, "test") if said else None
        sheets = plan.read_sheets(paths, folder, given)
        parts = plan.make(
            sheets, family=choices.get("family", "auto"), given=given, remembered=choices.get("remembered")
        )
        cleaned = clean(
            parts,
            folder,
            now=choices.get("now", NOW),
            currency=choices.get("currency", ""),
            zone=choices.get("zone", "UTC"),
        )
        return Understood(parts, cleaned)

    def text(self, text: str, *, name: str = "orders.csv", encoding: str = "utf-8", **choices: Any) -> Understood:
        """Import one file of this text."""
        self._count += 1
        return self(write(self.folder / f"text-{self._count}" / name, text, encoding=encoding), **choices)
