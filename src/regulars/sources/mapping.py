"""What does a mapping file (TOML) say, and what is wrong with it?

    [file]      source, table (orders | customers | products | refunds), match, delimiter, encoding, sheet
    [columns]   our column = "the file's column", or "=text" for a constant
    [[join]]    match = "customers*", on = "customer_id": adds the columns of another named file
    [dates]     order (dmy | mdy), format, zone
    [money]     decimal ("." | ","), currency, minor_units, rates = { USD = 0.92 }
    [rules]     return_prefix, not_products, exact_duplicates (keep | drop), statuses = { "said" = "paid" }
"""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from regulars.sources.source import TABLES, CannotRead, Rules

SECTIONS: Mapping[str, Sequence[str]] = {
    "file": ("source", "table", "match", "delimiter", "encoding", "sheet"),
    "columns": (),
    "join": ("match", "on"),
    "dates": ("order", "format", "zone"),
    "money": ("decimal", "currency", "minor_units", "rates"),
    "rules": ("return_prefix", "not_products", "exact_duplicates", "statuses"),
}
CHOICES = {
    ("file", "table"): ("orders", "customers", "products", "refunds", "reviews"),
    ("dates", "order"): ("dmy", "mdy"),
    ("money", "decimal"): (".", ","),
    ("rules", "exact_duplicates"): ("keep", "drop"),
}


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
    for section, keys in said.items():
        _known(section, SECTIONS, f"{name}: section [{section}]")
        for part in keys if isinstance(keys, list) else [keys]:
            _check_section(section, part, name)
    file, dates = said.get("file", {}), said.get("dates", {})
    money, rules = said.get("money", {}), said.get("rules", {})
    table = file.get("table", "orders")
    columns = {str(key): str(value) for key, value in said.get("columns", {}).items()}
    for column in columns:
        _known(column, TABLES[table], f"{name}: [columns] {column}")
    return ColumnMapping(
        columns=columns,
        match=file.get("match", ""),
        delimiter=file.get("delimiter", ""),
        encoding=file.get("encoding", ""),
        sheet=file.get("sheet", ""),
        joins=tuple(Join(match=join.get("match", ""), on=join.get("on", "")) for join in said.get("join", [])),
        rules=Rules(
            source=file.get("source", "csv"),
            table=table,
            zone=dates.get("zone", ""),
            date_order=dates.get("order", ""),
            date_format=dates.get("format", ""),
            decimal=money.get("decimal", ""),
            currency=money.get("currency", ""),
            minor_units=bool(money.get("minor_units", False)),
            rates={str(code): float(rate) for code, rate in money.get("rates", {}).items()},
            return_prefix=rules.get("return_prefix", ""),
            not_products=tuple(str(code) for code in rules.get("not_products", ())),
            exact_duplicates=rules.get("exact_duplicates", "keep"),
            statuses={str(said).lower(): str(ours) for said, ours in rules.get("statuses", {}).items()},
        ),
    )


def _check_section(section: str, part: Any, name: str) -> None:
    if not isinstance(part, Mapping):
        raise CannotRead(f"{name}: [{section}] must hold key = value lines.")
    for key, value in part.items():
        if section != "columns":
            _known(key, SECTIONS[section], f"{name}: [{section}] {key}")
        choices = CHOICES.get((section, key))
        if choices and value not in choices:
            raise CannotRead(f"{name}: [{section}] {key} = {value!r} must be one of {', '.join(choices)}.")


def _known(word: str, words: Sequence[str] | Mapping[str, object], where: str) -> None:
    if word not in words:
        near = difflib.get_close_matches(word, list(words), 1)
        hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(words)}."
        raise CannotRead(f"{where} is not known.{hint}")


def with_file_rules(rules: Rules, given: Rules) -> Rules:
    """A format's rules, with those a mapping states put over them."""
    plain = Rules()
    stated = {key: value for key, value in vars(given).items() if value != getattr(plain, key)}
    return replace(rules, **stated)
