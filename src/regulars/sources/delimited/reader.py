"""How does a CSV or TSV file, of any size, encoding and delimiter, become a sheet of text cells?

Arrow splits the cells in a stream. A row that does not fit the header is kept aside, filled up when it only lacks its
last cells, else rejected; every row keeps the number a spreadsheet shows, which counts blank lines too.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from regulars.sources import decode, unpack
from regulars.sources.delimited.header import Header, delimiter_of, head_of, header_of
from regulars.sources.sheets import SheetWriter, cells_batch
from regulars.sources.source import CannotRead, Sheet
from regulars.sources.source import marked as _

BLOCK_BYTES = 512 << 10
RAGGED_MAX = 100_000
REJECTED_CHARACTERS = 200
Progress = Callable[[int], None]


class _NeverClosed(Exception):
    """A quotation mark is opened in this row and never closed."""


@dataclass
class _Table:
    """What is known of one file while it is read."""

    path: Path
    encoding: str
    checked: bool
    delimiter: str
    header: Header
    quotes: bool = True
    aside: deque[tuple[int, str]] = field(default_factory=deque)
    left_over: list[tuple[int, str]] = field(default_factory=list)


def read(
    path: Path, folder: Path, *, delimiter: str = "", encoding: str = "", progress: Progress | None = None
) -> Sheet:
    """The sheet of one delimited file, its cells written to Parquet in `folder`.

    Raises CannotRead when there is no header with at least two columns, or a quotation mark is never closed.
    """
    if encoding:
        decode.check_known(encoding)
    found = encoding or decode.encoding_of(path)
    head = head_of(path, found)
    sign = delimiter or delimiter_of(head)
    table = _Table(path, found, not encoding, sign, header_of(path, head, sign))
    try:
        return _read(table, folder, progress)
    except _NeverClosed as error:
        if sign != "\t":
            raise CannotRead(
                _(
                    "{file}: a quotation mark is opened in row {row} and never closed. Close it and import again. "
                    "Nothing was imported."
                ),
                file=path.name,
                row=str(error),
            ) from error
    # Tab-separated files of marketplaces do not quote: a quotation mark is a sign like any other.
    table = _Table(path, found, not encoding, sign, table.header, quotes=False)
    return _read(table, folder, progress)


def _read(table: _Table, folder: Path, progress: Progress | None) -> Sheet:
    header = table.header
    with SheetWriter(folder, table.path.name, header.cells) as writer:
        next_row = header.row + 1
        for batch in _batches(table, writer.columns):
            rows, next_row = _numbered(table, batch, next_row, writer.schema)
            writer.write(np.asarray(rows.column(0)), rows.columns[1:])
            if progress:
                progress(writer.rows)
        writer.write_cells(_repaired(table, None))
        return writer.sheet(encoding=table.encoding, delimiter=table.delimiter, ragged=table.left_over)


def _batches(table: _Table, names: list[str]) -> Iterator[pa.RecordBatch]:
    """Cells as Arrow splits them, blank ones NULL. Raises _NeverClosed at the end, when the last cell swallowed the rest."""

    def keep_aside(row: Any) -> str:
        table.aside.append(((row.number or 0) - table.header.hidden, row.text))
        return "skip"

    parsing = arrow_csv.ParseOptions(
        delimiter=table.delimiter,
        quote_char='"' if table.quotes else False,
        newlines_in_values=table.quotes,
        ignore_empty_lines=False,
        invalid_row_handler=keep_aside,
    )
    converting = arrow_csv.ConvertOptions(
        column_types={name: pa.string() for name in names},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    reading = arrow_csv.ReadOptions(
        use_threads=False, block_size=BLOCK_BYTES, column_names=names, skip_rows=table.header.lines
    )
    with unpack.opened(table.path) as stream:
        text = decode.Utf8(stream, table.encoding, checked=table.checked)
        source = pa.PythonFile(io.BufferedReader(text, BLOCK_BYTES), mode="r")
        last, read = None, 0
        try:
            for last in arrow_csv.open_csv(
                source, read_options=reading, parse_options=parsing, convert_options=converting
            ):
                read += len(last)
                yield last
        except pa.ArrowInvalid as error:
            if "Empty CSV" not in str(error):
                raise _explained(table.path, error) from error
        if last is not None and table.quotes and _swallowed(last, text.tail):
            raise _NeverClosed(f"{table.header.row + read}")


def _swallowed(batch: pa.RecordBatch, tail: bytes) -> bool:
    """The last cell goes over several lines, and yet the file does not end with the quotation mark that closes it."""
    cell = batch.column(batch.num_columns - 1)[len(batch) - 1].as_py() if len(batch) else None
    return "\n" in (cell or "") and not tail.rstrip(b"\r\n").endswith(b'"')


def _numbered(table: _Table, batch: pa.RecordBatch, next_row: int, schema: pa.Schema) -> tuple[pa.RecordBatch, int]:
    """The batch with its row numbers, the repaired rows from aside at their places among them; and the next number."""
    aside = np.array([number for number, _text in table.aside], dtype=np.int64)
    numbers = np.arange(next_row, next_row + len(batch) + len(aside))
    numbers = numbers[~np.isin(numbers, aside)][: len(batch)]
    rows = pa.record_batch([pa.array(numbers, pa.int64()), *batch.columns], schema=schema)
    if not len(batch):
        return rows, next_row
    last = int(numbers[-1])
    repaired = _repaired(table, last)
    if repaired:
        both = pa.Table.from_batches([rows, cells_batch(repaired, schema)]).sort_by("row").combine_chunks()
        rows = both.to_batches()[0]
    return rows, last + 1


def _repaired(table: _Table, up_to: int | None) -> list[tuple[int, list[str]]]:
    """Rows from aside that only miss their last cells, or have blank ones too many; the others are left over."""
    width, filled = len(table.header.cells), []
    while table.aside and (up_to is None or table.aside[0][0] <= up_to):
        number, text = table.aside.popleft()
        cells = _split(table, number, text)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) <= 1:  # a blank line, or a note below the table such as "83 record(s) downloaded"
            continue
        if len(cells) <= width:
            filled.append((number, cells + [""] * (width - len(cells))))
        else:
            _leave_over(table, number, text)
    return filled


def _split(table: _Table, number: int, text: str) -> list[str]:
    if not table.quotes:
        return text.split(table.delimiter)
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter, strict="\n" in text), [])
    except csv.Error as error:
        raise _NeverClosed(f"{number}") from error


def _leave_over(table: _Table, number: int, text: str) -> None:
    if len(table.left_over) >= RAGGED_MAX:
        raise CannotRead(
            _(
                "{file}: more than {most} rows have more cells than the header, so {sign} is not what separates the "
                "cells, or the header lacks columns. Nothing was imported."
            ),
            file=table.path.name,
            most=RAGGED_MAX,
            sign=repr(table.delimiter),
        )
    table.left_over.append((number, text.strip()[:REJECTED_CHARACTERS]))


def _explained(path: Path, error: Exception) -> CannotRead:
    text = str(error)
    if "straddling" in text:
        why = _(
            "{file}: one row is longer than {most} kB. Most likely a quotation mark is opened and never closed; find it, "
            "close it, and import again. Nothing was imported."
        )
        return CannotRead(why, file=path.name, most=BLOCK_BYTES >> 10)
    return CannotRead(
        _("{file} cannot be split into cells: {why}. Nothing was imported."), file=path.name, why=text[:200]
    )
