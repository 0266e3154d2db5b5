"""The workbench of one import: a DuckDB of bounded memory that spills to disk, and the place where rejects are collected.

Texts of a file enter its SQL through `quoted` and `literal` only. Tables hold only the columns some file has: a column
nobody filled costs nothing until the facts are written.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars import environment
from regulars.sources.source import literal, quoted

if TYPE_CHECKING:
    import duckdb

MEMORY_MB = 175
THREADS_MAX = 4


@dataclass
class Bench:
    """What all cleaning steps share. `now` is the import's clock (naive UTC), `currency` and `zone` the shop's."""

    con: "duckdb.DuckDBPyConnection"
    folder: Path
    now: datetime
    currency: str
    zone: str
    notes: list[dict[str, Any]] = field(default_factory=list)

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Execute one statement."""
        self.con.execute(sql, list(values) or None)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.con.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        """The first cell of a query."""
        row = self.con.execute(sql).fetchone()
        return row[0] if row else None

    def columns(self, table: str) -> list[str]:
        """The columns of a table, a view or a query in brackets."""
        return [row[0] for row in self.rows(f"DESCRIBE {table}")]

    def note(self, code: str, **facts: Any) -> None:
        """Something the merchant should know about these files; the faces have the words."""
        self.notes.append({"code": code, **facts})

    def append(self, table: str, select: str) -> None:
        """Add the rows of a query to a table, by column name. The table is widened as needed."""
        known = set(self.columns(table))
        for name, kind, *_rest in self.rows(f"DESCRIBE {select}"):
            if name not in known:
                default = " DEFAULT ''" if kind == "VARCHAR" else ""
                self.run(f"ALTER TABLE {table} ADD COLUMN {quoted(name)} {kind}{default}")
        self.run(f"INSERT INTO {table} BY NAME {select}")

    def literal_now(self) -> str:
        """The import's clock in SQL."""
        return f"TIMESTAMP {literal(self.now.strftime('%Y-%m-%d %H:%M:%S'))}"


@dataclass(frozen=True)
class Columns:
    """Which of our columns a table has; asked for another one, the answer is the empty text (or what is given)."""

    names: frozenset[str]

    def __call__(self, name: str, missing: str = "''") -> str:
        """The column's name, or what stands for a column the table does not have."""
        return name if name in self.names else missing

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def of(self, names: Iterable[str]) -> list[str]:
        """Those of `names` that are there, in their order."""
        return [name for name in names if name in self.names]


def columns_of(bench: Bench, table: str) -> Columns:
    """The columns of a workbench table."""
    return Columns(frozenset(bench.columns(table)))


def open_bench(folder: Path, *, now: datetime, currency: str, zone: str) -> Bench:
    """A fresh workbench in `folder`."""
    import duckdb

    memory = min(MEMORY_MB, environment.megabytes(environment.MEMORY_MB))
    config: Mapping[str, Any] = {
        "memory_limit": f"{memory}MB",
        "threads": min(os.cpu_count() or 1, THREADS_MAX),
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": "false",
        # What was freed goes back to the system soon: the limit above is meant for the process.
        "allocator_flush_threshold": "16MB",
        "allocator_bulk_deallocation_flush_threshold": "32MB",
    }
    con = duckdb.connect(":memory:", config=dict(config))
    con.execute("SET TimeZone = 'UTC'")
    con.execute(
        "CREATE TABLE reject (file VARCHAR, row BIGINT, col VARCHAR, value VARCHAR, reason VARCHAR, remedy VARCHAR, "
        "table_name VARCHAR, part INTEGER)"
    )
    con.execute("CREATE TABLE part (number INTEGER, file VARCHAR, source VARCHAR, in_minor BOOLEAN)")
    utc = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    return Bench(con=con, folder=folder, now=utc, currency=currency.upper(), zone=zone)
