"""How do the rows of one part become heads (one an order) and lines?

Every row gets the order it belongs to (`key`) and the telling of it (`unit`: this part's version of that order). An
order whose own cells are wrong is left out whole, each of its rows counted; a bad line only by itself.
"""

from regulars.sources.clean import heads, lines
from regulars.sources.clean.bench import Bench, Columns
from regulars.sources.clean.cells import CELLS, Loaded, reject
from regulars.sources.clean.habits import find_out
from regulars.sources.source import TELLING

KEYED = "keyed"
ROWS_ASKED_MAX = 200_000  # enough to tell what a column of totals means


def read_part(bench: Bench, loaded: Loaded) -> None:
    """Append one part to `head`, `line` and `goods`."""
    _key_rows(bench, loaded)
    line_total = _line_total(bench, loaded)
    told = heads.tell(bench, loaded, total_is_the_orders=line_total != "total")
    money = [(KEYED, column) for column in loaded.columns.of({*lines.NUMBERS, line_total})]
    habits = find_out(
        bench,
        loaded.part.rules,
        money=[*money, *((heads.RAW, column) for column in told.money)],
        dates=[(heads.RAW, column) for column in told.dates],
        currency=told.currency,
    )
    heads.read(bench, loaded, told, habits)
    lines.read(bench, loaded, habits, total=line_total)


def _key_rows(bench: Bench, loaded: Loaded) -> None:
    """The view `keyed`: the cells with `key` and `unit`. Rows that name no order are rejected."""
    columns = loaded.columns
    telling = f", {TELLING}" if TELLING in columns else ""
    unit = f"CASE WHEN key <> '' THEN hash({loaded.number}, key{telling}) END AS unit"
    if loaded.part.rules.carried_down:
        # Finding the order of a row sorts the file by order names: once is enough.
        bench.run(
            f"CREATE OR REPLACE TABLE placed AS SELECT place, key, {unit} FROM (SELECT *, order_key AS key FROM {CELLS})"
        )
        bench.run(
            f"CREATE OR REPLACE VIEW {KEYED} AS SELECT c.* EXCLUDE (order_key, {TELLING}), p.key, p.unit "
            f"FROM {CELLS} c JOIN placed p ON p.place = c.place"
        )
    else:
        bench.run(
            f"CREATE OR REPLACE VIEW {KEYED} AS SELECT *, {unit} FROM (SELECT *, {_key(columns)} AS key FROM {CELLS})"
        )
    if bench.value(f"SELECT 1 FROM {KEYED} WHERE unit IS NULL LIMIT 1") is None:
        return
    reject(
        bench,
        loaded,
        f"SELECT row, 'order_key' AS col, {columns('order_name')} AS value, 'order_key_missing' AS reason "
        f"FROM {KEYED} WHERE unit IS NULL AND {_filled(columns)} > 1",
    )


def _key(columns: Columns) -> str:
    """The order number; without one, whoever bought at one moment bought one order."""
    if "order_key" in columns:
        return "order_key"
    named = " ".join(f"WHEN {name} <> '' THEN {name}" for name in columns.of(("account", "email", "phone")))
    return f"coalesce(CASE {named} END || '|' || ordered_at, '')"


def _filled(columns: Columns) -> str:
    """How many cells of a row are filled: a note below the table, such as "83 record(s) downloaded", fills one."""
    return "(" + " + ".join(f"({name} <> '')::INTEGER" for name in sorted(columns.names - {"order_key", TELLING})) + ")"


def _line_total(bench: Bench, loaded: Loaded) -> str:
    """The column with the lines' totals: `line_total`, or `total` when it is that of the line and not of the order.

    It is the line's when it differs within most orders of several rows, or always is quantity times price.
    """
    columns = loaded.columns
    if "total" not in columns or "line_total" in columns or loaded.part.rules.every_row_a_line:
        return "line_total"
    product = "false"
    if "unit_price" in columns:
        quantity = f"coalesce({_roughly('quantity')}, 1)" if "quantity" in columns else "1"
        product = f"abs({_roughly('total')} - {_roughly('unit_price')} * {quantity}) < 0.011"
    as_line, as_order = bench.rows(
        "SELECT count(*) FILTER (low <> high OR product), count(*) FILTER (low = high AND NOT product) FROM ("
        f"SELECT min(total) AS low, max(total) AS high, coalesce(bool_and({product}), false) AS product FROM {KEYED} "
        f"WHERE unit IS NOT NULL AND total <> '' AND place <= {ROWS_ASKED_MAX} GROUP BY unit HAVING count(*) > 1)"
    )[0]
    return "total" if as_line > as_order else "line_total"


def _roughly(column: str) -> str:
    return f"try_cast(replace({column}, ',', '.') AS DOUBLE)"
