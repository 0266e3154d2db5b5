"""How are rows about customers, products, refunds and reviews read? Each kind appends to its own record table."""

from collections.abc import Sequence

from regulars.sources.clean import values
from regulars.sources.clean.bench import Bench
from regulars.sources.clean.cells import CELLS, Loaded, reject
from regulars.sources.clean.habits import Habits, find_out
from regulars.sources.source import CUSTOMER_COLUMNS, NO_CURRENCY, REVIEW_COLUMNS, literal

PRICES = ("price", "compare_at_price", "cost")


def make_tables(bench: Bench) -> None:
    """The empty tables that parts are appended to."""
    for name, columns in (("customer", CUSTOMER_COLUMNS), ("review", REVIEW_COLUMNS)):
        cells = ", ".join(f"{c} VARCHAR" for c in columns if c != "created_at")
        bench.run(
            f"CREATE TABLE {name}_record (part INTEGER, number BIGINT, source VARCHAR, created_at TIMESTAMP, {cells})"
        )
    bench.run(
        "CREATE TABLE product_record (source VARCHAR, product_ref VARCHAR, sku VARCHAR, title VARCHAR, product_title VARCHAR, "
        "vendor VARCHAR, category VARCHAR, price BIGINT, compare_at_price BIGINT, cost BIGINT, currency VARCHAR)"
    )
    bench.run(
        "CREATE TABLE refund_record (source VARCHAR, refund_key VARCHAR, order_key VARCHAR, refunded_at TIMESTAMP, "
        "amount DECIMAL(18,6), currency VARCHAR, in_minor BOOLEAN, reason VARCHAR, failed BOOLEAN, sku VARCHAR, "
        "product_ref VARCHAR, title VARCHAR, quantity INTEGER)"
    )


def _habits(bench: Bench, loaded: Loaded, *, money: Sequence[str] = (), dates: Sequence[str] = ()) -> Habits:
    currency = loaded.part.rules.currency or bench.currency
    if "currency" in loaded.columns and not currency:
        currency = bench.value(f"SELECT upper(currency) FROM {CELLS} WHERE currency <> '' LIMIT 1") or ""
    return find_out(
        bench,
        loaded.part.rules,
        money=[(CELLS, name) for name in loaded.columns.of(money)],
        dates=[(CELLS, name) for name in loaded.columns.of(dates)],
        currency=currency,
    )


def _time(loaded: Loaded, name: str, habits: Habits) -> str:
    """The UTC time in a column, NULL where the file has none."""
    if name not in loaded.columns:
        return "NULL::TIMESTAMP"
    clock = values.clock(name, habits.date_order, habits.date_format)
    return values.utc(f"({clock})", f"({values.offset_minutes(name)})", habits.zone)


def _unread(loaded: Loaded, name: str, read: str) -> str:
    """The test for a filled cell that could not be read."""
    return f"({name} <> '' AND ({read}) IS NULL)" if name in loaded.columns else "false"


def _number_of(loaded: Loaded) -> str:
    """A number for the row that is unique in the import."""
    return f"({loaded.number}::BIGINT << 32) + place"


def read_customers(bench: Bench, loaded: Loaded) -> None:
    """Append customer rows. A row without any identifier is rejected."""
    has = loaded.columns
    habits = _habits(bench, loaded, dates=["created_at"])
    email = has("email")
    nobody = f"{has('account')} = '' AND {email} = '' AND {has('phone')} = ''"
    not_an_email = f"{email} <> '' AND {values.email(email)} IS NULL AND {has('account')} = '' AND {has('phone')} = ''"
    reject(
        bench,
        loaded,
        f"SELECT row, 'email' AS col, {email} AS value, CASE WHEN {nobody} THEN 'nobody_named' ELSE 'not_an_email' END AS reason "
        f"FROM {CELLS} WHERE ({nobody}) OR ({not_an_email})",
    )
    name = f"coalesce(nullif({has('name')}, ''), trim({has('first_name')} || ' ' || {has('last_name')}))"
    made = ("name", "created_at", "first_name", "last_name")
    kept = ", ".join(f"{has(c)} AS {c}" for c in CUSTOMER_COLUMNS if c not in made)
    bench.run(
        f"INSERT INTO customer_record BY NAME SELECT {loaded.number} AS part, {_number_of(loaded)} AS number, "
        f"{loaded.source} AS source, {kept}, {name} AS name, {_time(loaded, 'created_at', habits)} AS created_at "
        f"FROM {CELLS} WHERE NOT ({nobody}) AND NOT ({not_an_email})"
    )


def read_products(bench: Bench, loaded: Loaded) -> None:
    """Append product rows; a price or cost that cannot be read rejects the row."""
    has = loaded.columns
    habits = _habits(bench, loaded, money=PRICES)
    default = loaded.part.rules.currency or bench.currency or NO_CURRENCY
    currency = f"coalesce(nullif(upper({has('currency')}), ''), {literal(default)})"
    read = {c: values.minor(c, habits.decimal, currency) if c in has else "NULL::BIGINT" for c in PRICES}
    for c in has.of(PRICES):
        unread = _unread(loaded, c, read[c])
        reject(
            bench,
            loaded,
            f"SELECT row, '{c}' AS col, {c} AS value, 'not_a_number' AS reason FROM {CELLS} WHERE {unread}",
        )
    bad = " OR ".join(_unread(loaded, c, read[c]) for c in PRICES)
    variant = has("variant_title")
    bench.run(
        f"INSERT INTO product_record SELECT {loaded.source}, {has('product_ref')}, {has('sku')}, "
        f"title || CASE WHEN {variant} <> '' THEN ' - ' || {variant} ELSE '' END, title, {has('vendor')}, {has('category')}, "
        f"{', '.join(read[c] for c in PRICES)}, {currency} FROM {CELLS} WHERE NOT ({bad})"
    )


def read_refunds(bench: Bench, loaded: Loaded) -> None:
    """Append refund rows. Without a date they count as known at import."""
    has, rules = loaded.columns, loaded.part.rules
    habits = _habits(bench, loaded, money=["amount"], dates=["refunded_at"])
    amount, time = values.decimal("amount", habits.decimal), _time(loaded, "refunded_at", habits)
    quantity = f"round({values.decimal('quantity', habits.decimal)})::INTEGER" if "quantity" in has else "NULL::INTEGER"
    undated = _unread(loaded, "refunded_at", time)
    reject(
        bench,
        loaded,
        f"SELECT row, CASE WHEN ({amount}) IS NULL THEN 'amount' ELSE 'refunded_at' END AS col, "
        f"CASE WHEN ({amount}) IS NULL THEN amount ELSE {has('refunded_at')} END AS value, "
        f"CASE WHEN ({amount}) IS NULL THEN 'not_a_number' ELSE 'not_a_date' END AS reason "
        f"FROM {CELLS} WHERE ({amount}) IS NULL OR {undated}",
    )
    parts = f"{has('order_key')} || '|' || {has('refunded_at')} || '|' || amount || '|' || {has('sku')}"
    key = f"coalesce(nullif({has('refund_key')}, ''), {parts})"
    bench.run(
        f"INSERT INTO refund_record SELECT {loaded.source}, {key}, {has('order_key')}, {time}, abs({amount}), "
        f"upper({has('currency')}), {str(rules.minor_units).lower()}, {has('reason')}, "
        f"lower({has('status')}) IN ('failed', 'cancelled'), {has('sku')}, {has('product_ref')}, {has('title')}, "
        f"abs({quantity}) FROM {CELLS} WHERE ({amount}) IS NOT NULL AND NOT {undated}"
    )


def read_reviews(bench: Bench, loaded: Loaded) -> None:
    """Append review rows: rating 0 means no stars were given."""
    has = loaded.columns
    habits = _habits(bench, loaded, dates=["created_at"])
    time = _time(loaded, "created_at", habits)
    said = has("created_at")
    reject(
        bench,
        loaded,
        f"SELECT row, 'created_at' AS col, {said} AS value, CASE WHEN {said} = '' THEN 'date_missing' ELSE 'not_a_date' END "
        f"AS reason FROM {CELLS} WHERE ({time}) IS NULL",
    )
    kept = ", ".join(f"{has(c)} AS {c}" for c in REVIEW_COLUMNS if c != "created_at")
    bench.run(
        f"INSERT INTO review_record BY NAME SELECT {loaded.number} AS part, {_number_of(loaded)} AS number, "
        f"{loaded.source} AS source, {kept}, {time} AS created_at FROM {CELLS} WHERE ({time}) IS NOT NULL"
    )
