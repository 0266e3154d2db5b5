"""Look before importing: what would an import do, as its files are understood now? Nothing of it reaches the shop."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.shop import current
from regulars.sources import importing
from regulars.sources.models import Import
from regulars.sources.source import CannotRead, Sheet

if TYPE_CHECKING:
    from regulars.sources.clean import Cleaned

PREVIEW_ROWS = 20


def look(job: Import, *, now: dt.datetime) -> Import:
    """Keep with the import what it would do, or why that cannot be said and how far its columns are understood."""
    try:
        job.summary = preview(job, now=now)
        job.note_mistake(None)
    except CannotRead as error:
        job.summary = {"mappings": as_far_as_known(job)}
        job.note_mistake(error)
    job.state, job.lease_until, job.progress = Import.State.READY, None, {}
    job.save()
    return job


def preview(job: Import, *, now: dt.datetime) -> dict[str, Any]:
    """What an import would do, without doing it: how each file is read, counts, and the first orders as understood."""
    import duckdb

    parts, cleaned = importing.understand(job, now=now)
    with duckdb.connect(":memory:") as con:
        view = f"read_parquet('{cleaned.path('orders')}')"
        counts = (
            con.sql(
                f"SELECT count(*) AS orders, CAST(min(ordered_at) AS VARCHAR) AS first, CAST(max(ordered_at) AS VARCHAR) AS last, "
                f"count(*) FILTER (identifier_id IS NULL) AS nobody FROM {view}"
            )
            .to_arrow_table()
            .to_pylist()[0]
        )
        names = "name, contact_name, account, email, phone, CAST(ordered_at AS VARCHAR) AS ordered_at, status, currency, total, net, line_count"
        rows = (
            con.sql(f"SELECT {names} FROM {view} ORDER BY file, row LIMIT {PREVIEW_ROWS}").to_arrow_table().to_pylist()
        )
        known = _already_known(con, view)
    return counts | known | {"rows": rows} | importing.about(parts, cleaned) | {
        "mappings": [{"file": p.sheet.file, "table": p.rules.table, "mapping": dict(p.mapping), "header": list(p.sheet.header),
                      "format": p.format, "guessed": p.guessed, "hash": p.header_hash} for p in parts],
        "customers": _rows(cleaned, "identifiers"),
    }  # fmt: skip


def _rows(cleaned: "Cleaned", fact: str) -> int:
    from pyarrow import parquet

    return int(parquet.read_metadata(cleaned.path(fact)).num_rows)


def _already_known(con: Any, view: str) -> dict[str, int]:
    """How many orders are new, changed and unchanged against the database."""
    from regulars.sources import bulk
    from regulars.sources.store.batch import ROWS_PER_BATCH
    from regulars.sources.store.orders import ORDER_TABLE

    new = changed = same = 0
    reader = con.sql(f"SELECT id, payload_hash, progress FROM {view}").to_arrow_reader(ROWS_PER_BATCH)
    for batch in reader:
        with current.atomic():
            staged = bulk.stage("stage_key", ORDER_TABLE, batch)
            row = bulk.fetch(
                f"SELECT count(*) - count(o.id), coalesce(sum(CASE WHEN o.payload_hash = s.payload_hash THEN 1 ELSE 0 END), 0), count(o.id) "
                f"FROM {staged} s LEFT JOIN {ORDER_TABLE} o ON o.id = s.id"
            )[0]
        new, same, changed = new + row[0], same + row[1], changed + row[2] - row[1]
    return {"new": new, "changed": changed, "unchanged": same}


def as_far_as_known(job: Import) -> list[dict[str, Any]]:
    """The columns of files that cannot be understood yet, so that a person can name them; none of unreadable files."""
    from regulars.sources import plan

    with tempfile.TemporaryDirectory() as folder:
        try:
            sheets = plan.read_sheets([Path(path) for path in job.files], Path(folder))
        except CannotRead:
            return []
    return [_told(sheet) for sheet in sheets if not any(known.recognises(sheet.header) for known in plan.FORMATS)]


def _told(sheet: Sheet) -> dict[str, Any]:
    from regulars.sources import plan
    from regulars.sources.delimited import generic

    number = plan.header_hash(sheet.header)
    saved = importing.remembered(number) or {}
    table = saved.get("table") or generic.guess_table(sheet.header)
    mapping = {column: cell for column, cell in saved.items() if column != "table"} or generic.guess(
        sheet.header, table
    )
    return {"file": sheet.file, "table": table, "mapping": mapping, "header": list(sheet.header), "format": "csv",
            "guessed": True, "hash": number}  # fmt: skip
