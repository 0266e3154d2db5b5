"""How does a CSV or TSV file, of any size, encoding and delimiter, become a sheet of text cells?

Arrow splits the cells in a stream; we find the delimiter and the header before, and keep the rows that do not fit.
"""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from regulars.sources import decode, unpack
from regulars.sources.sheets import SheetWriter
from regulars.sources.source import CannotRead, Sheet

DELIMITERS = (",", ";", "\t", "|")
BLOCK_BYTES = 4 << 20
LINE_CHARACTERS_MAX = 1 << 20
HEADER_LINES_SEARCHED = 20
COLUMNS_MAX = 2000
Progress = Callable[[int], None]


def read(path: Path, folder: Path, *, delimiter: str = "", encoding: str = "", progress: Progress | None = None) -> Sheet:
    """The sheet of one delimited file, its cells written to Parquet in `folder`.

    Raises CannotRead when there is no header with at least two columns.
    """
    encoding = encoding or decode.encoding_of(path)
    head = _head(path, encoding)
    delimiter = delimiter or _delimiter(head)
    skip, header = _header(path, head, delimiter)
    ragged: list[tuple[int, str]] = []
    with SheetWriter(folder, path.name, header, first_row=skip + 1) as writer:
        for batch in _batches(path, encoding, delimiter, skip=skip, names=writer.columns, ragged=ragged):
            writer.write(batch, {number for number, _text in ragged})
            if progress:
                progress(writer.rows)
        left_over = _repair(ragged, delimiter, len(header), writer)
        return writer.sheet(encoding=encoding, delimiter=delimiter, ragged=left_over)


def _head(path: Path, encoding: str) -> list[str]:
    with unpack.opened(path) as stream:
        text = io.TextIOWrapper(io.BufferedReader(decode.Utf8(stream, encoding)), encoding="utf-8", newline="")
        lines = []
        for _number in range(200):
            line = text.readline(LINE_CHARACTERS_MAX)
            if not line:
                break
            if len(line) >= LINE_CHARACTERS_MAX:
                raise CannotRead(
                    f"{path.name}: line {len(lines) + 1} is longer than {LINE_CHARACTERS_MAX:,} characters. "
                    "This is not a table with one row a line, or a quotation mark is never closed."
                )
            lines.append(line)
    if not "".join(lines).strip():
        raise CannotRead(f"{path.name} holds no text. Export it again from the shop system.")
    return lines


def _delimiter(head: list[str]) -> str:
    """The candidate that gives the most columns on the line that looks like a header, consistently below it."""

    def score(candidate: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(head, delimiter=candidate) if any(cell.strip() for cell in row)]
        widest = max(counts[:HEADER_LINES_SEARCHED], default=0)
        return (sum(1 for count in counts if count == widest) if widest > 1 else 0, widest)

    return max(DELIMITERS, key=score)


def _header(path: Path, head: list[str], delimiter: str) -> tuple[int, tuple[str, ...]]:
    """(physical lines up to and with the header, its cells): the first row as wide as the table."""
    reader = csv.reader(head, delimiter=delimiter)
    seen = []
    for row in reader:
        seen.append((reader.line_num, tuple(cell.strip().lstrip("\ufeff") for cell in row)))
    rows = [(line, cells) for line, cells in seen if any(cells)]
    widest = max((len(cells) for _line, cells in rows[: HEADER_LINES_SEARCHED * 2]), default=0)
    if widest < 2:
        raise CannotRead(
            f"{path.name} has one column only (first line: {head[0].strip()[:60]!r}). Cells must be separated by comma, "
            "semicolon, tab or |; if another sign is used, name it in a mapping ([file] delimiter = ...)."
        )
    if widest > COLUMNS_MAX:
        raise CannotRead(f"{path.name} has {widest:,} columns; at most {COLUMNS_MAX:,} can be read.")
    for line, cells in rows:
        if len(cells) >= widest - 3 and sum(1 for cell in cells if cell) >= 2 and not _looks_like_data(cells):
            return line, cells
    raise CannotRead(
        f"{path.name} has no header row: its first row looks like data ({', '.join(rows[0][1][:4])}). "
        "Add a first row with the column names."
    )


def _looks_like_data(cells: tuple[str, ...]) -> bool:
    """A header holds names; a row of data holds at least one number or date among its cells."""
    filled = [cell for cell in cells if cell]
    numbers = [cell for cell in filled if cell.strip("'\"$€£+-").replace(".", "").replace(",", "").replace(":", "").isdigit()]
    return len(numbers) >= max(1, len(filled) // 4)


def _batches(
    path: Path, encoding: str, delimiter: str, *, skip: int, names: list[str], ragged: list[tuple[int, str]]
) -> Iterator[pa.RecordBatch]:
    def keep_aside(row: Any) -> str:
        if row.text.strip():
            ragged.append((row.number or 0, row.text))
        return "skip"

    with unpack.opened(path) as stream:
        source = pa.PythonFile(io.BufferedReader(decode.Utf8(stream, encoding), BLOCK_BYTES))
        try:
            yield from arrow_csv.open_csv(
                source,
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=BLOCK_BYTES, column_names=names, skip_rows=skip
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=delimiter, newlines_in_values=True, invalid_row_handler=keep_aside
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={name: pa.string() for name in names},
                    strings_can_be_null=False,
                    quoted_strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise CannotRead(_explained(path, error)) from error


def _explained(path: Path, error: Exception) -> str:
    text = str(error)
    if "straddling" in text:
        return (
            f"{path.name}: one row is longer than {BLOCK_BYTES >> 20} MB. Most likely a quotation mark is opened and never "
            "closed; find it, close it, and import again. Nothing was imported."
        )
    return f"{path.name} cannot be split into cells: {text[:200]}. Nothing was imported."


def _repair(
    ragged: list[tuple[int, str]], delimiter: str, width: int, writer: SheetWriter
) -> tuple[tuple[int, str], ...]:
    """Rows that only miss their last cells are filled up with blanks; the others are returned."""
    filled, left_over = [], []
    for number, text in ragged:
        cells = next(csv.reader([text], delimiter=delimiter), [])
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if 1 < len(cells) <= width:
            filled.append((number, cells + [""] * (width - len(cells))))
        else:
            left_over.append((number, text.strip()[:200]))
    writer.write_cells(filled)
    return tuple(left_over)
