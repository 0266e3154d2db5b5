"""Where do the cells of a file wait between reading and understanding?

In one Parquet file a sheet: a text column a column of the file, under its own name, and `row`, the row number a person
sees in a spreadsheet (the header is row 1). Rows stand in their order, blank cells are NULL. Every column is kept, known
or not: this is the raw record.
"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import parquet

from regulars.sources.source import Sheet

GROUP_ROWS = 60_000
GROUP_BYTES = 16 << 20


def unique_names(header: Sequence[str]) -> list[str]:
    """Column names without blanks and repeats: a second `Phone` becomes `Phone (2)`, an empty one `column 7`."""
    names: list[str] = []
    taken = {"row"}
    for position, cell in enumerate(header, start=1):
        base = cell.strip() or f"column {position}"
        name, copy = base, 2
        while name.lower() in taken:
            name, copy = f"{base} ({copy})", copy + 1
        taken.add(name.lower())
        names.append(name)
    return names


class SheetWriter:
    """Writes batches of text cells with their row numbers to one Parquet file, blank rows left out."""

    def __init__(self, folder: Path, file: str, header: Sequence[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.columns = unique_names(header)
        self.rows = 0
        self._untidy: set[str] = set()
        self._file = file
        self._waiting: list[pa.RecordBatch] = []
        self._path = folder / f"sheet-{len(list(folder.glob('sheet-*.parquet'))) + 1}.parquet"
        self.schema = pa.schema([("row", pa.int64()), *((name, pa.string()) for name in self.columns)])
        self._writer = parquet.ParquetWriter(
            self._path, self.schema, compression="zstd", compression_level=1, write_statistics=["row"]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
        self._writer.close()
        if kind is not None:
            self._path.unlink(missing_ok=True)

    def write(self, numbers: npt.NDArray[np.int64], columns: Sequence[pa.Array]) -> None:
        """Append rows given as columns of texts (NULL for blank cells), with their row numbers."""
        batch = pa.record_batch([pa.array(numbers, pa.int64()), *columns], schema=self.schema)
        self._append(_without_blank_rows(batch))

    def write_cells(self, numbered: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Append rows given as lists of texts, each with its own row number."""
        if numbered:
            self._append(cells_batch(numbered, self.schema))

    def _append(self, batch: pa.RecordBatch) -> None:
        self.rows += len(batch)
        for name, column in zip(self.columns, batch.columns[1:], strict=True):
            if name not in self._untidy and _is_untidy(column):
                self._untidy.add(name)
        self._waiting.append(batch)
        if sum(map(len, self._waiting)) >= GROUP_ROWS or sum(b.nbytes for b in self._waiting) >= GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, self.schema), row_group_size=1 << 20)
        self._waiting = []
        pa.default_memory_pool().release_unused()

    def sheet(
        self,
        *,
        encoding: str = "",
        delimiter: str = "",
        ragged: Sequence[tuple[int, str]] = (),
        source: str = "",
        numeric: Sequence[str] = (),
    ) -> Sheet:
        """What was written."""
        return Sheet(
            path=str(self._path),
            file=self._file,
            header=tuple(self.columns),
            rows=self.rows,
            encoding=encoding,
            delimiter=delimiter,
            ragged=tuple(ragged),
            source=source,
            numeric=tuple(numeric),
            untidy=frozenset(self._untidy),
        )


def cells_batch(numbered: Sequence[tuple[int, Sequence[str]]], schema: pa.Schema) -> pa.RecordBatch:
    """Rows given as lists of texts as one batch of a sheet."""
    columns = zip(*(cells for _number, cells in numbered), strict=True)
    arrays = [pa.array([number for number, _cells in numbered], pa.int64())]
    arrays += [pa.array([cell or None for cell in column], pa.string()) for column in columns]
    return pa.record_batch(arrays, schema=schema)


def _is_untidy(column: pa.StringArray) -> bool:
    """Whether a cell begins or ends with a blank, an apostrophe or a letter beyond ASCII (there are blanks among them)."""
    _valid, offsets_buffer, data = column.buffers()
    if data is None or not len(column):
        return False
    offsets = np.frombuffer(offsets_buffer, np.int32, len(column) + 1, column.offset * 4)
    filled = offsets[1:] > offsets[:-1]
    signs = np.frombuffer(data, np.uint8)
    first, last = signs[offsets[:-1][filled]], signs[offsets[1:][filled] - 1]
    return bool(np.any(_UNTIDY[first] | _UNTIDY[last]))


_UNTIDY = np.zeros(256, dtype=bool)
_UNTIDY[[*range(ord(" ") + 1), ord("'"), *range(0x7F, 0x100)]] = True


def _without_blank_rows(batch: pa.RecordBatch) -> pa.RecordBatch:
    filled = np.zeros(len(batch), dtype=bool)
    for column in batch.columns[1:]:
        if column.null_count == 0:
            return batch
        filled |= column.is_valid().to_numpy(zero_copy_only=False)
        if filled.all():
            return batch
    return batch.filter(pa.array(filled))
