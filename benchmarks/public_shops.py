"""The public sets as shops in an engine, to be asked as of any day."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import made
from benchmarks.public_sets import SETS, OrderDays

__all__ = ["HORIZON", "SETS", "Shop", "opened"]

HORIZON = 90
HISTORY_MIN = 180
APART_MIN = 30


@dataclass(frozen=True, eq=False)
class Shop:
    """A public set in an engine."""

    name: str
    found: OrderDays
    engine: Any
    facts: Any

    @property
    def last(self) -> dt.date:
        """The last day of the data."""
        return _date(self.found.day.max())

    def dates(self, day: dt.date) -> Any:
        """The question as of the end of this day."""
        from regulars.insight.came_back import History
        from regulars.insight.dates import Dates

        return Dates(day, day, History(_date(self.found.day.min()), opened=self.found.opened))

    def known(self, day: dt.date) -> Any:
        """The customers and their histories at the end of the day: lifetime.order_days.OrderDays."""
        from regulars.insight.lifetime.order_days import gather

        seen = self.found.day <= np.datetime64(day)
        days = self.found.day[seen].astype(np.int64)
        return gather(self.found.customer[seen], days, self.found.cents[seen], end=int(np.datetime64(day).astype(int)))

    def came(self, day: dt.date) -> Any:
        """Order days in the HORIZON after the day, of the customers known by it, by their numbers."""
        after = self.found.day - np.datetime64(day)
        soon = (after > np.timedelta64(0)) & (after <= np.timedelta64(HORIZON, "D"))
        counts = np.bincount(self.found.customer[soon], minlength=int(self.found.customer.max()) + 1)
        return counts[np.unique(self.found.customer[self.found.day <= np.datetime64(day)])]

    def cuts(self, most: int) -> list[dt.date]:
        """Past days, so many at most, evenly apart, with HISTORY_MIN days behind them and HORIZON days ahead."""
        first = _date(self.found.day.min()) + dt.timedelta(days=HISTORY_MIN)
        room = (self.last - first).days - HORIZON
        apart = max(APART_MIN, -(-room // most))
        return [first + dt.timedelta(days=room - back) for back in range(0, room + 1, apart)][::-1]


@contextmanager
def opened(name: str) -> Iterator[Shop]:
    """A public set in an engine of its own."""
    from regulars.insight.facts import duckdb_engine

    found = SETS[name]()
    made.FOLDER.mkdir(exist_ok=True)
    engine = duckdb_engine(memory_mb=2048, temp_directory=str(made.FOLDER / "spill"))
    engine.con.raw_sql("SET enable_progress_bar = false")
    for table, rows in tables_of(found).items():
        engine.con.con.register(table, rows)
    try:
        yield Shop(name, found, engine, engine.facts({table: table for table in tables_of(found)}))
    finally:
        engine.close()
        engine.con.disconnect()


def tables_of(found: OrderDays) -> dict[str, Any]:
    """The tables that insight asks: one paid order a row, nothing known of its lines."""
    import pyarrow as pa

    from regulars.insight.facts import SCHEMAS

    kinds = {"int64": pa.int64(), "date": pa.date32(), "string": pa.string(), "boolean": pa.bool_(), "float64": pa.float64()}  # fmt: skip
    n = found.customer.size
    usual = {"date": None, "int64": 0, "boolean": False, "string": ""}
    known = {"order_id": np.arange(n), "identifier_id": found.customer, "day": found.day, "known_day": found.day,
             "status": ["paid"] * n, "total": found.cents, "net": found.cents}  # fmt: skip
    people = np.unique(found.customer)
    filled: dict[str, dict[str, Any]] = {
        "orders": {column: known.get(column, [usual[kind]] * n) for column, kind in SCHEMAS["orders"].items()},
        "people": {"identifier_id": people, "customer_id": people, "kind": ["email"] * people.size},
    }
    return {
        name: pa.table(
            {column: pa.array(filled.get(name, {}).get(column, []), kinds[kind]) for column, kind in columns.items()}
        )
        for name, columns in SCHEMAS.items()
    }


def _date(day: np.datetime64) -> dt.date:
    found: dt.date = day.astype(dt.date)
    return found
