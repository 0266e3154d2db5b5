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

    job.state, job.lease_until = Import.State.RUNNING, now + LEASE
    job.note_mistake(None)
    job.save()
    try:
        parts, cleaned = understand(job, now=now)
        job.fingerprint = fingerprint(job)
        job.save(update_fields=["fingerprint"])
        with duckdb.connect(":memory:", config={"memory_limit": "128MB", "threads": 2}) as con:
            summary = _store(job, cleaned, con, now=now)
    except CannotRead as error:
        job.state, job.finished_at = Import.State.FAILED, timezone.now()
        job.note_mistake(error)
        job.save()
        return job
    job.summary = summary | about(parts, cleaned)
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
    from regulars.sources.store import store
    from regulars.sources.store.batch import Batch
    from regulars.sources.store.people import store_evidence

    shop = the_shop()
    if not shop.currency_chosen and cleaned.currency != NO_CURRENCY:
        Shop.objects.filter(pk=shop.pk).update(currency=cleaned.currency, currency_chosen=True)
    resumed = _left_undone(job)
    before = shop.facts_version if resumed is None else resumed
    job.summary = {"before": before}
    job.save(update_fields=["summary"])
    batch = Batch(cleaned, job.pk, job.fingerprint)
    stored = store(batch, con, lambda step, done, total: tell(job, step, done, total))
    touched = store_evidence(batch, con, known_too=resumed is not None)
    tell(job, "uniting", 0, 0)
    moved = unite(touched, at=now)
    describe(before)
    return stored.as_dict() | {"identifiers_moved": moved}


def _left_undone(job: Import) -> int | None:
    """The version of facts from which on these files still have to be united and described, when a run was killed."""
    begun = Import.objects.filter(fingerprint=job.fingerprint).exclude(
        state__in=[Import.State.DONE, Import.State.UNDONE]
    )
    versions = [summary["before"] for summary in begun.values_list("summary", flat=True) if "before" in summary]
    return min(versions, default=None)


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


def about(parts: "Sequence[plan.Part]", cleaned: "Cleaned") -> dict[str, Any]:
    """How the files were read: rows left out, notes, and a line for each file."""
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


def claim(*, now: dt.datetime) -> Import | None:
    """The oldest import that waits, to be looked at or carried out, or whose worker died; nobody else takes it now."""
    from django.db.models import Q

    open_states = [Import.State.LOOKING, Import.State.QUEUED, Import.State.RUNNING]
    waiting = Q(state__in=open_states) & (Q(lease_until=None) | Q(lease_until__lt=now))
    for job in Import.objects.filter(waiting).order_by("pk"):
        if Import.objects.filter(waiting, pk=job.pk).update(lease_until=now + LEASE) == 1:
            return Import.objects.get(pk=job.pk)
    return None
