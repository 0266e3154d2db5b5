"""One import from files to facts: read, clean, store, unite. Safe to kill anywhere and start again.

The folder of an import holds its sheets (the raw record, every column) and its cleaned facts; undoing another import
replays from them.
"""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from regulars.customers.unite import describe, unite
from regulars.shop import current
from regulars.shop.models import Shop, the_shop
from regulars.sources.models import Import, SavedMapping
from regulars.sources.source import NO_CURRENCY, CannotRead

if TYPE_CHECKING:
    from regulars.sources import plan
    from regulars.sources.clean import Cleaned

# The readers and engines are heavy; pages that only list imports must not pay for them.
LEASE = dt.timedelta(minutes=10)
PREVIEW_ROWS = 20
HASH_CHUNK = 1 << 20


def folder_of(job: Import) -> Path:
    """Where the sheets and facts of an import lie."""
    return current.folder() / "imports" / str(job.pk)


def create(
    paths: Sequence[Path],
    *,
    actor: str,
    family: str = "auto",
    mapping: dict[str, Any] | None = None,
    state: str = Import.State.QUEUED,
) -> Import:
    """A new import of these files, not begun. `mapping` is the content of a mapping file."""
    return Import.objects.create(
        state=state,
        files=[str(path) for path in paths],
        format=family,
        mapping=mapping or {},
        actor=actor,
        created_at=timezone.now(),
    )


def run(job: Import, *, now: dt.datetime) -> Import:
    """Carry an import out. A mistake in the files ends in state failed with its text; nothing of it is half done."""
    import duckdb

    job.state, job.error, job.lease_until = Import.State.RUNNING, "", now + LEASE
    job.save()
    try:
        parts, cleaned = understand(job, now=now)
        job.fingerprint = fingerprint(job)
        job.save(update_fields=["fingerprint"])
        with duckdb.connect(":memory:", config={"memory_limit": "256MB", "threads": 2}) as con:
            summary = _store(job, cleaned, con, now=now)
    except CannotRead as error:
        job.state, job.error, job.finished_at = Import.State.FAILED, str(error), timezone.now()
        job.save()
        return job
    job.summary = summary | _about(parts, cleaned)
    job.state, job.finished_at, job.lease_until = Import.State.DONE, timezone.now(), None
    job.save()
    return job


def understand(job: Import, *, now: dt.datetime) -> "tuple[list[plan.Part], Cleaned]":
    """Read and clean the files of an import into its folder; the database is only read."""
    from regulars.sources import mapping as mappings
    from regulars.sources import plan
    from regulars.sources.clean import clean

    folder = folder_of(job)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    given = mappings.checked(job.mapping, "mapping") if job.mapping else None
    tell(job, "reading", 0, 0)
    sheets = plan.read_sheets(
        [Path(path) for path in job.files], folder, given, lambda rows: tell(job, "reading", rows, 0)
    )
    parts = plan.make(sheets, family=job.format, given=given, remembered=remembered)
    tell(job, "cleaning", 0, 0)
    shop = _with_first_currency(the_shop(), parts)
    parts = [_with_rates(part, shop.rates) for part in parts]
    cleaned = clean(parts, folder, now=now, currency=shop.currency, zone=shop.zone)
    return parts, cleaned


def _with_rates(part: "plan.Part", rates: dict[str, float]) -> "plan.Part":
    """The shop's exchange rates, under those that a mapping states."""
    return replace(part, rules=replace(part.rules, rates={**rates, **part.rules.rates}))


def _with_first_currency(shop: Shop, parts: "Sequence[plan.Part]") -> Shop:
    """A shop that has never imported anything takes the currency of its first files."""
    from regulars.orders.models import Order

    if shop.currency_chosen or Order.objects.exists():
        return shop
    shop.currency = ""
    return shop


def _store(job: Import, cleaned: "Cleaned", con: Any, *, now: dt.datetime) -> dict[str, Any]:
    from regulars.sources import store

    shop = the_shop()
    if not shop.currency_chosen and cleaned.currency != NO_CURRENCY:
        Shop.objects.filter(pk=shop.pk).update(currency=cleaned.currency, currency_chosen=True)
    before = shop.facts_version
    batch = store.Batch(cleaned, job.pk, job.fingerprint)
    stored = store.store(batch, con, lambda step, done, total: tell(job, step, done, total))
    touched = store.store_evidence(batch, con)
    tell(job, "uniting", 0, 0)
    moved = unite(touched, at=now)
    describe(before)
    return stored.as_dict() | {"identifiers_moved": moved}


def tell(job: Import, step: str, done: int, total: int) -> None:
    """Progress for whoever watches, and a renewed lease."""
    job.progress = {"step": step, "done": done, "total": total}
    job.lease_until = timezone.now() + LEASE
    Import.objects.filter(pk=job.pk).update(progress=job.progress, lease_until=job.lease_until)


def fingerprint(job: Import) -> str:
    """The same files with the same mapping have the same fingerprint."""
    digest = hashlib.sha256(json.dumps([job.format, job.mapping], sort_keys=True).encode())
    for part in sorted(_file_digest(Path(path)) for path in job.files):
        digest.update(part)
    return digest.hexdigest()


def _file_digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(HASH_CHUNK):
            digest.update(chunk)
    return digest.digest()


def remembered(header: str) -> dict[str, str] | None:
    """The mapping a person corrected for files with this header."""
    saved = SavedMapping.objects.filter(pk=header).first()
    return saved.mapping if saved else None


def _about(parts: "Sequence[plan.Part]", cleaned: "Cleaned") -> dict[str, Any]:
    return {
        "rejected": cleaned.rejected,
        "notes": list(cleaned.notes),
        "files": [
            {"file": part.sheet.file, "format": part.format, "table": part.rules.table, "rows": part.sheet.rows,
             "encoding": part.sheet.encoding, "unused": part.unused()[:40]}
            for part in parts
        ],
    }  # fmt: skip


def forget(job: Import) -> None:
    """Delete an import that was only looked at, and everything read from its files."""
    shutil.rmtree(folder_of(job), ignore_errors=True)
    uploads = current.folder() / "uploads" / str(job.pk)
    shutil.rmtree(uploads, ignore_errors=True)
    job.delete()


def rejects(job: Import) -> list[dict[str, Any]]:
    """The rejected rows of an import: file, row, column, value, code."""
    from pyarrow import parquet

    path = folder_of(job) / "reject.parquet"
    if not path.exists():
        return []
    rows = parquet.read_table(path).to_pylist()
    return [
        {"file": r["file"], "row": r["row"], "column": r["col"], "value": r["value"], "code": r["reason"]} for r in rows
    ]


def preview(job: Import, *, now: dt.datetime) -> dict[str, Any]:
    """What an import would do, without doing it: how each file is read, counts, and the first orders as understood."""
    import duckdb

    parts, cleaned = understand(job, now=now)
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
    return counts | known | {"rows": rows} | _about(parts, cleaned) | {
        "mappings": [{"file": p.sheet.file, "table": p.rules.table, "mapping": dict(p.mapping), "header": list(p.sheet.header),
                      "format": p.format, "guessed": p.guessed, "hash": p.header_hash} for p in parts],
        "customers": _rows(cleaned, "identifiers"),
    }  # fmt: skip


def _rows(cleaned: "Cleaned", fact: str) -> int:
    from pyarrow import parquet

    return int(parquet.read_metadata(cleaned.path(fact)).num_rows)


def _already_known(con: Any, view: str) -> dict[str, int]:
    """How many orders are new, changed and unchanged against the database."""
    from regulars.sources import bulk, store

    new = changed = same = 0
    reader = con.sql(f"SELECT id, payload_hash, progress FROM {view}").to_arrow_reader(store.ROWS_PER_BATCH)
    for batch in reader:
        with current.atomic():
            staged = bulk.stage("stage_key", store.ORDER_TABLE, batch)
            row = bulk.fetch(
                f"SELECT count(*) - count(o.id), coalesce(sum(CASE WHEN o.payload_hash = s.payload_hash THEN 1 ELSE 0 END), 0), count(o.id) "
                f"FROM {staged} s LEFT JOIN {store.ORDER_TABLE} o ON o.id = s.id"
            )[0]
        new, same, changed = new + row[0], same + row[1], changed + row[2] - row[1]
    return {"new": new, "changed": changed, "unchanged": same}


def claim(*, now: dt.datetime) -> Import | None:
    """The oldest import that waits, or whose worker died; claimed so that nobody else takes it."""
    from django.db.models import Q

    waiting = Q(state=Import.State.QUEUED) | Q(state=Import.State.RUNNING, lease_until__lt=now)
    for job in Import.objects.filter(waiting).order_by("pk"):
        claimed = Import.objects.filter(waiting, pk=job.pk).update(state=Import.State.RUNNING, lease_until=now + LEASE)
        if claimed == 1:
            return Import.objects.get(pk=job.pk)
    return None
