"""How do the cleaned files of one import become the tables that insight asks, without any database?

Used by `regulars report`. People are resolved by the same rules as in the database (customers.identity), returns are
matched by the same function (insight.returns).
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from regulars.customers.identifiers import NAMES_PER_IDENTIFIER_MAX
from regulars.customers.identity import Link, resolve
from regulars.insight.facts import Engine, Facts
from regulars.insight.returns import Purchase, Return, match
from regulars.sources.clean import Cleaned

MATCH_SQL = """
SELECT p.customer_id, l.variant_id, strftime(o.ordered_at, '%Y-%m-%dT%H:%M:%S'), o.id, l.quantity
FROM {lines} l JOIN {orders} o ON o.id = l.order_id JOIN people p ON p.identifier_id = o.identifier_id
WHERE l.quantity > 0 AND (p.customer_id, l.variant_id) IN (SELECT customer_id, variant_id FROM open_return)
"""


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


def match_returns(con: Any, view: dict[str, str]) -> None:
    """Make `refunds` from `all_refunds`: returns that name no order get the orders they undo."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE open_return AS SELECT r.*, p.customer_id FROM all_refunds r JOIN people p USING (identifier_id) "
        "WHERE r.order_id IS NULL AND r.variant_id IS NOT NULL AND NOT r.failed AND p.customer_id IS NOT NULL"
    )
    returns = [Return(*row) for row in con.execute(
        "SELECT refund_id, customer_id, variant_id, moment, coalesce(quantity, 1), amount FROM open_return"
    ).fetchall()]  # fmt: skip
    found = []
    if returns:
        found = list(match((Purchase(*row) for row in con.execute(MATCH_SQL.format(**view)).fetchall()), returns))
    columns = {
        "refund_id": pa.array([m.refund for m in found], pa.int64()),
        "matched_order": pa.array([m.order for m in found], pa.int64()),
        "matched_quantity": pa.array([m.quantity for m in found], pa.int64()),
        "matched_amount": pa.array([m.amount for m in found], pa.int64()),
    }
    con.register("matched_returns", pa.table(columns))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE refunds AS SELECT r.refund_id, coalesce(r.order_id, m.matched_order) AS order_id, r.identifier_id, "
        "r.variant_id, r.day, r.known_day, coalesce(m.matched_amount, r.amount) AS amount, coalesce(m.matched_quantity, r.quantity) AS quantity, "
        "r.failed FROM all_refunds r LEFT JOIN matched_returns m USING (refund_id)"
    )
    con.unregister("matched_returns")


def first_and_last_day(facts: Facts) -> tuple[dt.date, dt.date] | None:
    """The first and the last day with an order; None when there is none."""
    row = facts.orders.aggregate(first=facts.orders.day.min(), last=facts.orders.day.max()).to_pyarrow().to_pylist()[0]
    return (row["first"], row["last"]) if row["first"] else None
