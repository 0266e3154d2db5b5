"""Profiles on their way into the database: only rows that differ from the last ones are written.

The last ones lie beside the lake as Parquet, so that comparing costs no query; the file is replaced after the database
has everything, and a refresh that was killed in between writes the same rows again.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.insight.facts import Engine
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Profile
from regulars.shop import current
from regulars.sources import bulk

if TYPE_CHECKING:
    import ibis.expr.types as ir

PROFILE_TABLE = "profiles_profile"
NAMES = ("customer_id", *(column.name for column in COLUMNS))
BATCH_ROWS = 20_000


@dataclass(frozen=True)
class Written:
    """Rows inserted or changed, rows removed, and how many profiles there are now."""

    changed: int
    removed: int
    all: int


def profiles(engine: Engine) -> "ir.Table":
    """The profiles of everybody as they were last written."""
    return engine.con.read_parquet(str(_path()))


def write(engine: Engine, found: "ir.Table", *, among: "ir.Table | None" = None) -> Written:
    """Write the profiles `found` of everybody, or of the customers `among` (customer_id), where they differ."""
    con, path = engine.con.con, _path()
    cells = ", ".join(_cell(name) if name in found.columns else f"NULL AS {name}" for name in NAMES)
    con.execute(f"CREATE OR REPLACE TEMP TABLE new_profile AS SELECT {cells} FROM {found.get_name()}")
    known = _of_today(path) and Profile.objects.exists()
    before = f"read_parquet('{path}')" if known else "(SELECT * FROM new_profile LIMIT 0)"
    chosen = f"SEMI JOIN {among.get_name()} USING (customer_id)" if among is not None else ""
    changed = _upsert(con, f"SELECT * FROM new_profile EXCEPT SELECT * FROM {before} {chosen} ORDER BY customer_id")
    gone = con.sql(f"SELECT customer_id FROM {before} {chosen} ANTI JOIN new_profile USING (customer_id)").fetchall()
    with current.atomic():
        removed = sum(bulk.execute(f"DELETE FROM {PROFILE_TABLE} WHERE customer_id = %s", row) for row in gone)
        if not known:
            strangers = "customer_id NOT IN (SELECT id FROM customers_customer)"
            removed += bulk.execute(f"DELETE FROM {PROFILE_TABLE} WHERE {strangers}")
    _replace(con, path, before if among is not None else "", among)
    return Written(changed, removed, con.sql(f"SELECT count(*) FROM read_parquet('{path}')").fetchall()[0][0])


def _path() -> Path:
    return current.folder() / "lake" / "profiles.parquet"


def _of_today(path: Path) -> bool:
    """Whether the last profiles are there and have the columns of today's dictionary."""
    from pyarrow import parquet

    return path.exists() and tuple(parquet.read_schema(path).names) == NAMES


def _upsert(con: Any, sql: str) -> int:
    written = 0
    for batch in con.sql(sql).to_arrow_reader(BATCH_ROWS):
        with current.atomic():
            staged = bulk.stage("stage_profile", PROFILE_TABLE, _stored(batch))
            written += bulk.upsert(PROFILE_TABLE, staged, NAMES, key="customer_id")
    return written


def _replace(con: Any, path: Path, before: str, among: "ir.Table | None") -> None:
    """The file of the last profiles: the new ones, and with `among` the former ones of all others."""
    sql = "SELECT * FROM new_profile"
    if among is not None:
        sql += f" UNION ALL SELECT * FROM {before} ANTI JOIN {among.get_name()} USING (customer_id)"
    draft = path.with_suffix(".draft")
    con.execute(f"COPY ({sql}) TO '{draft}' (FORMAT parquet, COMPRESSION zstd)")
    draft.replace(path)


def _cell(name: str) -> str:
    if name == "customer_id":
        return "customer_id"
    kind = next(column.type for column in COLUMNS if column.name == name)
    if kind == "money":
        return f'round("{name}")::BIGINT AS "{name}"'
    if kind in ("share", "number"):
        return f'round("{name}", 9) AS "{name}"'
    if kind == "integer":
        return f'CAST("{name}" AS INTEGER) AS "{name}"'
    return f'left("{name}", 400) AS "{name}"' if kind == "text" else f'"{name}"'


def _stored(batch: Any) -> Any:
    """Dates as text, as both databases take them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [pc.strftime(c, format="%Y-%m-%d") if pa.types.is_date(c.type) else c for c in batch.columns]
    return pa.table(dict(zip(batch.schema.names, columns, strict=True)))
