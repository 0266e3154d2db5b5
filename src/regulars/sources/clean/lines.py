"""What was bought, line by line? Numbers only; what a line names (`goods`) stands once in a table of its own.

So lines stay narrow: they are grouped, joined and sorted as numbers, however long the titles are.
"""

from regulars.sources.clean import values
from regulars.sources.clean.bench import Bench
from regulars.sources.clean.cells import CELLS, Loaded, reject
from regulars.sources.clean.habits import Habits
from regulars.sources.keys import key_sql, variant_sql
from regulars.sources.source import LINE_COLUMNS, literal

NUMBERS = ("line_total", "unit_price", "quantity", "line_discount", "line_tax")
NAMES = ("sku", "product_ref", "title", "category", "line_kind")
SAY_NOTHING = {"line_key", "line_kind", "category", "line_total"}  # alone they make no line (a total is asked by name)
GIFT_CARDS = "^(gift ?card|gift voucher|geschenkgutschein|礼品卡)"
FINE, STOCK_MOVEMENT, BELOW_ZERO, BAD_NUMBER = 0, 1, 2, 10  # the matter with a line; BAD_NUMBER + n: of NUMBERS[n]


def make_tables(bench: Bench) -> None:
    """The empty tables that parts are appended to."""
    bench.run(
        "CREATE TABLE line (part INTEGER, unit UBIGINT, place BIGINT, goods UBIGINT, quantity DECIMAL(18,6), "
        "amount DECIMAL(18,6), tax DECIMAL(18,6), is_return BOOLEAN, matter UTINYINT)"
    )
    bench.run(
        "CREATE TABLE goods (goods UBIGINT, sku VARCHAR, product_ref VARCHAR, title VARCHAR, category VARCHAR, "
        "kind VARCHAR, source VARCHAR, variant_id BIGINT, mark BIGINT)"
    )


def read(bench: Bench, loaded: Loaded, habits: Habits, *, total: str) -> None:
    """Append one part's lines and goods. `total` names the column with the lines' totals, if there is one."""
    columns = loaded.columns.of([*sorted(LINE_COLUMNS - SAY_NOTHING), total])
    if not columns:
        return
    where = " OR ".join(f"{name} <> ''" for name in columns)
    if bench.value("SELECT count(*) FROM left_out"):
        where = f"({where}) AND unit NOT IN (SELECT unit FROM left_out)"
    _read_goods(bench, loaded)
    _read_lines(bench, loaded, habits, total=total, where=where)
    _reject_bad(bench, loaded, total)
    _drop_summaries(bench, loaded)
    if not (loaded.part.rules.every_row_a_line or "line_key" in loaded.columns):
        _look_for_equal_rows(bench, loaded)


def _read_goods(bench: Bench, loaded: Loaded) -> None:
    columns, rules = loaded.columns, loaded.part.rules
    names = ", ".join(f"{columns(name)} AS {name}" for name in NAMES)
    used = ", ".join(columns.of(NAMES)) or "'' AS nothing"
    codes = ", ".join(literal(code.upper()) for code in rules.not_products if code) or "NULL"
    bench.run(
        f"""INSERT INTO goods BY NAME
            SELECT * EXCLUDE (line_kind),
                CASE WHEN line_kind <> '' THEN line_kind
                     WHEN upper(sku) IN ({codes}) OR upper(title) IN ({codes}) THEN 'fee'
                     WHEN regexp_matches(lower(title), '{GIFT_CARDS}') THEN 'gift_card'
                     ELSE 'product' END AS kind,
                {variant_sql()} AS variant_id,
                {key_sql(*NAMES)} AS mark
            FROM (SELECT {_goods(loaded)} AS goods, {names}, {loaded.source} AS source
                FROM (SELECT DISTINCT {used} FROM {CELLS}))
            WHERE goods NOT IN (SELECT goods FROM goods)"""
    )


def _goods(loaded: Loaded) -> str:
    """One number for what a line names; it lives only as long as this workbench."""
    return f"hash({', '.join([*loaded.columns.of(NAMES), loaded.source])})"


def _read_lines(bench: Bench, loaded: Loaded, habits: Habits, *, total: str, where: str) -> None:
    columns, prefix = loaded.columns, loaded.part.rules.return_prefix
    texts = [columns(total if name == "line_total" else name) for name in NUMBERS]
    said = ", ".join(f"{text} AS {name}_said" for name, text in zip(NUMBERS, texts, strict=True))
    read = ", ".join(
        f"{'NULL' if text == repr('') else values.decimal(text, habits.decimal)}::{values.NUMBER} AS {name}_read"
        for name, text in zip(NUMBERS, texts, strict=True)
    )
    bad = " ".join(
        f"WHEN {name}_said <> '' AND {name}_read IS NULL THEN {BAD_NUMBER + n}" for n, name in enumerate(NUMBERS)
    )
    person = " OR ".join(f"{name} <> ''" for name in columns.of(("account", "email", "phone"))) or "false"
    goes_back = f"starts_with(upper(key), {literal(prefix.upper())})" if prefix else "false"
    # A total of the line is after its discount when it is called plain `total`.
    discount = "0" if total == "total" else "coalesce(abs(line_discount_read), 0)"
    price = f"try_cast(unit_price_read::DECIMAL(38,6) * coalesce(quantity_read, 1) AS {values.NUMBER})"
    bench.run(
        f"""INSERT INTO line
            SELECT {loaded.number}, unit, place, goods, quantity_read, amount, coalesce(line_tax_read, 0), is_return,
                CASE {bad}
                     WHEN amount IS NULL THEN {BAD_NUMBER + NUMBERS.index("unit_price")}
                     WHEN is_return AND amount = 0 AND NOT person THEN {STOCK_MOVEMENT}
                     WHEN amount < 0 AND NOT is_return THEN {BELOW_ZERO}
                     ELSE {FINE} END AS matter
            FROM (SELECT *,
                    coalesce(quantity_read < 0, false) OR {goes_back} AS is_return,
                    CASE WHEN line_total_read IS NOT NULL THEN line_total_read
                         WHEN unit_price_read IS NOT NULL THEN {price}
                         ELSE 0 END - {discount} AS amount
                  FROM (SELECT unit, place, key, {_goods(loaded)} AS goods, {person} AS person, {said}, {read}
                        FROM keyed WHERE unit IS NOT NULL AND ({where})))"""
    )


def _reject_bad(bench: Bench, loaded: Loaded, total: str) -> None:
    """Reject and delete the lines something is the matter with. A fee may be below zero: it is a fee given back."""
    here = f"part = {loaded.number}"
    matters = bench.rows(f"SELECT DISTINCT matter FROM line WHERE {here} AND matter > {FINE} ORDER BY matter")
    for (matter,) in matters:
        if matter == BELOW_ZERO:
            bench.run(
                f"UPDATE line SET matter = {FINE} WHERE {here} AND matter = {BELOW_ZERO} "
                "AND goods IN (SELECT goods FROM goods WHERE kind = 'fee')"
            )
        column, reason = _named(matter)
        if column == "line_total" or column not in loaded.columns:
            column = total
        reject(
            bench,
            loaded,
            f"SELECT row, {literal(column)} AS col, {loaded.columns(column)} AS value, {literal(reason)} AS reason "
            f"FROM {CELLS} WHERE place IN (SELECT place FROM line WHERE {here} AND matter = {matter})",
        )
    if matters:
        bench.run(f"DELETE FROM line WHERE {here} AND matter > {FINE}")


def _named(matter: int) -> tuple[str, str]:
    """The column to look at, and the reject's reason."""
    if matter == STOCK_MOVEMENT:
        return "quantity", "stock_movement"
    if matter == BELOW_ZERO:
        return "unit_price", "price_below_zero"
    return NUMBERS[matter - BAD_NUMBER], "not_a_number"


def _drop_summaries(bench: Bench, loaded: Loaded) -> None:
    """eBay writes an order's sums in a row of its own above its items: a first row that names nothing is no line."""
    if not {"sku", "title", "product_ref"} & loaded.columns.names or loaded.part.rules.every_row_a_line:
        return
    nameless = "(SELECT goods FROM goods WHERE sku = '' AND title = '' AND product_ref = '')"
    here = f"part = {loaded.number} AND goods IN {nameless}"
    if bench.value(f"SELECT count(*) FROM line WHERE {here}"):
        bench.run(
            f"DELETE FROM line WHERE {here} AND place IN (SELECT min(place) FROM line WHERE part = {loaded.number} "
            f"GROUP BY unit HAVING bool_or(goods NOT IN {nameless}))"
        )


def _look_for_equal_rows(bench: Bench, loaded: Loaded) -> None:
    drop = loaded.part.rules.exact_duplicates == "drop"
    groups = (
        "SELECT unit, goods, quantity, amount, min(place) AS first, count(*) AS rows FROM line "
        f"WHERE part = {loaded.number} GROUP BY unit, goods, quantity, amount HAVING count(*) > 1"
    )
    count = bench.value(f"SELECT coalesce(sum(rows - 1), 0)::BIGINT FROM ({groups})")
    if not count:
        return
    bench.note("equal_rows", file=loaded.part.sheet.file, rows=int(count), dropped=drop)
    if drop:
        bench.run(
            f"DELETE FROM line USING ({groups}) again WHERE part = {loaded.number} AND line.place > again.first "
            "AND line.unit = again.unit AND line.goods = again.goods AND line.amount = again.amount "
            "AND line.quantity IS NOT DISTINCT FROM again.quantity"
        )
