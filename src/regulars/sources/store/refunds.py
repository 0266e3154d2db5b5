"""How do refunds reach the database? By their key; what an order only stated gives way to what is known one by one."""

from typing import TYPE_CHECKING

from regulars.shop import current
from regulars.shop.models import next_facts_version
from regulars.sources import bulk
from regulars.sources.store.batch import Batch, Stored, rows_of, text_time, with_constants

if TYPE_CHECKING:
    import duckdb

REFUND_TABLE = "orders_refund"
REFUND_COLUMNS = (
    "id order_id identifier_id variant_id source source_key refunded_at known_at amount said currency quantity reason failed payload_hash"
).split()


def store_refunds(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    """Refunds by their key. A date, once known, stays; when it was first known, stays."""
    source = batch.select("refunds", "*")
    said = (
        "CASE WHEN r.source_key LIKE '%|stated' THEN r.amount + coalesce((SELECT sum(o.amount) FROM r AS o WHERE o.order_id = r.order_id "
        "AND o.source_key NOT LIKE '%|stated' AND NOT o.failed), 0) END::BIGINT"
    )
    times = {"refunded_at", "known_at"}
    columns = ", ".join(f"{said} AS said" if c == "said" else text_time(c) if c in times else c for c in REFUND_COLUMNS)
    sql = f"WITH r AS ({source}) SELECT {columns} FROM r"
    written = 0
    for rows in rows_of(con, sql):
        with current.atomic():
            version = next_facts_version()
            staged = bulk.stage(
                "stage_refund", REFUND_TABLE, with_constants(rows, import_id=batch.import_id, changed=version)
            )
            same = f"excluded.payload_hash = {REFUND_TABLE}.payload_hash OR (excluded.said IS NOT NULL AND excluded.said = {REFUND_TABLE}.said)"
            undated = f"excluded.refunded_at IS NULL AND {REFUND_TABLE}.refunded_at IS NOT NULL"
            names = ", ".join([*REFUND_COLUMNS, "import_id", "changed"])
            taken = [c for c in REFUND_COLUMNS if c not in ("id", "known_at")]
            sets = ", ".join(f"{c} = excluded.{c}" for c in [*taken, "import_id", "changed"])
            written += bulk.execute(
                f"INSERT INTO {REFUND_TABLE} ({names}) SELECT {names} FROM {staged} WHERE true "
                f"ON CONFLICT (id) DO UPDATE SET {sets} WHERE NOT ({same}) AND NOT ({undated})"
            )
            _dated_at_last(staged)
            _settle_stated(staged, version)
    stored.counts["refunds"] = written


def _dated_at_last(staged: str) -> None:
    """A refund that got its date is known since that date, as any dated fact."""
    bulk.execute(
        f"UPDATE {REFUND_TABLE} SET known_at = refunded_at WHERE refunded_at IS NOT NULL AND known_at > refunded_at AND id IN (SELECT id FROM {staged})"
    )


def _settle_stated(staged: str, version: int) -> None:
    """What an order says was refunded in all, less the refunds known one by one, is what remains undated, often nothing."""
    least = "GREATEST(0, {0})" if bulk.is_postgresql() else "MAX(0, {0})"
    others = f"(SELECT coalesce(sum(o.amount), 0) FROM {REFUND_TABLE} o WHERE o.order_id = {REFUND_TABLE}.order_id AND o.said IS NULL AND NOT o.failed)"
    remaining = least.format(f"said - {others}")
    bulk.execute(
        f"UPDATE {REFUND_TABLE} SET amount = {remaining}, changed = {version} WHERE said IS NOT NULL AND amount <> {remaining} "
        f"AND order_id IN (SELECT order_id FROM {staged} WHERE order_id IS NOT NULL)"
    )
