"""What console tests share: a client without a browser, an owner who is logged in, and a small shop with orders in it."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from console_users import entered, new_client
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client, override_settings

import databases
import facts
from regulars import day
from regulars.shop import current
from regulars.shop.setting_up import set_up

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
PLAIN_FILES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@pytest.fixture(autouse=True)
def quick_pages() -> Iterator[None]:
    """Styles need not be collected, passwords are hashed quickly, and nobody has tried to log in yet."""
    cache.clear()
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    with override_settings(STORAGES=PLAIN_FILES, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture()
def stranger() -> Client:
    """Somebody without a log-in."""
    return new_client()


@pytest.fixture()
def owner(small_shop: str) -> Client:
    """The owner of an empty shop."""
    return entered("owner", owner=True)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small shop: imported, refreshed, its database closed."""
    folder = tmp_path_factory.mktemp("corner-shop")
    with databases.fresh("sqlite", folder):
        set_up(name="Corner shop", currency="EUR", zone="Europe/Berlin")
        facts.load(facts.write(folder / "orders.csv", facts.shopify_rows(11, orders=80)), now=NOW)
        day.refresh(now=NOW, say=str)
        connections["default"].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture()
def filled(template: Path, tmp_path: Path) -> Iterator[Client]:
    """The owner of a small shop that has orders."""
    shutil.copytree(template, tmp_path / "home")
    with databases.fresh("sqlite", tmp_path / "home"):
        shutil.copy(template / "shop.sqlite3", tmp_path / "home" / "shop.sqlite3")
        yield entered("owner", owner=True)


@pytest.fixture()
def demo(tmp_path: Path) -> Iterator[None]:
    """An empty demo shop beside the own one."""
    before = connections.databases["demo"]
    connections["demo"].close()
    del connections["demo"]
    connections.databases["demo"] = databases._sqlite(tmp_path / "demo.sqlite3")
    with current.using(current.DEMO):
        set_up(name="Demo shop", currency="EUR")
    yield
    connections["demo"].close()
    del connections["demo"]
    connections.databases["demo"] = before
