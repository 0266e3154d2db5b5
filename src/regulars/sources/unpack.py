"""What kind of file is this really, and is it safe to unpack?

Looks at the first bytes, never at the ending alone. A compressed file is measured while it is unpacked: a small file
that unpacks without end stops at `unpacked_mb_max`.
"""

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from regulars import environment
from regulars.sources.source import CannotRead
from regulars.sources.source import marked as _

CHUNK_BYTES = 1 << 20
HEAD_BYTES = 4096
NEVER_IN_TEXT = [bytes([code]) for code in (*range(1, 9), *range(14, 27), *range(28, 32))]
NEVER_IN_TEXT_SHARE_MAX = 0.02
RATIO_MAX = 1100  # deflate cannot honestly exceed 1032:1 by much; office files stay below 100:1


def kind(path: Path) -> str:
    """`text`, `gzip`, `excel`, `parquet` or `empty`; other containers are refused with a remedy."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise CannotRead(_("{file} is empty (0 bytes). Export it again from the shop system."), file=path.name)
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] == b"PK\x03\x04":
        return _zip_kind(path)
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "excel"
    is_wide = head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or head.count(0) > len(head) // 10
    if not is_wide and sum(map(head.count, NEVER_IN_TEXT)) > NEVER_IN_TEXT_SHARE_MAX * len(head):
        raise CannotRead(
            _("{file} is not a table (a picture or a document?). Export CSV, Excel, Parquet or JSON."), file=path.name
        )
    return "text"


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise CannotRead(
            _("{file} looks like a ZIP file but is damaged ({why}). Export it again."), file=path.name, why=str(error)
        ) from error
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names and "content.xml" not in names:
        raise CannotRead(
            _("{file} is a ZIP archive. Unpack it and import the files in it ({names})."),
            file=path.name,
            names=_listing(names),
        )
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if unpacked > _unpacked_max() or any(
        entry.file_size > RATIO_MAX * max(entry.compress_size, 1000) for entry in entries
    ):
        raise CannotRead(
            _(
                "{file} would unpack to {large} MB from {small} MB. If that is right, raise {setting} or export CSV; nothing was read."
            ),
            file=path.name,
            large=f"{unpacked / 1e6:,.0f}",
            small=f"{packed / 1e6:,.1f}",
            setting=environment.UNPACKED_MB.name,
        )
    return "excel"


def _listing(names: set[str]) -> str:
    shown = sorted(names)[:3]
    return ", ".join(shown) + (" ..." if len(names) > len(shown) else "")


def _unpacked_max() -> int:
    return environment.megabytes(environment.UNPACKED_MB) * 1_000_000


class _Measured(io.RawIOBase):
    """A gzip stream that stops when it has unpacked more than allowed."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._path, self._stream, self._left = path, stream, _unpacked_max()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise CannotRead(
                _("{file} is a damaged gzip file ({why}). Export or copy it again."),
                file=self._path.name,
                why=str(error),
            ) from error
        self._left -= len(data)
        if self._left < 0:
            raise CannotRead(
                _("{file} unpacks to more than {most} MB. If that is right, raise {setting}; nothing was imported."),
                file=self._path.name,
                most=environment.megabytes(environment.UNPACKED_MB),
                setting=environment.UNPACKED_MB.name,
            )
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a text file, unpacked when it is gzipped."""
    if kind(path) == "gzip":
        with gzip.open(path) as stream:
            yield io.BufferedReader(_Measured(path, stream), CHUNK_BYTES)  # type: ignore[arg-type]
    else:
        with path.open("rb", buffering=CHUNK_BYTES) as stream:
            yield stream
