"""Which encoding is a text file in, and how does it become UTF-8?

Order: byte-order mark, UTF-16 by its zero bytes, UTF-8 (the whole file is checked, not a sample), then the legacy
encodings by the shape of their non-ASCII bytes: pairs of high bytes are Chinese or Japanese, single ones are western.
"""

import codecs
import io
from pathlib import Path
from typing import IO

from regulars.sources import unpack

SAMPLE_BYTES = 1 << 20
PAIRED_SHARE_MIN = 0.8
KANA_SHARE_MIN = 0.1
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(path: Path) -> str:
    """The Python name of the encoding of a (possibly gzipped) text file."""
    with unpack.opened(path) as stream:
        sample = stream.read(SAMPLE_BYTES)
        for mark, name in BOMS:
            if sample.startswith(mark):
                return name
        if b"\x00" in sample[:4096]:
            return "utf-16-le" if sample[1:2] == b"\x00" else "utf-16-be"
        bad = _first_not_utf8(sample, stream)
    return "utf-8" if bad is None else _legacy(bad)


def _first_not_utf8(sample: bytes, stream: IO[bytes]) -> bytes | None:
    """None when all is UTF-8; else the chunk that is not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = sample
    while chunk:
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return chunk
        chunk = stream.read(SAMPLE_BYTES)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return sample
    return None


def _legacy(chunk: bytes) -> str:
    high = [index for index, byte in enumerate(chunk) if byte >= 0x80]
    places = set(high)
    paired = sum(1 for index in high if index + 1 in places or index - 1 in places)
    japanese = chunk.decode("cp932", errors="ignore")
    kana = sum(1 for letter in japanese if "\u3040" <= letter <= "\u30ff")
    if kana > KANA_SHARE_MIN * len(high) / 2 and _decodes(chunk, "cp932"):
        return "cp932"
    if paired >= PAIRED_SHARE_MIN * len(high) and _decodes(chunk, "gb18030"):
        return "gb18030"
    return "cp1252"


def _decodes(chunk: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


class Utf8(io.RawIOBase):
    """A byte stream in any encoding, as UTF-8. What cannot be decoded becomes U+FFFD, so that one byte stops nothing."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with the next UTF-8 bytes."""
        while not self._ready and not self._ended:
            chunk = self._stream.read(len(buffer))
            self._ended = not chunk
            self._ready = self._decoder.decode(chunk, final=self._ended).replace("\x00", "").encode()
        part = self._ready[: len(buffer)]
        self._ready = self._ready[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)
