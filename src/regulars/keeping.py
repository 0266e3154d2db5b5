"""One file that holds a shop: its database, its imports and its lake. Made and put back whole."""

import datetime as dt
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.models import F

from regulars import __version__
from regulars.shop import current
from regulars.shop.models import ONLY_ROW, Shop


class CannotKeep(Exception):
    """Why a backup could not be made or put back; nothing was changed."""


def backup(target: Path, *, now: dt.datetime) -> int:
    """Write the shop at hand to `target` (.tar.gz). Returns its size in bytes."""
    if target.exists():
        raise CannotKeep(f"{target} exists already. Choose another name.")
    draft = target.with_name(target.name + ".draft")
    with tempfile.TemporaryDirectory(dir=settings.HOME) as name, tarfile.open(draft, "w:gz") as archive:
        dump = Path(name) / "database"
        _dump(dump)
        about = Path(name) / "about.json"
        about.write_text(json.dumps({"version": __version__, "vendor": _vendor(), "made_at": now.isoformat()}))
        archive.add(about, "about.json")
        archive.add(dump, "database")
        if current.folder().is_dir():
            archive.add(current.folder(), "folder", filter=lambda item: None if "/spill" in item.name else item)
    draft.replace(target)
    return target.stat().st_size


def restore(source: Path) -> str:
    """Put a backup in place of the shop at hand. The present database and folder are kept as *-before-restore. Returns when it was made."""
    if not source.is_file() or not tarfile.is_tarfile(source):
        raise CannotKeep(f"{source} is not a backup made by regulars backup.")
    with tempfile.TemporaryDirectory(dir=settings.HOME) as name:
        folder = Path(name)
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        try:
            about = json.loads((folder / "about.json").read_text())
        except (OSError, ValueError) as error:
            raise CannotKeep(f"{source} is not a backup made by regulars backup.") from error
        if about["vendor"] != _vendor():
            raise CannotKeep(f"The backup is of a {about['vendor']} database; this shop uses {_vendor()}.")
        _keep_present()
        _load(folder / "database")
        _put_folder(folder / "folder")
    # The lake in the backup may be newer than its database: it is derived, so it is built anew.
    Shop.objects.filter(pk=ONLY_ROW).update(lake_epoch=F("lake_epoch") + 1)
    return str(about["made_at"])


def _keep_present() -> None:
    """The present database beside the folder, should the restore have been a mistake."""
    kept = Path(settings.HOME) / f"{current.folder().name}-database-before-restore"
    kept.unlink(missing_ok=True)
    _dump(kept)


def _vendor() -> str:
    return current.connection().vendor


def _dump(target: Path) -> None:
    if _vendor() == "sqlite":
        with sqlite3.connect(_sqlite_path()) as source, sqlite3.connect(target) as copy:
            source.backup(copy)
        return
    _run(["pg_dump", "--format=custom", f"--file={target}"])


def _load(dump: Path) -> None:
    connections[current.alias()].close()
    if _vendor() == "sqlite":
        with sqlite3.connect(dump) as source, sqlite3.connect(_sqlite_path()) as target:
            source.backup(target)
        return
    _run(
        [
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            f"--dbname={_settings()['NAME']}",
            str(dump),
        ]
    )


def _put_folder(found: Path) -> None:
    place = current.folder()
    before = place.with_name(place.name + "-before-restore")
    shutil.rmtree(before, ignore_errors=True)
    if place.exists():
        place.rename(before)
    if found.exists():
        shutil.move(found, place)


def _sqlite_path() -> str:
    return str(_settings()["NAME"])


def _settings() -> dict[str, object]:
    return dict(connections[current.alias()].settings_dict)


def _run(command: list[str]) -> None:
    found = _settings()
    keys = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = {name: str(found[key]) for name, key in keys.items() if found.get(key)}
    import os

    try:
        done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise CannotKeep(f"{command[0]} is not installed. Install PostgreSQL's client programs.") from error
    if done.returncode:
        raise CannotKeep(f"{command[0]} failed: {done.stderr.strip()[-400:]}")
