"""The questions one by one, on DuckDB and on Spark, give the same cells: whole numbers and words exactly, the rest to
nine digits. Run by `make test-spark`, in an environment of its own."""

from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insight.alike import assert_alike
from insight.shops import ADA, BEN, TYPES, Order, Refund, Variant, connection, day, rows, shop, tables_of
from regulars.insight import (
    affinity,
    audit,
    bundles,
    change_counts,
    changes,
    deciles,
    discounts,
    growth,
    households,
    order_survival,
    price_grades,
    products,
    replenishment,
    substitution,
    triangle,
    voices,
)
from regulars.insight.acquisition import Terms, acquisition
from regulars.insight.came_back import History
from regulars.insight.facts import Engine
from regulars.insight.periods import Period
from regulars.insight.valid import counting, customer_days, net_orders, starts

LAST = 1000
OPENED = History(day(0), opened=True)
THEN, NOW, BOTH = Period(day(100), day(465)), Period(day(466), day(831)), Period(day(100), day(831))
LOOK = change_counts.Look(day(LAST), OPENED)
GIVEN = {
    "costs": {"channel": "string", "day": "date", "cost": "int64", "aim": "string"},
    "deliveries": {"customer_id": "int64", "place": "string", "surname": "string", "company": "string", "day": "date"},
    "shared": {"customer_id": "int64", "day": "date"},
}  # fmt: skip
KEYS = {
    "cells": ("cohort", "period"), "one_cohort": ("age",), "whole_base": ("period", "cohort"),
    "affinity": ("variant_id", "other_id"), "next_best": ("customer_id",), "replenishment": ("variant_id",),
    "discounts": ("customer_id",), "after_returns": ("customer_id", "day", "variant_id", "bought_id"),
    "outcomes": ("variant_id",), "instead": ("variant_id", "bought_id"), "price_grades": ("variant_id",),
    "customer_grades": ("customer_id",), "places": ("place",), "members": ("place", "customer_id"),
    "senders": ("customer_id",), "voices": ("customer_id",),
    "moves": ("customer_id",),
}  # fmt: skip


def basket(who: int, turn: int) -> tuple[tuple[int | None, int, int], ...]:
    """Two or three of five variants, more of the first ones."""
    first = 1 + (who + turn // 3) % 3
    extra = ((4, 1, 900),) if first == 3 and who % 4 else ((5, 2, 3000 + 100 * (turn % 3)),) if who % 5 == 0 else ()
    return ((first, 1 + turn % 2, 500 * first), (1 + first % 3, 1, 700), *extra)


def found():
    """Four hundred customers with rhythms of their own, over two years and nine months."""
    orders, number = [], 0
    for who in range(1, 401):
        for turn in range(1 + who % 9):
            when = (who * 7) % 600 + turn * (25 + who % 40)
            if when <= LAST:
                number += 1
                lines = basket(who, turn)
                orders.append(
                    Order(
                        number, who, day(when), sum(net for _v, _units, net in lines), discount=(who + turn) % 3 % 2,
                        channel=("web", "shop", "web", "")[who % 4], country=("DE", "AT")[who % 2], lines=lines,
                    )
                )  # fmt: skip
    back = tuple(
        Refund(order.id, order.id, 500, order.day + (day(5) - day(0)), variant=order.lines[0][0])
        for order in orders[::7]
    )  # fmt: skip
    variants = tuple(Variant(v, 10 + v // 2, 300, "tea" if v < 4 else "cups") for v in range(1, 6))
    reviews = tuple((who, day(900 + who % 50 + 10 * turn), 4.0) for who in range(1, 60, 3) for turn in range(who % 4))
    return shop(*orders, refunds=back, variants=variants, reviews=reviews)


def given_rows() -> dict[str, list[tuple]]:
    return {
        "costs": [("web", day(470 + at * 30), 1001 + at, ("", "new", "kept")[at % 3]) for at in range(9)],
        "deliveries": [
            (who, ("1 Mill Lane", "Floor 3, Dock Road", "", None)[who % 4], f"Name{who % 3}", "", day(who)) for who in range(40)
        ] + [(ADA, f"place {at}", f"Other{at}", "", day(at)) for at in range(3)],
        "shared": [(who, day(900 + at)) for who in (ADA, BEN, 1000) for at in range(who % 3 + 1)],
    }  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("lake")
    for name, table in tables_of(found()).items():
        pq.write_table(table, folder / f"{name}.parquet")
    for name, columns in GIVEN.items():
        schema = pa.schema({column: TYPES[kind] for column, kind in columns.items()})
        listed = [dict(zip(columns, row, strict=True)) for row in given_rows()[name]]
        pq.write_table(pa.Table.from_pylist(listed, schema=schema), folder / f"{name}.parquet")
    return {path.stem: str(path) for path in folder.iterdir()}


def answers(con: Any, files: dict[str, str]) -> tuple[dict[str, list], list]:
    """Every table, and every number as a plain value."""
    engine = Engine(con, prefix="questions")
    facts = engine.facts(files)
    costs, deliveries, shared = (con.read_parquet(files[name]) for name in GIVEN)
    orders = engine.stage(net_orders(facts, as_of=day(LAST)), "orders")
    valid = engine.stage(counting(orders), "valid")
    days = engine.stage(customer_days(valid), "days")
    began = engine.stage(starts(days), "began")
    bought = engine.stage(products.product_days(facts, valid), "bought")
    cells = engine.stage(audit.cells(valid, began, as_of=day(LAST)), "cells")
    pairs = engine.stage(affinity.affinity(bought), "pairs")
    after = engine.stage(substitution.after_returns(facts, orders, as_of=day(LAST)), "after")
    grades = engine.stage(price_grades.price_grades(facts, bought), "grades")
    places = engine.stage(households.places(deliveries), "places")
    tables = {
        "cells": cells, "one_cohort": audit.one_cohort(cells, 2023 * 12), "whole_base": audit.whole_base(cells),
        "affinity": pairs, "next_best": affinity.next_best(bought, pairs),
        "replenishment": replenishment.replenishment(bought, as_of=day(LAST)),
        "discounts": discounts.of_customers(valid), "after_returns": after,
        "outcomes": substitution.outcomes(after), "instead": substitution.instead(after), "price_grades": grades,
        "customer_grades": price_grades.of_customers(bought, grades), "places": places,
        "members": households.members(deliveries, places), "senders": households.senders(deliveries),
        "voices": voices.voices(facts, days, shared, as_of=day(LAST)),
        "moves": growth.moves(valid, began, then=THEN, now=NOW, history=OPENED),
    }  # fmt: skip
    given = {"valid": valid, "began": began, "bought": bought, "days": days, "cells": cells, "grades": grades}
    found = {name: rows(table) for name, table in tables.items()}, numbers(given, costs)
    engine.close()
    return found


def numbers(given: dict[str, Any], costs: Any) -> list[Any]:
    """What the questions answer in Python."""
    valid, began, bought, days = (given[name] for name in ("valid", "began", "bought", "days"))
    customers = days.group_by("customer_id").aggregate(orders=days.orders.sum(), net_total=days.net.sum())
    periods = {"then": THEN, "now": NOW}
    counted = {name: rows(table) for name, table in change_counts.counts(valid, began, bought, look=LOOK).items()}
    sums = triangle.triangle(given["cells"], as_of=day(LAST), history=OPENED)
    found = [
        growth.growth(valid, began, **periods, history=OPENED), deciles.inequality(customers),
        *deciles.deciles(customers), audit.two_periods(valid, began, **periods, history=OPENED),
        *order_survival.next_orders(days, began, history=OPENED, until=day(LAST - 14)),
        *bundles.bundles(bought), discounts.of_shop(valid, began, horizon=90), triangle.chain_ladder(sums),
        price_grades.drift(bought, given["grades"], **periods), changes.judged(counted, look=LOOK),
        *acquisition(valid, began, costs, period=BOTH, terms=Terms(day(LAST), OPENED, 40, horizon=120)),
    ]  # fmt: skip
    plain = [asdict(one) for one in found]
    return plain + [sorted(map(repr, table)) for table in counted.values()]


def test_spark_gives_the_cells_that_duckdb_gives(files, on_spark):
    (tables, plain), (spark_tables, spark_plain) = answers(connection(), files), answers(on_spark, files)
    for name, table in tables.items():
        assert table, name
        assert_alike(in_order(table, name), in_order(spark_tables[name], name))
    assert_alike(plain, spark_plain)


def in_order(table: list, name: str) -> list:
    return sorted(table, key=lambda row: tuple(str(row[key]) for key in KEYS[name]))
