"""How are the facts of an installation read from its lake? Parquet files of a base, and of what changed since beside it.

The lake is written by `profiles.lake`; here is what both its writer and an analyst's notebook must know to read it.
"""

import json
from pathlib import Path
from typing import Any

KEYS = {
    "orders": "order_id", "lines": "order_id", "refunds": "refund_id", "people": "identifier_id",
    "variants": "variant_id", "reviews": "review_id",
}  # fmt: skip


def live(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The folder of the live files of a lake, and its manifest. Raises OSError or ValueError where there is none."""
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return folder / manifest["files"], manifest


def sql_of(files: Path, name: str) -> str:
    """DuckDB SQL of all rows of one table: the base without the keys that changed, and what changed."""
    base, delta = files / f"{name}.parquet", files / f"{name}-delta.parquet"
    sql = f"SELECT * FROM read_parquet('{base}')"
    if not delta.exists():
        return sql
    newer = files / "orders-delta.parquet" if name == "lines" else delta
    return beneath(sql, KEYS[name], f"read_parquet('{newer}')", f"read_parquet('{delta}')")


def beneath(older: str, key: str, newer: str, rows: str) -> str:
    """SQL: the rows of `older` whose key is not in the table `newer`, and all of the table `rows`."""
    return f"SELECT * FROM ({older}) WHERE {key} NOT IN (SELECT {key} FROM {newer}) UNION ALL SELECT * FROM {rows}"


def facts_views(con: Any) -> None:
    """From the views raw_<table> in a DuckDB connection make the tables of `facts.SCHEMAS`: returns that name no order
    get the orders they undo, and refunds that became nothing are left out."""
    for name in ("orders", "lines", "people", "variants", "reviews"):
        con.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM raw_{name}")
    con.execute("CREATE OR REPLACE VIEW all_refunds AS SELECT * FROM raw_refunds WHERE amount > 0")
    from regulars.insight.match_returns import match_returns

    ordered = "(SELECT order_id AS id, identifier_id, day::TIMESTAMP AS ordered_at FROM raw_orders)"
    match_returns(con, {"orders": ordered, "lines": "raw_lines"})
