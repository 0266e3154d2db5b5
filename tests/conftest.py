"""What tests share: a fresh shop on SQLite and on PostgreSQL, real data by name, and the clock."""

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("REGULARS_HOME", tempfile.mkdtemp(prefix="regulars-test-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
# Playwright keeps an event loop in the tests' thread; Django would then refuse every query of the tests after it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
for thread_setting in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(thread_setting, "1")

import django

import databases

django.setup()

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
DATA = Path(os.environ.get("REGULARS_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data sets; tests that need it skip when it is absent."""
    if not DATA.is_dir():
        pytest.skip(f"real data not found at {DATA}; set REGULARS_DATA")
    return DATA


@pytest.fixture()
def now() -> dt.datetime:
    """The tests' clock."""
    return NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty shop in a database of its own, once on each kind; yields the kind."""
    with databases.fresh(request.param, tmp_path):
        yield request.param


@pytest.fixture()
def small_shop(tmp_path: Path) -> Iterator[str]:
    """An empty shop on SQLite only, where the database does not matter."""
    with databases.fresh("sqlite", tmp_path):
        yield "sqlite"
