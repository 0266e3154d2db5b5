"""B7 two engines: the summary of one shop on DuckDB in this process and on a Spark cluster of two workers, cell by cell.

There is no target for Spark's speed: below the size of one machine it is slower, and this prints by how much. Both
answer from the same Parquet files; the cluster's two workers share this machine's cores with everything else.
"""

import json
import sys
from dataclasses import asdict
from operator import attrgetter
from typing import Any

from benchmarks import made

PYTHON = made.ROOT / ".venv-spark" / "bin" / "python"
DIGITS = 1e-9
TABLES = {
    "profiles": ("customer_id",), "began": ("customer_id",), "cohorts": ("cohort", "age"),
    "products.first": ("variant_id",), "products.repeat": ("variant_id",), "products.returned": ("variant_id",),
    "yardsticks.levels": ("variant_id",),
}  # fmt: skip
NUMBERS = (
    "counts", "n1", "n2", "first_spend", "survival", "concentration", "yardsticks.rhythm", "yardsticks.fifths",
    "yardsticks.grades", "yardsticks.margins", "yardsticks.forecast",
)  # fmt: skip
# Customers begin on any of 1,000 days, stay for up to three years, and order the more the lower their number.
ORDERS = """
SELECT i AS order_id, c AS identifier_id, (DATE '2023-01-01' + (began + (hash(i * 5) % (1 + least(stays, 1095 - began)))::INT))::DATE AS day,
  day AS known_day, CASE WHEN i % 97 = 0 THEN day + 2 END AS cancelled_day, CASE WHEN i % 97 = 0 THEN 'cancelled' ELSE 'paid' END AS status,
  i % 1013 = 0 AS test, i % 499 = 0 AS gift_card_only, i % 211 = 0 AS renewal, net + 590 AS total, net, (i % 5 % 2 * 100)::BIGINT AS discount,
  590::BIGINT AS shipping, ['web', 'shop', 'app', ''][1 + i % 4] AS channel, ['DE', 'AT', 'CH'][1 + c % 3] AS country,
  CASE WHEN i % 31 = 0 THEN 'SPRING' ELSE '' END AS discount_code, CASE WHEN i % 499 = 3 THEN 'VIP, Staff' ELSE '' END AS tags, i % 24 AS hour
FROM (SELECT i, c, (hash(c) % 1000)::INT AS began, (hash(c * 3) % 1095)::INT AS stays, net
  FROM (SELECT i, (power((hash(i) % 1000003) / 1000003.0, 1.5) * {customers})::BIGINT AS c, net
    FROM (SELECT order_id AS i, sum(net)::BIGINT AS net FROM '{folder}/lines.parquet' GROUP BY order_id)))
"""
QUERIES = {
    "lines": "SELECT i // 4 AS order_id, i % 4 AS position, v AS variant_id, 'product' AS kind, q AS quantity, q * (300 + v * 7) AS net "
    "FROM (SELECT i, (power((hash(i) % 99991) / 99991.0, 2) * 2000)::BIGINT AS v, (1 + hash(i * 3) % 3)::BIGINT AS q FROM range({lines}) t(i))",
    "orders": ORDERS,
    "refunds": "SELECT order_id AS refund_id, order_id, identifier_id, variant_id, day + (order_id % 40)::INT AS day, day + (order_id % 40)::INT AS known_day, "
    "l.net AS amount, quantity, order_id % 17 = 0 AS failed FROM '{folder}/orders.parquet' o JOIN '{folder}/lines.parquet' l USING (order_id) WHERE order_id % 29 = 0 AND position = 0",
    "people": "SELECT DISTINCT identifier_id, identifier_id - (identifier_id % 50 = 1)::BIGINT AS customer_id, ['email', 'phone', 'account'][1 + identifier_id % 3] AS kind FROM '{folder}/orders.parquet'",
    "variants": "SELECT v AS variant_id, v // 2 AS product_id, 'SKU-' || v AS sku, 'Product ' || v AS title, 'Category ' || v % 20 AS category, CASE WHEN v % 7 > 0 THEN 200 + v * 3 END AS cost FROM range(2001) t(v)",
    "reviews": "SELECT order_id AS review_id, identifier_id, day + 9 AS day, 1.0 + order_id % 5 AS rating FROM '{folder}/orders.parquet' WHERE order_id % 41 = 0",
}  # fmt: skip


def run(*, lines: int, runs: int) -> None:
    """Print the table."""
    if not PYTHON.exists():
        print("\nB7 needs the Spark environment: make .venv-spark/ok")
        return
    found = made.child("benchmarks.b7_engines", str(lines), str(runs), home=made.FOLDER / "home-engines", python=PYTHON)
    rows: list[list[Any]] = [["", "wall s", "ratio", "target"]]
    rows += [["DuckDB, in one process", found["duckdb"], 1.0, ""]]
    rows += [["Spark, two workers of one core", found["spark"], found["spark"] / found["duckdb"], "none"]]
    rows += [["cells compared", found["cells"], "", ""], ["cells that differ", found["differ"], "", "0"]]
    made.table(f"B7: {lines:,} order lines, {found['customers']:,} customers", rows)
    if found["differ"]:
        raise RuntimeError(f"the engines differ: {found['where']}")


def measure(lines: int, runs: int) -> dict[str, Any]:
    """Times of both engines, alternating, and how many cells differ in any run."""
    import ibis

    from benchmarks.spark_cluster import cluster
    from regulars.insight.facts import Engine, duckdb_engine

    files = lake(lines)
    times: dict[str, list[float]] = {"duckdb": [], "spark": []}
    differ: dict[str, int] = {}
    with cluster(made.FOLDER / "spark") as session:
        con = ibis.pyspark.connect(session)
        for _run in range(runs):
            one, answers = made.timed(lambda: ask(duckdb_engine(memory_mb=4096), files))[::2]
            other, same = made.timed(lambda: ask(Engine(con), files))[::2]
            times["duckdb"].append(one)
            times["spark"].append(other)
            differ |= {name: count for name in answers if (count := differences(answers[name], same[name]))}
    figures: dict[str, Any] = {name: made.median(values) for name, values in times.items()}
    cells = sum(table.num_rows * table.num_columns for table in answers.values())
    return figures | {
        "cells": cells, "differ": sum(differ.values()), "where": differ, "customers": answers["profiles"].num_rows,
    }  # fmt: skip


def lake(lines: int) -> dict[str, str]:
    """The facts of an invented shop as Parquet files, by name: 4 lines an order, about lines/8.5 customers, three years."""
    import duckdb

    from regulars.insight.facts import SCHEMAS

    folder = made.FOLDER / f"lake-{lines}"
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    for name, query in QUERIES.items():
        kinds = {"string": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE", "int64": "BIGINT", "float64": "DOUBLE"}
        columns = ", ".join(f"{column}::{kinds[kind]} AS {column}" for column, kind in SCHEMAS[name].items())
        asked = query.format(lines=lines, customers=max(1, lines * 2 // 17), folder=folder)
        con.execute(f"COPY (SELECT {columns} FROM ({asked})) TO '{folder / name}.parquet'")
    return {name: str(folder / f"{name}.parquet") for name in QUERIES}


def ask(engine: Any, files: dict[str, str]) -> dict[str, Any]:
    """Every table of the summary, sorted, and its numbers as one more table of names and values."""
    import datetime as dt

    import pyarrow as pa

    from regulars.insight.came_back import History
    from regulars.insight.dates import Dates
    from regulars.insight.profile import Choices
    from regulars.insight.summary import summarise
    from regulars.insight.valid import Rule

    last = dt.date(2025, 12, 31)
    dates = Dates(last, last, History(dt.date(2023, 1, 1), opened=True))
    whole = summarise(engine, engine.facts(files), dates, Choices(Rule(tags_left_out=("staff",)), margin_percent=40))
    tables = {
        name: attrgetter(name)(whole).to_pyarrow().sort_by([(key, "ascending") for key in keys])
        for name, keys in TABLES.items()
    }
    engine.close()
    plain = [(name, value) for name in NUMBERS for value in flat(asdict(attrgetter(name)(whole)))]
    numbers = [float(value) if isinstance(value, int | float) else None for _name, value in plain]
    texts = [name if isinstance(value, int | float) else f"{name} {value}" for name, value in plain]
    return tables | {"numbers": pa.table({"name": texts, "value": pa.array(numbers, pa.float64())})}


def flat(value: Any) -> list[Any]:
    """The leaves of nested dictionaries and sequences, in order."""
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in flat(one)]
    if isinstance(value, list | tuple):
        return [leaf for one in value for leaf in flat(one)]
    return [value]


def differences(left: Any, right: Any) -> int:
    """How many cells differ: whole numbers, words and NULLs at all, floats by more than nine digits."""
    if left.num_rows != right.num_rows or left.schema.names != right.schema.names:
        return max(left.num_rows, 1) * left.num_columns
    return sum(_different(left.column(name), right.column(name)) for name in left.schema.names)


def _different(one: Any, other: Any) -> int:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    nulls = pc.sum(pc.xor(one.is_null(), other.is_null())).as_py() or 0
    if not pa.types.is_floating(one.type):
        return int(nulls + (pc.sum(pc.not_equal(one, other.cast(one.type))).as_py() or 0))
    known = pc.and_(one.is_valid(), other.is_valid())
    pair = [column.filter(known).to_numpy().astype(np.float64) for column in (one, other)]
    return int(nulls + (~np.isclose(*pair, rtol=DIGITS, atol=DIGITS, equal_nan=True)).sum())


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
