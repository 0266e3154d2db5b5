"""WooCommerce REST v3 pages, saved as JSON: orders, refunds, customers, reviews and products, told apart by their fields.

A file holds one object, a list of them, or `{"orders": [...]}`; JSON lines work too. Dates are read from the `_gmt`
fields; the local twin only tells the offset. Refund stubs inside an order have no date and no lines: the dated refund,
when its page is imported, takes their place by its id.
"""

import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from regulars.sources import decode, unpack
from regulars.sources.sheets import SheetWriter
from regulars.sources.source import TABLES, CannotRead, Sheet

JSON_MEGABYTES_MAX = 512
Row = dict[str, str]


def looks_like_json(path: Path) -> bool:
    """Whether the first sign of the file opens an object or a list."""
    with unpack.opened(path) as stream:
        return stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")


def read(path: Path, folder: Path) -> list[Sheet]:
    """One sheet for each kind of object in the file. Raises CannotRead when there is none we know."""
    rows: dict[str, list[Row]] = {}
    for item in _objects(path):
        for flatten, fits in KINDS:
            if fits(item):
                for made_table, row in flatten(item):
                    rows.setdefault(made_table, []).append(row)
                break
    if not rows:
        raise CannotRead(
            f"{path.name} is JSON, but holds no WooCommerce orders, refunds, customers, reviews or products (REST API v3)."
        )
    return [_sheet(path, folder, table, found) for table, found in rows.items()]


def _sheet(path: Path, folder: Path, table: str, rows: Sequence[Row]) -> Sheet:
    columns = TABLES[table]
    with SheetWriter(folder, path.name, columns) as writer:
        writer.write_cells([(number, [row.get(c, "") for c in columns]) for number, row in enumerate(rows, start=1)])
        return writer.sheet(source="woocommerce")


def _objects(path: Path) -> Iterator[Mapping[str, Any]]:
    encoding = decode.encoding_of(path)
    with unpack.opened(path) as stream:
        text = io.TextIOWrapper(io.BufferedReader(decode.Utf8(stream, encoding)), encoding="utf-8").read(
            JSON_MEGABYTES_MAX * 1_000_000 + 1
        )
    if len(text) > JSON_MEGABYTES_MAX * 1_000_000:
        raise CannotRead(f"{path.name} is larger than {JSON_MEGABYTES_MAX} MB of JSON. Save the API's pages one a file.")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        found = _json_lines(path, text, error)
    yield from _flat(found)


def _json_lines(path: Path, text: str, error: json.JSONDecodeError) -> list[Any]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except json.JSONDecodeError:
        raise CannotRead(f"{path.name} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error


def _flat(found: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, list):
        for item in found:
            yield from _flat(item)
    elif isinstance(found, Mapping):
        if "id" in found:
            yield found
        else:
            for value in found.values():
                if isinstance(value, list):
                    yield from _flat(value)


def _text(value: Any) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _instant(item: Mapping[str, Any], name: str) -> str:
    """The UTC instant of `name`, written in the shop's local time with its offset."""
    gmt, local = item.get(f"{name}_gmt"), item.get(name)
    if not gmt:
        return ""
    try:
        at = dt.datetime.fromisoformat(str(gmt).rstrip("Z")).replace(tzinfo=dt.UTC)
        east = dt.datetime.fromisoformat(str(local)).replace(tzinfo=dt.UTC) - at if local else dt.timedelta()
        return at.astimezone(dt.timezone(east)).strftime("%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        return str(gmt)


def _name(person: Mapping[str, Any]) -> str:
    return f"{_text(person.get('first_name'))} {_text(person.get('last_name'))}".strip()


def _person(item: Mapping[str, Any]) -> Row:
    return {
        "email": _text(item.get("email")),
        "phone": _text(item.get("phone")),
        "name": _name(item),
        "company": _text(item.get("company")),
        "address": _text(item.get("address_1")),
        "city": _text(item.get("city")),
        "postcode": _text(item.get("postcode")),
        "region": _text(item.get("state")),
        "country": _text(item.get("country")),
    }


def _order(item: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    said = _text(item.get("status"))
    account = _text(item.get("customer_id"))
    head = _person(item.get("billing") or {}) | {
        "order_key": _text(item["id"]),
        "order_name": _text(item.get("number")),
        "ordered_at": _instant(item, "date_created"),
        "paid_at": _instant(item, "date_paid"),
        "fulfilled_at": _instant(item, "date_completed"),
        "updated_at": _instant(item, "date_modified"),
        "status": said.removeprefix("wc-"),
        "currency": _text(item.get("currency")),
        "total": _text(item.get("total")),
        "shipping": _text(item.get("shipping_total")),
        "tax": _text(item.get("total_tax")),
        "taxes_included": "false",
        "account": "" if account == "0" else account,
        "channel": _text(item.get("created_via")),
        "payment_method": _text(item.get("payment_method")),
        "discount_code": ", ".join(_text(coupon.get("code")) for coupon in item.get("coupon_lines") or []),
    }
    lines = [_line(line, "") for line in item.get("line_items") or []]
    lines += [_line(line, "fee") for line in item.get("fee_lines") or []]
    for line in lines or [{}]:
        yield "orders", head | line
    for stub in item.get("refunds") or []:
        yield (
            "refunds",
            {
                "refund_key": _text(stub.get("id")),
                "order_key": head["order_key"],
                "amount": _text(stub.get("total")).lstrip("-"),
                "currency": head["currency"],
                "reason": _text(stub.get("reason")),
            },
        )


def _line(line: Mapping[str, Any], kind: str) -> Row:
    variation = line.get("variation_id") or line.get("product_id")
    return {
        "line_key": _text(line.get("id")),
        "sku": _text(line.get("sku")),
        "product_ref": _text(variation),
        "title": _text(line.get("name")),
        "quantity": _text(line.get("quantity", 1)),
        "line_total": _text(line.get("total")),
        "line_tax": _text(line.get("total_tax")),
        "line_kind": kind,
    }


def _refund(item: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    links = (item.get("_links") or {}).get("up") or (item.get("_links") or {}).get("self") or [{}]
    order = re.search(r"/orders/(\d+)", _text(links[0].get("href")))
    lines = item.get("line_items") or []
    only = lines[0] if len(lines) == 1 else {}
    yield (
        "refunds",
        {
            "refund_key": _text(item["id"]),
            "order_key": order.group(1) if order else _text(item.get("parent_id") or item.get("order_id")),
            "refunded_at": _instant(item, "date_created"),
            "amount": _text(item.get("amount")).lstrip("-"),
            "reason": _text(item.get("reason")),
            "sku": _text(only.get("sku")),
            "product_ref": _text(only.get("variation_id") or only.get("product_id")),
            "quantity": _text(only.get("quantity")).lstrip("-"),
        },
    )


def _customer(item: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    billing = _person(item.get("billing") or {})
    own = {column: value for column, value in _person(item).items() if value}
    yield "customers", billing | own | {"account": _text(item["id"]), "created_at": _instant(item, "date_created")}


def _review(item: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    yield (
        "reviews",
        {
            "review_key": _text(item["id"]),
            "product_ref": _text(item.get("product_id")),
            "email": _text(item.get("reviewer_email")),
            "name": _text(item.get("reviewer")),
            "rating": _text(item.get("rating")),
            "text": re.sub(r"<[^>]*>", " ", _text(item.get("review"))).strip(),
            "created_at": _instant(item, "date_created"),
            "status": _text(item.get("status")),
        },
    )


def _product(item: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    yield (
        "products",
        {
            "product_ref": _text(item["id"]),
            "sku": _text(item.get("sku")),
            "title": _text(item.get("name")),
            "category": ", ".join(_text(category.get("name")) for category in item.get("categories") or []),
            "price": _text(item.get("price")),
            "compare_at_price": _text(item.get("regular_price")) if item.get("sale_price") else "",
        },
    )


Flatten = Callable[[Mapping[str, Any]], Iterator[tuple[str, Row]]]
KINDS: Sequence[tuple[Flatten, Callable[[Mapping[str, Any]], bool]]] = (
    (_order, lambda item: "line_items" in item and "billing" in item),
    (_refund, lambda item: "amount" in item and "refunded_by" in item),
    (_review, lambda item: "reviewer_email" in item),
    (_customer, lambda item: "is_paying_customer" in item),
    (_product, lambda item: "regular_price" in item and "categories" in item),
)
