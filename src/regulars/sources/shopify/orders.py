"""Shopify's orders export: one row a line; the order's own cells stand on its first row only.

The file has no customer number, no refund dates and no mark for test orders. `Id` alone is unique: two shops in one
import use the same names (#1001).
"""

from collections.abc import Mapping, Sequence

from regulars.sources.shopify.columns import map_columns, select_columns
from regulars.sources.source import TELLING, Rules, holds, literal, quoted

COLUMNS = {
    "order_key": ["Id"],
    "order_name": ["Name"],
    "ordered_at": ["Created at"],
    "paid_at": ["Paid at"],
    "fulfilled_at": ["Fulfilled at"],
    "cancelled_at": ["Cancelled at", "Canceled at"],
    "status": ["Financial Status"],
    "fulfilled": ["Fulfillment Status"],
    "currency": ["Currency"],
    "total": ["Total"],
    "subtotal": ["Subtotal"],
    "shipping": ["Shipping"],
    "tax": ["Taxes"],
    "discount": ["Discount Amount"],
    "refunded": ["Refunded Amount"],
    "email": ["Email"],
    "company": ["Billing Company"],
    "address": ["Billing Address1", "Billing Street"],
    "city": ["Billing City"],
    "postcode": ["Billing Zip"],
    "region": ["Billing Province"],
    "country": ["Billing Country"],
    "channel": ["Source"],
    "payment_method": ["Payment Method"],
    "tags": ["Tags"],
    "email_consent": ["Accepts Marketing"],
    "discount_code": ["Discount Code"],
    "sku": ["Lineitem sku"],
    "title": ["Lineitem name"],
    "quantity": ["Lineitem quantity"],
    "unit_price": ["Lineitem price"],
    "line_discount": ["Lineitem discount"],
}
# Several columns may hold these. Old files have `Phone` twice.
FIRST_FILLED = {
    "phone": ["Phone", "Phone (2)", "Billing Phone", "Shipping Phone"],
    "name": ["Billing Name", "Shipping Name"],
}


class Orders:
    """One row a line; the order's own cells stand on its first row only."""

    name = "shopify-orders"
    table = "orders"

    def recognises(self, header: Sequence[str]) -> bool:
        """By the columns that every version of the export has had."""
        return holds(header, "Name", "Financial Status", "Created at", "Lineitem quantity", "Lineitem price")

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns found in this header."""
        return map_columns(header, COLUMNS, FIRST_FILLED)

    def select(self, mapping: Mapping[str, str]) -> str:
        """Rows below an order's own row belong to it when they carry its name; rows above it belong to nobody."""
        status, total = quoted(mapping["status"]), quoted(mapping.get("total", mapping["status"]))
        name, created = quoted(mapping["order_name"]), quoted(mapping["ordered_at"])
        number = quoted(mapping["order_key"]) if "order_key" in mapping else "NULL"
        own_row = f"({status} IS NOT NULL OR {total} IS NOT NULL)"
        cells = select_columns({column: cell for column, cell in mapping.items() if column != "order_key"})
        # Two exports pasted together tell an order twice: each own row begins a telling. Where every row has the
        # order's cells there is nothing to tell them apart by.
        return f"""
            SELECT row, {", ".join(cells)},
                coalesce(last_value(own_key IGNORE NULLS) OVER above, '') AS order_key,
                CASE WHEN (SELECT count(*) FROM sheet WHERE NOT {own_row}) > 0
                     THEN max(CASE WHEN {own_row} THEN row END) OVER above END AS {TELLING}
            FROM (SELECT *, coalesce({number}, CASE WHEN {own_row} THEN {name} || {literal("|")} || {created} END) AS own_key
                  FROM sheet)
            WINDOW above AS (PARTITION BY {name} ORDER BY row ROWS UNBOUNDED PRECEDING)"""

    def rules(self) -> Rules:
        """The decimal sign is found out: people save the file from spreadsheets of other countries."""
        return Rules(source="shopify", every_row_a_line=True, carried_down=True)
