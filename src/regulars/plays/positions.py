"""Where in a TOML text does a key stand? tomllib says it for texts that are no TOML, never for keys that are wrong."""

import re
from collections import Counter
from dataclasses import dataclass

HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
KEY = re.compile(r"^(\s*)([A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)*)\s*=\s*")
Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Place:
    """Line and column, both from 1; 0 where it is not known. value: the column where the value begins."""

    line: int = 0
    column: int = 0
    value: int = 0


def places(text: str) -> dict[Path, Place]:
    """The place of every table and key, by path: ("play",), ("play", "name"), ("action", 0, "kind")."""
    found: dict[Path, Place] = {}
    counts: Counter[Path] = Counter()
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := HEADER.match(line):
            table = tuple(header[2].split("."))
            if header[1] == "[[":
                counts[table] += 1
                table = (*table, counts[table] - 1)
            found[table] = Place(number, header.start(1) + 1, header.start(1) + 1)
        elif key := KEY.match(line):
            path: Path = (*table, *key[2].split("."))
            for length in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:length], Place(number, key.end(1) + 1, key.end() + 1))
    return found


def nearest(found: dict[Path, Place], path: Path) -> Place:
    """The place of a path, or of the table that it should stand in."""
    while path:
        if path in found:
            return found[path]
        path = path[:-1]
    return Place(1, 1, 1)
