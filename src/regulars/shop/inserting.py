"""Thousands of new rows of one table at once: COPY on PostgreSQL, one prepared statement on SQLite.

The same values as Django's `bulk_create` would write, without its work for every single value.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db.models import DateField, DateTimeField, JSONField, Model

from regulars.shop import current


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """New rows of a table; names: of the columns (`person_id`), in the order of the values. What is not named has the
    database's default. All or none; nothing may be asked of the database while the rows are made. Raises IntegrityError.
    """
    connection = current.connection()
    columns = ", ".join(f'"{name}"' for name in names)
    table = f'"{model._meta.db_table}"'
    postgresql = connection.vendor == "postgresql"
    ready = _ready(rows, [_change(model._meta.get_field(name), postgresql) for name in names])
    with current.atomic(), connection.cursor() as cursor:
        if not postgresql:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", ready)
            return
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in ready:
                copy.write_row(row)


def insert_all(made: Sequence[Model]) -> None:
    """Write new records of one model, whose keys are set."""
    if not made:
        return
    names = [field.attname for field in made[0]._meta.concrete_fields]
    insert(type(made[0]), names, map(attrgetter(*names), made))
    for one in made:
        one._state.adding, one._state.db = False, current.alias()


def _ready(rows: Iterable[Sequence[Any]], changes: Sequence[Callable[[Any], Any] | None]) -> Any:
    """The rows as the driver takes them."""
    some = [(place, change) for place, change in enumerate(changes) if change]
    for row in rows:
        values = list(row)
        for place, change in some:
            values[place] = change(values[place])
        yield values


def _change(field: Any, postgresql: bool) -> Callable[[Any], Any] | None:
    """What becomes of a field's values on the way; None when the driver takes them as they are."""
    if isinstance(field, JSONField):
        return json.dumps
    if postgresql or not isinstance(field, DateField):
        return None
    return _moment if isinstance(field, DateTimeField) else _text


@lru_cache(maxsize=4096)
def _moment(at: dt.datetime | None) -> str | None:
    """As Django keeps it in SQLite: UTC, without saying so."""
    return None if at is None else str(at.astimezone(dt.UTC).replace(tzinfo=None))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
