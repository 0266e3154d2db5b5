"""How do an Excel workbook and a Parquet file become sheets of text cells?"""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from regulars.sources.sheets import SheetWriter
from regulars.sources.source import CannotRead, Sheet

BATCH_ROWS = 50_000


def read_excel(path: Path, folder: Path, *, sheet: str = "") -> Sheet:
    """The first sheet with rows (or the named one) of an .xlsx, .xls, .xlsb or .ods file."""
    from python_calamine import CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = [sheet] if sheet else workbook.sheet_names
        if sheet and sheet not in workbook.sheet_names:
            raise CannotRead(f"{path.name} has no sheet {sheet!r}. It has: {', '.join(workbook.sheet_names)}.")
        for name in names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True)
            if len(rows) > 1:
                return _written(path, folder, rows)
    except CannotRead:
        raise
    except Exception as error:  # the library raises its own unrelated types for a damaged workbook
        raise CannotRead(f"{path.name} cannot be opened as a workbook ({error}). Save it again, or export CSV.") from error
    raise CannotRead(f"{path.name} has no sheet with a header and rows.")


def _written(path: Path, folder: Path, rows: Sequence[Sequence[object]]) -> Sheet:
    top = next(index for index, row in enumerate(rows) if sum(1 for cell in row if cell not in ("", None)) >= 2)
    width = len(rows[top])
    with SheetWriter(folder, path.name, [_text(cell) for cell in rows[top]]) as writer:
        body = [
            (top + offset + 2, [_text(cell) for cell in row] + [""] * (width - len(row)))
            for offset, row in enumerate(rows[top + 1 :])
            if any(cell not in ("", None) for cell in row)
        ]
        for start in range(0, len(body), BATCH_ROWS):
            writer.write_cells(body[start : start + BATCH_ROWS])
        return writer.sheet()


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
    """The rows of a Parquet file; nested columns are refused by name when they are used, kept as text otherwise."""
    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise CannotRead(f"{path.name} is a damaged Parquet file ({error}).") from error
    with SheetWriter(folder, path.name, file.schema_arrow.names) as writer:
        for batch in file.iter_batches(BATCH_ROWS):
            writer.write(pa.record_batch(list(_texts(batch)), names=writer.columns))
        return writer.sheet()


def _texts(batch: pa.RecordBatch) -> Iterator[pa.Array]:
    for column in batch.columns:
        kind = column.type
        if pa.types.is_dictionary(kind):
            column = column.dictionary_decode()
            kind = column.type
        if pa.types.is_timestamp(kind):
            text = pc.strftime(column, format="%Y-%m-%d %H:%M:%S %z" if kind.tz else "%Y-%m-%d %H:%M:%S")
            text = pc.replace_substring_regex(text, r"\.0+", "")
        elif pa.types.is_floating(kind):
            whole = pc.equal(column, pc.floor(column))
            integers = pc.cast(pc.cast(pc.if_else(whole, column, None), pa.int64(), safe=False), pa.string())
            text = pc.if_else(pc.fill_null(whole, False), integers, pc.cast(column, pa.string()))
        elif pa.types.is_nested(kind):
            text = pa.array([None if item is None else str(item) for item in column.to_pylist()], pa.string())
        else:
            text = pc.cast(column, pa.string())
        yield pc.fill_null(text, "")
