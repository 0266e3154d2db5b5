"""What does the lake take from the database? One query a table, streamed through ADBC into a Parquet file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from regulars.insight.facts import SCHEMAS
from regulars.shop import current
from regulars.shop.models import Shop
from regulars.sources.facts_of import lake_sql

if TYPE_CHECKING:
    import duckdb

SQL_TYPES = {"int64": "BIGINT", "date": "DATE", "string": "VARCHAR", "boolean": "BOOLEAN", "float64": "DOUBLE"}


@dataclass(frozen=True)
class Table:
    """How one table of the lake is read.

    sql: the query over rows changed after {version}. times, booleans, nullable: columns that come as text, as 0
    or 1, and as -1 where nothing is known.
    """

    sql: str
    times: tuple[str, ...] = ()
    booleans: tuple[str, ...] = ()
    nullable: tuple[str, ...] = ()


TABLES = {
    "orders": Table(
        "SELECT id, identifier_id, CAST(ordered_at AS TEXT) AS ordered_at, CAST(known_at AS TEXT) AS known_at, "
        "coalesce(CAST(cancelled_at AS TEXT), '') AS cancelled_at, status, CASE WHEN test THEN 1 ELSE 0 END AS test, "
        "CASE WHEN gift_card_only THEN 1 ELSE 0 END AS gift_card_only, CASE WHEN renewal THEN 1 ELSE 0 END AS renewal, "
        "coalesce(base_total, 0) AS base_total, coalesce(base_net, 0) AS base_net, discount, shipping, channel, country, "
        "discount_code, tags FROM orders_order WHERE changed > {version}",
        times=("ordered_at", "known_at", "cancelled_at"),
        booleans=("test", "gift_card_only", "renewal"),
    ),
    "lines": Table(
        "SELECT l.order_id, l.position, coalesce(l.variant_id, -1) AS variant_id, l.kind, l.quantity, l.net FROM orders_orderline l {join}",
        nullable=("variant_id",),
    ),
    # Also those of amount zero: what an order said may have come down to nothing since the base was written.
    "refunds": Table(
        "SELECT id, coalesce(order_id, -1) AS order_id, coalesce(identifier_id, -1) AS identifier_id, coalesce(variant_id, -1) AS variant_id, "
        "coalesce(CAST(refunded_at AS TEXT), '') AS refunded_at, CAST(known_at AS TEXT) AS known_at, amount, coalesce(quantity, -1) AS quantity, "
        "CASE WHEN failed THEN 1 ELSE 0 END AS failed FROM orders_refund WHERE changed > {version}",
        times=("refunded_at", "known_at"),
        booleans=("failed",),
        nullable=("order_id", "identifier_id", "variant_id", "quantity"),
    ),
    "people": Table(
        "SELECT id, CASE WHEN blocked = '' THEN customer_id ELSE -1 END AS customer_id, kind FROM customers_identifier WHERE changed > {version}",
        nullable=("customer_id",),
    ),
    "variants": Table(
        "SELECT id, product_id, sku, title, category, coalesce(cost, -1) AS cost FROM catalog_variant WHERE changed > {version}",
        nullable=("cost",),
    ),
    "reviews": Table(
        "SELECT id, coalesce(identifier_id, -1) AS identifier_id, CAST(happened_at AS TEXT) AS happened_at, CAST(data AS TEXT) AS data, kind "
        "FROM customers_event WHERE kind = 'review' AND changed > {version}",
        times=("happened_at",),
        nullable=("identifier_id",),
    ),
}


def extract(con: "duckdb.DuckDBPyConnection", name: str, shop: Shop, version: int, *, path: Path) -> None:
    """Write the rows of one table that changed after `version` to `path`, days as dates in the shop's zone."""
    join = f"JOIN orders_order o ON o.id = l.order_id WHERE o.changed > {version}" if version else ""
    # An empty result has no types of its own: the schema gives them, so base and delta always fit.
    columns = SCHEMAS[name] | ({"moment": "string"} if name == "refunds" else {})
    typed = ", ".join(f"CAST({c} AS {SQL_TYPES[kind]}) AS {c}" for c, kind in columns.items())
    with opened(TABLES[name].sql.format(version=version, join=join)) as reader:
        con.register("extracted", reader)
        con.execute(
            f"COPY (SELECT {typed} FROM ({_select(name, shop)})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        )
        con.unregister("extracted")


def _select(name: str, shop: Shop) -> str:
    """The query that makes one table of insight from the view `extracted`."""
    table = TABLES[name]
    cells = [f"try_cast(left(CAST({c} AS VARCHAR), 19) AS TIMESTAMP) AS {c}" for c in table.times]
    cells += [f"{c} = 1 AS {c}" for c in table.booleans]
    cells += [f"CASE WHEN {c} = -1 THEN NULL ELSE {c} END::BIGINT AS {c}" for c in table.nullable]
    source = f"(SELECT * REPLACE ({', '.join(cells)}) FROM extracted)"
    if name == "people":
        return f"SELECT id AS identifier_id, customer_id, kind FROM {source}"
    return lake_sql("all_refunds" if name == "refunds" else name, source, shop.zone).split(" AS ", 1)[1]


@contextmanager
def opened(sql: str) -> Iterator[pa.RecordBatchReader]:
    """The rows of a query as a stream of Arrow batches, by ADBC straight from the database file or server.

    Closes the own connection to an SQLite file first. ADBC brings an SQLite library of its own, and two of them on one
    file in one process cancel each other's locks: the first to close would take the write-ahead log from the other.
    """
    settings = current.connection().settings_dict
    if current.connection().vendor == "sqlite":
        if current.connection().in_atomic_block:
            raise RuntimeError("the lake cannot be built inside a transaction")
        current.connection().close()
    if current.connection().vendor == "postgresql":
        import adbc_driver_postgresql.dbapi as driver

        uri = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**_quoted(settings))
    else:
        import adbc_driver_sqlite.dbapi as driver

        uri = f"file:{settings['NAME']}?mode=ro"
    with driver.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        yield cursor.fetch_record_batch()


def _quoted(settings: dict[str, Any]) -> dict[str, str]:
    from urllib.parse import quote

    return {key: quote(str(settings.get(key) or ""), safe="") for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
