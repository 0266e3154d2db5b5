"""What does a mapping file (TOML) say, and what is wrong with it?

[file]      source, table (orders | customers | products | refunds | reviews), match, delimiter, encoding, sheet
[columns]   our column = "the file's column", or "=text" for a constant
[[join]]    match = "customers*", on = "customer_id": adds the columns of another named file
[dates]     order (dmy | mdy), format, zone
[money]     decimal ("." | ","), currency, minor_units, rates = { USD = 0.92 }
[rules]     return_prefix, not_products, exact_duplicates (keep | drop), statuses = { "said" = "paid" }
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from regulars.sources.decode import check_known
from regulars.sources.source import STATUSES, TABLES, CannotRead, Rules

Check = Callable[[Any, str], None]


@dataclass(frozen=True)
class Join:
    """Columns of another file, added where `on` is equal."""

    match: str
    on: str


@dataclass(frozen=True)
class ColumnMapping:
    """A mapping file, checked."""

    columns: Mapping[str, str]
    rules: Rules
    match: str = ""
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    joins: tuple[Join, ...] = field(default=())


def load(path: Path) -> ColumnMapping:
    """The mapping in a TOML file. Raises CannotRead with the line, or the wrong key and the nearest right one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRead(f"The mapping {path.name} cannot be read: {error}.") from error
    try:
        return checked(tomllib.loads(text), path.name)
    except tomllib.TOMLDecodeError as error:
        raise CannotRead(f"The mapping {path.name} is not valid TOML: {error}.") from error


def checked(said: Mapping[str, Any], name: str) -> ColumnMapping:
    """A mapping given as nested dictionaries, checked word by word."""
    for section, content in said.items():
        known(section, SECTIONS, f"{name}: section [{section}]")
        for part in content if isinstance(content, list) else [content]:
            _check_section(section, part, name)
    file, columns = said.get("file", {}), said.get("columns", {})
    table = file.get("table", "orders")
    for column in columns:
        known(column, TABLES[table], f"{name}: [columns] {column}")
    joins = said.get("join", [])
    return ColumnMapping(
        columns=dict(columns),
        match=file.get("match", ""),
        delimiter=file.get("delimiter", ""),
        encoding=file.get("encoding", ""),
        sheet=file.get("sheet", ""),
        joins=tuple(_join(join, name) for join in (joins if isinstance(joins, list) else [joins])),
        rules=_rules(said, file.get("source", "csv"), table),
    )


def _join(said: Mapping[str, str], name: str) -> Join:
    if not said.get("match") or not said.get("on"):
        raise CannotRead(f"{name}: [[join]] needs match (the other file's name) and on (the column both files have).")
    return Join(said["match"], said["on"])


def _rules(said: Mapping[str, Any], source: str, table: str) -> Rules:
    dates, money, rules = said.get("dates", {}), said.get("money", {}), said.get("rules", {})
    return Rules(
        source=source,
        table=table,
        zone=dates.get("zone", ""),
        date_order=dates.get("order", ""),
        date_format=dates.get("format", ""),
        decimal=money.get("decimal", ""),
        currency=money.get("currency", "").upper(),
        minor_units=money.get("minor_units", False),
        rates={code.upper(): float(rate) for code, rate in money.get("rates", {}).items()},
        return_prefix=rules.get("return_prefix", ""),
        not_products=tuple(rules.get("not_products", ())),
        exact_duplicates=rules.get("exact_duplicates", "keep"),
        statuses={word.lower(): ours for word, ours in rules.get("statuses", {}).items()},
    )


def _check_section(section: str, part: Any, name: str) -> None:
    if not isinstance(part, Mapping):
        raise CannotRead(f"{name}: [{section}] must hold key = value lines.")
    for key, value in part.items():
        where = f"{name}: [{section}] {key}"
        if section == "columns":
            _text(value, where)
        else:
            known(key, SECTIONS[section], where)
            SECTIONS[section][key](value, where)


def known(word: str, words: Iterable[str], where: str) -> None:
    """Raises CannotRead, with the nearest right word, when `word` is none of `words`."""
    words = list(words)
    if word not in words:
        near = difflib.get_close_matches(word, words, 1)
        hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(words)}."
        raise CannotRead(f"{where} is not known.{hint}")


def check_zone(zone: str, where: str) -> None:
    """Raises CannotRead unless `zone` is a time zone of the IANA list (empty: find out)."""
    if zone and zone not in available_timezones():
        near = difflib.get_close_matches(zone, available_timezones(), 1)
        hint = f" Did you mean {near[0]}?" if near else " Write a name such as Europe/Berlin."
        raise CannotRead(f"{where}: {zone!r} is not a time zone.{hint}")


def check_currency(code: str, where: str) -> None:
    """Raises CannotRead unless `code` is three letters (empty: find out)."""
    if code != "" and not (isinstance(code, str) and len(code) == 3 and code.isascii() and code.isalpha()):
        raise CannotRead(f"{where}: {code!r} must be a three-letter currency code, e.g. EUR.")


def _text(value: Any, where: str) -> None:
    if not isinstance(value, str):
        raise CannotRead(f"{where} must be a text in quotation marks.")


def _source(value: Any, where: str) -> None:
    """The source is part of every key: `till:17` is customer 17 of the till."""
    _text(value, where)
    if not re.fullmatch(r"[\w.-]{1,30}", value):
        raise CannotRead(f"{where} = {value!r} must be a short name of letters, digits, '.', '-' and '_'.")


def _one_of(*choices: str) -> Check:
    def check(value: Any, where: str) -> None:
        if value not in choices:
            raise CannotRead(f"{where} = {value!r} must be one of {', '.join(choices)}.")

    return check


def _delimiter(value: Any, where: str) -> None:
    if not isinstance(value, str) or len(value) != 1 or not value.isascii() or value in '"\r\n':
        raise CannotRead(f"{where} = {value!r} must be one character, e.g. ';'.")


def _encoding(value: Any, where: str) -> None:
    _text(value, where)
    check_known(value)


def _date_format(value: Any, where: str) -> None:
    _text(value, where)
    if "%z" in value or "%Z" in value:
        raise CannotRead(f"{where}: leave the offset out; it is found at the end of a time by itself.")
    import duckdb

    try:
        duckdb.connect(":memory:").execute(
            "SELECT strptime(strftime(TIMESTAMP '2026-11-21 14:30:00', $f), $f)", {"f": value}
        )
    except duckdb.Error as error:
        raise CannotRead(f"{where}: {value!r} is not a date format ({str(error).splitlines()[0]}).") from error


def _zone(value: Any, where: str) -> None:
    _text(value, where)
    check_zone(value, where)


def _yes_or_no(value: Any, where: str) -> None:
    if not isinstance(value, bool):
        raise CannotRead(f"{where} must be true or false.")


def _rates(value: Any, where: str) -> None:
    if not isinstance(value, Mapping):
        raise CannotRead(f"{where} must hold key = value pairs, e.g. {{ USD = 0.92 }}.")
    for code, rate in value.items():
        check_currency(code, where)
        is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
        if not (is_number and isfinite(rate) and rate > 0):
            raise CannotRead(f"{where}: the rate of {code} must be a number above zero, not {rate!r}.")


def _texts(value: Any, where: str) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(item, str) for item in value):
        raise CannotRead(f'{where} must be a list of texts, e.g. ["POST", "DOT"].')


def _statuses(value: Any, where: str) -> None:
    if not isinstance(value, Mapping):
        raise CannotRead(f'{where} must hold key = value pairs, e.g. {{ "in review" = "unpaid" }}.')
    for word, ours in value.items():
        _one_of(*STATUSES)(ours, f"{where} {word}")


SECTIONS: Mapping[str, Mapping[str, Check]] = {
    "file": {
        "source": _source,
        "table": _one_of("orders", "customers", "products", "refunds", "reviews"),
        "match": _text,
        "delimiter": _delimiter,
        "encoding": _encoding,
        "sheet": _text,
    },
    "columns": {},
    "join": {"match": _text, "on": _text},
    "dates": {"order": _one_of("dmy", "mdy"), "format": _date_format, "zone": _zone},
    "money": {"decimal": _one_of(".", ","), "currency": check_currency, "minor_units": _yes_or_no, "rates": _rates},
    "rules": {
        "return_prefix": _text,
        "not_products": _texts,
        "exact_duplicates": _one_of("keep", "drop"),
        "statuses": _statuses,
    },
}


def with_file_rules(rules: Rules, given: Rules) -> Rules:
    """A format's rules, with those a mapping states put over them."""
    plain = Rules()
    stated = {key: value for key, value in vars(given).items() if value != getattr(plain, key)}
    return replace(rules, **stated)
