"""The "Customer/Order CSV Export" plug-in: one row an order, its lines packed into one cell.

Lines are separated by `;`, their parts by `|`, names from values by `:`, e.g.
`name:Tea|product_id:7|sku:T1|quantity:2|total:9.00;name:...`.
"""

from collections.abc import Mapping, Sequence

from regulars.sources.source import Rules, alias_mapping, holds, plain_select, quoted
from regulars.sources.woocommerce.words import STATUSES

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
# The columns above are cells of their own; these are made of others.
MADE = {"packed": ["line_items"], "first": ["billing_first_name"], "last": ["billing_last_name"]}
LINE_PARTS = {
    "title": ("name",),
    "product_ref": ("product_id",),
    "sku": ("sku",),
    "quantity": ("quantity", "qty"),
    "line_total": ("total",),
    "line_tax": ("total_tax", "tax"),
}


class Orders:
    """Guests have customer_id 0."""

    name = "woocommerce-csv"
    table = "orders"

    def recognises(self, header: Sequence[str]) -> bool:
        """The packed cell and the billing e-mail."""
        return holds(header, "order_id", "billing_email", "line_items", "order_total")

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns found in this header."""
        return alias_mapping(header, COLUMNS | MADE)

    def select(self, mapping: Mapping[str, str]) -> str:
        """One row a packed line; `line_key` is its place in the cell."""
        extra = [f"{_part(*names)} AS {column}" for column, names in LINE_PARTS.items()]
        extra.append("lpad(place::VARCHAR, 6, '0') AS line_key")
        if "account" in mapping:
            extra.append(f"nullif(trim({quoted(mapping['account'])}), '0') AS account")
        names = [quoted(mapping[part]) for part in ("first", "last") if part in mapping]
        if names:
            extra.append(f"concat_ws(' ', {', '.join(names)}) AS name")
        own = {column: cell for column, cell in mapping.items() if column not in (*MADE, "account")}
        items = f"string_split(coalesce({quoted(mapping['packed'])}, ''), ';')"
        unpacked = f"(SELECT *, unnest({items}) AS item, generate_subscripts({items}, 1) AS place FROM sheet)"
        return f"{plain_select(own, extra).removesuffix('sheet')} {unpacked}"

    def rules(self) -> Rules:
        """Line totals exclude tax and are after discounts."""
        return Rules(source="woocommerce", statuses=STATUSES, every_row_a_line=True, packed=True)


def _part(*names: str) -> str:
    """The value of the first of these names in a packed line."""
    found = ", ".join(f"nullif(trim(regexp_extract(item, '(?:^|[|])\\s*{name}:([^|]*)', 1)), '')" for name in names)
    return f"coalesce({found})"
