"""How do a hundred thousand rows reach the database at once? Stage, then one set-based statement.

The same verbs on SQLite (a temporary table filled by executemany) and PostgreSQL (COPY). Column names come from our own
code, values travel as parameters or through COPY only.
"""

import io
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from regulars.shop import current


def is_postgresql() -> bool:
    """Whether the shop at hand lives in PostgreSQL."""
    return current.connection().vendor == "postgresql"


def differs(left: str, right: str) -> str:
    """SQL: the two values differ, NULL being a value."""
    return f"{left} IS DISTINCT FROM {right}" if is_postgresql() else f"{left} IS NOT {right}"


def execute(sql: str, values: Sequence[Any] = ()) -> int:
    """Run one statement; the number of rows it touched."""
    with current.connection().cursor() as cursor:
        cursor.execute(sql, list(values))
        return int(cursor.rowcount)


def fetch(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with current.connection().cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def stage(name: str, like: str, rows: pa.Table | pa.RecordBatch) -> str:
    """Fill the temporary table `name` with `rows`, its columns typed as in the table `like`. Returns its name."""
    columns = ", ".join(rows.schema.names)
    execute(f"DROP TABLE IF EXISTS {name}")
    execute(f"CREATE TEMPORARY TABLE {name} AS SELECT {columns} FROM {like} WHERE false")
    if not len(rows):
        return name
    if is_postgresql():
        _copy(name, columns, rows)
    else:
        marks = ", ".join(["%s"] * len(rows.schema.names))
        with current.connection().cursor() as cursor:
            values = zip(*(column.to_pylist() for column in rows.columns), strict=True)
            cursor.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", values)
    return name


def _copy(name: str, columns: str, rows: pa.Table | pa.RecordBatch) -> None:
    import pyarrow.csv as arrow_csv

    buffer = io.BytesIO()
    # strings are quoted and NULLs are not, which is how COPY tells '' from NULL
    arrow_csv.write_csv(rows, buffer, arrow_csv.WriteOptions(include_header=False, quoting_style="needed"))
    with (
        current.connection().cursor() as cursor,
        cursor.copy(f"COPY {name} ({columns}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(buffer.getvalue())


def stage_ids(name: str, ids: Sequence[int]) -> str:
    """A temporary table of one column `id`."""
    return stage(name, "customers_customer", pa.table({"id": pa.array(ids, pa.int64())}))


def upsert(table: str, staged: str, columns: Sequence[str], *, key: str = "id", when: str = "", keep: Sequence[str] = ()) -> int:
    """Insert staged rows; where the key exists, take over the columns (but `keep`) if `when` holds. Rows written."""
    names = ", ".join(columns)
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns if c != key and c not in keep)
    condition = f" WHERE {when}" if when else ""
    # SQLite needs a WHERE between SELECT and ON CONFLICT to tell them apart.
    return execute(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {staged} WHERE true "
        f"ON CONFLICT ({key}) DO UPDATE SET {sets}{condition}"
    )


def insert_missing(table: str, staged: str, columns: Sequence[str], *, key: str = "id") -> int:
    """Insert staged rows whose key is not there yet. Rows written."""
    names = ", ".join(columns)
    return execute(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {staged} WHERE true ON CONFLICT ({key}) DO NOTHING"
    )
