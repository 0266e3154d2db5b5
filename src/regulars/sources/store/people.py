"""How does what the files say of people reach the database? Identifiers with contact details, evidence that ties them
together, and what customers said of themselves or the shop knew."""

from typing import TYPE_CHECKING

from regulars.shop import current
from regulars.shop.models import next_facts_version
from regulars.sources import bulk
from regulars.sources.store.batch import Batch, Stored, rows_of, text_time, with_constants

if TYPE_CHECKING:
    import duckdb

CONTACT = "name company address city postcode region country tags".split()


def store_identifiers(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    """Identifiers; of contact details the ones seen last, but never an empty one for a filled one."""
    columns = ["id", "kind", "value", "customer_id", "blocked", *CONTACT, "seen_at"]
    sql = batch.select(
        "identifiers",
        f"id, kind, value, id AS customer_id, '' AS blocked, {', '.join(CONTACT)}, {text_time('seen_at')}",
    )
    table = "customers_identifier"
    newer = f"coalesce(excluded.seen_at >= {table}.seen_at, excluded.seen_at IS NOT NULL OR {table}.seen_at IS NULL)"
    sets = [
        f"{c} = CASE WHEN excluded.{c} <> '' AND ({newer} OR {table}.{c} = '') THEN excluded.{c} ELSE {table}.{c} END"
        for c in CONTACT
    ]
    sets.append(
        f"seen_at = CASE WHEN {newer} THEN coalesce(excluded.seen_at, {table}.seen_at) ELSE {table}.seen_at END"
    )
    sets.append("changed = excluded.changed")
    differs = " OR ".join(
        f"(excluded.{c} <> '' AND ({newer} OR {table}.{c} = '') AND excluded.{c} <> {table}.{c})" for c in CONTACT
    )
    later = f"(excluded.seen_at IS NOT NULL AND ({table}.seen_at IS NULL OR excluded.seen_at > {table}.seen_at))"
    unknown = f"{table}.changed = 0"  # it asked for letters; no fact was about it so far
    written = 0
    for rows in rows_of(con, sql):
        with current.atomic():
            staged = bulk.stage("stage_identifier", table, with_constants(rows, changed=next_facts_version()))
            names = ", ".join([*columns, "changed"])
            written += bulk.execute(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM {staged} WHERE true "
                f"ON CONFLICT (id) DO UPDATE SET {', '.join(sets)} WHERE {differs} OR {later} OR {unknown}"
            )
    stored.counts["identifiers"] = written


def store_said(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    """Reviews, consents and attributes: what customers said of themselves or the shop knew."""
    _events(batch, con, stored)
    _consents(batch, con, stored)
    _attributes(batch, con, stored)


def _events(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    event_columns = "id kind identifier_id happened_at known_at data".split()
    columns = ", ".join(text_time(c) if c.endswith("_at") else c for c in event_columns)
    for rows in rows_of(con, batch.select("events", columns)):
        with current.atomic():
            staged = bulk.stage(
                "stage_event",
                "customers_event",
                with_constants(rows, import_id=batch.import_id, changed=next_facts_version(), actor=""),
            )
            stored.counts["reviews"] = stored.counts.get("reviews", 0) + bulk.insert_missing(
                "customers_event", staged, [*event_columns, "import_id", "changed", "actor"]
            )


def _consents(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    key = "('0x' || substr(md5(concat_ws('|', identifier_id, channel, state, provenance)), 1, 15))::BIGINT"
    for rows in rows_of(
        con, batch.select("consents", f"{key} AS id, identifier_id, channel, state, provenance", "identifier_id")
    ):
        with current.atomic():
            staged = bulk.stage("stage_consent", "customers_consent", with_constants(rows, import_id=batch.import_id))
            names = "id, identifier_id, channel, state, provenance, import_id"
            stored.counts["consents"] = stored.counts.get("consents", 0) + bulk.execute(
                f"INSERT INTO customers_consent ({names}, at) SELECT {names}, CURRENT_TIMESTAMP FROM {staged} WHERE true ON CONFLICT (id) DO NOTHING"
            )


def _attributes(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    from regulars.customers.models import Attribute

    keys = con.sql(
        f"SELECT DISTINCT attribute FROM ({batch.select('attribute_values', 'attribute', 'identifier_id')})"
    ).fetchall()
    for (name,) in keys:
        label = name.rsplit(".", 1)[-1].replace("_", " ")
        Attribute.objects.get_or_create(key=name[:80], defaults={"label": label})
    key = "('0x' || substr(md5(concat_ws('|', identifier_id, attribute)), 1, 15))::BIGINT"
    sql = batch.select(
        "attribute_values",
        f"{key} AS id, identifier_id, left(attribute, 80) AS attribute_id, value, provenance",
        "identifier_id",
    )
    for rows in rows_of(con, sql):
        with current.atomic():
            staged = bulk.stage(
                "stage_attribute", "customers_attributevalue", with_constants(rows, import_id=batch.import_id)
            )
            columns = ["id", "identifier_id", "attribute_id", "value", "provenance", "import_id"]
            stored.counts["attributes"] = stored.counts.get("attributes", 0) + bulk.upsert(
                "customers_attributevalue",
                staged,
                columns,
                when=bulk.differs("excluded.value", "customers_attributevalue.value"),
            )


def store_evidence(batch: Batch, con: "duckdb.DuckDBPyConnection", *, known_too: bool = False) -> list[int]:
    """Write why identifiers may belong together; the identifiers that got new evidence, or with `known_too` any."""
    key = f"('0x' || substr(md5(concat_ws('|', identifier_id, other_id, name, '{batch.fingerprint}')), 1, 15))::BIGINT"
    touched: set[int] = set()
    for rows in rows_of(
        con, f"SELECT {key} AS id, identifier_id, other_id, name FROM read_parquet('{batch.cleaned.path('evidence')}')"
    ):
        with current.atomic():
            staged = bulk.stage(
                "stage_evidence", "customers_evidence", with_constants(rows, fingerprint=batch.fingerprint)
            )
            new = "" if known_too else "LEFT JOIN customers_evidence e ON e.id = s.id WHERE e.id IS NULL"
            pairs = bulk.fetch(f"SELECT s.identifier_id, s.other_id FROM {staged} s {new}")
            touched.update(identifier for pair in pairs for identifier in pair if identifier is not None)
            bulk.insert_missing(
                "customers_evidence", staged, ["id", "identifier_id", "other_id", "name", "fingerprint"]
            )
    return sorted(touched)
