"""A question of insight asked of many shops: its SQL is made once, so a property test can afford many examples."""

from collections.abc import Callable
from typing import Any

import ibis
import pyarrow as pa

from insight.shops import NUMBERS, Shop, connection, tables_of
from regulars.insight.facts import SCHEMAS, Engine, Facts


class Recorder(Engine):
    """An engine that makes staged tables empty and remembers how to fill them."""

    def stage(self, expression: Any, name: str) -> Any:
        full = f"{self.prefix}_{name}_{len(self._names)}"
        self._names.append(full)
        self.made = [*getattr(self, "made", []), (full, str(ibis.to_sql(expression, dialect="duckdb")))]
        return self.con.create_table(full, schema=expression.schema(), temp=True)

    def drop(self, *tables: Any) -> None:
        """They are filled again for the next shop."""


class Question:
    """`build(engine, facts)` gives named tables. It sees an empty shop: what it asks at once says nothing of others."""

    def __init__(self, build: Callable[[Engine, Facts], dict[str, Any]]) -> None:
        self.build = build
        self.answers: dict[str, str] = {}

    def ask(self, shop: Shop) -> dict[str, list[dict[str, Any]]]:
        con = connection().con
        if not self.answers:
            self._prepare(con)
        for name, table in tables_of(shop).items():
            _fill(con, self.names[name], table)
        for name, sql in self.made:
            con.execute(f"DELETE FROM {name}")
            con.execute(f"INSERT INTO {name} {sql}")
        return {name: _rows(con.execute(sql)) for name, sql in self.answers.items()}

    def table(self, name: str) -> Any:
        """A staged table as the last shop left it."""
        return connection().table(next(full for full, _sql in self.made if f"_{name}_" in full))

    def _prepare(self, con: Any) -> None:
        number = next(NUMBERS)
        self.names = {name: f"asked{number}_{name}" for name in SCHEMAS}
        for name, table in tables_of(Shop()).items():
            _make(con, self.names[name], table)
        engine = Recorder(connection(), prefix=f"asked{number}")
        found = self.build(engine, engine.facts(self.names))
        self.made = getattr(engine, "made", [])
        self.answers = {name: str(ibis.to_sql(table, dialect="duckdb")) for name, table in found.items()}


def _rows(cursor: Any) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _make(con: Any, name: str, table: pa.Table) -> None:
    con.register("incoming", table)
    con.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
    con.unregister("incoming")


def _fill(con: Any, name: str, table: pa.Table) -> None:
    con.register("incoming", table)
    con.execute(f"DELETE FROM {name}")
    con.execute(f"INSERT INTO {name} SELECT * FROM incoming")
    con.unregister("incoming")
