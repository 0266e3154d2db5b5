"""How do orders reach the database? Only those that are new, or differ and are no older than what we hold; an order's
lines go with it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from regulars.shop import current
from regulars.shop.models import next_facts_version
from regulars.sources import bulk
from regulars.sources.store.batch import Batch, Progress, Stored, text_time, with_constants

if TYPE_CHECKING:
    import duckdb

LINES_PER_BATCH = 60_000
ORDER_TABLE, LINE_TABLE = "orders_order", "orders_orderline"
ORDER_COLUMNS = (
    "id source source_key name identifier_id account email phone ordered_at offset_minutes known_at cancelled_at status "
    "status_said test currency rate total discount shipping tax net base_total base_net channel country discount_code tags "
    "contact_name line_count gift_card_only renewal progress payload_hash"
).split()
LINE_COLUMNS = "order_id position variant_id sku title kind quantity total net".split()


def store_orders(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored, progress: Progress | None) -> None:
    """Write orders with their lines, some thousand lines a transaction."""
    total = con.sql(f"SELECT count(*) FROM ({batch.select('orders', 'id')})").fetchall()[0][0]
    done = 0
    for low, high in _ranges(batch, con):
        with current.atomic():
            version = next_facts_version()
            done += _order_batch(batch, con, stored, bounds=(low, high), version=version)
        if progress:
            progress("orders", done, total)


def _ranges(batch: Batch, con: "duckdb.DuckDBPyConnection") -> Iterator[tuple[int, int]]:
    """Ranges of order ids (both included) that hold about LINES_PER_BATCH lines each."""
    rows = con.sql(
        f"SELECT min(id), max(id) FROM (SELECT id, sum(greatest(line_count, 1)) OVER (ORDER BY id) AS reached FROM "
        f"({batch.select('orders', 'id, line_count')})) GROUP BY (reached / {LINES_PER_BATCH})::BIGINT ORDER BY 1"
    ).fetchall()
    yield from rows


def _order_batch(
    batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored, *, bounds: tuple[int, int], version: int
) -> int:
    low, high = bounds
    between = f"id BETWEEN {low} AND {high}"
    heads = con.sql(
        f"SELECT * FROM ({batch.select('orders', 'id, payload_hash, progress')}) WHERE {between}"
    ).to_arrow_table()
    staged = bulk.stage("stage_key", ORDER_TABLE, heads)
    found = bulk.fetch(
        f"SELECT s.id, CASE WHEN o.id IS NULL THEN 'new' WHEN o.payload_hash = s.payload_hash THEN 'same' "
        f"WHEN s.progress < o.progress THEN 'stale' ELSE 'changed' END FROM {staged} s LEFT JOIN {ORDER_TABLE} o ON o.id = s.id"
    )
    states = [state for _id, state in found]
    stored.new += states.count("new")
    stored.changed += states.count("changed")
    stored.unchanged += states.count("same")
    stored.stale += states.count("stale")
    wanted = [order for order, state in found if state in ("new", "changed")]
    if wanted:
        _write_orders(batch, con, wanted, all_new="changed" not in states, version=version)
    return len(found)


def _write_orders(
    batch: Batch, con: "duckdb.DuckDBPyConnection", wanted: list[int], *, all_new: bool, version: int
) -> None:
    con.register("wanted", pa.table({"id": pa.array(wanted, pa.int64())}))
    times = {"ordered_at", "known_at", "cancelled_at"}
    columns = ", ".join(text_time(c) if c in times else c for c in ORDER_COLUMNS)
    rows = con.sql(
        f"SELECT {columns} FROM read_parquet('{batch.cleaned.path('orders')}') WHERE id BETWEEN {min(wanted)} AND {max(wanted)} "
        "AND id IN (SELECT id FROM wanted) ORDER BY id"
    ).to_arrow_table()
    rows = with_constants(rows, import_id=batch.import_id, changed=version)
    if all_new:
        bulk.append(ORDER_TABLE, rows)
    else:
        staged = bulk.stage("stage_order", ORDER_TABLE, rows)
        bulk.upsert(ORDER_TABLE, staged, [*ORDER_COLUMNS, "import_id", "changed"])
        bulk.execute(f"DELETE FROM {LINE_TABLE} WHERE order_id IN (SELECT id FROM {staged})")
    lines = con.sql(
        f"SELECT {', '.join(LINE_COLUMNS)} FROM read_parquet('{batch.cleaned.path('lines')}') "
        f"WHERE order_id BETWEEN {min(wanted)} AND {max(wanted)} AND order_id IN (SELECT id FROM wanted) ORDER BY order_id, position"
    ).to_arrow_table()
    bulk.append(LINE_TABLE, lines)
    con.unregister("wanted")
