"""In which form do the demo shop's facts leave the simulator? As text, as a shop's export holds them: empty text for
what is absent, and a row number from 1."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

ORDER_COLUMNS = """order_key order_name ordered_at paid_at fulfilled_at cancelled_at updated_at status test currency
    total subtotal shipping tax discount taxes_included customer_ref email phone name company address city postcode
    region country channel payment_method tags email_consent discount_code line_key sku product_ref title category
    quantity unit_price line_total line_discount line_tax"""
REFUND_COLUMNS = "refund_key order_key refunded_at amount reason line_key sku quantity status"
CUSTOMER_COLUMNS = """customer_ref email phone name company address city postcode region country email_consent
    sms_consent birthday created_at tags"""
PRODUCT_COLUMNS = "product_ref sku title variant_title vendor category price cost currency"
REVIEW_COLUMNS = "review_key product_ref sku email customer_ref name rating text created_at status"
TABLES = {
    "orders": tuple(ORDER_COLUMNS.split()),
    "refunds": tuple(REFUND_COLUMNS.split()),
    "customers": tuple(CUSTOMER_COLUMNS.split()),
    "products": tuple(PRODUCT_COLUMNS.split()),
    "reviews": tuple(REVIEW_COLUMNS.split()),
}


def text_table(name: str, columns: Mapping[str, Sequence[str]]) -> pa.Table:
    """The table of that name: an int64 column `row` from 1, then its text columns in their fixed order.

    Raises ValueError when the columns are not exactly those of the table.
    """
    if set(columns) != set(TABLES[name]):
        raise ValueError(f"{name} needs other columns: {sorted(set(columns) ^ set(TABLES[name]))}")
    texts = {column: pa.array(columns[column], pa.string()) for column in TABLES[name]}
    rows = len(next(iter(texts.values())))
    return pa.table({"row": pa.array(np.arange(1, rows + 1, dtype=np.int64)), **texts})


def amount_text(cents: int) -> str:
    """Cents as a decimal amount.

    >>> amount_text(1205)
    '12.05'
    """
    return f"{cents // 100}.{cents % 100:02d}"


def yes_or_no(answer: bool) -> str:
    """How the export says it."""
    return "yes" if answer else "no"
