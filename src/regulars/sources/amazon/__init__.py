"""Amazon's all-orders flat file: tab separated, often cp1252, and no buyers in it. None are invented."""

from collections.abc import Mapping, Sequence

from regulars.sources.source import Rules, alias_mapping, holds, plain_select, quoted

COLUMNS = {
    "order_key": ["amazon-order-id"],
    "ordered_at": ["purchase-date"],
    "updated_at": ["last-updated-date"],
    "status": ["order-status"],
    "currency": ["currency"],
    "channel": ["sales-channel"],
    "city": ["ship-city"],
    "region": ["ship-state"],
    "postcode": ["ship-postal-code"],
    "country": ["ship-country"],
    "discount_code": ["promotion-ids"],
    "sku": ["sku"],
    "product_ref": ["asin"],
    "title": ["product-name"],
    "quantity": ["quantity"],
    "line_total": ["item-price"],
    "line_discount": ["item-promotion-discount"],
}
# Each line states its share of these; the order's is their sum (the second columns are taken off).
SUMMED = {
    "shipping": (("shipping-price", "gift-wrap-price"), ("ship-promotion-discount",)),
    "tax": (("item-tax", "shipping-tax", "gift-wrap-tax"), ()),
}
STATUSES = {
    "shipped": "paid",
    "shipped - delivered to buyer": "paid",
    "shipping": "paid",
    "unshipped": "paid",
    "partiallyshipped": "paid",
    "shipped - picked up": "paid",
    "shipped - out for delivery": "paid",
    "pending": "unpaid",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "shipped - returned to seller": "paid",
    "shipped - returning to seller": "paid",
}


class Orders:
    """One row a line. `item-price` is the line's total; cancelled lines have quantity 0 and no price."""

    name = "amazon-orders"
    table = "orders"

    def recognises(self, header: Sequence[str]) -> bool:
        """Old (29 fields) and new (32)."""
        return holds(header, "amazon-order-id", "purchase-date", "order-status")

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns found in this header."""
        return alias_mapping(header, COLUMNS) | alias_mapping(header, {name: [name] for name in _summed_names()})

    def select(self, mapping: Mapping[str, str]) -> str:
        """Rows as they are, with the order's shipping and tax added up over its lines."""
        order = f"OVER (PARTITION BY {quoted(mapping['order_key'])})"
        extra = []
        for column, (more, less) in SUMMED.items():
            shares = [f"+ {_number(mapping[name])}" for name in more if name in mapping]
            shares += [f"- abs({_number(mapping[name])})" for name in less if name in mapping]
            if shares:
                extra.append(f"CAST(sum(0 {' '.join(shares)}) {order} AS VARCHAR) AS {column}")
        return plain_select({column: cell for column, cell in mapping.items() if column in COLUMNS}, extra)

    def rules(self) -> Rules:
        """Points for decimals, times with offsets."""
        return Rules(source="amazon", decimal=".", statuses=STATUSES, every_row_a_line=True)


def _summed_names() -> list[str]:
    return [name for more, less in SUMMED.values() for name in (*more, *less)]


def _number(cell: str) -> str:
    return f"coalesce(try_cast(replace({quoted(cell)}, ',', '') AS DECIMAL(18,4)), 0)"


FORMATS = (Orders(),)
