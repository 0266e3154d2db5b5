"""How does this file write numbers and dates? Decided once a file, by all of its cells, before any is read."""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.insight.money import THREE_DIGITS
from regulars.sources.clean.bench import Bench
from regulars.sources.source import Rules

Places = Sequence[tuple[str, str]]  # (table, column)

COMMA_DECIMALS = r",[0-9]{1,2}\s*[^0-9.,]*$"
POINT_DECIMALS = r"\.([0-9]{1,2}|[0-9]{4,})\s*[^0-9.,]*$|,[0-9]{3}\.|(^|[^0-9.])0\.[0-9]|[0-9]{4,}\.[0-9]"
POINT_GROUPS = r"[^0-9]*[0-9]{1,3}(\.[0-9]{3})+\s*[^0-9.,]*"
NUMERIC_DATE = r"^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ][0-9]{2,4}"


@dataclass(frozen=True)
class Habits:
    """The sign before decimals, the order of day and month, and the zone of times without an offset."""

    decimal: str
    date_order: str
    date_format: str
    zone: str


def find_out(bench: Bench, rules: Rules, *, money: Places, dates: Places, currency: str) -> Habits:
    """The habits of one part; what the rules state is taken, the rest is found in the cells."""
    return Habits(
        decimal=rules.decimal or _decimal(bench, money, currency),
        date_order=rules.date_order or ("dmy" if rules.date_format else _date_order(bench, dates, currency)),
        date_format=rules.date_format,
        zone=rules.zone or bench.zone,
    )


def _decimal(bench: Bench, places: Places, currency: str) -> str:
    """A comma when more cells end in a comma and one or two digits than in a point, or when points only part thousands."""
    if not places:
        return "."
    commas = _count(bench, places, f"contains(cell, ',') AND regexp_matches(cell, '{COMMA_DECIMALS}')")
    if commas:
        points = _count(bench, places, f"contains(cell, '.') AND regexp_matches(cell, '{POINT_DECIMALS}')")
        return "," if commas > points else "."
    if _any(bench, places, f"contains(cell, '.') AND NOT regexp_full_match(cell, '{POINT_GROUPS}')"):
        return "."
    three_digits = currency in THREE_DIGITS  # 12.345 dinars have fils, 12.345 euros are thousands
    if _any(bench, places, "contains(cell, '.')"):
        return "." if three_digits else ","
    return "," if three_digits and _any(bench, places, "contains(cell, ',')") else "."


def _date_order(bench: Bench, places: Places, currency: str) -> str:
    if not places:
        return "dmy"
    first, second = (f"regexp_extract(cell, '{NUMERIC_DATE}', {group})::INTEGER" for group in (1, 2))
    day_first, month_first, either = bench.rows(
        f"SELECT count(*) FILTER (one > 12), count(*) FILTER (two > 12), count(*) FILTER (one <= 12 AND two <= 12 AND one <> two) "
        f"FROM (SELECT {first} AS one, {second} AS two FROM ({_cells(places)}) WHERE regexp_matches(cell, '{NUMERIC_DATE}'))"
    )[0]
    if day_first and month_first:
        bench.note("mixed_dates", day_first=day_first, month_first=month_first, ambiguous=either)
        return "mixed"
    if not day_first and not month_first and either:
        order = "mdy" if currency == "USD" else "dmy"
        bench.note("guessed_dates", order=order, dates=either)
        return order
    return "mdy" if month_first else "dmy"


def _cells(places: Places) -> str:
    return " UNION ALL ".join(f"SELECT {column} AS cell FROM {table}" for table, column in places)


def _count(bench: Bench, places: Places, test: str) -> int:
    return int(bench.value(f"SELECT count(*) FROM ({_cells(places)}) WHERE {test}"))


def _any(bench: Bench, places: Places, test: str) -> bool:
    return bench.value(f"SELECT 1 FROM ({_cells(places)}) WHERE {test} LIMIT 1") is not None
