"""WooCommerce REST v3 pages, saved as JSON: orders, refunds, customers, reviews and products, told apart by their fields.

Dates are read from the `_gmt` fields; the local twin only tells the offset. Refund stubs inside an order have no date
and no lines: the dated refund, when its page is imported, takes their place by its id.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from regulars.sources.sheets import SheetWriter
from regulars.sources.source import TABLES, TELLING, CannotRead, Sheet
from regulars.sources.source import marked as _
from regulars.sources.woocommerce.pages import objects

Row = dict[str, str]
ROWS_HELD = 5_000


def read(path: Path, folder: Path) -> list[Sheet]:
    """One sheet for each kind of object in the file. Raises CannotRead when there is none we know."""
    sheets: dict[str, SheetWriter] = {}
    held: dict[str, list[Row]] = {}
    with ExitStack() as stack:
        for number, item in enumerate(objects(path), start=1):
            for table, row in _rows(item):
                if table not in sheets:
                    columns = [*TABLES[table], *([TELLING] if table == "orders" else [])]
                    sheets[table] = stack.enter_context(SheetWriter(folder, path.name, columns))
                held.setdefault(table, []).append(row | {TELLING: str(number)})
                if len(held[table]) >= ROWS_HELD:
                    _write(sheets[table], held.pop(table))
        for table, rows in held.items():
            _write(sheets[table], rows)
    if not sheets:
        raise CannotRead(
            _(
                "{file} is JSON, but holds no WooCommerce orders, refunds, customers, reviews or products (REST API v3)."
            ),
            file=path.name,
        )
    return [writer.sheet(source="woocommerce") for writer in sheets.values()]


def _rows(item: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """The rows of one object: (table, cells)."""
    for flatten, fits in KINDS:
        if fits(item):
            return flatten(item)
    return iter(())


def _write(writer: SheetWriter, rows: Sequence[Row]) -> None:
    first = writer.rows + 1
    cells = [[row.get(column, "") for column in writer.columns] for row in rows]
    writer.write_cells(list(enumerate(cells, start=first)))


def _text(value: Any) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _part(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object inside an object; empty when it is missing or something else."""
    found = item.get(name)
    return found if isinstance(found, Mapping) else {}


def _parts(item: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects of a list inside an object."""
    found = item.get(name)
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else []


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
    account = _text(item.get("customer_id"))
    head = _person(_part(item, "billing")) | {
        "order_key": _text(item["id"]),
        "order_name": _text(item.get("number")),
        "ordered_at": _instant(item, "date_created"),
        "paid_at": _instant(item, "date_paid"),
        "fulfilled_at": _instant(item, "date_completed"),
        "updated_at": _instant(item, "date_modified"),
        "status": _text(item.get("status")).removeprefix("wc-"),
        "currency": _text(item.get("currency")),
        "total": _text(item.get("total")),
        "subtotal": _added_up([*_parts(item, "line_items"), *_parts(item, "fee_lines")]),
        "shipping": _text(item.get("shipping_total")),
        "tax": _text(item.get("total_tax")),
        "discount": _text(item.get("discount_total")),
        "taxes_included": "false",
        "account": "" if account == "0" else account,
        "channel": _text(item.get("created_via")),
        "payment_method": _text(item.get("payment_method")),
        "discount_code": ", ".join(_text(coupon.get("code")) for coupon in _parts(item, "coupon_lines")),
    }
    lines = [_line(line, "") for line in _parts(item, "line_items")]
    lines += [_line(line, "fee") for line in _parts(item, "fee_lines")]
    for line in lines or [{}]:
        yield "orders", head | line
    for stub in _parts(item, "refunds"):
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


def _added_up(lines: Sequence[Mapping[str, Any]]) -> str:
    """The lines' totals, which are after discounts and without tax; empty when one of them is no number."""
    try:
        return str(sum((Decimal(_text(line.get("total")) or 0) for line in lines), Decimal(0))) if lines else ""
    except InvalidOperation:
        return ""


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
    links = _part(item, "_links")
    address = " ".join(_text(link.get("href")) for link in [*_parts(links, "up"), *_parts(links, "self")])
    order = re.search(r"/orders/(\d+)", address)
    lines = _parts(item, "line_items")
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
    billing = _person(_part(item, "billing"))
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
            "category": ", ".join(_text(category.get("name")) for category in _parts(item, "categories")),
            "price": _text(item.get("price")),
            "compare_at_price": _text(item.get("regular_price")) if item.get("sale_price") else "",
        },
    )


Flatten = Callable[[Mapping[str, Any]], Iterator[tuple[str, Row]]]
KINDS: Sequence[tuple[Flatten, Callable[[Mapping[str, Any]], bool]]] = (
    (_order, lambda item: isinstance(item.get("line_items"), list) and "billing" in item),
    (_refund, lambda item: "amount" in item and "refunded_by" in item),
    (_review, lambda item: "reviewer_email" in item),
    (_customer, lambda item: "is_paying_customer" in item),
    (_product, lambda item: "regular_price" in item and "categories" in item),
)
