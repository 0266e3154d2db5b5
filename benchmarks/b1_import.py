"""B1 import of a CSV of order lines, B2 its memory, B3 the same import again; on SQLite and PostgreSQL.

Peers: Django's bulk_create of the same lines (a fifth of them). Raw limit: stage + upsert of ready rows.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from benchmarks import made

BULK_SHARE = 5


def run(*, lines: int, runs: int) -> None:
    """Print the table."""
    path = made.orders_csv(lines)
    rows: list[list[Any]] = [["", "rows/s", "of raw limit", "of bulk_create", "peak MB", "facts written"]]
    for kind, url in databases():
        first, again, raw, bulk, memory = [], [], [], [], []
        for _run in range(runs):
            home = made.FOLDER / "home"
            shutil.rmtree(home, ignore_errors=True)
            fresh(url)
            found = made.child("benchmarks.b1_import", "product", str(path), home=home, url=url)
            first.append(found["first"])
            again.append(found["again"])
            memory.append(found["peak_mb"])
            raw.append(made.child("benchmarks.b1_import", "raw", str(path), home=home, url=url)["seconds"])
            bulk.append(
                made.child("benchmarks.b1_import", "bulk", str(path), home=home, url=url)["seconds"] * BULK_SHARE
            )
            assert found["orders"] == lines // 4
            assert found["written_again"] == 0
        a, b, r, k = (made.median(values) for values in (first, again, raw, bulk))
        rows += [
            [f"{kind}: import", round(lines / a), r / a, k / a, max(memory), lines],
            [f"{kind}: the same again", round(lines / b), r / b, k / b, "", 0],
            [f"{kind}: raw stage + upsert", round(lines / r), 1.0, k / r, "", lines],
            [f"{kind}: bulk_create", round(lines / k), r / k, 1.0, "", lines // BULK_SHARE],
        ]
    made.table(
        f"B1-B3: {lines:,} order lines (targets: >= 0.5 of raw, >= 5 / 3 of bulk_create, <= 400 MB, 0 written again)",
        rows,
    )


def databases() -> list[tuple[str, str]]:
    """SQLite, and PostgreSQL with its durable defaults."""
    sys.path.insert(0, str(made.ROOT / "tests"))
    from databases import _psql, _server

    server = _server(durable=True)
    _psql(server, "DROP DATABASE IF EXISTS bench")
    return [("SQLite", ""), ("PostgreSQL", f"postgresql://{server['USER']}@127.0.0.1:{server['PORT']}/bench")]


def fresh(url: str) -> None:
    """An empty PostgreSQL database."""
    if url:
        from databases import _psql, _server

        server = _server(durable=True)
        _psql(server, "DROP DATABASE IF EXISTS bench")
        _psql(server, "CREATE DATABASE bench")


def product(path: Path) -> dict[str, Any]:
    """The whole product path, twice."""
    import datetime as dt

    from regulars.orders.models import Order
    from regulars.sources import importing

    def once() -> Any:
        return importing.run(importing.create([path], actor="benchmark"), now=dt.datetime.now(dt.UTC))

    first, _cpu, job = made.timed(once)
    assert job.state == "done", job.error
    peak = made.peak_mb()
    again, _cpu, second = made.timed(once)
    written = (
        second.summary["new"] + second.summary["changed"] + second.summary["identifiers"] + second.summary["refunds"]
    )
    return {"first": first, "again": again, "peak_mb": peak, "orders": Order.objects.count(), "written_again": written}


def ready_rows(path: Path, share: int = 1) -> Any:
    """The lines as an Arrow table with typed columns and a text key."""
    import duckdb

    return duckdb.sql(
        f"SELECT order_id::VARCHAR AS order_key, row_number() OVER () AS line_no, order_date AS ordered_at, customer_id, sku, "
        f"product AS title, quantity::BIGINT AS quantity, round(line_total * 100)::BIGINT AS total, currency FROM read_csv('{path}', "
        f"all_varchar=false) ORDER BY order_key, line_no LIMIT (SELECT count(*) // {share} FROM read_csv('{path}'))"
    ).to_arrow_table()


COLUMNS = "order_key line_no ordered_at customer_id sku title quantity total currency".split()


def make_table() -> None:
    """A plain table of lines with a unique text key."""
    from regulars.sources import bulk

    bulk.execute("DROP TABLE IF EXISTS raw_line")
    bulk.execute(
        "CREATE TABLE raw_line (order_key TEXT, line_no BIGINT, ordered_at TEXT, customer_id TEXT, sku TEXT, title TEXT, "
        "quantity BIGINT, total BIGINT, currency TEXT, PRIMARY KEY (order_key, line_no))"
    )


def raw(path: Path) -> dict[str, Any]:
    """Stage and upsert of rows that are ready in memory, in batches of 60,000."""
    from regulars.shop import current
    from regulars.sources import bulk

    rows = ready_rows(path)
    make_table()

    def work() -> None:
        for batch in rows.to_batches(60_000):
            with current.atomic():
                staged = bulk.stage("stage_raw", "raw_line", batch)
                names = ", ".join(COLUMNS)
                bulk.execute(
                    f"INSERT INTO raw_line ({names}) SELECT {names} FROM {staged} WHERE true ON CONFLICT (order_key, line_no) "
                    "DO UPDATE SET total = excluded.total WHERE raw_line.total <> excluded.total"
                )

    return {"seconds": made.timed(work)[0]}


def bulk(path: Path) -> dict[str, Any]:
    """Django's bulk_create of a fifth of the lines."""
    from django.db import connection, models

    rows = ready_rows(path, BULK_SHARE).to_pylist()

    class RawLine(models.Model):
        order_key = models.TextField()
        line_no = models.BigIntegerField()
        ordered_at = models.TextField()
        customer_id = models.TextField()
        sku = models.TextField()
        title = models.TextField()
        quantity = models.BigIntegerField()
        total = models.BigIntegerField()
        currency = models.TextField()

        class Meta:
            app_label = "benchmarks"
            db_table = "bulk_line"
            constraints = [models.UniqueConstraint(fields=["order_key", "line_no"], name="bulk_once")]

    with connection.schema_editor() as editor:
        editor.create_model(RawLine)

    def work() -> None:
        RawLine.objects.bulk_create([RawLine(**row) for row in rows], batch_size=2000)

    seconds = made.timed(work)[0]
    assert RawLine.objects.count() == len(rows)
    with connection.schema_editor() as editor:
        editor.delete_model(RawLine)
    return {"seconds": seconds}


if __name__ == "__main__":
    import json

    from regulars.cli.setting_up import ready

    ready()
    print(json.dumps({"product": product, "raw": raw, "bulk": bulk}[sys.argv[1]](Path(sys.argv[2]))))
