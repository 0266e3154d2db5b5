"""How do an Excel workbook and a Parquet file become sheets of text cells?

Numbers in them are numbers: written here with a decimal point, and named in the sheet, so that 12.345 is never taken
for thousands.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from regulars.sources.sheets import SheetWriter
from regulars.sources.source import CannotRead, Sheet
from regulars.sources.source import marked as _

BATCH_ROWS = 20_000
HEADER_ROWS_SEARCHED = 40
MISSING_CELLS_MAX = 3
Row = Sequence[object]


def read_excel(path: Path, folder: Path, *, sheet: str = "") -> Sheet:
    """The first sheet with rows (or the named one) of an .xlsx, .xls, .xlsb or .ods file."""
    from python_calamine import CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        if sheet and sheet not in workbook.sheet_names:
            raise CannotRead(
                _("{file} has no sheet {sheet}. It has: {sheets}."),
                file=path.name,
                sheet=repr(sheet),
                sheets=", ".join(workbook.sheet_names),
            )
        for name in [sheet] if sheet else workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name)
            top = _header_place(list(islice(rows.iter_rows(), HEADER_ROWS_SEARCHED)))
            if top is not None and rows.end is not None and rows.end[0] > top:
                return _written(path, folder, rows.iter_rows(), top=top)
    except CannotRead:
        raise
    except Exception as error:  # the library raises its own unrelated types for a damaged workbook
        raise CannotRead(
            _("{file} cannot be opened as a workbook ({why}). Save it again, or export CSV."),
            file=path.name,
            why=str(error),
        ) from error
    raise CannotRead(_("{file} has no sheet with a header and rows."), file=path.name)


def _header_place(rows: Sequence[Row]) -> int | None:
    """The place of the first row that is about as wide as the table; titles above it are narrower."""
    filled = [sum(1 for cell in row if cell not in ("", None)) for row in rows]
    widest = max(filled, default=0)
    if widest < 2:
        return None
    return next(place for place, count in enumerate(filled) if count >= max(2, widest - MISSING_CELLS_MAX))


def _written(path: Path, folder: Path, rows: Iterator[Row], *, top: int) -> Sheet:
    """The rows below the header at place `top`; a spreadsheet counts its rows from 1."""
    header = next(islice(rows, top, None))
    numbers, texts = [False] * len(header), [False] * len(header)
    with SheetWriter(folder, path.name, [_text(cell) for cell in header]) as writer:
        start = top + 2
        while batch := list(islice(rows, BATCH_ROWS)):
            for row in batch:
                for place, cell in enumerate(row):
                    if isinstance(cell, int | float) and not isinstance(cell, bool):
                        numbers[place] = True
                    elif cell not in ("", None):
                        texts[place] = True
            cells = [(start + offset, [_text(cell) for cell in row]) for offset, row in enumerate(batch)]
            writer.write_cells([(number, row) for number, row in cells if any(row)])
            start += len(batch)
        numeric = [name for name, n, t in zip(writer.columns, numbers, texts, strict=True) if n and not t]
        return writer.sheet(numeric=numeric)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


def read_parquet(path: Path, folder: Path) -> Sheet:
    """The rows of a Parquet file; nested columns become their text."""
    try:
        file = parquet.ParquetFile(path)
        with SheetWriter(folder, path.name, file.schema_arrow.names) as writer:
            start = 2  # as if the column names stood in row 1
            for batch in file.iter_batches(BATCH_ROWS):
                writer.write(np.arange(start, start + len(batch)), [_texts(column) for column in batch.columns])
                start += len(batch)
            numeric = [
                name
                for name, field in zip(writer.columns, file.schema_arrow, strict=True)
                if pa.types.is_floating(field.type)
                or pa.types.is_integer(field.type)
                or pa.types.is_decimal(field.type)
            ]
            return writer.sheet(numeric=numeric)
    except (pa.ArrowException, OSError) as error:
        raise CannotRead(
            _("{file} is a damaged Parquet file ({why}). Write or copy it again."), file=path.name, why=str(error)
        ) from error


def _texts(column: pa.Array) -> pa.Array:
    """A column as texts, blank ones NULL."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_timestamp(kind):
        text = pc.strftime(column, format="%Y-%m-%d %H:%M:%S %z" if kind.tz else "%Y-%m-%d %H:%M:%S")
        text = pc.replace_substring_regex(text, r"\.0+", "")
    elif pa.types.is_floating(kind):
        text = _floats(column)
    elif pa.types.is_nested(kind):
        text = pa.array([None if item is None else str(item) for item in column.to_pylist()], pa.string())
    else:
        text = pc.cast(column, pa.string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _floats(column: pa.Array) -> pa.Array:
    """Whole numbers without a point, others as short as they can be told; no number is blank."""
    column = pc.if_else(pc.is_finite(column), column, None)
    whole = pc.and_(pc.equal(column, pc.floor(column)), pc.less(pc.abs(column), 2.0**53))
    integers = pc.cast(pc.cast(pc.if_else(whole, column, None), pa.int64(), safe=False), pa.string())
    return pc.if_else(pc.fill_null(whole, False), integers, pc.cast(column, pa.string()))
