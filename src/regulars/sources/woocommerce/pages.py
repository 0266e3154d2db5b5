"""How do the objects come out of a JSON file, one at a time, so that its size does not matter?

A file holds one object, a list of them, an object of lists (`{"orders": [...]}`), or one object a line.
"""

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from regulars.sources import decode, unpack
from regulars.sources.source import CannotRead
from regulars.sources.source import marked as _

CHUNK_CHARACTERS = 1 << 20
OBJECT_MEGABYTES_MAX = 64
_BETWEEN = " \t\r\n,["


def looks_like_json(path: Path) -> bool:
    """Whether the first sign of the file opens an object or a list."""
    with unpack.opened(path) as stream:
        return stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")


def objects(path: Path) -> Iterator[Mapping[str, Any]]:
    """Every object with an `id`, however deep in lists. Raises CannotRead with line and column when it is not JSON."""
    encoding = decode.encoding_of(path)
    with unpack.opened(path) as stream:
        raw = io.BufferedReader(decode.Utf8(stream, encoding))
        for value in _values(path, io.TextIOWrapper(raw, encoding="utf-8")):
            yield from _flat(value)


def _values(path: Path, text: IO[str]) -> Iterator[Any]:
    """The values of the outermost list, or those that follow one another; the brackets and commas between are skipped."""
    decoder, waiting, lines = json.JSONDecoder(), "", 0
    while chunk := text.read(max(CHUNK_CHARACTERS, len(waiting))):
        waiting += chunk
        if len(waiting) > OBJECT_MEGABYTES_MAX * 1_000_000:
            raise CannotRead(
                _("{file} holds one object of more than {most} MB. Save the API's pages one a file."),
                file=path.name,
                most=OBJECT_MEGABYTES_MAX,
            )
        place = 0
        while (start := _next(waiting, place)) < len(waiting):
            try:
                value, end = decoder.raw_decode(waiting, start)
            except json.JSONDecodeError:
                place = start
                break
            yield value
            place = end
        else:
            place = len(waiting)
        lines += waiting.count("\n", 0, place)
        waiting = waiting[place:]
    if waiting.strip(_BETWEEN):
        _explain(path, decoder, waiting, lines)


def _next(text: str, place: int) -> int:
    """The place of the next value. A `]` closes a list whose values were given out one by one."""
    while place < len(text) and (text[place] in _BETWEEN or text[place] == "]"):
        place += 1
    return place


def _explain(path: Path, decoder: json.JSONDecoder, text: str, lines: int) -> None:
    try:
        decoder.raw_decode(text)
    except json.JSONDecodeError as error:
        raise CannotRead(
            _("{file} is not valid JSON: {what} at line {line}, column {column}."),
            file=path.name,
            what=error.msg,
            line=lines + error.lineno,
            column=error.colno,
        ) from error


def _flat(found: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, list):
        for item in found:
            yield from _flat(item)
    elif isinstance(found, Mapping):
        if "id" in found:
            yield found
        else:
            for value in found.values():
                if isinstance(value, list):
                    yield from _flat(value)
