"""What left, kept outside the database: after a backup is restored, its rows do not know what was sent since.

A file a month in the shop's folder, eight bytes a message, written before the hand-over.
"""

import datetime as dt
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

from regulars.actions.messaging.models import Message
from regulars.shop import current

MONTHS_KEPT = 3
KEYS_AT_ONCE = 800
NOT_SENT = (Message.State.PLANNED, Message.State.READY)


def note(messages: Iterable[int], *, now: dt.datetime) -> None:
    """These are about to be handed over. It survives the process; a power cut may take the last ones."""
    with _file(now).open("ab", buffering=0) as file:
        file.write(array("q", messages).tobytes())


def forgotten(*, now: dt.datetime) -> list[int]:
    """Messages of the last months that left, as the journal knows, while the database says that they have not."""
    found = []
    for keys in _read(now):
        for start in range(0, len(keys), KEYS_AT_ONCE):
            rows = Message.objects.filter(
                pk__in=keys[start : start + KEYS_AT_ONCE].tolist(), state__in=NOT_SENT, attempts=0
            )
            found += list(rows.values_list("pk", flat=True))
    return found


def _read(now: dt.datetime) -> Iterator["array[int]"]:
    kept = {_file(now - dt.timedelta(days=30 * months)).name for months in range(MONTHS_KEPT)}
    for path in sorted(_folder().glob("sent-*.bin")):
        if path.name not in kept:
            path.unlink()
            continue
        raw = path.read_bytes()
        keys = array("q")
        keys.frombytes(raw[: len(raw) // 8 * 8])
        yield keys


def _file(now: dt.datetime) -> Path:
    return _folder() / f"sent-{now:%Y-%m}.bin"


def _folder() -> Path:
    folder = current.folder() / "journal"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
