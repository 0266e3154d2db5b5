"""The workbench of one import: a DuckDB of bounded memory that spills to disk, and the place where rejects are collected."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars import environment
from regulars.sources.plan import Part, sheet_sql
from regulars.sources.source import literal, quoted

if TYPE_CHECKING:
    import duckdb

MEMORY_MB = 384


@dataclass
class Bench:
    """What all cleaning steps share. `now` is the import's clock, `currency` and `zone` the shop's."""

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

    def note(self, code: str, **facts: Any) -> None:
        """Something the merchant should know about these files; the faces have the words."""
        self.notes.append({"code": code, **facts})

    def reject(self, select: str) -> None:
        """Add rejects: (file, row, col, value, reason, remedy, extra), from a query."""
        self.run(f"INSERT INTO reject {select}")


def open_bench(folder: Path, *, now: datetime, currency: str, zone: str) -> Bench:
    """A fresh workbench in `folder`."""
    import duckdb

    memory = min(MEMORY_MB, environment.megabytes(environment.MEMORY_MB))
    config = {"memory_limit": f"{memory}MB", "temp_directory": str(folder / "spill"), "preserve_insertion_order": "false"}
    con = duckdb.connect(":memory:", config=config)
    con.execute("SET TimeZone = 'UTC'")
    con.execute(
        "CREATE TABLE reject (file VARCHAR, row BIGINT, col VARCHAR, value VARCHAR, reason VARCHAR, remedy VARCHAR, table_name VARCHAR)"
    )
    return Bench(con=con, folder=folder, now=now, currency=currency, zone=zone)


def load_part(bench: Bench, number: int, part: Part) -> str:
    """The part as table `part_<number>`: our columns as trimmed text, the file's name and the row. Returns its name."""
    from regulars.sources.clean.values import cell

    name = f"part_{number}"
    bench.run(f"CREATE OR REPLACE VIEW sheet AS {sheet_sql(part)}")
    columns = [row[0] for row in bench.rows(f"DESCRIBE ({part.select})") if row[0] != "row"]
    cells = ", ".join(f"{cell(quoted(column))} AS {column}" for column in columns)
    bench.run(f"CREATE TABLE {name} AS SELECT {literal(part.sheet.file)} AS file, row, {cells} FROM ({part.select})")
    for row, text in part.sheet.ragged:
        bench.run(
            "INSERT INTO reject VALUES (?, ?, '', ?, 'cells', ?, ?)",
            [part.sheet.file, row, text, f"The header has {len(part.sheet.header)} columns.", part.rules.table],
        )
    return name


def columns_of(bench: Bench, table: str) -> set[str]:
    """The columns of a workbench table."""
    return {row[0] for row in bench.rows(f"DESCRIBE {table}")}
