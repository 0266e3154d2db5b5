"""How a command gets Django, a database that is up to date, and the shop it works in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from regulars.environment import EnvironmentMistake

SHOPS = {"own": "default", "demo": "demo"}
shop_option = click.option("--shop", type=click.Choice(list(SHOPS)), default="own", show_default=True, help="Own shop or demo.")


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

    for alias in SHOPS.values():
        try:
            executor = MigrationExecutor(connections[alias])
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", database=alias, verbosity=0, interactive=False)
        except OperationalError as error:
            raise EnvironmentMistake(f"The database does not answer ({alias}): {str(error).strip()}") from error


@contextmanager
def in_shop(shop: str) -> Iterator[None]:
    """Django ready, and everything inside in this shop."""
    ready()
    from regulars.shop import current

    with current.using(SHOPS[shop]):
        yield
