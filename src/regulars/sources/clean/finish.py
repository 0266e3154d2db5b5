"""How do the remaining facts come together, once orders are assembled? Refunds, variants and events."""

from regulars.sources.clean import values
from regulars.sources.clean.bench import Bench
from regulars.sources.keys import key_sql, variant_sql
from regulars.sources.source import literal

ORDER_ID = key_sql("'order'", "source", "order_key")
REFUND_ID = key_sql("'refund'", "source", "source_key")
PRODUCT_ID = f"CASE WHEN product_ref <> '' THEN {key_sql(literal('goods'), 'source', 'product_ref')} END"


def refunds(bench: Bench) -> None:
    """Make `refunds`: those known one by one, what an order's own cell says beyond them, and goods given back."""
    _refund_once(bench)
    _refund_rows(bench)
    now = bench.literal_now()
    bench.run(
        f"""CREATE TABLE refunds AS
            SELECT DISTINCT ON (id) *
            FROM (SELECT {REFUND_ID} AS id, order_id, identifier_id, {variant_sql()} AS variant_id, source,
                    left(source_key, 200) AS source_key, refunded_at,
                    coalesce(least(refunded_at, {now}), {now}) AS known_at,
                    amount, currency, quantity, left(reason, 300) AS reason, failed,
                    md5(concat_ws('|', order_id, refunded_at, amount, currency, quantity, reason, failed)) AS payload_hash
                FROM refund_row WHERE amount > 0)
            ORDER BY id, refunded_at NULLS LAST, payload_hash"""
    )
    _note_refunds(bench)


def _refund_once(bench: Bench) -> None:
    """One row a refund. A stub inside an order knows the order, the refund's own page the date: together they know both."""
    same = "PARTITION BY source, refund_key"
    bench.run(
        f"""CREATE TABLE refund_once AS
            SELECT r.* EXCLUDE (order_key, currency, in_minor), order_id, coalesce(o.currency, nullif(r.currency, ''),
                    {literal(bench.currency)}) AS currency, in_minor
            FROM (SELECT *, {ORDER_ID} AS order_id
                FROM (SELECT * REPLACE (
                        max(order_key) OVER ({same}) AS order_key,
                        max(currency) OVER ({same}) AS currency,
                        max(reason) OVER ({same}) AS reason)
                    FROM refund_record
                    QUALIFY row_number() OVER (
                        {same} ORDER BY refunded_at DESC NULLS LAST, amount DESC, reason, quantity NULLS LAST, sku) = 1)) r
            LEFT JOIN (SELECT id, currency FROM orders WHERE id IN (SELECT {ORDER_ID} FROM refund_record)) o
                ON o.id = r.order_id"""
    )


def _refund_rows(bench: Bench) -> None:
    minor = f"round(amount * CASE WHEN in_minor THEN 1 ELSE {values.minor_factor('currency')} END)::BIGINT"
    bench.run(
        f"""CREATE TABLE refund_row AS
            SELECT source, refund_key AS source_key, order_id, NULL::BIGINT AS identifier_id, refunded_at,
                {minor} AS amount, currency, quantity, reason, failed, sku, product_ref, title
            FROM refund_once"""
    )
    read = "refunded_read > 0" if "refunded_read" in bench.columns("head") else "false"
    if bench.value(f"SELECT 1 FROM head WHERE status = 'refunded' OR {read} LIMIT 1") is not None:
        bench.run(
            f"""INSERT INTO refund_row BY NAME
                SELECT o.source, o.source_key || '|stated' AS source_key, o.id AS order_id,
                    o.refunded - coalesce(k.known, 0) AS amount, o.currency, '' AS reason, false AS failed, '' AS sku, '' AS product_ref,
                    '' AS title
                FROM orders o
                LEFT JOIN (SELECT order_id, sum({minor})::BIGINT AS known FROM refund_once WHERE NOT failed GROUP BY order_id) k
                    ON k.order_id = o.id
                WHERE o.refunded > 0"""
        )
    if bench.value("SELECT 1 FROM line WHERE is_return LIMIT 1") is not None:
        bench.run(
            """INSERT INTO refund_row BY NAME
                SELECT t.source, t.source_key || '/' || row_number() OVER (PARTITION BY l.unit ORDER BY l.place) AS source_key,
                    m.identifier_id, t.ordered_at AS refunded_at, round(abs(l.amount) * t.factor)::BIGINT AS amount, t.currency,
                    abs(round(coalesce(l.quantity, 1)))::INTEGER AS quantity, '' AS reason, false AS failed, g.sku,
                    g.product_ref, g.title
                FROM (SELECT * FROM line WHERE is_return) l
                JOIN told t ON t.unit = l.unit
                JOIN (SELECT * FROM goods WHERE kind <> 'fee') g ON g.goods = l.goods
                LEFT JOIN mention m ON m.kind = 'order' AND m.fact = t.id"""
        )


def _note_refunds(bench: Bench) -> None:
    undated = bench.value("SELECT count(*) FROM refunds WHERE refunded_at IS NULL AND NOT failed")
    if undated:
        bench.note("undated_refunds", refunds=undated)
    too_much = bench.rows(
        """SELECT count(*), min(name)
           FROM (SELECT o.id, o.name FROM refunds r JOIN orders o ON o.id = r.order_id WHERE NOT r.failed
                 GROUP BY o.id, o.name, o.total HAVING sum(r.amount) > o.total + 1)"""
    )
    count, example = too_much[0]
    if count:
        bench.note("refund_too_large", orders=count, example=example)


def variants(bench: Bench) -> None:
    """Make `variants`: the catalogue's own rows, and what only order lines name."""
    bench.run(
        f"""CREATE TABLE variants AS
            SELECT DISTINCT ON (id) *
            FROM (SELECT {variant_sql()} AS id, coalesce({PRODUCT_ID}, {variant_sql()}) AS product_id,
                    left(sku, 200) AS sku, left(title, 400) AS title, left(product_title, 400) AS product_title,
                    left(vendor, 200) AS vendor, left(category, 200) AS category,
                    price, compare_at_price, cost, currency, true AS listed
                FROM product_record)
            WHERE id IS NOT NULL
            ORDER BY ALL DESC"""
    )
    bench.run(
        f"""INSERT INTO variants BY NAME
            SELECT id, coalesce({PRODUCT_ID}, id) AS product_id, left(sku, 200) AS sku, left(title, 400) AS title,
                '' AS product_title, '' AS vendor, left(category, 200) AS category, '' AS currency, false AS listed
            FROM (SELECT variant_id AS id, max(sku) AS sku, max(title) AS title, max(category) AS category,
                    max(product_ref) AS product_ref, max(source) AS source
                FROM goods
                WHERE variant_id IS NOT NULL AND kind = 'product' AND goods IN (SELECT goods FROM line)
                GROUP BY variant_id)
            WHERE id NOT IN (SELECT id FROM variants)"""
    )


def reviews(bench: Bench) -> None:
    """Make `review`: each review once, whatever files it came in."""
    bench.run(
        f"""CREATE TABLE review AS
            SELECT DISTINCT ON (id) *
            FROM (SELECT {key_sql("'review'", "source", "review_key")} AS id, * EXCLUDE (part, number) FROM review_record)
            ORDER BY ALL DESC"""
    )


def events(bench: Bench) -> None:
    """Make `events`: reviews, on the timeline of whoever wrote them."""
    bench.run(
        f"""CREATE TABLE events AS
            SELECT r.id, 'review' AS kind, m.identifier_id, r.created_at AS happened_at, r.created_at AS known_at,
                CAST(json_object(
                    'rating', try_cast(nullif(r.rating, '0') AS DOUBLE), 'text', left(r.text, 4000), 'status', r.status,
                    'product', r.product_ref, 'sku', r.sku, 'variant', ({variant_sql("r")})::VARCHAR) AS VARCHAR) AS data
            FROM (SELECT *, '' AS title FROM review) r
            LEFT JOIN mention m ON m.kind = 'review' AND m.fact = r.id"""
    )
