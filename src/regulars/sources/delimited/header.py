"""Where does the table in a text file begin, and what separates its cells?

Some exports put a title or blank lines above the header; the header is the first row that is as wide as the table and
holds names.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from regulars.sources import decode, unpack
from regulars.sources.source import CannotRead
from regulars.sources.source import marked as _

DELIMITERS = (",", ";", "\t", "|")
LINE_CHARACTERS_MAX = 1 << 20
LINES_SEEN = 200
HEADER_LINES_SEARCHED = 20
COLUMNS_MAX = 2000
MISSING_CELLS_MAX = 3  # a header may be a few cells shorter than the widest row


@dataclass(frozen=True)
class Header:
    """The header's cells, its row as a spreadsheet counts, and the lines of the file up to and with it."""

    cells: tuple[str, ...]
    row: int
    lines: int

    @property
    def hidden(self) -> int:
        """Lines that are no rows of their own: those inside quoted cells up to the header."""
        return self.lines - self.row


def head_of(path: Path, encoding: str) -> list[str]:
    """The first lines of the file. Raises CannotRead when there is no text, or no lines."""
    with unpack.opened(path) as stream:
        text = io.TextIOWrapper(io.BufferedReader(decode.Utf8(stream, encoding)), encoding="utf-8", newline="")
        lines: list[str] = []
        for _number in range(LINES_SEEN):
            line = text.readline(LINE_CHARACTERS_MAX)
            if not line:
                break
            if len(line) >= LINE_CHARACTERS_MAX:
                raise CannotRead(
                    _(
                        "{file}: line {line} is longer than {most} characters. This is not a table with one row a "
                        "line, or a quotation mark is never closed."
                    ),
                    file=path.name,
                    line=len(lines) + 1,
                    most=LINE_CHARACTERS_MAX,
                )
            lines.append(line)
    if not "".join(lines).strip():
        raise CannotRead(_("{file} holds no text. Export it again from the shop system."), file=path.name)
    return lines


def delimiter_of(head: list[str]) -> str:
    """The candidate that gives the most columns on the line that looks like a header, consistently below it."""

    def score(candidate: str) -> tuple[int, int]:
        counts = [len(cells) for _line, cells in _rows(head, candidate) if any(cells)]
        widest = max(counts[:HEADER_LINES_SEARCHED], default=0)
        return (sum(1 for count in counts if count == widest) if widest > 1 else 0, widest)

    return max(DELIMITERS, key=score)


def header_of(path: Path, head: list[str], delimiter: str) -> Header:
    """The first row as wide as the table. Raises CannotRead when no row can be a header."""
    rows = [(row, line, cells) for row, (line, cells) in enumerate(_rows(head, delimiter), start=1) if any(cells)]
    widest = max((len(cells) for _row, _line, cells in rows[: HEADER_LINES_SEARCHED * 2]), default=0)
    if widest < 2:
        raise CannotRead(
            _(
                "{file} has one column only (first line: {line}). Cells must be separated by comma, semicolon, tab or |; "
                "if another sign is used, name it in a mapping ([file] delimiter = ...)."
            ),
            file=path.name,
            line=repr(head[0].strip()[:60]),
        )
    if widest > COLUMNS_MAX:
        raise CannotRead(
            _("{file} has {columns} columns; at most {most} can be read."),
            file=path.name,
            columns=widest,
            most=COLUMNS_MAX,
        )
    for row, line, cells in rows:
        wide_enough = len(cells) >= widest - MISSING_CELLS_MAX and sum(1 for cell in cells if cell) >= 2
        if wide_enough and not _looks_like_data(cells):
            return Header(cells, row, line)
    raise CannotRead(
        _("{file} has no header row: its first row looks like data ({cells}). Add a first row with the column names."),
        file=path.name,
        cells=", ".join(rows[0][2][:4]),
    )


def _rows(head: list[str], delimiter: str) -> list[tuple[int, tuple[str, ...]]]:
    """(last line, cells) of each row; what follows a cell that is too long to be one is left out."""
    reader, rows = csv.reader(head, delimiter=delimiter), []
    try:
        for cells in reader:
            rows.append((reader.line_num, tuple(cell.strip().lstrip("\ufeff") for cell in cells)))
    except csv.Error:
        pass
    return rows


def _looks_like_data(cells: tuple[str, ...]) -> bool:
    """A header holds names; a row of data holds at least one number or date among its cells."""
    filled = [cell for cell in cells if cell]
    numbers = [cell for cell in filled if cell.strip("'\"$€£+-").translate(_DIGIT_SIGNS).isdigit()]
    return len(numbers) >= max(1, len(filled) // 4)


_DIGIT_SIGNS = str.maketrans("", "", ".,:")
