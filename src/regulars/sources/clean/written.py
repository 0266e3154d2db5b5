"""How are the facts written? As Parquet with exactly the columns the database has, rows by their key.

Rows of one order stand together and orders by id, so that whoever stores them writes each index in its own order.
Orders and lines are sorted and written in slices of the range of ids, one file each: their number grows with the
import, the memory does not.
"""

from collections.abc import Iterator

from regulars.sources.clean.assemble import PROGRESS, payload_hash, shared_line
from regulars.sources.clean.bench import Bench, Columns, columns_of
from regulars.sources.clean.values import minor_factor
from regulars.sources.source import literal

FACTS = ("orders", "lines", "refunds", "variants", "identifiers", "evidence", "consents", "attribute_values", "events")
SLICED = ("orders", "lines")
SLICE_LINES = 1_000_000
IDS_END = 16**15  # keys are 15 hexadecimal digits of a hash (sources/keys.py), so slices are about equal
GROUP_ROWS = 40_000  # the writer holds a group in memory, and whoever stores reads one at a time
SORTED_BY = {
    "evidence": "identifier_id, other_id, name",
    "consents": "identifier_id, channel",
    "attribute_values": "identifier_id, attribute",
}


def write(bench: Bench) -> None:
    """Write every fact, and the rejects, to the bench's folder."""
    slices = list(_slices(bench.value("SELECT count(*) FROM line")))
    for number, within in enumerate(slices):
        _copy(bench, f"lines-{number:04}", _lines(within))
    bench.run("DROP TABLE line")
    for number, within in enumerate(slices):
        _copy(bench, f"orders-{number:04}", _orders(bench, within))
    _copy(bench, "reject", "SELECT * EXCLUDE (part) FROM reject ORDER BY part, row, col")
    for fact in FACTS:
        if fact not in SLICED:
            _copy(bench, fact, f"SELECT * FROM {fact} ORDER BY {SORTED_BY.get(fact, 'id')}")


def _slices(lines: int) -> Iterator[str]:
    """Conditions on order ids that cut them into about equal parts of at most SLICE_LINES lines."""
    count = max(1, -(-lines // SLICE_LINES))
    for number in range(count):
        yield f"BETWEEN {IDS_END * number // count} AND {IDS_END * (number + 1) // count - 1}"


def _copy(bench: Bench, name: str, select: str) -> None:
    path = literal(str(bench.folder / f"{name}.parquet"))
    bench.run(f"COPY ({select}) TO {path} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {GROUP_ROWS})")


def _orders(bench: Bench, within: str) -> str:
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
            LEFT JOIN (SELECT fact, identifier_id FROM mention WHERE kind = 'order' AND fact {within}) m ON m.fact = o.id
            WHERE o.id {within}
            ORDER BY o.id)"""


def _texts(has: Columns, *names: str) -> str:
    return ", ".join(name if name in has else f"'' AS {name}" for name in names)


def _lines(within: str) -> str:
    return f"""
        SELECT order_id, position, g.variant_id, left(g.sku, 200) AS sku, left(g.title, 400) AS title, g.kind,
            quantity, total, net, left(g.product_ref, 200) AS product_ref, left(g.category, 200) AS category, g.source
        FROM (SELECT * FROM ({shared_line(within)}) ORDER BY order_id, position) l
        JOIN goods g ON g.goods = l.goods"""
