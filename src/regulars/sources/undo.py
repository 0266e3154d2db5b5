"""Take an import back as a whole: afterwards the facts are as if it had never been.

What the import touched is removed, and the imports that still stand are replayed for exactly those keys from their own
cleaned files. So an order that a later export also holds stays, in that export's version.
"""

import datetime as dt
from pathlib import Path
from typing import Any

from regulars.customers.models import Evidence
from regulars.customers.unite import describe, unite
from regulars.shop import current
from regulars.shop.models import ONLY_ROW, Shop, next_facts_version, the_shop
from regulars.sources import bulk
from regulars.sources.clean import Cleaned
from regulars.sources.importing import folder_of
from regulars.sources.models import Import
from regulars.sources.source import CannotRead
from regulars.sources.source import marked as _
from regulars.sources.store import store
from regulars.sources.store.batch import ROWS_PER_BATCH, Batch

FACT_KEYS = {
    "orders": ("orders_order", "id", "id"),
    "lines": ("orders_orderline", "order_id", "order_id"),
    "refunds": ("orders_refund", "id", "id"),
    "variants": ("catalog_variant", "id", "id"),
    "identifiers": ("customers_identifier", "id", "id"),
    "events": ("customers_event", "id", "id"),
    "consents": ("customers_consent", "identifier_id", "identifier_id"),
    "attribute_values": ("customers_attributevalue", "identifier_id", "identifier_id"),
}
IMPORTED = {
    "consents": "AND import_id IS NOT NULL",
    "identifiers": "AND id NOT IN (SELECT identifier_id FROM customers_consent WHERE import_id IS NULL)",
}
"""What people said themselves stays, and so does the address they said it with."""


def undo(job: Import, *, now: dt.datetime) -> Import:
    """Undo a finished, failed or interrupted import. Raises CannotRead when its files are gone or it was undone before."""
    import duckdb

    if job.state == Import.State.UNDONE:
        raise CannotRead(_("Import {number} was undone before."), number=str(job.pk))
    gone = cleaned_of(job)
    standing = list(Import.objects.filter(state=Import.State.DONE).exclude(pk=job.pk).order_by("pk"))
    replay = [(other, cleaned_of(other)) for other in standing]
    with duckdb.connect(":memory:", config={"memory_limit": "256MB"}) as con, current.atomic():
        before = the_shop().facts_version
        _remove(con, gone)
        touched = _evidence_of(job, standing)
        for other, cleaned in replay:
            store(Batch(cleaned, other.pk, other.fingerprint, only="gone"), con)
        unite(touched, at=now)
        Shop.objects.filter(pk=ONLY_ROW).update(lake_epoch=the_shop().lake_epoch + 1)
        describe(before)
        bulk.execute("DELETE FROM customers_customer WHERE id NOT IN (SELECT customer_id FROM customers_identifier)")
        job.state, job.finished_at = Import.State.UNDONE, now
        job.save()
    return job


def cleaned_of(job: Import) -> Cleaned:
    """The cleaned facts an import left in its folder."""
    folder = folder_of(job)
    if not any(folder.glob("orders-*.parquet")):
        raise CannotRead(
            _(
                "The files of import {number} are no longer in {folder}, so it cannot be taken back. Restore a backup instead."
            ),
            number=str(job.pk),
            folder=str(folder),
        )
    return Cleaned(folder=Path(folder), notes=(), rejected=0, currency="")


def _remove(con: Any, gone: Cleaned) -> None:
    """Delete every row the import touched; DuckDB tables `gone_<fact>` keep the keys for the replay."""
    next_facts_version()
    for fact, (table, column, source) in FACT_KEYS.items():
        con.execute(
            f"CREATE TEMP TABLE gone_{fact} AS SELECT DISTINCT {source} AS id FROM read_parquet('{gone.path(fact)}')"
        )
        for batch in con.sql(f"SELECT id FROM gone_{fact} WHERE id IS NOT NULL").to_arrow_reader(ROWS_PER_BATCH):
            staged = bulk.stage("stage_gone", "customers_customer", batch)
            bulk.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM {staged}) {IMPORTED.get(fact, '')}")


def _evidence_of(job: Import, standing: list[Import]) -> list[int]:
    """Delete the evidence only this import gave; the identifiers it spoke of."""
    rows = Evidence.objects.filter(fingerprint=job.fingerprint)
    touched = {
        identifier for pair in rows.values_list("identifier_id", "other_id") for identifier in pair if identifier
    }
    if job.fingerprint not in {other.fingerprint for other in standing}:
        rows.delete()
    return sorted(touched)
