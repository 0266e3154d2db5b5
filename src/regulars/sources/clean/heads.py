"""What do an order's own cells say? One head for each telling of an order: its times, money, people and state."""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.sources.clean import first_said, values
from regulars.sources.clean.bench import Bench, Columns
from regulars.sources.clean.cells import Loaded, reject
from regulars.sources.clean.habits import Habits
from regulars.sources.clean.statuses import status_sql
from regulars.sources.keys import key_sql
from regulars.sources.source import NO_CURRENCY, literal

MONEY = ("total", "subtotal", "shipping", "tax", "discount", "refunded")
DATES = ("ordered_at", "paid_at", "fulfilled_at", "cancelled_at", "updated_at")
TEXTS = (
    "order_name test taxes_included account email phone name company address city postcode region country channel tags "
    "email_consent discount_code gift_card_only renewal"
).split()
ASKED_ONLY = ("status", "fulfilled", "payment_method", "rate", "currency")  # read here, kept as something else
RAW = "raw_head"
SPEAKERS = first_said.Speakers("keyed", of="unit", turn="place")


@dataclass(frozen=True)
class Told:
    """Which columns the heads of a part have, and the currency most of them name (empty: none)."""

    money: Sequence[str]
    dates: Sequence[str]
    columns: Columns
    currency: str


def tell(bench: Bench, loaded: Loaded, *, total_is_the_orders: bool) -> Told:
    """Make `raw_head`: one row a unit with the order's cells as text, the first row that fills a cell speaking."""
    names = loaded.columns
    money = [name for name in names.of(MONEY) if name != "total" or total_is_the_orders]
    dates = names.of(DATES)
    columns = [*money, *dates, *names.of(TEXTS), *names.of(ASKED_ONLY)]
    first_said.gather(bench, SPEAKERS, RAW, columns=columns, kept=("row", "key"))
    if not loaded.part.rules.carried_down:  # there the first row alone has them
        first_said.fill_blanks(bench, SPEAKERS, RAW, columns)
    return Told(money, dates, Columns(frozenset(columns)), _currency(bench, loaded))


def _currency(bench: Bench, loaded: Loaded) -> str:
    if loaded.part.rules.currency or "currency" not in loaded.columns:
        return loaded.part.rules.currency or bench.currency
    most = f"SELECT upper(currency) FROM {RAW} WHERE currency <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    return bench.value(most) or bench.currency


def read(bench: Bench, loaded: Loaded, told: Told, habits: Habits) -> None:
    """Append to `head` what can be read; orders with a wrong cell go to `left_out` and their rows to the rejects."""
    _find_two_currencies(bench, loaded)
    _type(bench, loaded, told, habits)
    tests = list(enumerate(_tests(bench, told)))
    _append(bench, loaded, told, " ".join(f"WHEN {test} THEN {number}" for number, (_col, test, *_rest) in tests))
    bench.run("CREATE OR REPLACE TABLE left_out AS SELECT unit, wrong FROM head WHERE wrong IS NOT NULL")
    if bench.value("SELECT count(*) FROM left_out"):
        _reject_left_out(bench, loaded, told, tests)
        bench.run("DELETE FROM head WHERE wrong IS NOT NULL")
    bench.run("DROP VIEW typed_head")
    for table in (RAW, "two_currencies"):
        bench.run(f"DROP TABLE {table}")


def _find_two_currencies(bench: Bench, loaded: Loaded) -> None:
    """Orders whose rows name several currencies; most files have only one, and then nothing is grouped."""
    bench.run("CREATE OR REPLACE TABLE two_currencies (unit UBIGINT, said VARCHAR)")
    if "currency" not in loaded.columns or loaded.part.rules.carried_down:
        return
    low, high = bench.rows("SELECT min(upper(currency)), max(upper(currency)) FROM cells WHERE currency <> ''")[0]
    if low != high:
        bench.run(
            "INSERT INTO two_currencies SELECT unit, string_agg(DISTINCT upper(currency), ', ' ORDER BY upper(currency)) "
            "FROM keyed WHERE unit IS NOT NULL AND currency <> '' GROUP BY unit HAVING count(DISTINCT upper(currency)) > 1"
        )


def _type(bench: Bench, loaded: Loaded, told: Told, habits: Habits) -> None:
    """The view `typed_head`: every cell of `raw_head` read, beside its text."""
    rules, columns = loaded.part.rules, told.columns
    default = literal(rules.currency or bench.currency or NO_CURRENCY)
    meant = [
        f"{status_sql(rules, columns)} AS meant_status",
        f"upper(coalesce(nullif({columns('currency')}, ''), {default})) AS meant_currency",
        f"{key_sql(literal('order'), loaded.source, 'key')} AS id",
        *(f"{values.decimal(name, habits.decimal)} AS {name}_read" for name in told.money),
        *(f"{values.clock(name, habits.date_order, habits.date_format)} AS {name}_clock" for name in told.dates),
        *(f"{values.offset_minutes(name)} AS {name}_offset" for name in told.dates),
    ]
    utcs = [f"{values.utc(f'{name}_clock', f'{name}_offset', habits.zone)} AS {name}_utc" for name in told.dates]
    bench.run(
        f"CREATE OR REPLACE VIEW typed_head AS SELECT t.*, {', '.join(utcs)}, two.said AS currencies "
        f"FROM (SELECT *, {', '.join(meant)} FROM {RAW}) t LEFT JOIN two_currencies two ON two.unit = t.unit"
    )


def _tests(bench: Bench, told: Told) -> list[tuple[str, str, str, str]]:
    """(column, test, what is shown, reason). The first that is true is what the order is left out for."""
    return [
        ("ordered_at", "ordered_at = ''", "ordered_at", "date_missing"),
        *((name, f"{name} <> '' AND {name}_clock IS NULL", name, "not_a_date") for name in told.dates),
        ("ordered_at", f"ordered_at_utc > {bench.literal_now()} + INTERVAL 1 DAY", "ordered_at", "date_in_future"),
        ("ordered_at", f"year(ordered_at_clock) < {values.FIRST_YEAR}", "ordered_at", "date_too_old"),
        ("currency", "currencies IS NOT NULL", "currencies", "two_currencies"),
        ("currency", "NOT regexp_full_match(meant_currency, '[A-Z]{3}')", "meant_currency", "not_a_currency"),
        *((name, f"{name} <> '' AND {name}_read IS NULL", name, "not_a_number") for name in told.money),
    ]


def _append(bench: Bench, loaded: Loaded, told: Told, wrong: str) -> None:
    columns, rates = told.columns, loaded.part.rules.rates
    known = " ".join(f"WHEN {literal(code)} THEN {rate!r}" for code, rate in rates.items())
    rate = f"CASE meant_currency {known} END" if known else "NULL::DOUBLE"
    cells = [
        "unit, id, key, row, meant_status AS status, meant_currency AS currency, ordered_at_offset AS offset_minutes",
        f"{loaded.number} AS part, CASE {wrong} END::UTINYINT AS wrong",
        f"coalesce(try_cast(rate AS DOUBLE), {rate}) AS rate" if "rate" in columns else f"{rate} AS rate",
        *(["status AS status_said"] if "status" in columns else []),
        *(f"{name}_read" for name in told.money),
        *(f"{name}_utc" for name in told.dates),
        *columns.of(TEXTS),
    ]
    bench.append("head", f"SELECT {', '.join(cells)} FROM typed_head")


def _reject_left_out(
    bench: Bench, loaded: Loaded, told: Told, tests: Sequence[tuple[int, tuple[str, str, str, str]]]
) -> None:
    """The order's own row is rejected for what is wrong with it, its other rows because it is left out."""

    def of_own_row(number: int, other: str) -> str:
        cases = " ".join(
            f"WHEN {which} THEN {test[number] if number == 2 else literal(test[number])}" for which, test in tests
        )
        return f"CASE WHEN k.place = h.place THEN CASE wrong {cases} END ELSE {other} END"

    shown = ", ".join(["place", "meant_currency", "currencies", *told.money, *told.dates])
    reject(
        bench,
        loaded,
        f"""SELECT DISTINCT k.row, {of_own_row(0, literal("order_key"))} AS col, {of_own_row(2, "k.key")} AS value,
                {of_own_row(3, literal("order_left_out"))} AS reason
            FROM (SELECT row, place, key, unit FROM keyed WHERE unit IN (SELECT unit FROM left_out)) k
            JOIN (SELECT unit, {shown}, wrong FROM typed_head JOIN left_out USING (unit)) h ON h.unit = k.unit""",
    )
