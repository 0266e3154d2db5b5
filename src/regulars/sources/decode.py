"""Which encoding is a text file in, and how does it become UTF-8?

Order: byte-order mark, UTF-8 (the whole file is checked, not a sample), UTF-16 by its zero bytes, then the legacy
encodings by the shape of their non-ASCII bytes: pairs of high bytes are Chinese or Japanese, single ones are western.
"""

import codecs
import io
from pathlib import Path
from typing import IO

from regulars.sources import unpack
from regulars.sources.source import CannotRead
from regulars.sources.source import marked as _

SAMPLE_BYTES = 1 << 20
NUL_SHARE_MIN = 0.1  # fewer zero bytes than this are stray ones, more are half of every ASCII letter in UTF-16
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
        if sample.count(0) > NUL_SHARE_MIN * len(sample):
            return "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
        bad = _first_not_utf8(sample, stream)
    if bad is None:
        return "utf-8"
    wide = _utf16(sample)
    return wide or _legacy(bad)


def check_known(encoding: str) -> None:
    """Raises CannotRead when Python has no encoding of this name."""
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise CannotRead(
            _("The encoding {encoding} is not known. Usual ones: utf-8, cp1252, gb18030, cp932."),
            encoding=repr(encoding),
        ) from error


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


def _utf16(sample: bytes) -> str:
    """UTF-16 without a mark and with few ASCII letters: its line ends alone hold zero bytes, all on one side."""
    for name, newline in (("utf-16-le", b"\n\x00"), ("utf-16-be", b"\x00\n")):
        places = (1, 0) if name == "utf-16-le" else (0, 1)
        lopsided = sample[places[0] :: 2].count(0) > 0 and not sample[places[1] :: 2].count(0)
        if lopsided and newline in sample and _decodes(sample, name):
            return name
    return ""


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
    """A byte stream in any encoding, as UTF-8 without zero bytes.

    What cannot be decoded becomes U+FFFD, so that one byte stops nothing. `checked`: `encoding_of` has read the whole
    file as UTF-8 already, so its bytes pass as they are.
    """

    def __init__(self, stream: IO[bytes], encoding: str, *, checked: bool = False) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._as_is = checked and encoding == "utf-8"
        self._ready = b""
        self._ended = False
        self.tail = b""  # the last bytes handed out

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with the next UTF-8 bytes."""
        while not self._ready and not self._ended:
            chunk = self._stream.read(len(buffer))
            self._ended = not chunk
            self._ready = self._utf8(chunk)
        part = self._ready[: len(buffer)]
        self._ready = self._ready[len(buffer) :]
        self.tail = part[-8:] or self.tail
        buffer[: len(part)] = part
        return len(part)

    def _utf8(self, chunk: bytes) -> bytes:
        if not self._as_is:
            chunk = self._decoder.decode(chunk, final=self._ended).encode()
        return chunk.replace(b"\x00", b"") if b"\x00" in chunk else chunk
