"""The "Customer/Order CSV Export" plug-in: one row an order, its lines packed into one cell.

Lines are separated by `;`, their parts by `|`, names from values by `:`, e.g.
`name:Tea|product_id:7|sku:T1|quantity:2|total:9.00;name:...`.
"""

from collections.abc import Mapping, Sequence

from regulars.sources.source import Rules, alias_mapping, canonical, quoted

COLUMNS = {
    "order_key": ["order_id"],
    "order_name": ["order_number"],
    "ordered_at": ["date"],
    "status": ["status"],
    "shipping": ["shipping_total"],
    "tax": ["tax_total"],
    "discount": ["discount_total"],
    "total": ["order_total"],
    "refunded": ["refunded_total"],
    "currency": ["order_currency", "currency"],
    "payment_method": ["payment_method"],
    "account": ["customer_id"],
    "email": ["billing_email"],
    "phone": ["billing_phone"],
    "company": ["billing_company"],
    "address": ["billing_address_1"],
    "city": ["billing_city"],
    "postcode": ["billing_postcode"],
    "region": ["billing_state"],
    "country": ["billing_country"],
}
STATUSES = {
    "processing": "paid",
    "completed": "paid",
    "refunded": "refunded",
    "on hold": "unpaid",
    "pending": "unpaid",
    "cancelled": "cancelled",
    "failed": "failed",
    "trash": "cancelled",
    "checkout draft": "unpaid",
}


class Orders:
    """Guests have customer_id 0."""

    name = "woocommerce-csv"
    table = "orders"

    def recognises(self, header: Sequence[str]) -> bool:
        """The packed cell and the billing e-mail."""
        return {"order id", "billing email", "line items", "order total"} <= {canonical(cell) for cell in header}

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns found in this header."""
        found = alias_mapping(header, COLUMNS)
        found |= alias_mapping(header, {"packed": ["line_items"]})
        found |= alias_mapping(header, {"first": ["billing_first_name"], "last": ["billing_last_name"]})
        return found

    def select(self, mapping: Mapping[str, str]) -> str:
        """One row a packed line."""
        own = [
            f"{quoted(cell)} AS {column}"
            for column, cell in mapping.items()
            if column not in {"packed", "first", "last", "account"}
        ]
        if "account" in mapping:
            own.append(f"CASE WHEN trim({quoted(mapping['account'])}) IN ('0', '') THEN '' ELSE {quoted(mapping['account'])} END AS account")
        if {"first", "last"} <= mapping.keys():
            own.append(f"trim({quoted(mapping['first'])} || ' ' || {quoted(mapping['last'])}) AS name")

        def part(*names: str) -> str:
            found = ", ".join(f"nullif(regexp_extract(item, '(?:^|[|])\\s*{name}:([^|]*)', 1), '')" for name in names)
            return f"trim(coalesce({found}, ''))"

        parts = {
            "line_key": part("id", "item_id"),
            "title": part("name"),
            "product_ref": part("product_id"),
            "sku": part("sku"),
            "quantity": part("quantity", "qty"),
            "line_total": part("total"),
            "line_tax": part("total_tax", "tax"),
        }
        cells = ", ".join(f"{expression} AS {column}" for column, expression in parts.items())
        return (
            f"SELECT row, {', '.join(own)}, {cells} FROM (SELECT *, "
            f"unnest(string_split(coalesce(nullif({quoted(mapping['packed'])}, ''), ' '), ';')) AS item FROM sheet)"
        )

    def rules(self) -> Rules:
        """Line totals exclude tax."""
        return Rules(source="woocommerce", statuses=STATUSES)
