"""Amazon's all-orders flat file: tab separated, often cp1252, and no buyers in it. None are invented."""

from collections.abc import Mapping, Sequence

from regulars.sources.source import Rules, alias_mapping, canonical, plain_select

COLUMNS = {
    "order_key": ["amazon-order-id"],
    "order_name": ["amazon-order-id"],
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
    "line_tax": ["item-tax"],
    "line_discount": ["item-promotion-discount"],
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
    "shipped - returned to seller": "paid",
    "shipped - returning to seller": "paid",
}


class Orders:
    """One row a line. `item-price` is the line's total; cancelled lines have quantity 0 and no price."""

    name = "amazon-orders"
    table = "orders"

    def recognises(self, header: Sequence[str]) -> bool:
        """Old (29 fields) and new (32)."""
        return {"amazon order id", "purchase date", "order status"} <= {canonical(cell) for cell in header}

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns found in this header."""
        return alias_mapping(header, COLUMNS)

    def select(self, mapping: Mapping[str, str]) -> str:
        """Rows as they are."""
        return plain_select(mapping)

    def rules(self) -> Rules:
        """Prices without tax, times with offsets."""
        return Rules(source="amazon", statuses=STATUSES)


FORMATS = (Orders(),)
