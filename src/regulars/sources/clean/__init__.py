"""How do the sheets of an import become facts? One verb: `clean`.

Everything runs set-wise in DuckDB, which spills to disk, so memory does not grow with the files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from regulars.sources.clean import assemble, finish, lines, orders, people, records
from regulars.sources.clean.bench import Bench, open_bench
from regulars.sources.clean.cells import Loaded, load
from regulars.sources.clean.written import FACTS, SLICED, write
from regulars.sources.mapping import check_currency, check_zone
from regulars.sources.plan import Part

__all__ = ["FACTS", "Cleaned", "clean"]
NOTED_MAX = 12  # columns and statuses named in one note


@dataclass(frozen=True)
class Cleaned:
    """The facts of an import as Parquet files, what was rejected and what the merchant should know."""

    folder: Path
    notes: tuple[dict[str, Any], ...]
    rejected: int
    currency: str

    def path(self, fact: str) -> str:
        """The Parquet file of one of FACTS, or of `reject`; of those in SLICED the pattern of its files."""
        return str(self.folder / (f"{fact}-*.parquet" if fact in SLICED else f"{fact}.parquet"))


def clean(parts: Sequence[Part], folder: Path, *, now: datetime, currency: str, zone: str) -> Cleaned:
    """Read every part, assemble the facts, and write them to `folder` sorted by id."""
    check_zone(zone, "The shop's time zone")
    check_currency(currency, "The shop's currency")
    bench = open_bench(folder, now=now, currency=currency, zone=zone)
    try:
        for room in (assemble, lines, records):
            room.make_tables(bench)
        for number, part in enumerate(parts):
            _read(bench, load(bench, number, part))
            _note_unused(bench, part)
        assemble.assemble(bench)
        finish.reviews(bench)
        people.find(bench)
        finish.refunds(bench)
        finish.variants(bench)
        finish.events(bench)
        _note_orders(bench)
        write(bench)
        rejected = bench.value("SELECT count(*) FROM (SELECT DISTINCT part, row FROM reject)")
        return Cleaned(folder=folder, notes=tuple(bench.notes), rejected=rejected, currency=bench.currency)
    finally:
        bench.con.close()


def _read(bench: Bench, loaded: Loaded) -> None:
    match loaded.part.rules.table:
        case "orders":
            orders.read_part(bench, loaded)
        case "customers":
            records.read_customers(bench, loaded)
        case "products":
            records.read_products(bench, loaded)
        case "refunds":
            records.read_refunds(bench, loaded)
        case "reviews":
            records.read_reviews(bench, loaded)


def _note_unused(bench: Bench, part: Part) -> None:
    unused = part.unused()
    if unused:
        more = f" and {len(unused) - NOTED_MAX} more" if len(unused) > NOTED_MAX else ""
        bench.note("unused_columns", file=part.sheet.file, columns=", ".join(unused[:NOTED_MAX]) + more)


def _note_orders(bench: Bench) -> None:
    """Orders that name nobody, and words for a state that nobody knows."""
    nobody = bench.value(
        "SELECT count(*) FROM mention WHERE kind = 'order' AND identifier_id IS NULL AND fact IN (SELECT id FROM orders)"
    )
    if nobody:
        bench.note("unresolved", orders=nobody)
    if "status_said" in bench.columns("orders"):
        unknown = bench.rows(
            "SELECT status_said, count(*) FROM orders WHERE status = 'unknown' GROUP BY 1 ORDER BY 2 DESC, 1 "
            f"LIMIT {NOTED_MAX}"
        )
        for status, count in unknown:
            bench.note("unknown_status", status=status, orders=count)
