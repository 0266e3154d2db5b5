"""How do the cleaned files of one import become the tables that insight asks, without any database?

Used by `regulars report`. People are resolved by the same rules as in the database (customers.identity), returns are
matched by the same function (insight.returns).
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from regulars.customers.identifiers import NAMES_PER_IDENTIFIER_MAX
from regulars.customers.identity import Link, resolve
from regulars.insight.facts import Engine, Facts
from regulars.insight.match_returns import match_returns
from regulars.sources.clean import Cleaned


def load(engine: Engine, cleaned: Cleaned, *, zone: str) -> Facts:
    """The facts of one import as staged tables; days are dates in `zone`."""
    con = engine.con.con
    view = {
        name: f"read_parquet('{cleaned.path(name)}')"
        for name in ("orders", "lines", "refunds", "identifiers", "evidence", "variants", "events")
    }
    con.register("people_found", people(con, view))
    con.execute("CREATE OR REPLACE TEMP TABLE people AS SELECT * FROM people_found")
    con.execute(lake_sql("orders", view["orders"], zone))
    con.execute(lake_sql("lines", view["lines"], zone))
    con.execute(lake_sql("variants", view["variants"], zone))
    con.execute(lake_sql("reviews", view["events"], zone))
    con.execute(lake_sql("all_refunds", view["refunds"], zone))
    match_returns(con, view)
    names = ("orders", "lines", "refunds", "people", "variants", "reviews")
    return engine.facts({name: name for name in names})


def lake_sql(table: str, source: str, zone: str) -> str:
    """The statement that makes one insight table from a stored or cleaned one. Source times are naive UTC."""

    def day(column: str) -> str:
        return f"CAST(timezone('{zone}', timezone('UTC', {column})) AS DATE)"

    select = {
        "orders": f"id AS order_id, identifier_id, {day('ordered_at')} AS day, {day('known_at')} AS known_day, "
        f"{day('cancelled_at')} AS cancelled_day, status, test, gift_card_only, renewal, coalesce(base_total, 0)::BIGINT AS total, "
        "coalesce(base_net, 0)::BIGINT AS net, discount, shipping, channel, country, discount_code, tags, "
        f"extract(hour FROM timezone('{zone}', timezone('UTC', ordered_at)))::BIGINT AS hour",
        "lines": "order_id, position::BIGINT AS position, variant_id, kind, quantity::BIGINT AS quantity, net",
        "variants": "id AS variant_id, product_id, sku, title, category, cost",
        "reviews": f"id AS review_id, identifier_id, {day('happened_at')} AS day, "
        "try_cast(json_extract_string(data, '$.rating') AS DOUBLE) AS rating",
        "all_refunds": f"id AS refund_id, order_id, identifier_id, variant_id, {day('refunded_at')} AS day, {day('known_at')} AS known_day, "
        "amount, quantity::BIGINT AS quantity, failed, strftime(coalesce(refunded_at, known_at), '%Y-%m-%dT%H:%M:%S') AS moment",
    }[table]
    where = " WHERE kind = 'review'" if table == "reviews" else ""
    return f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {select} FROM {source}{where}"


def people(con: Any, view: dict[str, str]) -> pa.Table:
    """identifier_id, customer_id, kind of every identifier."""
    ids, kinds, values = _columns(con, f"SELECT id, kind, value FROM {view['identifiers']} ORDER BY id")
    links = con.execute(f"SELECT identifier_id, other_id FROM {view['evidence']} WHERE other_id IS NOT NULL").fetchall()
    shared = con.execute(
        f"SELECT identifier_id, count(DISTINCT name) FROM {view['evidence']} WHERE other_id IS NULL GROUP BY 1 HAVING count(DISTINCT name) > 1"
    ).fetchall()
    customers: Sequence[int | None] = ids
    if links:
        known = {identifier: (kind, value) for identifier, kind, value in zip(ids, kinds, values, strict=True)}
        found = resolve(known, [Link(*sorted(pair)) for pair in links], names=dict(shared))
        customers = [found.customer_of.get(identifier, identifier) for identifier in ids]
    nobody = {identifier for identifier, count in shared if count > NAMES_PER_IDENTIFIER_MAX}
    customers = [
        None if identifier in nobody and kind != "account" else customer
        for identifier, kind, customer in zip(ids, kinds, customers, strict=True)
    ]
    return pa.table(
        {
            "identifier_id": pa.array(ids, pa.int64()),
            "customer_id": pa.array(customers, pa.int64()),
            "kind": pa.array(kinds, pa.string()),
        }
    )


def _columns(con: Any, sql: str) -> list[list[Any]]:
    table = con.sql(sql).to_arrow_table()
    return [column.to_pylist() for column in table.columns]
