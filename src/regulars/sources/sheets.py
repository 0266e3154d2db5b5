"""Where do the cells of a file wait between reading and understanding?

In one Parquet file a sheet: a text column a column of the file, under its own name, and `row`, the row number a person
sees in a spreadsheet (the header is row 1). Every column is kept, known or not: this is the raw record.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from regulars.sources.source import Sheet


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
    """Writes batches of text cells to one Parquet file and numbers their rows."""

    def __init__(self, folder: Path, file: str, header: Sequence[str], *, first_row: int = 2) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.columns = unique_names(header)
        self.rows = 0
        self._file = file
        self._next_row = first_row
        self._path = folder / f"sheet-{len(list(folder.glob('sheet-*.parquet'))) + 1}.parquet"
        self._schema = pa.schema([("row", pa.int64()), *((name, pa.string()) for name in self.columns)])
        self._writer = parquet.ParquetWriter(self._path, self._schema, compression="zstd", compression_level=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def write(self, batch: pa.RecordBatch, aside: Collection[int] = ()) -> None:
        """Append cells (all text, in the header's order); rows count on from the last, past those set `aside`."""
        if not len(batch):
            return
        numbers = np.arange(self._next_row, self._next_row + len(batch) + len(aside))
        numbers = numbers[~np.isin(numbers, list(aside))][: len(batch)]
        self._next_row = int(numbers[-1]) + 1
        self._writer.write_batch(pa.record_batch([pa.array(numbers, pa.int64()), *batch.columns], schema=self._schema))
        self.rows += len(batch)

    def write_cells(self, numbered: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Append rows given as lists of texts, each with its own row number."""
        if not numbered:
            return
        columns = zip(*(cells for _number, cells in numbered), strict=True)
        arrays = [pa.array([number for number, _cells in numbered], pa.int64())]
        arrays += [pa.array(column, pa.string()) for column in columns]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
        self.rows += len(numbered)

    def sheet(
        self, *, encoding: str = "", delimiter: str = "", ragged: Sequence[tuple[int, str]] = (), source: str = ""
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
        )
