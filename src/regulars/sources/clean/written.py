"""How are the facts written? One Parquet file each, with exactly the columns the database has, rows by their key.

Rows of one order stand together and orders by id, so that whoever stores them writes each index in its own order.
"""

from regulars.sources.clean.assemble import PROGRESS, SHARED_LINE, payload_hash
from regulars.sources.clean.bench import Bench, Columns, columns_of
from regulars.sources.clean.values import minor_factor
from regulars.sources.source import literal

FACTS = ("orders", "lines", "refunds", "variants", "identifiers", "evidence", "consents", "attribute_values", "events")
GROUP_ROWS = 40_000  # the writer holds a group in memory, and whoever stores reads one at a time
SORTED_BY = {
    "evidence": "identifier_id, other_id, name",
    "consents": "identifier_id, channel",
    "attribute_values": "identifier_id, attribute",
}


def write(bench: Bench) -> None:
    """Write every fact, and the rejects, to the bench's folder."""
    _copy(bench, "lines", _lines())
    bench.run("DROP TABLE line")
    _copy(bench, "orders", _orders(bench))
    _copy(bench, "reject", "SELECT * EXCLUDE (part) FROM reject ORDER BY part, row, col")
    for fact in FACTS:
        if fact not in ("orders", "lines"):
            _copy(bench, fact, f"SELECT * FROM {fact} ORDER BY {SORTED_BY.get(fact, 'id')}")


def _copy(bench: Bench, fact: str, select: str) -> None:
    path = literal(str(bench.folder / f"{fact}.parquet"))
    bench.run(f"COPY ({select}) TO {path} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {GROUP_ROWS})")


def _orders(bench: Bench) -> str:
    """Sorted before what can be worked out is worked out: hashes are long and need not travel."""
    has = columns_of(bench, "told")
    now, factor = bench.literal_now(), minor_factor(literal(bench.currency))
    in_base = f"rate * {factor} / factor"
    return f"""
        SELECT id, source, source_key, name, {_texts(has, "account", "email", "phone")},
            ordered_at, offset_minutes, least(ordered_at, {now}) AS known_at, cancelled_at,
            status, {_texts(has, "status_said")}, test, currency, rate, total, discount, shipping, tax, net,
            round(total * {in_base})::BIGINT AS base_total, round(net * {in_base})::BIGINT AS base_net,
            {_texts(has, "channel", "country", "discount_code", "tags")}, contact_name,
            {_texts(has, "company", "address", "city", "postcode", "region")},
            line_count, gift_card_only, renewal, {PROGRESS} AS progress, file, row,
            {payload_hash(has)} AS payload_hash, identifier_id
        FROM (SELECT o.*, p.file, m.identifier_id
            FROM orders o
            JOIN part p ON p.number = o.part
            LEFT JOIN (SELECT fact, identifier_id FROM mention WHERE kind = 'order') m ON m.fact = o.id
            ORDER BY o.id)"""


def _texts(has: Columns, *names: str) -> str:
    return ", ".join(name if name in has else f"'' AS {name}" for name in names)


def _lines() -> str:
    return f"""
        SELECT order_id, position, g.variant_id, left(g.sku, 200) AS sku, left(g.title, 400) AS title, g.kind,
            quantity, total, net, left(g.product_ref, 200) AS product_ref, left(g.category, 200) AS category, g.source
        FROM (SELECT * FROM ({SHARED_LINE}) ORDER BY order_id, position) l
        JOIN goods g ON g.goods = l.goods"""
