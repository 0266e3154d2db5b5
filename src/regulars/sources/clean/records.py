"""How do rows about customers, products, refunds and reviews become facts?"""

from regulars.sources.clean import values
from regulars.sources.clean.bench import Bench, columns_of
from regulars.sources.clean.habits import find_out
from regulars.sources.keys import key_sql, variant_sql
from regulars.sources.plan import Part
from regulars.sources.source import CUSTOMER_COLUMNS, PRODUCT_COLUMNS, REFUND_COLUMNS, REVIEW_COLUMNS, literal

REFUND_ID = key_sql("'refund'", "source", "source_key")


def make_tables(bench: Bench) -> None:
    """The empty tables that parts are appended to."""
    for name, columns in (("customer", CUSTOMER_COLUMNS), ("review", REVIEW_COLUMNS)):
        cells = ", ".join(f"{c} VARCHAR DEFAULT ''" for c in columns if c != "created_at")
        bench.run(f"CREATE TABLE {name}_record (file VARCHAR, row BIGINT, source VARCHAR, created_at TIMESTAMP, {cells})")
    bench.run(
        "CREATE TABLE product_record (file VARCHAR, row BIGINT, source VARCHAR, product_ref VARCHAR, sku VARCHAR, title VARCHAR, "
        "product_title VARCHAR, vendor VARCHAR, category VARCHAR, price BIGINT, compare_at_price BIGINT, cost BIGINT, currency VARCHAR)"
    )
    bench.run(
        "CREATE TABLE refund_record (file VARCHAR, row BIGINT, source VARCHAR, refund_key VARCHAR, order_key VARCHAR, refunded_at TIMESTAMP, "
        "amount DECIMAL(24,6), currency VARCHAR, in_minor BOOLEAN, reason VARCHAR, failed BOOLEAN, sku VARCHAR, product_ref VARCHAR, title VARCHAR, quantity INTEGER)"
    )


def _cells(bench: Bench, table: str, wanted: list[str]) -> dict[str, str]:
    present = columns_of(bench, table)
    return {column: column if column in present else "''" for column in wanted}


def read_customers(bench: Bench, table: str, part: Part) -> None:
    """Append customer rows. A row without any identifier is rejected."""
    cell = _cells(bench, table, CUSTOMER_COLUMNS)
    habits = find_out(bench, table, part.rules, money=[], dates=["created_at"] if cell["created_at"] != "''" else [])
    clock = values.clock("created_at", habits.date_order, habits.date_format) if cell["created_at"] != "''" else "NULL::TIMESTAMP"
    offset = values.offset_minutes("created_at") if cell["created_at"] != "''" else "NULL::INTEGER"
    name = f"coalesce(nullif({cell['name']}, ''), trim({cell['first_name']} || ' ' || {cell['last_name']}))"
    nobody = f"{cell['account']} = '' AND {cell['email']} = '' AND {cell['phone']} = ''"
    bench.reject(f"SELECT file, row, 'email', '', 'nobody_named', '', 'customers' FROM {table} WHERE {nobody}")
    bad = f"{cell['email']} <> '' AND {values.email(cell['email'])} IS NULL AND {cell['account']} = '' AND {cell['phone']} = ''"
    bench.reject(f"SELECT file, row, 'email', {cell['email']}, 'not_an_email', '', 'customers' FROM {table} WHERE {bad}")
    kept = ", ".join(f"{cell[c]} AS {c}" for c in CUSTOMER_COLUMNS if c not in ("name", "created_at", "first_name", "last_name"))
    bench.run(
        f"INSERT INTO customer_record BY NAME SELECT file, row, {literal(part.rules.source)} AS source, {kept}, {name} AS name, "
        f"{values.utc('clock', 'east', habits.zone)} AS created_at FROM (SELECT *, {clock} AS clock, {offset} AS east FROM {table}) "
        f"WHERE NOT ({nobody}) AND NOT ({bad})"
    )


def read_products(bench: Bench, table: str, part: Part) -> None:
    """Append product rows; a price or cost that cannot be read rejects the row."""
    cell = _cells(bench, table, PRODUCT_COLUMNS)
    money = [c for c in ("price", "compare_at_price", "cost") if cell[c] != "''"]
    habits = find_out(bench, table, part.rules, money=money, dates=[])
    currency = f"coalesce(nullif(upper({cell['currency']}), ''), {literal(habits.currency)})"
    read = {c: values.minor(f"nullif({c}, '')", habits.decimal, currency) if c in money else "NULL::BIGINT" for c in ("price", "compare_at_price", "cost")}
    bad = " OR ".join(f"({c} <> '' AND ({read[c]}) IS NULL)" for c in money) or "false"
    for c in money:
        bench.reject(f"SELECT file, row, '{c}', {c}, 'not_a_number', '', 'products' FROM {table} WHERE {c} <> '' AND ({read[c]}) IS NULL")
    joined = f"{cell['title']} || CASE WHEN {cell['variant_title']} <> '' THEN ' - ' || {cell['variant_title']} ELSE '' END"
    bench.run(
        f"INSERT INTO product_record SELECT file, row, {literal(part.rules.source)}, {cell['product_ref']}, {cell['sku']}, {joined}, {cell['title']}, "
        f"{cell['vendor']}, {cell['category']}, {read['price']}, {read['compare_at_price']}, {read['cost']}, {currency} FROM {table} "
        f"WHERE NOT ({bad})"
    )


def read_refunds(bench: Bench, table: str, part: Part) -> None:
    """Append refund rows. Without a date they count as known at import."""
    cell = _cells(bench, table, REFUND_COLUMNS)
    dates = ["refunded_at"] if cell["refunded_at"] != "''" else []
    habits = find_out(bench, table, part.rules, money=["amount"], dates=dates)
    clock = values.clock("refunded_at", habits.date_order, habits.date_format) if dates else "NULL::TIMESTAMP"
    offset = values.offset_minutes("refunded_at") if dates else "NULL::INTEGER"
    amount = values.decimal("nullif(amount, '')", habits.decimal)
    quantity = f"round({values.decimal('nullif(quantity, ' + chr(39) * 2 + ')', habits.decimal)})::INTEGER" if cell["quantity"] != "''" else "NULL::INTEGER"
    bench.reject(f"SELECT file, row, 'amount', amount, 'not_a_number', '', 'refunds' FROM {table} WHERE ({amount}) IS NULL")
    if dates:
        bench.reject(
            f"SELECT file, row, 'refunded_at', refunded_at, 'not_a_date', '', 'refunds' FROM {table} WHERE refunded_at <> '' AND ({clock}) IS NULL AND ({amount}) IS NOT NULL"
        )
    unread = f"({amount}) IS NULL" + (f" OR (refunded_at <> '' AND ({clock}) IS NULL)" if dates else "")
    key = f"coalesce(nullif({cell['refund_key']}, ''), {cell['order_key']} || '|' || {cell['refunded_at']} || '|' || amount || '|' || {cell['sku']})"
    bench.run(
        f"INSERT INTO refund_record SELECT file, row, {literal(part.rules.source)}, {key}, {cell['order_key']}, {values.utc('clock', 'east', habits.zone)}, "
        f"abs({amount}), upper({cell['currency']}), {str(part.rules.minor_units).lower()}, {cell['reason']}, lower({cell['status']}) IN ('failed', 'cancelled'), {cell['sku']}, {cell['product_ref']}, "
        f"{cell['title']}, abs({quantity}) FROM (SELECT *, {clock} AS clock, {offset} AS east FROM {table}) WHERE NOT ({unread})"
    )


def read_reviews(bench: Bench, table: str, part: Part) -> None:
    """Append review rows: rating 0 means no stars were given."""
    cell = _cells(bench, table, REVIEW_COLUMNS)
    habits = find_out(bench, table, part.rules, money=[], dates=["created_at"])
    bench.reject(
        f"SELECT file, row, 'created_at', created_at, 'not_a_date', '', 'reviews' FROM {table} WHERE ({values.clock('created_at', habits.date_order)}) IS NULL"
    )
    kept = ", ".join(f"{cell[c]} AS {c}" for c in REVIEW_COLUMNS if c != "created_at")
    bench.run(
        f"INSERT INTO review_record BY NAME SELECT file, row, {literal(part.rules.source)} AS source, {kept}, {values.utc('clock', 'east', habits.zone)} AS created_at "
        f"FROM (SELECT *, {values.clock('created_at', habits.date_order)} AS clock, {values.offset_minutes('created_at')} AS east FROM {table}) WHERE clock IS NOT NULL"
    )


def finish(bench: Bench) -> None:
    """Fill `refunds`, `variants` and `events`, once orders are assembled and people found."""
    _refunds(bench)
    _variants(bench)
    _events(bench)


def _refunds(bench: Bench) -> None:
    now = bench.now.strftime("%Y-%m-%d %H:%M:%S")
    order_id = key_sql("'order'", "r.source", "r.order_key")
    factor = values.minor_factor("money")
    bench.run(
        "CREATE TABLE refund_row AS "
        # what the order's own cell says was refunded, less the refunds known one by one
        "SELECT o.source, o.source_key || '|stated' AS source_key, o.id AS order_id, NULL::BIGINT AS identifier_id, NULL::TIMESTAMP AS refunded_at, "
        "(CASE WHEN o.refunded_read IS NOT NULL THEN round(o.refunded_read * o.factor)::BIGINT WHEN o.said_refunded THEN o.total ELSE 0 END) "
        "- coalesce(k.known, 0) AS amount, o.currency, NULL::INTEGER AS quantity, '' AS reason, false AS failed, '' AS sku, '' AS product_ref, '' AS title "
        f"FROM orders o LEFT JOIN (SELECT {order_id} AS id, sum(round(r.amount * {values.minor_factor('x.currency')}))::BIGINT AS known "
        f"FROM refund_record r JOIN orders x ON x.id = {order_id} WHERE NOT r.failed GROUP BY 1) k ON k.id = o.id "
        "UNION ALL "
        f"SELECT source, source_key, order_id, NULL, refunded_at, round(amount * (CASE WHEN in_minor THEN 1 ELSE {factor} END))::BIGINT, money, quantity, reason, failed, sku, product_ref, title FROM ("
        f"SELECT r.source, r.refund_key AS source_key, {order_id} AS order_id, r.refunded_at, r.amount, r.in_minor, coalesce(o.currency, nullif(r.currency, ''), '{bench.currency}') AS money, "
        f"r.quantity, r.reason, r.failed, r.sku, r.product_ref, r.title FROM refund_record r LEFT JOIN orders o ON o.id = {order_id}) "
        "UNION ALL "
        f"SELECT r.source, r.key || '/' || r.position, NULL, m.identifier_id, r.happened_at, round(abs(r.amount) * (CASE WHEN r.in_minor THEN 1 ELSE {values.minor_factor('r.currency')} END))::BIGINT, "
        "r.currency, abs(round(coalesce(r.quantity, 1)))::INTEGER, '', false, r.sku, r.product_ref, r.title "
        "FROM returned r LEFT JOIN (SELECT DISTINCT ON (fact) fact, identifier_id FROM mention WHERE kind = 'return') m ON m.fact = r.id WHERE r.kind <> 'fee'"
    )
    bench.run(
        f"CREATE TABLE refunds AS SELECT DISTINCT ON (id) * FROM (SELECT {REFUND_ID} AS id, order_id, identifier_id, {variant_sql()} AS variant_id, source, "
        f"left(source_key, 200) AS source_key, refunded_at, coalesce(least(refunded_at, TIMESTAMP '{now}'), TIMESTAMP '{now}') AS known_at, amount, currency, quantity, left(reason, 300) AS reason, failed, "
        "md5(concat_ws('|', order_id, refunded_at, amount, currency, quantity, reason, failed)) AS payload_hash FROM refund_row WHERE amount > 0) ORDER BY id, refunded_at NULLS LAST"
    )
    undated = bench.value("SELECT count(*) FROM refunds WHERE refunded_at IS NULL AND NOT failed")
    if undated:
        bench.note("undated_refunds", refunds=undated)
    too_much = bench.rows(
        "SELECT o.name, o.currency, sum(r.amount)::BIGINT, any_value(o.total) FROM refunds r JOIN orders o ON o.id = r.order_id WHERE NOT r.failed "
        "GROUP BY o.id, o.name, o.currency HAVING sum(r.amount) > any_value(o.total) + 1 ORDER BY o.name"
    )
    if too_much:
        bench.note("refund_too_large", orders=len(too_much), example=too_much[0][0])


def _variants(bench: Bench) -> None:
    product = f"CASE WHEN product_ref <> '' THEN {key_sql(literal('goods'), 'source', 'product_ref')} END"
    bench.run(
        f"CREATE TABLE variants AS SELECT DISTINCT ON (id) * FROM (SELECT {variant_sql()} AS id, coalesce({product}, {variant_sql()}) AS product_id, "
        "left(sku, 200) AS sku, left(title, 400) AS title, left(product_title, 400) AS product_title, left(vendor, 200) AS vendor, "
        "left(category, 200) AS category, price, compare_at_price, cost, currency, true AS listed "
        "FROM product_record) WHERE id IS NOT NULL ORDER BY id, title DESC"
    )
    named = (
        "SELECT variant_id AS id, max(sku) AS sku, max(title) AS title, max(category) AS category, max(product_ref) AS product_ref, "
        "max(source) AS source FROM lines WHERE variant_id IS NOT NULL AND kind = 'product' GROUP BY variant_id"
    )
    bench.run(
        f"INSERT INTO variants SELECT id, coalesce({product}, id), sku, title, '', '', category, NULL, NULL, NULL, '', false "
        f"FROM ({named}) WHERE id NOT IN (SELECT id FROM variants)"
    )


def _events(bench: Bench) -> None:
    review_id = key_sql(literal("review"), "r.source", "r.review_key")
    variant = variant_sql("r", title="title")
    bench.run(
        f"CREATE TABLE events AS SELECT {review_id} AS id, 'review' AS kind, m.identifier_id, r.created_at AS happened_at, "
        "r.created_at AS known_at, CAST(json_object('rating', try_cast(nullif(r.rating, '0') AS DOUBLE), 'text', left(r.text, 4000), "
        f"'status', r.status, 'product', r.product_ref, 'sku', r.sku, 'variant', ({variant})::VARCHAR) AS VARCHAR) AS data "
        "FROM (SELECT *, '' AS title FROM review_record) r LEFT JOIN mention m ON m.kind = 'review' AND m.file = r.file AND m.fact = r.row"
    )
