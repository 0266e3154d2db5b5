"""The demo shop as one flat table, as an analyst gets it from a till or a warehouse: one row an order line."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from regulars.simulator.demo import DEMO_CUSTOMERS, demo_shop

COLUMNS = (
    "order_key",
    "ordered_at",
    "customer_ref",
    "sku",
    "title",
    "category",
    "quantity",
    "line_total",
    "channel",
    "country",
)
NAMES = ("order_id", "date", "customer_id", "sku", "title", "category", "quantity", "amount", "channel", "country")


def order_lines(seed: int, *, last_day: date, customers: int = DEMO_CUSTOMERS) -> pa.Table:
    """Lines of orders that were not cancelled, of customers with a number: the columns NAMES; amount in whole units."""
    orders = demo_shop(seed, last_day=last_day, customers=customers)["orders"]
    kept = pc.and_(pc.equal(orders["cancelled_at"], ""), pc.not_equal(orders["customer_ref"], ""))
    found = orders.filter(kept).select(COLUMNS).rename_columns(NAMES)
    days = pc.cast(pc.utf8_slice_codeunits(found["date"], 0, 10), pa.date32())
    for name, column in (
        ("date", days), ("quantity", pc.cast(found["quantity"], pa.int64())), ("amount", pc.cast(found["amount"], pa.float64()))
    ):  # fmt: skip
        found = found.set_column(found.column_names.index(name), name, column)
    return found
