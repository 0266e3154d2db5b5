"""How do products reach the database? The catalogue's own rows beat what order lines say; other prices are kept."""

from typing import TYPE_CHECKING

from regulars.shop import current
from regulars.shop.models import next_facts_version
from regulars.sources import bulk
from regulars.sources.store.batch import Batch, Stored, rows_of, with_constants

if TYPE_CHECKING:
    import duckdb

VARIANT_COLUMNS = (
    "id product_id sku title product_title vendor category price compare_at_price cost currency listed".split()
)


def store_variants(batch: Batch, con: "duckdb.DuckDBPyConnection", stored: Stored) -> None:
    """Variants, and a price change wherever the catalogue names another price."""
    table, written = "catalog_variant", 0
    prices = ("price", "compare_at_price", "cost")
    for rows in rows_of(con, batch.select("variants", ", ".join(VARIANT_COLUMNS))):
        with current.atomic():
            staged = bulk.stage("stage_variant", table, with_constants(rows, changed=next_facts_version()))
            other_price = " OR ".join(bulk.differs(f"s.{c}", f"v.{c}") for c in prices)
            bulk.execute(
                "INSERT INTO catalog_pricechange (variant_id, price, compare_at_price, cost, currency, at, import_id) "
                f"SELECT s.id, s.price, s.compare_at_price, s.cost, s.currency, CURRENT_TIMESTAMP, %s FROM {staged} s "
                f"LEFT JOIN {table} v ON v.id = s.id WHERE s.listed AND (v.id IS NULL OR NOT v.listed OR {other_price}) "
                "AND (s.price IS NOT NULL OR s.cost IS NOT NULL)",
                [batch.import_id],
            )
            any_other = " OR ".join(bulk.differs(f"excluded.{c}", f"{table}.{c}") for c in VARIANT_COLUMNS if c != "id")
            # The catalogue beats what order lines say; among lines the greater title, so file order does not matter.
            better = f"excluded.listed OR (NOT {table}.listed AND excluded.title > {table}.title)"
            written += bulk.upsert(table, staged, [*VARIANT_COLUMNS, "changed"], when=f"({better}) AND ({any_other})")
    stored.counts["variants"] = written
