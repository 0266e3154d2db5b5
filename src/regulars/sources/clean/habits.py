"""How does this file write numbers and dates? Decided once a file, by all of its cells, before any is read."""

from collections.abc import Iterable
from dataclasses import dataclass

from regulars.sources.clean.bench import Bench
from regulars.sources.source import NO_CURRENCY, Rules


@dataclass(frozen=True)
class Habits:
    """The sign before decimals, the order of day and month, and the zone of times without an offset."""

    decimal: str
    date_order: str
    date_format: str
    zone: str
    currency: str


def find_out(bench: Bench, table: str, rules: Rules, *, money: Iterable[str], dates: Iterable[str]) -> Habits:
    """The habits of one part; what the rules state is taken, the rest is found in the cells."""
    currency = rules.currency or bench.currency or NO_CURRENCY
    return Habits(
        decimal=rules.decimal or _decimal(bench, table, list(money)),
        date_order=rules.date_order or _date_order(bench, table, list(dates), currency),
        date_format=rules.date_format,
        zone=rules.zone or bench.zone,
        currency=currency,
    )


def _decimal(bench: Bench, table: str, columns: list[str]) -> str:
    """A comma when cells end in a comma and one or two digits, or only dots in groups of three are seen."""
    if not columns:
        return "."
    tests = {
        "comma": r"',[0-9]{1,2}\s*[^0-9.,]*$'",
        "point": r"'\.([0-9]{1,2}|[0-9]{4,})\s*[^0-9.,]*$|,[0-9]{3}\.|(^|[^0-9.])0\.[0-9]|[0-9]{4,}\.[0-9]'",
        "dots": r"'^[^0-9]*[0-9]{1,3}(\.[0-9]{3})+\s*[^0-9.,]*$'",
    }
    seen = {
        name: sum(bench.value(f"SELECT count(*) FILTER (regexp_matches({column}, {test})) FROM {table}") for column in columns)
        for name, test in tests.items()
    }
    if seen["comma"] > seen["point"]:
        return ","
    return "," if seen["dots"] and not seen["point"] else "."


def _date_order(bench: Bench, table: str, columns: list[str], currency: str) -> str:
    first = second = ambiguous = 0
    for column in columns:
        part = r"try_cast(regexp_extract({0}, '^([0-9]{{1,2}})[-/. ]([0-9]{{1,2}})[-/. ][0-9]{{2,4}}', {1}) AS INTEGER)"
        one, two = part.format(column, 1), part.format(column, 2)
        row = bench.rows(
            f"SELECT count(*) FILTER ({one} > 12), count(*) FILTER ({two} > 12), count(*) FILTER ({one} <= 12 AND {two} <= 12 "
            f"AND {one} <> {two}) FROM {table}"
        )[0]
        first, second, ambiguous = first + row[0], second + row[1], ambiguous + row[2]
    if first and second:
        bench.note("mixed_dates", day_first=first, month_first=second, ambiguous=ambiguous)
        return "mixed"
    if not first and not second and ambiguous:
        order = "mdy" if currency == "USD" else "dmy"
        bench.note("guessed_dates", order=order, dates=ambiguous)
        return order
    return "mdy" if second else "dmy"
