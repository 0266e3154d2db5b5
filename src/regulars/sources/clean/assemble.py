"""How do heads and lines become the facts that are stored: orders with their money, and lines with their share of it?

An order told several times (in several files, or twice in one) is taken from the telling that had come furthest: last
updated, most refunded, most lines; among equals the content decides, never the order of the files.
"""

from regulars.sources.clean import money
from regulars.sources.clean.bench import Bench, Columns, columns_of
from regulars.sources.clean.values import NUMBER
from regulars.sources.keys import mark_sql
from regulars.sources.source import NO_CURRENCY

TRUE = "('true', 'yes', '1')"
# Texts of a stored order and how long they may be.
TEXTS = {
    "account": 400, "email": 400, "phone": 100, "channel": 60, "country": 80, "discount_code": 200, "tags": 400,
    "company": 300, "address": 400, "city": 200, "postcode": 40, "region": 120, "status_said": 60,
}  # fmt: skip
# What makes two tellings of an order the same; where and when they were read does not.
CONTENT_TEXTS = (
    "account email phone status status_said currency rate channel country discount_code tags contact_name company address "
    "city postcode region"
).split()
CONTENT_NUMBERS = (
    "epoch_us(ordered_at) epoch_us(cancelled_at) total net discount shipping tax test::BIGINT gift_card_only::BIGINT "
    "renewal::BIGINT line_mark"
).split()


def assemble(bench: Bench) -> None:
    """Make the views `told` (one row an order, give-back invoices among them) and `orders`."""
    _base_currency(bench)
    _sum_lines(bench)
    _tell(bench)
    _choose(bench)
    _note_rates(bench)


def make_tables(bench: Bench) -> None:
    """The empty `head`, with the columns every part has; parts add others."""
    bench.run(
        "CREATE TABLE head (unit UBIGINT, id BIGINT, part INTEGER, row BIGINT, key VARCHAR, status VARCHAR, currency VARCHAR, "
        "rate DOUBLE, offset_minutes INTEGER, wrong UTINYINT, ordered_at_utc TIMESTAMP, cancelled_at_utc TIMESTAMP, updated_at_utc TIMESTAMP)"
    )


def _base_currency(bench: Bench) -> None:
    """Without a shop's own currency, that of most orders that name one. Orders in others need a rate to count as money."""
    most = f"SELECT currency FROM head WHERE currency <> '{NO_CURRENCY}' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    bench.currency = bench.currency or bench.value(most) or NO_CURRENCY
    if bench.currency == NO_CURRENCY and bench.value("SELECT count(*) FROM head"):
        bench.note("no_currency")


def _sum_lines(bench: Bench) -> None:
    """What the lines of each telling add up to, as `line_sum`, and `only_back`: tellings that only give back."""
    mark = mark_sql("mark", "(quantity * 1000000)::BIGINT", "(amount * 1000000)::BIGINT")
    bench.run(
        f"""CREATE TABLE line_sum AS
            SELECT unit,
                {_amount("sum(amount)")} AS all_lines,
                {_amount("sum(CASE WHEN kind IN ('product', 'gift_card') THEN 0 ELSE amount END)")} AS fees,
                {_amount("sum(tax)")} AS line_tax,
                count(*)::INTEGER AS line_count,
                bool_and(kind = 'gift_card') AS only_gift_cards,
                (sum({mark}) % {2**61 - 1})::BIGINT AS line_mark
            FROM line JOIN goods USING (goods)
            WHERE NOT is_return
            GROUP BY unit"""
    )
    bench.run(
        "CREATE TABLE only_back AS SELECT DISTINCT unit FROM line WHERE is_return AND unit NOT IN (SELECT unit FROM line_sum)"
    )


def _amount(total: str) -> str:
    """A sum in 64 bits again; one that does not fit is the greatest that does, whatever it may mean."""
    return f"coalesce(try_cast({total} AS {NUMBER}), {'9' * 12}.{'9' * 6})"


def _tell(bench: Bench) -> None:
    """The view `telling`: each telling of an order with the columns of a stored one. Nothing is copied."""
    has = columns_of(bench, "head")
    texts = "".join(f"left({name}, {length}) AS {name}, " for name, length in TEXTS.items() if name in has)
    bench.run(
        f"""CREATE VIEW telling AS
            SELECT unit, id, part, row, source, {texts}
                left(key, 200) AS source_key,
                left(coalesce(nullif({has("order_name")}, ''), key), 200) AS name,
                left({has("name")}, 300) AS contact_name,
                ordered_at_utc AS ordered_at,
                offset_minutes,
                coalesce(cancelled_at_utc,
                    CASE WHEN status = 'cancelled' THEN coalesce(updated_at_utc, ordered_at_utc) END) AS cancelled_at,
                {_last_time(has)} AS last_time,
                CASE status WHEN 'refunded' THEN 'paid' ELSE status END AS status,
                {has("test")} IN {TRUE} AS test,
                {has("renewal")} IN {TRUE} AS renewal,
                gift_card_only, currency, rate, factor, total, discount, shipping, tax, net, goods_lines,
                line_count::BIGINT AS line_count, line_mark, only_back, coalesce(refunded_major, 0) AS refunded_major,
                coalesce(refunded, CASE WHEN status = 'refunded' THEN total ELSE 0 END) AS refunded
            FROM ({money.netted(has, bench.currency)})"""
    )


def _last_time(has: Columns) -> str:
    times = has.of(f"{name}_utc" for name in ("updated_at", "cancelled_at", "fulfilled_at", "paid_at", "ordered_at"))
    return f"coalesce(updated_at_utc, greatest({', '.join(times)}))"


# Sorts the tellings of one order: by the last thing that happened, then the money given back, then the lines known.
PROGRESS = """strftime(last_time, '%Y-%m-%dT%H:%M:%S')
    || '|' || lpad(round(refunded_major * 1000)::BIGINT::VARCHAR, 15, '0')
    || '|' || lpad(line_count::VARCHAR, 6, '0')"""


def payload_hash(has: Columns) -> str:
    """The expression for the hash of a telling's content. A text that no file has is hashed as empty all the same."""
    texts = [f"coalesce({name}::VARCHAR, '')" if name not in TEXTS or name in has else "''" for name in CONTENT_TEXTS]
    return f"md5(concat_ws('|', {mark_sql(*CONTENT_NUMBERS)}, {', '.join(texts)}))"


def _choose(bench: Bench) -> None:
    """The view `told` keeps one telling of each order."""
    where = ""
    if not bench.value("SELECT count(*) = count(DISTINCT id) FROM head"):
        content = payload_hash(columns_of(bench, "telling"))
        bench.run(
            f"CREATE TABLE chosen AS SELECT unit FROM (SELECT unit, id, {PROGRESS} AS progress, {content} AS content, refunded, "
            "part, row FROM telling) QUALIFY row_number() OVER (PARTITION BY id ORDER BY progress DESC, content DESC, "
            "refunded DESC, part, row) = 1"
        )
        where = "WHERE unit IN (SELECT unit FROM chosen)"
    bench.run(f"CREATE VIEW told AS SELECT * FROM telling {where}")
    bench.run(
        f"CREATE VIEW chosen_head AS SELECT h.*, p.source, p.file FROM head h JOIN part p ON p.number = h.part {where}"
    )
    bench.run("CREATE VIEW orders AS SELECT * FROM told WHERE NOT only_back")


def _note_rates(bench: Bench) -> None:
    foreign = bench.rows("SELECT currency, count(*) FROM orders WHERE rate IS NULL GROUP BY 1 ORDER BY 1")
    for currency, count in foreign:
        bench.note("no_rate", currency=currency, orders=count, base=bench.currency)


def shared_line(within: str) -> str:
    """Lines of the chosen tellings whose order's id is `within`, each with its share of the order's net revenue.

    The shares add up to the unit: a line gets the share of all lines so far less that of the lines before, so what
    rounding takes from one the next one gets. Whole minor units stay exact in doubles up to 2^53.
    """
    return f"""
        SELECT order_id, position, goods, quantity, total,
            coalesce(round(order_net * (running / own_of_all)) - round(order_net * ((running - own) / own_of_all)), 0)::BIGINT AS net
        FROM (SELECT *,
                row_number() OVER by_place AS position,
                sum(own) OVER (by_place ROWS UNBOUNDED PRECEDING) AS running,
                nullif(sum(own) OVER (PARTITION BY order_id), 0) AS own_of_all
            FROM (SELECT *, CASE WHEN is_fee THEN 0 ELSE total END::DOUBLE AS own
                FROM (SELECT t.id AS order_id, l.place, l.goods, t.net AS order_net, f.goods IS NOT NULL AS is_fee,
                        greatest(-32768, least(2147483647, round(coalesce(l.quantity, 1))))::INTEGER AS quantity,
                        round(l.amount * t.factor)::BIGINT AS total
                    FROM line l
                    JOIN (SELECT unit, id, net, factor FROM told WHERE id {within}) t ON t.unit = l.unit
                    LEFT JOIN (SELECT goods FROM goods WHERE kind NOT IN ('product', 'gift_card')) f ON f.goods = l.goods
                    WHERE NOT l.is_return))
            WINDOW by_place AS (PARTITION BY order_id ORDER BY place))"""
