"""How do text rows become orders, lines and returns?

For each part: read the cells (`heads`, one row an order; `lines`), reject what cannot be read; then over all parts keep
one version of each order and add up. An order whose own cells are wrong is left out whole; a bad line only by itself.
"""

from regulars.sources.clean import values
from regulars.sources.clean.bench import Bench, columns_of
from regulars.sources.clean.habits import Habits, find_out
from regulars.sources.clean.statuses import status_sql
from regulars.sources.keys import key_sql
from regulars.sources.plan import Part
from regulars.sources.source import LINE_COLUMNS, literal

MONEY = ("total", "subtotal", "shipping", "tax", "discount", "refunded")
DATES = ("ordered_at", "paid_at", "fulfilled_at", "cancelled_at", "updated_at")
HEAD_TEXT = (
    "order_name status fulfilled test taxes_included account email phone name company address city postcode region country "
    "channel payment_method tags email_consent discount_code gift_card_only renewal rate"
).split()


def read_part(bench: Bench, table: str, part: Part, number: int) -> None:
    """Append one part to `head` and `line`."""
    columns = columns_of(bench, table)
    rules = part.rules
    has = lambda name: name if name in columns else "''"  # noqa: E731
    money = [c for c in (*MONEY, "unit_price", "line_total", "line_discount", "line_tax") if c in columns]
    habits = find_out(bench, table, rules, money=money, dates=[c for c in DATES if c in columns])
    person = f"coalesce(nullif({has('account')}, ''), nullif({has('email')}, ''), nullif({has('phone')}, ''))"
    own = "order_key" if "order_key" in columns else f"coalesce({person} || '|' || ordered_at, '')"
    bench.run(
        f"CREATE OR REPLACE VIEW keyed AS SELECT *, {own} AS key, {key_sql(literal('order'), literal(rules.source), own)} AS id FROM {table}"
    )
    table = "keyed"
    bench.reject(
        f"SELECT file, row, 'order_key', '', 'order_key_missing', '', 'orders' FROM {table} WHERE key = '' AND "
        f"NOT ({_is_stray(columns)})"
    )
    per_line = _total_is_per_line(bench, table, columns)
    _read_lines(bench, table, part, habits, total="total" if per_line else "line_total", number_of=number)
    _read_heads(bench, table, part, habits, number=number, total_known="total" in columns and not per_line)


def _is_stray(columns: set[str]) -> str:
    """Footer lines such as "83 record(s) downloaded": one filled cell only."""
    filled = " + ".join(f"({column} <> '')::INTEGER" for column in sorted(columns - {"file", "row", "key", "id"})) or "0"
    return f"({filled}) <= 1"


def _total_is_per_line(bench: Bench, table: str, columns: set[str]) -> bool:
    """A column called total that differs between the rows of one order is the amount of the line."""
    if "total" not in columns or {"line_total", "unit_price"} & columns:
        return False
    return bool(
        bench.value(f"SELECT count(*) FROM (SELECT id FROM {table} WHERE key <> '' GROUP BY id HAVING min(total) <> max(total) AND min(total) <> '')")
    )


def _is_return(columns: set[str], part: Part, quantity: str) -> str:
    prefix = part.rules.return_prefix
    by_key = f"starts_with(upper(key), {literal(prefix.upper())})" if prefix else "false"
    return f"({by_key} OR coalesce({quantity}, 0) < 0)" if "quantity" in columns else f"({by_key})"


def _read_lines(bench: Bench, table: str, part: Part, habits: Habits, *, total: str, number_of: int) -> None:
    columns = columns_of(bench, table)
    present = (LINE_COLUMNS & columns) | ({total} & columns)
    if not present - {"category"}:
        return
    has = lambda name: name if name in columns else "''"  # noqa: E731
    number = lambda name: values.decimal(f"nullif({has(name)}, '')", habits.decimal) if name in columns else "NULL"  # noqa: E731
    kind = _kind_sql(part, has)
    amount = f"coalesce({number(total)}, {number('unit_price')} * coalesce({number('quantity')}, 1), 0) "
    if part.rules.source == "amazon" or total != "total":
        amount += f"- abs(coalesce({number('line_discount')}, 0))"
    bad = ", ".join(
        f"WHEN {has(c)} <> '' AND ({number(c)}) IS NULL THEN {literal(c)}"
        for c in ("quantity", "unit_price", total, "line_discount", "line_tax")
        if c in columns
    ).replace(", WHEN", " WHEN")
    filled = " OR ".join(f"{column} <> ''" for column in sorted(present))
    bench.run(
        f"CREATE OR REPLACE TABLE typed AS SELECT file, row, id, {has('line_key')} AS line_key, {has('sku')} AS sku, "
        f"{has('product_ref')} AS product_ref, {has('title')} AS title, {has('category')} AS category, {kind} AS kind, "
        f"{number('quantity')} AS quantity, {amount} AS amount, coalesce({number('line_tax')}, 0) AS tax, "
        f"{'CASE ' + bad + ' END' if bad else 'NULL::VARCHAR'} AS bad_column, "
        f"{_is_return(columns, part, number('quantity'))} AS is_return, {_person(has)} AS person, "
        f"{has('unit_price') if 'unit_price' in columns else has(total)} AS price_said, {has('quantity')} AS quantity_said "
        f"FROM {table} WHERE key <> '' AND ({filled})"
    )
    _reject_lines(bench, columns)
    duplicates = bench.value(
        "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) n FROM typed WHERE line_key = '' GROUP BY file, id, sku, title, quantity, amount HAVING n > 1)"
    )
    if duplicates:
        bench.note("equal_rows", file=part.sheet.file, rows=int(duplicates), dropped=part.rules.exact_duplicates == "drop")
    if part.rules.exact_duplicates == "drop":
        bench.run(
            "DELETE FROM typed WHERE line_key = '' AND row NOT IN (SELECT min(row) FROM typed GROUP BY file, id, sku, title, quantity, amount)"
        )
    bench.run(
        f"INSERT INTO line SELECT {number_of} AS part, file, row, id, line_key, sku, product_ref, title, category, kind, quantity, amount, tax, "
        f"is_return, person, {literal(part.rules.source)} AS source FROM typed"
    )


def _person(has: "object") -> str:
    cells = [has(name) for name in ("account", "email", "phone")]  # type: ignore[operator]
    return f"({' || '.join(cells)} <> '')"


def _kind_sql(part: Part, has: "object") -> str:
    codes = ", ".join(literal(code.upper()) for code in part.rules.not_products) or "''"
    sku, title, said = has("sku"), has("title"), has("line_kind")  # type: ignore[operator]
    return (
        f"CASE WHEN {said} <> '' THEN {said} WHEN upper({sku}) IN ({codes}) AND {sku} <> '' THEN 'fee' "
        f"WHEN upper({title}) IN ({codes}) AND {title} <> '' THEN 'fee' "
        f"WHEN regexp_matches(lower({title}), '^(gift ?card|gift voucher|geschenkgutschein|礼品卡)') THEN 'gift_card' "
        f"ELSE 'product' END"
    )


def _reject_lines(bench: Bench, columns: set[str]) -> None:
    said = {"quantity": "quantity_said", "unit_price": "price_said"}
    value = "CASE bad_column WHEN 'quantity' THEN quantity_said ELSE price_said END" if said else "''"
    bench.reject(
        f"SELECT file, row, bad_column, {value}, 'not_a_number', '', 'orders' FROM typed WHERE bad_column IS NOT NULL"
    )
    bench.reject(
        "SELECT file, row, 'quantity', quantity_said, 'stock_movement', '', 'orders' FROM typed "
        "WHERE bad_column IS NULL AND is_return AND NOT person AND amount = 0"
    )
    bench.reject(
        "SELECT file, row, 'unit_price', price_said, 'price_below_zero', '', 'orders' FROM typed "
        "WHERE bad_column IS NULL AND NOT is_return AND kind <> 'fee' AND amount < 0"
    )
    bench.run(
        "DELETE FROM typed WHERE bad_column IS NOT NULL OR (is_return AND NOT person AND amount = 0) "
        "OR (NOT is_return AND kind <> 'fee' AND amount < 0)"
    )


def _read_heads(bench: Bench, table: str, part: Part, habits: Habits, *, number: int, total_known: bool) -> None:
    columns = columns_of(bench, table)
    money = [c for c in MONEY if c in columns and (c != "total" or total_known)]
    dates = [c for c in DATES if c in columns]
    texts = [c for c in HEAD_TEXT if c in columns]
    picked = ", ".join(
        f"arg_min({c}, row) FILTER ({c} <> '') AS {c}" for c in (*money, *dates, *texts, *({"currency"} & columns))
    )
    currencies = "count(DISTINCT upper(nullif(currency, '')))" if "currency" in columns else "0"
    bench.run(
        f"CREATE OR REPLACE VIEW raw_head AS SELECT id, any_value(file) AS file, any_value(key) AS key, min(row) AS row, count(*) AS row_count, "
        f"{currencies} AS currencies{', ' + picked if picked else ''} FROM {table} WHERE key <> '' GROUP BY id"
    )
    currency = "upper(coalesce(currency, " + literal(habits.currency) + "))" if "currency" in columns else literal(habits.currency)
    cells = [
        f"{status_sql(part.rules, columns)} AS status",
        f"{currency} AS currency_code",
        *(f"{values.decimal(c, habits.decimal)} AS {c}_read" for c in money),
        *(f"{values.clock(c, habits.date_order, habits.date_format)} AS {c}_clock" for c in dates),
        *(f"{values.offset_minutes(c)} AS {c}_offset" for c in dates),
    ]
    bench.run(f"CREATE OR REPLACE VIEW read_head AS SELECT * EXCLUDE ({'status' if 'status' in columns else 'row_count'}), "
              f"{'status AS status_said' if 'status' in columns else 'row_count'}, {', '.join(cells)} FROM raw_head")
    utc = [f"{values.utc(f'{c}_clock', f'{c}_offset', habits.zone)} AS {c}_utc" for c in dates]
    bench.run(f"CREATE OR REPLACE TABLE typed_head AS SELECT *, {', '.join(utc)} FROM read_head")
    _reject_heads(bench, money, dates, number=number)
    _append_heads(bench, part, money=money, dates=dates, columns=columns, number=number)


def _reject_heads(bench: Bench, money: list[str], dates: list[str], *, number: int) -> None:
    latest = bench.now.strftime("%Y-%m-%d %H:%M:%S")
    tests = [("ordered_at", "ordered_at IS NULL", "''", "date_missing")]
    tests += [(c, f"{c} IS NOT NULL AND {c}_clock IS NULL", c, "not_a_date") for c in dates]
    tests += [
        ("ordered_at", f"ordered_at_utc > TIMESTAMP '{latest}' + INTERVAL 1 DAY", "ordered_at", "date_in_future"),
        ("ordered_at", f"ordered_at_clock < TIMESTAMP '{values.FIRST_YEAR}-01-01'", "ordered_at", "date_too_old"),
        ("currency", "currencies > 1", "currency_code", "two_currencies"),
        ("currency", "NOT regexp_full_match(currency_code, '[A-Z]{3}')", "currency_code", "not_a_currency"),
    ]
    tests += [(c, f"{c} IS NOT NULL AND {c}_read IS NULL", c, "not_a_number") for c in money]
    cases = " ".join(f"WHEN {test} THEN {literal(f'{c}|{reason}')}" for c, test, _value, reason in tests)
    value = " ".join(f"WHEN {literal(f'{c}|{reason}')} THEN {shown}" for c, _test, shown, reason in tests)
    bench.run(f"ALTER TABLE typed_head ADD COLUMN bad VARCHAR")  # noqa: F541
    bench.run(f"UPDATE typed_head SET bad = CASE {cases} END")
    if bench.value("SELECT count(*) FROM typed_head WHERE bad IS NOT NULL"):
        bench.reject(
            f"SELECT file, row, split_part(bad, '|', 1), coalesce(CASE bad {value} END, ''), split_part(bad, '|', 2), "
            f"row_count::VARCHAR, 'orders' FROM typed_head WHERE bad IS NOT NULL"
        )
        bench.run(f"DELETE FROM line WHERE part = {number} AND id IN (SELECT id FROM typed_head WHERE bad IS NOT NULL)")
        bench.run("DELETE FROM typed_head WHERE bad IS NOT NULL")


def _append_heads(bench: Bench, part: Part, *, money: list[str], dates: list[str], columns: set[str], number: int) -> None:
    cells = {c: f"coalesce({c}, '')" for c in HEAD_TEXT if c in columns and c != "status"}
    cells |= {f"{c}_read": f"{c}_read" for c in money} | {f"{c}_utc": f"{c}_utc" for c in dates}
    rate = "try_cast(rate AS DOUBLE)" if "rate" in columns else "NULL::DOUBLE"
    known = " ".join(f"WHEN {literal(code)} THEN {float(value)!r}" for code, value in part.rules.rates.items())
    stated = f"CASE currency_code {known} END" if known else "NULL::DOUBLE"
    bench.run(
        f"INSERT INTO head BY NAME SELECT id, file, key, row, {number} AS part, {literal(part.rules.source)} AS source, status, "
        f"{'status_said' if 'status' in columns else literal('')} AS status_said, currency_code AS currency, "
        f"ordered_at_offset AS offset_minutes, coalesce({rate}, {stated}) AS rate_read, {str(part.rules.minor_units).lower()} AS in_minor"
        + "".join(f", {expression} AS {name}" for name, expression in cells.items() if name != "rate")
        + " FROM typed_head"
    )


def make_tables(bench: Bench) -> None:
    """The empty tables that parts are appended to."""
    texts = ", ".join(f"{c} VARCHAR DEFAULT ''" for c in HEAD_TEXT if c not in ("status", "rate"))
    money = ", ".join(f"{c}_read DECIMAL(24,6)" for c in MONEY)
    dates = ", ".join(f"{c}_utc TIMESTAMP" for c in DATES)
    bench.run(
        f"CREATE TABLE head (id BIGINT, file VARCHAR, key VARCHAR, row BIGINT, part INTEGER, source VARCHAR, status VARCHAR, status_said VARCHAR, "
        f"currency VARCHAR, offset_minutes INTEGER, rate_read DOUBLE, in_minor BOOLEAN, {texts}, {money}, {dates})"
    )
    bench.run(
        "CREATE TABLE line (part INTEGER, file VARCHAR, row BIGINT, id BIGINT, line_key VARCHAR, sku VARCHAR, product_ref VARCHAR, title VARCHAR, "
        "category VARCHAR, kind VARCHAR, quantity DECIMAL(24,6), amount DECIMAL(24,6), tax DECIMAL(24,6), is_return BOOLEAN, "
        "person BOOLEAN, source VARCHAR)"
    )

