"""One part on the workbench: our columns as clean text, each row with its place, read again whenever a step asks.

Nothing is copied: the views go back to the sheet's Parquet, and a step reads only the columns it names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.sources.clean.bench import Bench, Columns
from regulars.sources.clean.values import cell
from regulars.sources.plan import Part
from regulars.sources.source import TELLING, literal, quoted

CELLS = "cells"


@dataclass(frozen=True)
class Loaded:
    """The part in the view `cells`: `row` (as a spreadsheet counts), `place` (unique, in order), and `columns` of text."""

    part: Part
    number: int
    columns: Columns

    @property
    def source(self) -> str:
        """The source's name in SQL."""
        return literal(self.part.rules.source)


def load(bench: Bench, number: int, part: Part) -> Loaded:
    """Make the view `cells` of a part, and reject the rows that had too many cells."""
    bench.run(f"CREATE OR REPLACE VIEW sheet AS {_sheet_sql(part)}")
    names = [name for name in bench.columns(f"({part.select})") if name != "row"]
    select, place = part.select, "row"
    if part.joins or part.rules.packed:
        select, place = _with_places(bench, number, part, names), "place"
    texts = [f"coalesce({_text(part, name)}, '') AS {quoted(name)}" for name in names if name != TELLING]
    own = [quoted(TELLING)] if TELLING in names else []
    bench.run(
        f"CREATE OR REPLACE VIEW {CELLS} AS SELECT row, {place} AS place, {', '.join([*texts, *own])} FROM ({select})"
    )
    rules = part.rules
    bench.run("INSERT INTO part VALUES (?, ?, ?, ?)", [number, part.sheet.file, rules.source, rules.minor_units])
    loaded = Loaded(part, number, Columns(frozenset(names)))
    if part.sheet.ragged:
        rows, values = zip(*part.sheet.ragged, strict=True)
        ragged = "SELECT unnest(?::BIGINT[]) AS row, unnest(?::VARCHAR[]) AS value, '' AS col, 'cells' AS reason"
        reject(bench, loaded, ragged, [list(rows), list(values)])
    return loaded


def reject(bench: Bench, loaded: Loaded, rows: str, values: Sequence[object] = ()) -> None:
    """Add rejects of this part from a query of row, col, value and reason."""
    file, table = literal(loaded.part.sheet.file), literal(loaded.part.rules.table)
    bench.run(
        f"INSERT INTO reject SELECT {file}, row, col, left(value, 200), reason, '', {table}, {loaded.number} FROM ({rows})",
        values,
    )


def _text(part: Part, name: str) -> str:
    """One of our columns without blanks around it; where the sheet has none there is nothing to do."""
    untidy = part.sheet.untidy.union(*(sheet.untidy for sheet, _on in part.joins))
    own = part.mapping.get(name, "=")
    return cell(quoted(name)) if own.startswith("=") or own in untidy else quoted(name)


def _with_places(bench: Bench, number: int, part: Part, names: list[str]) -> str:
    """Where one row of the file gives several lines, they get places of their own (written once, for the order to hold)."""
    path = str(bench.folder / f"part-{number}.parquet")
    order = ", ".join(["row", *(["line_key"] if "line_key" in names else []), *map(quoted, sorted(names))])
    bench.run(
        f"COPY (SELECT *, row_number() OVER (ORDER BY {order}) AS place FROM ({part.select})) "
        f"TO {literal(path)} (FORMAT parquet)"
    )
    return f"SELECT * FROM read_parquet({literal(path)})"


def _sheet_sql(part: Part) -> str:
    """The query that yields the part's sheet: its Parquet, with the columns of joined files."""
    sql, columns = f"SELECT * FROM read_parquet({literal(part.sheet.path)})", _own_columns(part)
    for sheet, on in part.joins:
        new = [name for name in sheet.header if name not in columns]
        columns += new
        cells = ", ".join(f"joined.{quoted(name)}" for name in new)
        sql = (
            f"SELECT base.*{', ' * bool(new)}{cells} FROM ({sql}) base "
            f"LEFT JOIN read_parquet({literal(sheet.path)}) joined ON base.{quoted(on)} = joined.{quoted(on)}"
        )
    return sql


def _own_columns(part: Part) -> list[str]:
    from pyarrow import parquet

    return list(parquet.read_schema(part.sheet.path).names)
