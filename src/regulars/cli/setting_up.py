"""How a command gets Django, a database that is up to date, and the shop it works in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from regulars.environment import EnvironmentMistake

SHOPS = {"own": "default", "demo": "demo"}
MIGRATING = 7_305_417  # any number that is ours
shop_option = click.option(
    "--shop", type=click.Choice(list(SHOPS)), default="own", show_default=True, help="Own shop or demo."
)


def ready(*, migrate: bool = True) -> None:
    """Set Django up and bring both databases to the current version."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    import django

    django.setup()
    if migrate:
        _migrate()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import OperationalError, connections
    from django.db.migrations.executor import MigrationExecutor

    def behind(alias: str) -> bool:
        executor = MigrationExecutor(connections[alias])
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    for alias in SHOPS.values():
        try:
            if behind(alias):
                with _one_at_a_time(alias):
                    if behind(alias):
                        call_command("migrate", database=alias, verbosity=0, interactive=False)
        except OperationalError as error:
            raise EnvironmentMistake(f"The database does not answer ({alias}): {str(error).strip()}") from error


@contextmanager
def _one_at_a_time(alias: str) -> Iterator[None]:
    """Only one process migrates: a lock in the database itself, and a lock file (released when its holder dies)."""
    import sqlite3

    from django.conf import settings
    from django.db import connections

    with sqlite3.connect(settings.HOME / "migrating.lock", timeout=120, isolation_level=None) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        if connections[alias].vendor == "postgresql":
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            yield
        finally:
            if connections[alias].vendor == "postgresql":
                with connections[alias].cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
            lock.execute("ROLLBACK")


@contextmanager
def in_shop(shop: str) -> Iterator[None]:
    """Django ready, and everything inside in this shop."""
    ready()
    from regulars.shop import current

    with current.using(SHOPS[shop]):
        yield
