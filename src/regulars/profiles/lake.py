"""The lake: the shop's facts as Parquet, derived from the database and always possible to rebuild.

Full build: every fact table, streamed through ADBC. Later only rows changed since the last version are fetched and laid
beside the base (`delta`); readers take base without the changed keys, plus delta. When the deltas grow past a tenth of
the base, or facts were taken back (`lake_epoch`), the base is built anew. A manifest names the live files; it is
replaced by rename, so a killed build leaves the old lake in force. The lake also keeps whose facts changed until their
profiles are written (`settled`), however often the work in between is killed.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.insight.lake_files import KEYS, beneath, sql_of
from regulars.profiles.extract import TABLES, extract
from regulars.shop import current
from regulars.shop.models import Shop

if TYPE_CHECKING:
    import duckdb

DELTA_SHARE_MAX = 0.1
TOUCHED, TOUCHED_TABLE = "touched.parquet", "touched"
LOCK_SECONDS_MAX = 3600
NOBODY = "SELECT NULL::BIGINT AS customer_id WHERE false"
# Whose facts are fresh: the owners, then and now, of every identifier, order and refund that came in or changed.
TOUCHED_SQL = """
SELECT customer_id FROM fresh_people WHERE customer_id IS NOT NULL UNION
SELECT customer_id FROM raw_people WHERE customer_id IS NOT NULL AND identifier_id IN (
  SELECT identifier_id FROM fresh_people UNION SELECT identifier_id FROM fresh_orders UNION
  SELECT identifier_id FROM fresh_reviews UNION SELECT identifier_id FROM fresh_refunds UNION
  SELECT identifier_id FROM raw_orders WHERE order_id IN (
    SELECT order_id FROM fresh_orders UNION SELECT order_id FROM fresh_refunds UNION
    SELECT order_id FROM raw_refunds SEMI JOIN fresh_refunds USING (refund_id)))
"""


@dataclass(frozen=True)
class Lake:
    """The live lake: `version` of the facts it holds, and whose profiles are behind it (`everybody`, or `touched`)."""

    folder: Path
    version: int
    everybody: bool

    @property
    def orders(self) -> int:
        """How many orders the base holds."""
        return _rows(self.folder / "orders.parquet")

    @property
    def touched(self) -> str:
        """SQL of the customers (customer_id) whose facts changed since `settled` was last called."""
        path = self.folder / TOUCHED
        return f"SELECT customer_id FROM read_parquet('{path}')" if path.exists() else NOBODY

    def tables(self, con: "duckdb.DuckDBPyConnection") -> None:
        """Create views raw_<table> over base and delta in `con`, and one of the customers who were touched."""
        for name in TABLES:
            con.execute(f"CREATE OR REPLACE VIEW raw_{name} AS {sql_of(self.folder, name)}")
        con.execute(f"CREATE OR REPLACE VIEW {TOUCHED_TABLE} AS {self.touched}")


def update(shop: Shop, *, full: bool = False) -> Lake:
    """Bring the lake up to the committed facts."""
    folder = current.folder() / "lake"
    manifest = _manifest(folder)
    version = shop.facts_version
    wanted = {"epoch": shop.lake_epoch, "zone": shop.zone, "layout": 4}
    usable = manifest is not None and all(manifest.get(key) == value for key, value in wanted.items())
    if not usable or full or manifest is None or _delta_too_large(folder):
        _build_base(folder, shop)
        manifest = wanted | {"version": version, "everybody": True}
        _write_manifest(folder, manifest)
    elif manifest["version"] != version:
        everybody = _build_delta(folder, shop, Lake(_live(folder), manifest["version"], manifest["everybody"]))
        manifest |= {"version": version, "everybody": everybody}
        _write_manifest(folder, manifest)
    return Lake(_live(folder), version, bool(manifest["everybody"]))


def settled(told: dict[str, Any]) -> None:
    """All profiles are as new as the lake: nobody is left to compute. told: of the shop, for readers of the lake."""
    folder = current.folder() / "lake"
    (_live(folder) / TOUCHED).unlink(missing_ok=True)
    _replace_manifest(folder, json.loads((folder / "manifest.json").read_text()) | {"everybody": False, "shop": told})


def _live(folder: Path) -> Path:
    return folder / json.loads((folder / "manifest.json").read_text())["files"]


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    except (OSError, ValueError):
        return None
    return found if (folder / found["files"]).is_dir() else None


def _delta_too_large(folder: Path) -> bool:
    live = _live(folder)
    delta = live / "orders-delta.parquet"
    return delta.exists() and _rows(delta) > DELTA_SHARE_MAX * max(_rows(live / "orders.parquet"), 1000)


def _rows(path: Path) -> int:
    from pyarrow import parquet

    return int(parquet.read_metadata(path).num_rows)


@contextmanager
def alone() -> Iterator[None]:
    """Only one process at a time works on the lake; the lock is released when its holder dies."""
    import sqlite3

    folder = current.folder() / "lake"
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / "refresh.lock", timeout=LOCK_SECONDS_MAX, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        lock.close()


def _write_manifest(folder: Path, content: dict[str, Any]) -> None:
    content = content | {"files": _next_files(folder).name}
    _replace_manifest(folder, content)
    for old in folder.glob("files-*"):
        if old.name != content["files"]:
            shutil.rmtree(old, ignore_errors=True)


def _replace_manifest(folder: Path, content: dict[str, Any]) -> None:
    draft = folder / "manifest.draft"
    draft.write_text(json.dumps(content))
    draft.replace(folder / "manifest.json")


def _next_files(folder: Path) -> Path:
    manifest = folder / "manifest.json"
    live = json.loads(manifest.read_text())["files"] if manifest.exists() else "files-0"
    return folder / f"files-{int(live.split('-')[1]) + 1}"


def _empty_next_files(folder: Path) -> Path:
    target = _next_files(folder)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    return target


def _build_base(folder: Path, shop: Shop) -> None:
    """Write all tables into the next folder of files."""
    target = _empty_next_files(folder)
    with _engine(folder) as con:
        for name in TABLES:
            extract(con, name, shop, 0, path=target / f"{name}.parquet")


def _build_delta(folder: Path, shop: Shop, old: Lake) -> bool:
    """Write what changed after the old lake into the next folder, which keeps the base by hard link.

    Returns whether everybody's profile is behind it: products that were known have changed.
    """
    target = _empty_next_files(folder)
    for name in TABLES:
        (target / f"{name}.parquet").hardlink_to(old.folder / f"{name}.parquet")
    with _engine(folder) as con:
        old.tables(con)
        for name in TABLES:
            extract(con, name, shop, old.version, path=target / f"{name}-fresh.parquet")
            con.execute(f"CREATE VIEW fresh_{name} AS SELECT * FROM read_parquet('{target / f'{name}-fresh.parquet'}')")
        for name in TABLES:
            sql, before = f"SELECT * FROM fresh_{name}", old.folder / f"{name}-delta.parquet"
            if before.exists():
                newer = "fresh_orders" if name == "lines" else f"fresh_{name}"
                sql = beneath(f"SELECT * FROM read_parquet('{before}')", KEYS[name], newer, f"fresh_{name}")
            con.execute(f"COPY ({sql}) TO '{target / f'{name}-delta.parquet'}' (FORMAT parquet, COMPRESSION zstd)")
        con.execute(f"COPY ({old.touched} UNION {TOUCHED_SQL}) TO '{target / TOUCHED}' (FORMAT parquet)")
        known = con.sql("SELECT count(*) FROM fresh_variants SEMI JOIN raw_variants USING (variant_id)").fetchall()
        for name in TABLES:
            (target / f"{name}-fresh.parquet").unlink()
    return old.everybody or known[0][0] > 0


def _engine(folder: Path) -> "duckdb.DuckDBPyConnection":
    import duckdb

    config: dict[str, Any] = {
        "memory_limit": "512MB",
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": "false",
    }
    con = duckdb.connect(":memory:", config=config)
    con.execute("SET TimeZone = 'UTC'")
    return con
