"""How do cleaned facts reach the database, so that doing it twice changes nothing?

Batches of whole orders, one transaction each. An order is written only when it is new or its content differs and it is
no older than what we hold; its lines go with it. Everything has a key made from the source, so files may come in any
order, overlap, and be interrupted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from regulars.shop import current
from regulars.shop.models import next_facts_version
from regulars.sources import bulk
from regulars.sources.clean import Cleaned

if TYPE_CHECKING:
    import duckdb

LINES_PER_BATCH = 60_000
ROWS_PER_BATCH = 60_000
ORDER_TABLE, LINE_TABLE, REFUND_TABLE = "orders_order", "orders_orderline", "orders_refund"
ORDER_COLUMNS = (
    "id source source_key name identifier_id account email phone ordered_at offset_minutes known_at cancelled_at status "
    "status_said test currency rate total discount shipping tax net base_total base_net channel country discount_code tags "
    "contact_name line_count gift_card_only renewal progress payload_hash"
).split()
LINE_COLUMNS = "order_id position variant_id sku title kind quantity total net".split()
REFUND_COLUMNS = (
    "id order_id identifier_id variant_id source source_key refunded_at known_at amount said currency quantity reason failed payload_hash"
).split()
CONTACT = "name company address city postcode region country tags".split()
VARIANT_COLUMNS = (
    "id product_id sku title product_title vendor category price compare_at_price cost currency listed".split()
)
Progress = Callable[[str, int, int], None]


@dataclass
class Stored:
    """What an import did to the database, counted."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    stale: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, int]:
        """For the import's summary."""
        orders = {"new": self.new, "changed": self.changed, "unchanged": self.unchanged, "stale": self.stale}
        return orders | self.counts


@dataclass(frozen=True)
class Batch:
    """What every writing step needs: the import it belongs to, and how to read the facts."""

    cleaned: Cleaned
    import_id: int
    fingerprint: str
    only: str = ""

    def select(self, fact: str, columns: str, key: str = "id") -> str:
        """The query over one fact's file; `only` narrows it to keys in a table of that name (undo)."""
        where = f" WHERE {key} IN (SELECT id FROM {self.only}_{fact})" if self.only else ""
        return f"SELECT {columns} FROM read_parquet('{self.cleaned.path(fact)}'){where}"


def store(batch: Batch, con: "duckdb.DuckDBPyConnection", progress: Progress | None = None) -> Stored:
    """Write all facts of one import. Each batch is one transaction."""
    stored = Stored()
    _identifiers(batch, con, stored)
    _variants(batch, con, stored)
    _orders(batch, con, stored, progress)
    _refunds(batch, con, stored)
    _said(batch, con, stored)
    return stored


def text_time(column: str) -> str:
    """A DuckDB timestamp as the text both databases take for a UTC time."""
    zone = "+00" if bulk.is_postgresql() else ""
    return f"strftime({column}, '%Y-%m-%d %H:%M:%S{zone}') AS {column}"


def _rows(con: "duckdb.DuckDBPyConnection", sql: str, size: int = ROWS_PER_BATCH) -> Iterator[pa.Table]:
    for record_batch in con.sql(sql).to_arrow_reader(size):
        yield pa.Table.from_batches([record_batch])


def _with(rows: pa.Table, **constants: Any) -> pa.Table:
    for name, value in constants.items():
        rows = rows.append_column(
            name, pa.array([value] * len(rows), pa.int64() if isinstance(value, int) else pa.string())
        )
    return rows


def _identifiers(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    columns = ["id", "kind", "value", "customer_id", "blocked", *CONTACT, "seen_at"]
    sql = batch.select(
        "identifiers",
        f"id, kind, value, id AS customer_id, '' AS blocked, {', '.join(CONTACT)}, {text_time('seen_at')}",
    )
    table = "customers_identifier"
    newer = f"coalesce(excluded.seen_at >= {table}.seen_at, excluded.seen_at IS NOT NULL OR {table}.seen_at IS NULL)"
    sets = [
        f"{c} = CASE WHEN excluded.{c} <> '' AND ({newer} OR {table}.{c} = '') THEN excluded.{c} ELSE {table}.{c} END"
        for c in CONTACT
    ]
    sets.append(
        f"seen_at = CASE WHEN {newer} THEN coalesce(excluded.seen_at, {table}.seen_at) ELSE {table}.seen_at END"
    )
    sets.append("changed = excluded.changed")
    differs = " OR ".join(
        f"(excluded.{c} <> '' AND ({newer} OR {table}.{c} = '') AND excluded.{c} <> {table}.{c})" for c in CONTACT
    )
    later = f"(excluded.seen_at IS NOT NULL AND ({table}.seen_at IS NULL OR excluded.seen_at > {table}.seen_at))"
    written = 0
    for rows in _rows(con, sql):
        with current.atomic():
            staged = bulk.stage("stage_identifier", table, _with(rows, changed=next_facts_version()))
            names = ", ".join([*columns, "changed"])
            written += bulk.execute(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM {staged} WHERE true "
                f"ON CONFLICT (id) DO UPDATE SET {', '.join(sets)} WHERE {differs} OR {later}"
            )
    stored.counts["identifiers"] = written


def _variants(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    table, written = "catalog_variant", 0
    prices = ("price", "compare_at_price", "cost")
    for rows in _rows(con, batch.select("variants", ", ".join(VARIANT_COLUMNS))):
        with current.atomic():
            staged = bulk.stage("stage_variant", table, _with(rows, changed=next_facts_version()))
            other_price = " OR ".join(bulk.differs(f"s.{c}", f"v.{c}") for c in prices)
            bulk.execute(
                "INSERT INTO catalog_pricechange (variant_id, price, compare_at_price, cost, currency, at, import_id) "
                f"SELECT s.id, s.price, s.compare_at_price, s.cost, s.currency, CURRENT_TIMESTAMP, %s FROM {staged} s "
                f"LEFT JOIN {table} v ON v.id = s.id WHERE s.listed AND (v.id IS NULL OR NOT v.listed OR {other_price}) "
                "AND (s.price IS NOT NULL OR s.cost IS NOT NULL)",
                [batch.import_id],
            )
            any_other = " OR ".join(bulk.differs(f"excluded.{c}", f"{table}.{c}") for c in VARIANT_COLUMNS if c != "id")
            # The catalogue beats what order lines say; among lines the greater title, so file order does not matter.
            better = f"excluded.listed OR (NOT {table}.listed AND excluded.title > {table}.title)"
            written += bulk.upsert(table, staged, [*VARIANT_COLUMNS, "changed"], when=f"({better}) AND ({any_other})")
    stored.counts["variants"] = written


def _orders(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored, progress: Progress | None) -> None:
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
    rows = _with(rows, import_id=batch.import_id, changed=version)
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


def _refunds(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
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
    for rows in _rows(con, sql):
        with current.atomic():
            version = next_facts_version()
            staged = bulk.stage("stage_refund", REFUND_TABLE, _with(rows, import_id=batch.import_id, changed=version))
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


def _said(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    """Reviews, consents and attributes: what customers said of themselves or the shop knew."""
    now = "CURRENT_TIMESTAMP"
    event_columns = "id kind identifier_id happened_at known_at data".split()
    columns = ", ".join(text_time(c) if c.endswith("_at") else c for c in event_columns)
    for rows in _rows(con, batch.select("events", columns)):
        with current.atomic():
            staged = bulk.stage(
                "stage_event",
                "customers_event",
                _with(rows, import_id=batch.import_id, changed=next_facts_version(), actor=""),
            )
            stored.counts["reviews"] = stored.counts.get("reviews", 0) + bulk.insert_missing(
                "customers_event", staged, [*event_columns, "import_id", "changed", "actor"]
            )
    key = "('0x' || substr(md5(concat_ws('|', identifier_id, channel, state, provenance)), 1, 15))::BIGINT"
    for rows in _rows(
        con, batch.select("consents", f"{key} AS id, identifier_id, channel, state, provenance", "identifier_id")
    ):
        with current.atomic():
            staged = bulk.stage("stage_consent", "customers_consent", _with(rows, import_id=batch.import_id))
            names = "id, identifier_id, channel, state, provenance, import_id"
            stored.counts["consents"] = stored.counts.get("consents", 0) + bulk.execute(
                f"INSERT INTO customers_consent ({names}, at) SELECT {names}, {now} FROM {staged} WHERE true ON CONFLICT (id) DO NOTHING"
            )
    _attributes(batch, con, stored)


def _attributes(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    from regulars.customers.models import Attribute

    keys = con.sql(
        f"SELECT DISTINCT attribute FROM ({batch.select('attribute_values', 'attribute', 'identifier_id')})"
    ).fetchall()
    for (name,) in keys:
        label = name.rsplit(".", 1)[-1].replace("_", " ")
        Attribute.objects.get_or_create(key=name[:80], defaults={"label": label})
    key = "('0x' || substr(md5(concat_ws('|', identifier_id, attribute)), 1, 15))::BIGINT"
    sql = batch.select(
        "attribute_values",
        f"{key} AS id, identifier_id, left(attribute, 80) AS attribute_id, value, provenance",
        "identifier_id",
    )
    for rows in _rows(con, sql):
        with current.atomic():
            staged = bulk.stage("stage_attribute", "customers_attributevalue", _with(rows, import_id=batch.import_id))
            columns = ["id", "identifier_id", "attribute_id", "value", "provenance", "import_id"]
            stored.counts["attributes"] = stored.counts.get("attributes", 0) + bulk.upsert(
                "customers_attributevalue",
                staged,
                columns,
                when=bulk.differs("excluded.value", "customers_attributevalue.value"),
            )


def store_evidence(batch: Batch, con: "duckdb.DuckDBPyConnection", *, known_too: bool = False) -> list[int]:
    """Write why identifiers may belong together; the identifiers that got new evidence, or with `known_too` any."""
    key = f"('0x' || substr(md5(concat_ws('|', identifier_id, other_id, name, '{batch.fingerprint}')), 1, 15))::BIGINT"
    touched: set[int] = set()
    for rows in _rows(
        con, f"SELECT {key} AS id, identifier_id, other_id, name FROM read_parquet('{batch.cleaned.path('evidence')}')"
    ):
        with current.atomic():
            staged = bulk.stage("stage_evidence", "customers_evidence", _with(rows, fingerprint=batch.fingerprint))
            new = "" if known_too else "LEFT JOIN customers_evidence e ON e.id = s.id WHERE e.id IS NULL"
            pairs = bulk.fetch(f"SELECT s.identifier_id, s.other_id FROM {staged} s {new}")
            touched.update(identifier for pair in pairs for identifier in pair if identifier is not None)
            bulk.insert_missing(
                "customers_evidence", staged, ["id", "identifier_id", "other_id", "name", "fingerprint"]
            )
    return sorted(touched)
