"""Which orders do returns undo that name none? The rule is `returns.match`; here are the rows of a DuckDB connection."""

from typing import Any

from regulars.insight.returns import Purchase, Return, match

MATCH_SQL = """
SELECT p.customer_id, l.variant_id, strftime(o.ordered_at, '%Y-%m-%dT%H:%M:%S'), o.id, l.quantity
FROM {lines} l JOIN {orders} o ON o.id = l.order_id JOIN people p ON p.identifier_id = o.identifier_id
WHERE l.quantity > 0 AND (p.customer_id, l.variant_id) IN (SELECT customer_id, variant_id FROM open_return)
"""


def match_returns(con: Any, view: dict[str, str]) -> None:
    """Make `refunds` from `all_refunds`: returns that name no order get the orders they undo."""
    import pyarrow as pa

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
