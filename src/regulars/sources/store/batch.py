"""What does every step of storing need? The import it belongs to, how to read its facts, and where to count."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from regulars.sources import bulk
from regulars.sources.clean import Cleaned

if TYPE_CHECKING:
    import duckdb

ROWS_PER_BATCH = 60_000
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


def text_time(column: str) -> str:
    """A DuckDB timestamp as the text both databases take for a UTC time."""
    zone = "+00" if bulk.is_postgresql() else ""
    return f"strftime({column}, '%Y-%m-%d %H:%M:%S{zone}') AS {column}"


def rows_of(con: "duckdb.DuckDBPyConnection", sql: str, size: int = ROWS_PER_BATCH) -> Iterator[pa.Table]:
    """The rows of a query, some at a time."""
    for record_batch in con.sql(sql).to_arrow_reader(size):
        yield pa.Table.from_batches([record_batch])


def with_constants(rows: pa.Table, **constants: Any) -> pa.Table:
    """The rows with columns that hold the same number or text in every row."""
    for name, value in constants.items():
        rows = rows.append_column(
            name, pa.array([value] * len(rows), pa.int64() if isinstance(value, int) else pa.string())
        )
    return rows
