"""How do cleaned facts reach the database, so that doing it twice changes nothing?

Batches of whole orders, one transaction each. An order is written only when it is new or its content differs and it is
no older than what we hold; its lines go with it. Everything has a key made from the source, so files may come in any
order, overlap, and be interrupted.
"""

from typing import TYPE_CHECKING

from regulars.sources.store.batch import Batch, Progress, Stored
from regulars.sources.store.orders import store_orders
from regulars.sources.store.people import store_identifiers, store_said
from regulars.sources.store.products import store_variants
from regulars.sources.store.refunds import store_refunds

if TYPE_CHECKING:
    import duckdb


def store(batch: Batch, con: "duckdb.DuckDBPyConnection", progress: Progress | None = None) -> Stored:
    """Write all facts of one import. Each batch is one transaction."""
    stored = Stored()
    store_identifiers(batch, con, stored)
    store_variants(batch, con, stored)
    store_orders(batch, con, stored, progress)
    store_refunds(batch, con, stored)
    store_said(batch, con, stored)
    return stored
