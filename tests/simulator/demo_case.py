"""One demo shop for all tests of this folder, with the truth beside the tables."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa

from regulars.simulator.demo import demo_shop, demo_truth

SEED = 7
LAST_DAY = date(2026, 10, 31)


@dataclass(frozen=True)
class Demo:
    """The demo shop's tables as lists of rows, with the truth beside them."""

    tables: dict[str, pa.Table]
    orders: dict[str, dict[str, str]]
    lines: dict[str, list[dict[str, str]]]
    person: dict[str, int]
    entry: dict[str, int]

    def rows(self, name: str) -> list[dict[str, str]]:
        return self.tables[name].to_pylist()

    def valid(self) -> list[str]:
        """Keys of orders that are not void, fully refunded, tests or free."""
        return [
            key
            for key, order in self.orders.items()
            if order["status"] not in {"voided", "refunded"} and not order["test"] and Decimal(order["total"]) > 0
        ]

    def days_of(self, keys: list[str]) -> dict[int, list[date]]:
        """The different days on which each real person placed one of these orders, sorted."""
        days: dict[int, set[date]] = defaultdict(set)
        for key in keys:
            days[self.person[key]].add(day_of(self.orders[key]["ordered_at"]))
        return {person: sorted(found) for person, found in days.items()}


def day_of(text: str) -> date:
    return date.fromisoformat(text[:10])


def instant_of(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z")


def load_demo(seed: int) -> Demo:
    tables = demo_shop(seed, last_day=LAST_DAY)
    truth = demo_truth(seed, last_day=LAST_DAY).to_pylist()
    orders: dict[str, dict[str, str]] = {}
    lines: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in tables["orders"].to_pylist():
        orders.setdefault(row["order_key"], row)
        lines[row["order_key"]].append(row)
    return Demo(
        tables=tables,
        orders=orders,
        lines=lines,
        person={row["order_key"]: row["person"] for row in truth},
        entry={row["order_key"]: row["entry"] for row in truth},
    )
