"""Fresh databases for tests: SQLite files copied from a migrated template, and a private PostgreSQL on a free port."""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from regulars import environment

_number = 0


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[None]:
    """The own shop in a new, migrated, empty database of this kind, its files below `folder`."""
    before, home = connections.databases["default"], settings.HOME
    config = _sqlite(folder / "shop.sqlite3") if kind == "sqlite" else _postgresql()
    _use(config)
    settings.HOME = folder
    try:
        yield
    finally:
        _use(before)
        settings.HOME = home


def _use(config: dict[str, Any]) -> None:
    connections["default"].close()
    del connections["default"]
    connections.databases["default"] = config


def _complete(config: dict[str, Any]) -> dict[str, Any]:
    full = dict(connections.databases["default"])
    for key in ("USER", "PASSWORD", "HOST", "PORT"):
        full[key] = ""
    return full | {"OPTIONS": {}} | config


def _sqlite(path: Path) -> dict[str, Any]:
    shutil.copy(_sqlite_template(), path)
    return _complete(environment.sqlite(path))


@lru_cache(maxsize=1)
def _sqlite_template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="regulars-template-")) / "template.sqlite3"
    _migrate(_complete(environment.sqlite(path)))
    return path


def _migrate(config: dict[str, Any]) -> None:
    before = connections.databases["default"]
    _use(config)
    call_command("migrate", verbosity=0, interactive=False)
    if config["ENGINE"].endswith("sqlite3"):
        connections["default"].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _use(before)


def _postgresql() -> dict[str, Any]:
    global _number
    _number += 1
    server = _server()
    name = f"shop_{_number}"
    _psql(server, f'CREATE DATABASE "{name}" TEMPLATE "{_postgresql_template()}"')
    return _complete(server | {"NAME": name})


@lru_cache(maxsize=1)
def _postgresql_template() -> str:
    server = _server()
    _psql(server, "CREATE DATABASE template_shop")
    _migrate(_complete(server | {"NAME": "template_shop"}))
    return "template_shop"


def _psql(server: dict[str, Any], sql: str) -> None:
    import psycopg

    with psycopg.connect(
        host=server["HOST"], port=server["PORT"], user=server["USER"], dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(sql)


@lru_cache(maxsize=2)
def _server(*, durable: bool = False) -> dict[str, Any]:
    """A throw-away cluster on a free loopback port, ended with the tests; `durable` keeps the safe defaults."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="regulars-pg-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    speed = (
        "-c shared_buffers=1GB -c max_wal_size=4GB"
        if durable
        else "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    )
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} {speed}"
    _run(
        [programs / "initdb", "-D", folder / "data", "-U", "shop", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"],
        user,
    )
    _run([programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start"], user)
    atexit.register(lambda: _run([programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"], user))
    return {
        "ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": str(port), "USER": "shop", "CONN_MAX_AGE": None,
    }  # fmt: skip


def _run(command: list[object], user: str | None) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        user=user,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-800:]}")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [
        Path(p) for p in [shutil.which("initdb") or ""] if p
    ]
    if not found:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1].parent
