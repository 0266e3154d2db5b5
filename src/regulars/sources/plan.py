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
from regulars.sources.mapping import ColumnMapping, Join, with_file_rules
from regulars.sources.source import CannotRead, Format, Rules, Sheet, quoted
from regulars.sources.woocommerce import rest
from regulars.sources.workbook import read_excel, read_parquet

FORMATS: tuple[Format, ...] = (*shopify.FORMATS, *woocommerce.FORMATS, *amazon.FORMATS, *generic.FORMATS)
FAMILIES = ("auto", "csv", "shopify", "woocommerce", "amazon")
NEEDED = {"orders": ("ordered_at",), "customers": (), "products": ("title",), "refunds": ("amount",), "reviews": ("rating",)}
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
        used = {part for cell in self.mapping.values() for part in ([cell] if cell[:1] != "=" else cell[1:].split("|"))}
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
            raise CannotRead(f"{path} does not exist or is not a file.")
        kind = unpack.kind(path)
        if kind == "excel":
            sheets.append(read_excel(path, folder, sheet=given.sheet if given else ""))
        elif kind == "parquet":
            sheets.append(read_parquet(path, folder))
        elif rest.looks_like_json(path):
            sheets.extend(rest.read(path, folder))
        else:
            delimiter, encoding = (given.delimiter, given.encoding) if given else ("", "")
            sheets.append(reader.read(path, folder, delimiter=delimiter, encoding=encoding, progress=progress))
    return sheets


def make(
    sheets: Sequence[Sheet], *, family: str = "auto", given: ColumnMapping | None = None, remembered: Remembered | None = None
) -> list[Part]:
    """The parts of an import. Raises CannotRead when a file cannot be understood, naming what is missing."""
    if family not in FAMILIES:
        raise CannotRead(f"Format {family!r} is not known. Known: {', '.join(FAMILIES)}.")
    if given and given.joins:
        return [_joined(sheets, given)]
    mapped = [sheet for sheet in sheets if given and (not given.match or fnmatch(sheet.file, given.match))]
    return [
        _mapped(sheet, given) if given and sheet in mapped and not _has_own_format(sheet, given) else _recognised(sheet, family, remembered)
        for sheet in sheets
    ]


def _has_own_format(sheet: Sheet, given: ColumnMapping) -> bool:
    """A mapping for orders does not apply to, say, the customers file named beside it."""
    missing = [cell for cell in given.columns.values() if not cell.startswith("=") and cell not in sheet.header]
    return bool(missing) and any(known.recognises(sheet.header) for known in FORMATS)


def _recognised(sheet: Sheet, family: str, remembered: Remembered | None) -> Part:
    for known in FORMATS:
        named = family in ("auto", known.name.split("-")[0], known.name)
        if named and known.recognises(sheet.header):
            mapping = known.mapping(sheet.header)
            rules = replace(known.rules(), source=sheet.source or known.rules().source)
            return Part(sheet, known.name, mapping, rules, known.select(mapping))
    if family not in ("auto", "csv"):
        layouts = [known.name for known in FORMATS if known.name.startswith(family)]
        raise CannotRead(f"{sheet.file} is none of: {', '.join(layouts)}. Its columns: {_some(sheet.header)}.")
    table = generic.guess_table(sheet.header)
    saved = remembered(header_hash(sheet.header)) if remembered else None
    mapping = {k: v for k, v in saved.items() if k != "table"} if saved else generic.guess(sheet.header, table)
    table = saved.get("table", table) if saved else table
    return _part(sheet, table, mapping, Rules(source="csv", table=table), guessed=saved is None)


def _mapped(sheet: Sheet, given: ColumnMapping) -> Part:
    guess = {} if given.columns else generic.guess(sheet.header, given.rules.table)
    rules = with_file_rules(Rules(source="csv", table=given.rules.table), given.rules)
    return _part(sheet, given.rules.table, {**guess, **given.columns}, rules)


def _part(sheet: Sheet, table: str, mapping: Mapping[str, str], rules: Rules, guessed: bool = False) -> Part:
    for column, cell in mapping.items():
        if not cell.startswith("=") and cell not in sheet.header:
            raise CannotRead(
                f"{sheet.file} has no column {cell!r} (mapped to {column}). Its columns: {_some(sheet.header)}."
            )
    missing = [column for column in NEEDED[table] if column not in mapping]
    if table == "orders" and not {"order_key", "account", "email", "phone"} & mapping.keys():
        missing.append("order_key")
    if missing:
        raise CannotRead(
            f"{sheet.file}: no column was found for {', '.join(missing)}. Its columns: {_some(sheet.header)}. "
            "Name them in a mapping file (--map, see docs/import.md) or on the import page."
        )
    return Part(sheet, "csv", mapping, rules, generic.Guessed(table).select(mapping), guessed=guessed)


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
        raise CannotRead(f"Join {join.match!r} on {on!r}: {sheet.file} and the files before it must both have that column.")


def _one(sheets: Sequence[Sheet], match: str) -> Sheet:
    found = [sheet for sheet in sheets if fnmatch(sheet.file, match)]
    if len(found) != 1:
        raise CannotRead(f"The mapping needs exactly one file named like {match!r}; {len(found)} of the files given are.")
    return found[0]


def sheet_sql(part: Part) -> str:
    """The query that yields the part's sheet: its Parquet, with the columns of joined files."""
    path = part.sheet.path.replace("'", "''")
    sql, columns = f"SELECT * FROM read_parquet('{path}')", list(_own_header(part))
    for sheet, on in part.joins:
        new = [name for name in sheet.header if name not in columns]
        columns += new
        cells = ", ".join(f"coalesce(joined.{quoted(name)}, '') AS {quoted(name)}" for name in new)
        sql = (
            f"SELECT base.*, {cells} FROM ({sql}) base LEFT JOIN read_parquet('{sheet.path}') joined "
            f"ON base.{quoted(on)} = joined.{quoted(on)}"
        )
    return sql


def _own_header(part: Part) -> Sequence[str]:
    import pyarrow.parquet as parquet

    return parquet.read_schema(part.sheet.path).names


def _some(header: Sequence[str]) -> str:
    return ", ".join(header[:12]) + (f" and {len(header) - 12} more" if len(header) > 12 else "")
