"""How do heads and lines become the facts that are stored: orders with their money, lines with their share, refunds?

An order seen in several files (or several times) is taken from the version that had come furthest: last updated, most
refunded, most lines; then the later file. Net revenue is the sum of product lines after discounts, without tax and
shipping; it is shared out to the lines so that they add up to the minor unit.
"""

from regulars.sources.clean import values
from regulars.sources.clean.bench import Bench
from regulars.sources.keys import variant_sql
from regulars.sources.source import NO_CURRENCY, literal

def assemble(bench: Bench) -> None:
    """Fill `orders`, `lines` and `returned` from `head` and `line`."""
    _base_currency(bench)
    _orphans(bench)
    _choose(bench)
    _returns(bench)
    _money(bench)
    _lines(bench)
    _orders(bench)


def _base_currency(bench: Bench) -> None:
    """Without a shop's own currency, that of most orders. Orders in others need a rate to count as money."""
    if not bench.currency:
        bench.currency = bench.value("SELECT currency FROM head GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1") or NO_CURRENCY
    base = literal(bench.currency)
    bench.run(f"UPDATE head SET rate_read = 1 WHERE rate_read IS NULL AND currency = {base}")
    foreign = bench.rows("SELECT currency, count(*) FROM head WHERE rate_read IS NULL GROUP BY currency ORDER BY currency")
    for currency, count in foreign:
        bench.note("no_rate", currency=currency, orders=count, base=bench.currency)


def _orphans(bench: Bench) -> None:
    """Lines whose order was left out."""
    bench.reject(
        "SELECT file, row, 'order_key', '', 'order_left_out', '', 'orders' FROM line ANTI JOIN head USING (part, id) WHERE NOT is_return"
    )


def _choose(bench: Bench) -> None:
    latest = "greatest(updated_at_utc, cancelled_at_utc, fulfilled_at_utc, paid_at_utc, ordered_at_utc)"
    # An invoice that only gives back (a C invoice, or all quantities below zero) is no order.
    sums = (
        "SELECT part, id, sum(amount) AS all_lines, sum(amount) FILTER (kind = 'product' OR kind = 'gift_card') AS goods, "
        "sum(amount) FILTER (kind NOT IN ('product', 'gift_card')) AS fees, sum(tax) AS line_tax, count(*) AS line_count, "
        "bool_and(kind = 'gift_card') AS only_gift_cards FROM line WHERE NOT is_return GROUP BY part, id"
    )
    only_back = "SELECT part, id FROM line GROUP BY part, id HAVING bool_and(is_return)"
    bench.run(
        f"CREATE TABLE chosen AS SELECT *, strftime(coalesce(updated_at_utc, {latest}), '%Y-%m-%dT%H:%M:%S') || '|' || "
        "lpad(round(coalesce(refunded_read, 0) * 1000)::BIGINT::VARCHAR, 15, '0') || '|' || lpad(coalesce(line_count, 0)::VARCHAR, 6, '0') AS progress "
        f"FROM head LEFT JOIN ({sums}) USING (part, id) ANTI JOIN ({only_back}) USING (part, id) "
        "QUALIFY row_number() OVER (PARTITION BY id ORDER BY progress DESC, part DESC) = 1"
        if bench.value("SELECT count(DISTINCT part) FROM head") > 1
        else f"CREATE TABLE chosen AS SELECT *, strftime(coalesce(updated_at_utc, {latest}), '%Y-%m-%dT%H:%M:%S') || '|' || "
        "lpad(round(coalesce(refunded_read, 0) * 1000)::BIGINT::VARCHAR, 15, '0') || '|' || lpad(coalesce(line_count, 0)::VARCHAR, 6, '0') AS progress "
        f"FROM head LEFT JOIN ({sums}) USING (part, id) ANTI JOIN ({only_back}) USING (part, id)"
    )


def _returns(bench: Bench) -> None:
    """Give-back rows keep their own invoice's person and time; which order they belong to is found later."""
    bench.run(
        "CREATE TABLE returned AS SELECT l.*, h.key, h.ordered_at_utc AS happened_at, h.currency, h.in_minor, "
        "row_number() OVER (PARTITION BY l.part, l.id ORDER BY l.row) AS position "
        "FROM line l JOIN head h ON l.part = h.part AND l.id = h.id WHERE l.is_return"
    )


def _money(bench: Bench) -> None:
    """One expression after the other, each built on the ones before (DuckDB lets a select name its own columns)."""
    factor = f"(CASE WHEN in_minor THEN 1 ELSE {values.minor_factor('currency')} END)"
    stated, with_lines = "subtotal_read IS NOT NULL", "line_count > 0"
    included = (
        "CASE WHEN taxes_included IN ('true', 'yes', '1') THEN true WHEN taxes_included IN ('false', 'no', '0') THEN false "
        "WHEN tax_major = 0 OR total_read IS NULL THEN false "
        f"ELSE abs(total_read - (CASE WHEN {stated} THEN subtotal_read ELSE all_lines - discount_major END) - shipping_major) <= 0.02 END"
    )
    # After discounts: the stated subtotal without its fee lines, else the lines less the discount, else the total.
    goods = (
        f"CASE WHEN {stated} THEN subtotal_read - (CASE WHEN {with_lines} THEN fees ELSE 0 END) "
        f"WHEN {with_lines} THEN goods - (CASE WHEN all_lines - discount_major >= -0.02 THEN discount_major ELSE 0 END) "
        f"ELSE total_read - shipping_major - (CASE WHEN tax_is_in THEN 0 ELSE tax_major END) END"
    )
    total = "coalesce(total_read, all_lines - discount_major + shipping_major + (CASE WHEN tax_is_in THEN 0 ELSE tax_major END), 0)"
    share = "CASE WHEN goods_after + shipping_major + fees > 0 THEN goods_after / (goods_after + shipping_major + fees) ELSE 1 END"
    bench.run(
        "CREATE TABLE netted AS SELECT *, "
        "coalesce(tax_read, line_tax, 0) AS tax_major, coalesce(shipping_read, 0) AS shipping_major, abs(coalesce(discount_read, 0)) AS discount_major, "
        f"{factor} AS factor, {included} AS tax_is_in, coalesce({goods}, 0) AS goods_after, {total} AS total_major, "
        f"round(greatest(0, goods_after - (CASE WHEN tax_is_in THEN tax_major * ({share}) ELSE 0 END)) * factor)::BIGINT AS net, "
        "round(total_major * factor)::BIGINT AS total FROM (SELECT * REPLACE (coalesce(line_count, 0) AS line_count, "
        "coalesce(all_lines, 0) AS all_lines, coalesce(goods, 0) AS goods, coalesce(fees, 0) AS fees, "
        "coalesce(only_gift_cards, false) OR gift_card_only IN ('true', 'yes', '1') AS gift_card_only) FROM chosen)"
    )
    bench.run("DROP TABLE chosen")


def _lines(bench: Bench) -> None:
    ordered = "PARTITION BY l.id ORDER BY l.row, l.line_key"
    own = "CASE WHEN l.kind IN ('product', 'gift_card') THEN l.amount ELSE 0 END"
    bench.run(
        f"CREATE TABLE lines AS SELECT order_id, position, {variant_sql()} AS variant_id, left(sku, 200) AS sku, left(title, 400) AS title, kind, "
        "greatest(-32768, least(2147483647, round(coalesce(quantity, 1))))::INTEGER AS quantity, round(amount * factor)::BIGINT AS total, "
        "coalesce(round(order_net * running / nullif(goods, 0)) - round(order_net * (running - own) / nullif(goods, 0)), 0)::BIGINT AS net, "
        "left(product_ref, 200) AS product_ref, left(category, 200) AS category, source FROM ("
        f"SELECT l.*, n.id AS order_id, n.factor, n.net AS order_net, n.goods, {own} AS own, row_number() OVER w AS position, "
        f"sum({own}) OVER (w ROWS UNBOUNDED PRECEDING) AS running FROM line l JOIN netted n ON l.part = n.part AND l.id = n.id WHERE NOT l.is_return "
        f"WINDOW w AS ({ordered}))"
    )


def _orders(bench: Bench) -> None:
    now = bench.now.strftime("%Y-%m-%d %H:%M:%S")
    status = "CASE status WHEN 'refunded' THEN 'paid' ELSE status END"
    cancelled = "coalesce(cancelled_at_utc, CASE WHEN status = 'cancelled' THEN coalesce(updated_at_utc, ordered_at_utc) END)"
    cut = lambda name, length: f"left({name}, {length}) AS {name}"  # noqa: E731
    bench.run(
        f"CREATE OR REPLACE VIEW told AS SELECT id, source, left(key, 200) AS source_key, left(coalesce(nullif(order_name, ''), key), 200) AS name, "
        f"{cut('account', 400)}, {cut('email', 400)}, {cut('phone', 100)}, ordered_at_utc AS ordered_at, offset_minutes, "
        f"least(ordered_at_utc, TIMESTAMP '{now}') AS known_at, {cancelled} AS cancelled_at, {status} AS status, left(status_said, 60) AS status_said, "
        "test IN ('true', 'yes', '1') AS test, currency, rate_read AS rate, total, "
        "round(discount_major * factor)::BIGINT AS discount, round(shipping_major * factor)::BIGINT AS shipping, "
        "round(tax_major * factor)::BIGINT AS tax, net, "
        f"round(total * rate_read * {values.minor_factor(literal(bench.currency))} / {values.minor_factor('currency')})::BIGINT AS base_total, "
        f"round(net * rate_read * {values.minor_factor(literal(bench.currency))} / {values.minor_factor('currency')})::BIGINT AS base_net, "
        f"{cut('channel', 60)}, {cut('country', 80)}, {cut('discount_code', 200)}, {cut('tags', 400)}, left(netted.name, 300) AS contact_name, "
        "left(company, 300) AS company, left(address, 400) AS address, left(city, 200) AS city, left(postcode, 40) AS postcode, "
        "left(region, 120) AS region, coalesce(line_count, 0) AS line_count, gift_card_only, renewal IN ('true', 'yes', '1') AS renewal, "
        "progress, refunded_read, factor, status = 'refunded' AS said_refunded, email_consent, file, row FROM netted"
    )
    hashed = (
        "concat_ws('|', account, email, phone, ordered_at, cancelled_at, status, status_said, test, currency, rate, total, net, discount, shipping, "
        "tax, channel, country, discount_code, tags, contact_name, company, address, city, postcode)"
    )
    bench.run(
        "CREATE TABLE line_hash AS SELECT order_id, bit_xor(md5_number_lower(concat_ws('|', position, sku, title, kind, quantity, total, net))) AS mark "
        "FROM lines GROUP BY order_id"
    )
    bench.run(
        f"CREATE TABLE orders AS SELECT o.*, md5({hashed} || coalesce(mark, 0)) AS payload_hash FROM told o LEFT JOIN line_hash h ON h.order_id = o.id"
    )
    for table in ("netted", "line_hash"):
        bench.run(f"DROP TABLE {table}")
