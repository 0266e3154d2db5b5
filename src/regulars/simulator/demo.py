"""What does a shop's export look like? Three years of an invented coffee and tea shop as raw text tables, with all
that makes real exports hard; and, apart from it, the truth of who ordered."""

from datetime import date

import numpy as np
import pyarrow as pa

from regulars.simulator.orders import order_keys
from regulars.simulator.people import STAFF
from regulars.simulator.tables import customers_table, orders_table, products_table, refunds_table, reviews_table
from regulars.simulator.willow import Shop, open_shop

DEMO_CUSTOMERS = 3000


def demo_shop(seed: int, *, last_day: date, customers: int = DEMO_CUSTOMERS) -> dict[str, pa.Table]:
    """The raw tables of Willow & Bean up to and with `last_day`: see `tables_of`. Equal arguments give equal tables.

    Raises ValueError for a negative seed or when there is no room for the cast and the planted groups (about 30).
    """
    return tables_of(open_shop(seed, last_day=last_day, customers=customers))


def tables_of(shop: Shop) -> dict[str, pa.Table]:
    """The raw tables orders, refunds, customers, products and reviews of a shop.

    All columns are text, empty where absent, but for `row` (int64, from 1). Amounts are decimal EUR with tax inside;
    times are in Europe/Berlin with the offset of the instant. For each order total = sum(line_total) - discount +
    shipping and subtotal = total - shipping; line_tax is the tax left in a line after its share of the order's
    discount, and tax = sum(line_tax) + the tax in shipping.
    """
    return {
        "orders": orders_table(shop),
        "refunds": refunds_table(shop),
        "customers": customers_table(shop),
        "products": products_table(),
        "reviews": reviews_table(shop),
    }


def demo_truth(seed: int, *, last_day: date, customers: int = DEMO_CUSTOMERS) -> pa.Table:
    """Who really placed each order of `demo_shop` with the same arguments: for tests, never for product code.

    Columns: order_key (text), person (int64; -1 for the shop's own test orders), entry (int8: 0 ordinary, 1 first
    bought what brings people back, 2 what brings few).
    """
    shop = open_shop(seed, last_day=last_day, customers=customers)
    person = shop.orders.person
    staff = np.array([someone.kind == STAFF for someone in shop.people])[person]
    return pa.table(
        {
            "order_key": pa.array(order_keys(shop.orders), pa.string()),
            "person": pa.array(np.where(staff, -1, person), pa.int64()),
            "entry": pa.array(shop.natures.entry[person], pa.int8()),
        }
    )
