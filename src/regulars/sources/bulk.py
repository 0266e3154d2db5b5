"""How do a hundred thousand rows reach the database at once? Stage, then one set-based statement.

The same verbs on SQLite (a temporary table filled by executemany) and PostgreSQL (COPY). Column names come from our own
code, values travel as parameters or through COPY only.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from regulars.shop import current

if TYPE_CHECKING:
    import pyarrow as pa


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


def stage(name: str, like: str, rows: "pa.Table | pa.RecordBatch") -> str:
    """Fill the temporary table `name` with `rows`, its columns typed as in the table `like`. Returns its name."""
    execute(f"DROP TABLE IF EXISTS {name}")
    execute(f"CREATE TEMPORARY TABLE {name} AS SELECT {', '.join(rows.schema.names)} FROM {like} WHERE false")
    append(name, rows)
    return name


def append(table: str, rows: "pa.Table | pa.RecordBatch") -> None:
    """Insert rows that are known to be new."""
    if not len(rows):
        return
    if is_postgresql():
        _copy(table, ", ".join(rows.schema.names), rows)
        return
    # A column of one value (a status, a currency, an empty text) is written into the statement, not sent row by row.
    varying, places = [], []
    for column in rows.columns:
        fixed = _constant(column)
        places.append("%s" if fixed is None else fixed)
        if fixed is None:
            varying.append(column.to_pylist())
    values: Any = zip(*varying, strict=True) if varying else ([] for _row in range(len(rows)))
    with current.connection().cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({', '.join(rows.schema.names)}) VALUES ({', '.join(places)})", values)


def _copy(name: str, columns: str, rows: "pa.Table | pa.RecordBatch") -> None:
    import pyarrow.csv as arrow_csv

    buffer = io.BytesIO()
    # strings are quoted and NULLs are not, which is how COPY tells '' from NULL
    arrow_csv.write_csv(rows, buffer, arrow_csv.WriteOptions(include_header=False, quoting_style="needed"))
    with (
        current.connection().cursor() as cursor,
        cursor.copy(f"COPY {name} ({columns}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(buffer.getvalue())


def _constant(column: "pa.Array | pa.ChunkedArray") -> str | None:
    """The SQL literal of a column that holds one value only; None when it varies."""
    import pyarrow.compute as pc

    if column.null_count == len(column):
        return "NULL"
    if column.null_count:
        return None
    first = column[0].as_py()
    if isinstance(first, float) or not pc.all(pc.equal(column, column[0])).as_py():
        return None
    if isinstance(first, str):
        return None if "%" in first or "\x00" in first else "'" + first.replace("'", "''") + "'"
    return str(int(first))


def stage_ids(name: str, ids: Sequence[int]) -> str:
    """A temporary table of one column `id`."""
    import pyarrow as pa

    return stage(name, "customers_customer", pa.table({"id": pa.array(ids, pa.int64())}))


def upsert(table: str, staged: str, columns: Sequence[str], *, key: str = "id", when: str = "") -> int:
    """Insert staged rows; where the key exists, take over the columns if `when` holds. Rows written."""
    names = ", ".join(columns)
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns if c != key)
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
