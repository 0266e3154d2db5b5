"""The first half of the profiles, asked of many shops, and how its tables are compared."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from insight.questions import Question
from insight.shops import Shop, connection, dates
from regulars.insight.profile import Choices, base
from regulars.insight.valid import Rule

KEYS = {
    "customers": ("customer_id",),
    "gaps": ("customer_id", "day"),
    "orders": ("order_id",),
    "days": ("customer_id", "day"),
    "bought": ("customer_id", "day", "variant_id"),
}


RULE = Rule(tags_left_out=("staff",))
SOME = "some_customers"


@cache
def question(cut: int, some: bool = False) -> Question:
    """As of the day numbered `cut`, of all customers or of those in the table SOME."""

    def build(engine, facts):
        chosen = connection().table(SOME) if some else None
        found = base(engine, facts, dates=dates(cut), choices=Choices(rule=RULE), customers=chosen)
        return {name: getattr(found, name) for name in KEYS}

    return Question(build)


def ask(found: Shop, cut: int, *, some: Iterable[int] | None = None) -> dict[str, list[dict[str, Any]]]:
    """The five tables of a base, each in a fixed order of rows; `some`: only these customers."""
    if some is not None:
        con = connection().con
        con.execute(f"CREATE OR REPLACE TABLE {SOME} (customer_id BIGINT)")
        con.executemany(f"INSERT INTO {SOME} VALUES (?)", [(who,) for who in (*some, -1)])
    answer = question(cut, some is not None).ask(found)
    return {name: in_order(rows, *KEYS[name]) for name, rows in answer.items()}


def own_histories(found: Shop, cut: int = 69) -> dict[int, dict[str, Any]]:
    """Each customer's own half of the profile."""
    return {row["customer_id"]: row for row in ask(found, cut)["customers"]}


def in_order(found: list[dict[str, Any]], *keys: str) -> list[dict[str, Any]]:
    return sorted(found, key=lambda row: tuple(row[key] for key in keys))


def assert_same(left: Any, right: Any) -> None:
    """Equal rows; floats to nine digits, since sums of floats depend on their order."""
    assert len(left) == len(right)
    for one, other in zip(left, right, strict=True):
        assert one.keys() == other.keys()
        for name, value in one.items():
            expected = pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
            assert other[name] == expected, name
