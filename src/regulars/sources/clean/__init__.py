"""How do the sheets of an import become facts? One verb: `clean`.

Everything runs set-wise in DuckDB, which spills to disk, so memory does not grow with the files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from regulars.sources.clean import assemble, orders, people, records
from regulars.sources.clean.bench import Bench, load_part, open_bench
from regulars.sources.plan import Part

FACTS = ("orders", "lines", "refunds", "variants", "identifiers", "evidence", "consents", "attribute_values", "events")


@dataclass(frozen=True)
class Cleaned:
    """The facts of an import as Parquet files, what was rejected and what the merchant should know."""

    folder: Path
    notes: tuple[dict[str, Any], ...]
    rejected: int
    currency: str

    def path(self, fact: str) -> str:
        """The Parquet file of one of FACTS, or of `reject`."""
        return str(self.folder / f"{fact}.parquet")


def clean(parts: Sequence[Part], folder: Path, *, now: datetime, currency: str, zone: str) -> Cleaned:
    """Read every part, assemble the facts, and write them to `folder` sorted by id."""
    bench = open_bench(folder, now=now, currency=currency, zone=zone)
    try:
        orders.make_tables(bench)
        records.make_tables(bench)
        for number, part in enumerate(parts):
            table = load_part(bench, number, part)
            _read(bench, table, part, number)
            bench.run(f"DROP TABLE {table}")
        assemble.assemble(bench)
        people.find(bench)
        records.finish(bench)
        return _written(bench)
    finally:
        bench.con.close()


def _read(bench: Bench, table: str, part: Part, number: int) -> None:
    match part.rules.table:
        case "orders":
            orders.read_part(bench, table, part, number)
        case "customers":
            records.read_customers(bench, table, part)
        case "products":
            records.read_products(bench, table, part)
        case "refunds":
            records.read_refunds(bench, table, part)
        case "reviews":
            records.read_reviews(bench, table, part)


def _written(bench: Bench) -> Cleaned:
    order = {"lines": "order_id, position", "evidence": "identifier_id, other_id, name", "consents": "identifier_id", "attribute_values": "identifier_id"}
    selects = {
        "orders": "SELECT o.* EXCLUDE (refunded_read, factor, said_refunded, email_consent), n.identifier_id FROM orders o LEFT JOIN named n ON n.order_id = o.id"
    }
    for fact in (*FACTS, "reject"):
        select = selects.get(fact, f"SELECT * FROM {fact}")
        by = "file, row" if fact == "reject" else order.get(fact, "id")
        bench.run(f"COPY (SELECT * FROM ({select}) ORDER BY {by}) TO '{bench.folder / (fact + '.parquet')}' (FORMAT parquet, COMPRESSION zstd)")
    rejected = bench.value("SELECT coalesce(sum(CASE WHEN table_name = 'orders' AND remedy <> '' AND col <> '' THEN try_cast(remedy AS BIGINT) ELSE 1 END), 0)::BIGINT FROM reject")
    return Cleaned(folder=bench.folder, notes=tuple(bench.notes), rejected=int(rejected), currency=bench.currency)
