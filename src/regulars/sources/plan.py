"""What are these files, and how will each be understood?

Reads each file into sheets once, recognises the layout by the header, and settles the mapping: a mapping file first,
then one remembered for the same header, then the layout's own. The plan can be shown before anything is imported.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from regulars.sources import amazon, shopify, unpack, woocommerce
from regulars.sources.delimited import generic, reader
from regulars.sources.mapping import ColumnMapping, Join, known, with_file_rules
from regulars.sources.source import MONEY_COLUMNS, TABLES, CannotRead, Format, Rules, Sheet, cells_named, several
from regulars.sources.source import marked as _
from regulars.sources.woocommerce import pages, rest
from regulars.sources.workbook import read_excel, read_parquet

FORMATS: tuple[Format, ...] = (*shopify.FORMATS, *woocommerce.FORMATS, *amazon.FORMATS, *generic.FORMATS)
FAMILIES = ("auto", "csv", "shopify", "woocommerce", "amazon")
ATTRIBUTES_MAX = 40
NEEDED = {
    "orders": ("ordered_at",),
    "customers": (),
    "products": ("title",),
    "refunds": ("amount",),
    "reviews": ("rating",),
}
Remembered = Callable[[str], Mapping[str, str] | None]


@dataclass(frozen=True)
class Part:
    """One sheet and how it will be understood."""

    sheet: Sheet
    format: str
    mapping: Mapping[str, str]
    rules: Rules
    select: str
    joins: tuple[tuple[Sheet, str], ...] = ()
    guessed: bool = False

    @property
    def header_hash(self) -> str:
        """Finds a remembered mapping again."""
        return header_hash(self.sheet.header)

    def unused(self) -> list[str]:
        """Columns of the file that no mapping uses. They are kept in the raw record."""
        used = {name for cell in self.mapping.values() for name in cells_named(cell)}
        used |= {on for _sheet, on in self.joins}
        return [name for name in self.sheet.header if name not in used]


def header_hash(header: Sequence[str]) -> str:
    """A fingerprint of a header row."""
    return hashlib.sha256("\x1f".join(header).encode()).hexdigest()


def read_sheets(
    paths: Sequence[Path], folder: Path, given: ColumnMapping | None = None, progress: reader.Progress | None = None
) -> list[Sheet]:
    """Every sheet of every file, its cells in Parquet below `folder`."""
    sheets: list[Sheet] = []
    for path in paths:
        if not path.is_file():
            raise CannotRead(_("{file} does not exist or is not a file."), file=str(path))
        kind = unpack.kind(path)
        if kind == "excel":
            sheets.append(read_excel(path, folder, sheet=given.sheet if given else ""))
        elif kind == "parquet":
            sheets.append(read_parquet(path, folder))
        elif pages.looks_like_json(path):
            sheets.extend(rest.read(path, folder))
        else:
            delimiter, encoding = (given.delimiter, given.encoding) if given else ("", "")
            sheets.append(reader.read(path, folder, delimiter=delimiter, encoding=encoding, progress=progress))
    return sheets


def make(
    sheets: Sequence[Sheet],
    *,
    family: str = "auto",
    given: ColumnMapping | None = None,
    remembered: Remembered | None = None,
) -> list[Part]:
    """The parts of an import. Raises CannotRead when a file cannot be understood, naming what is missing."""
    if family not in FAMILIES:
        raise CannotRead(_("Format {name} is not known. Known: {names}."), name=repr(family), names=", ".join(FAMILIES))
    if given and given.joins:
        return [_joined(sheets, given)]
    return [
        _mapped(sheet, given) if given and _is_meant(sheet, given) else _recognised(sheet, family, remembered)
        for sheet in sheets
    ]


def _is_meant(sheet: Sheet, given: ColumnMapping) -> bool:
    """Whether the mapping is for this file. One for orders does not apply to, say, the customers file named beside it."""
    if given.match and not fnmatch(sheet.file, given.match):
        return False
    missing = [cell for cell in given.columns.values() if not cell.startswith("=") and cell not in sheet.header]
    return not (missing and any(layout.recognises(sheet.header) for layout in FORMATS))


def _recognised(sheet: Sheet, family: str, remembered: Remembered | None) -> Part:
    for layout in FORMATS:
        named = family in ("auto", layout.name.split("-")[0], layout.name, sheet.source)
        if named and layout.recognises(sheet.header):
            mapping = layout.mapping(sheet.header)
            rules = layout.rules()
            if sheet.source:  # read from JSON, where every number has a decimal point
                rules = replace(rules, source=sheet.source, decimal=".")
            return Part(sheet, layout.name, mapping, rules, layout.select(mapping))
    if family not in ("auto", "csv"):
        layouts = [layout.name for layout in FORMATS if layout.name.startswith(family)]
        raise CannotRead(
            _("{file} is none of: {layouts}. Its columns: {columns}."),
            file=sheet.file,
            layouts=", ".join(layouts),
            columns=_some(sheet.header),
        )
    saved = remembered(header_hash(sheet.header)) if remembered else None
    table = (saved or {}).get("table") or generic.guess_table(sheet.header)
    known(table, TABLES, f"{sheet.file}: table {table!r}")
    mapping = {k: v for k, v in saved.items() if k != "table"} if saved else generic.guess(sheet.header, table)
    return _part(sheet, mapping, Rules(source="csv", table=table), guessed=saved is None)


def _mapped(sheet: Sheet, given: ColumnMapping) -> Part:
    guess = {} if given.columns else generic.guess(sheet.header, given.rules.table)
    rules = with_file_rules(Rules(source="csv", table=given.rules.table), given.rules)
    return _part(sheet, {**guess, **given.columns}, rules)


def _part(sheet: Sheet, mapping: Mapping[str, str], rules: Rules, guessed: bool = False) -> Part:
    table = rules.table
    for column, cell in mapping.items():
        known(column, TABLES[table], f"{sheet.file}: column {column!r}")
        if not cell.startswith("=") and cell not in sheet.header:
            raise CannotRead(
                _("{file} has no column {cell} (mapped to {column}). Its columns: {columns}."),
                file=sheet.file,
                cell=repr(cell),
                column=column,
                columns=_some(sheet.header),
            )
    missing = [column for column in NEEDED[table] if column not in mapping]
    if table == "orders" and not {"order_key", "account", "email", "phone"} & mapping.keys():
        missing.append("order_key")
    if missing:
        raise CannotRead(
            _(
                "{file}: no column was found for {missing}. Its columns: {columns}. "
                "Name them in a mapping file (--map, see docs/import.md) or on the import page."
            ),
            file=sheet.file,
            missing=", ".join(missing),
            columns=_some(sheet.header),
        )
    money = [cell for column, cell in mapping.items() if column in MONEY_COLUMNS]
    if money and set(money) <= set(sheet.numeric):  # numbers in Excel and Parquet have a decimal point
        rules = replace(rules, decimal=".")
    if table == "customers":
        mapping = {**mapping, **_attributes(sheet, mapping)}
    return Part(sheet, "csv", mapping, rules, generic.Guessed(table).select(mapping), guessed=guessed)


def _attributes(sheet: Sheet, mapping: Mapping[str, str]) -> dict[str, str]:
    """What a customer file says beside our columns is kept as attributes, which are off until somebody wants them."""
    used = {name for cell in mapping.values() for name in cells_named(cell)}
    rest = [name for name in sheet.header if name.strip() and name not in used]
    return {"attributes": several(rest[:ATTRIBUTES_MAX])} if rest and "attributes" not in mapping else {}


def _joined(sheets: Sequence[Sheet], given: ColumnMapping) -> Part:
    main = _one(sheets, given.match or "*")
    others = tuple((_one(sheets, join.match), join.on) for join in given.joins)
    header = list(main.header)
    for (sheet, on), join in zip(others, given.joins, strict=True):
        _check_join(sheet, on, header, join)
        header += [name for name in sheet.header if name not in header]
    part = _mapped(replace(main, header=tuple(header)), given)
    return replace(part, joins=others)


def _check_join(sheet: Sheet, on: str, header: Sequence[str], join: Join) -> None:
    if on not in sheet.header or on not in header:
        raise CannotRead(
            f"Join {join.match!r} on {on!r}: {sheet.file} and the files before it must both have that column."
        )


def _one(sheets: Sequence[Sheet], match: str) -> Sheet:
    found = [sheet for sheet in sheets if fnmatch(sheet.file, match)]
    if len(found) != 1:
        raise CannotRead(
            f"The mapping needs exactly one file named like {match!r}; {len(found)} of the files given are."
        )
    return found[0]


def _some(header: Sequence[str]) -> str:
    return ", ".join(header[:12]) + (f" and {len(header) - 12} more" if len(header) > 12 else "")
