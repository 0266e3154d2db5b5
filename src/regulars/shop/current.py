"""Which of the two shops is at hand: the merchant's own, or the demo?

Each shop is a database of its own. Requests, commands and jobs choose one with `using`; everything below reads and
writes that one. Users and sessions belong to the installation and stay in the own shop's database.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

OWN = "default"
DEMO = "demo"
LOOK_AGAIN_SECONDS = 0.02
INSTALLATION_APPS = frozenset({"auth", "contenttypes", "sessions", "messages"})

_shop: ContextVar[str] = ContextVar("shop", default=OWN)


def alias() -> str:
    """The database alias of the shop at hand."""
    return _shop.get()


@contextmanager
def using(shop: str) -> Iterator[None]:
    """Everything inside reads and writes the given shop (`OWN` or `DEMO`)."""
    token = _shop.set(shop)
    try:
        yield
    finally:
        _shop.reset(token)


def connection() -> BaseDatabaseWrapper:
    """The database connection of the shop at hand."""
    return connections[alias()]


@contextmanager
def atomic(*, patience: float | None = None) -> Iterator[None]:
    """A transaction in the database of the shop at hand.

    Processes on one SQLite file take turns: the one that waits goes on at once and however long it takes, where SQLite
    would have it sleep ever longer and then give up. PostgreSQL needs no such turn. patience: for seconds at most, for
    what may be left undone; then OperationalError.
    """
    if connection().vendor != "sqlite" or connection().in_atomic_block:
        with transaction.atomic(using=alias()):
            yield
        return
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "turn.lock").open("ab") as turn:
        _wait(turn, patience)
        with transaction.atomic(using=alias()):
            yield


def _wait(turn: IO[bytes], patience: float | None) -> None:
    if patience is None:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise OperationalError("somebody else is writing") from None
            time.sleep(LOOK_AGAIN_SECONDS)


def folder() -> Path:
    """Where the shop at hand keeps its lake and the files it imported."""
    return Path(settings.HOME) / ("demo" if alias() == DEMO else "shop")


class Router:
    """Sends each query to the shop at hand, and users and sessions to the installation's database."""

    def db_for_read(self, model: type, **hints: object) -> str:
        """The alias to read `model` from."""
        return OWN if model._meta.app_label in INSTALLATION_APPS else alias()  # type: ignore[attr-defined]

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        """The demo holds shop tables only."""
        return db == OWN or app_label not in INSTALLATION_APPS
