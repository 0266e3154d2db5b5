"""The same expressions on DuckDB and on Spark give the same cells: whole numbers and words exactly, the rest to nine
digits. Run by `make test-spark`, in an environment of its own."""

from dataclasses import asdict
from operator import attrgetter
from typing import Any

import pyarrow.parquet as pq
import pytest

from insight.base_question import KEYS, assert_same
from insight.shops import ADA, BEN, Order, Refund, Variant, at, connection, dates, day, many, rows, shop, tables_of
from regulars.insight.facts import Engine
from regulars.insight.profile import Choices, base
from regulars.insight.summary import summarise
from regulars.insight.valid import Rule

LAST, SOME = 900, "some_people"
CHOICES = Choices(rule=Rule(tags_left_out=("staff",)), margin_percent=40)
TABLES = {
    "profiles": ("customer_id",), "cohorts": ("cohort", "age"), "products.first": ("variant_id",),
    "products.repeat": ("variant_id",), "products.returned": ("variant_id",), "yardsticks.levels": ("variant_id",),
}  # fmt: skip


def found():
    """A shop that has its two numbers and a forecast, with every kind of order and refund."""
    odd = (
        Order(1, ADA, day(5), tags="Staff"), Order(2, ADA, day(6), status="cancelled", cancelled=day(40)),
        Order(3, BEN, day(9), known=day(LAST + 1)), Order(4, BEN, day(20), channel="", hour=3, lines=((None, 1, 1000),)),
        Order(5, None, day(30)), Order(6, 1001, day(50), net=1001, total=1191, lines=((2, 2, 1001),)),
    )  # fmt: skip
    back = (
        Refund(1, 6, 333, day(60), variant=2), Refund(2, None, 100, day(61), variant=1, who=1001),
        Refund(3, 100_100, 1000, day(3)), Refund(4, 100_200, 500, None, known=day(400)),
    )  # fmt: skip
    regulars = tuple(
        order for gap in (20, 45) for order in many(60, tuple(range(gap, LAST, 3 * gap)), first=5000 + gap * 100)
    )
    once = many(520, (100, 700), first=1000) + many(150, (300,), first=2000)
    return shop(
        *at(0, 30, 65, 500), *odd, *once, *regulars, refunds=back, people={BEN: BEN, 1001: 1001, 2001: 1001},
        variants=(Variant(1, 10, 400, "tea", "Tea"), Variant(2, 10, None, "tea", "Large tea")), reviews=((ADA, day(9), 4.0),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("lake")
    for name, table in tables_of(found()).items():
        pq.write_table(table, folder / f"{name}.parquet")
    return {path.stem: str(path) for path in folder.iterdir()}


def answers(con: Any, files: dict[str, str]) -> tuple[dict, list]:
    engine = Engine(con, prefix="portable")
    facts = engine.facts(files)
    whole = summarise(engine, facts, dates(LAST), CHOICES)
    chosen = facts.people.filter(facts.people.customer_id.isin([ADA, BEN, 1001])).select("customer_id")
    some = base(engine, facts, dates=dates(LAST), choices=CHOICES, customers=chosen)
    tables = {name: rows(attrgetter(name)(whole), *keys) for name, keys in TABLES.items()}
    tables |= {f"some {name}": rows(getattr(some, name), *keys) for name, keys in KEYS.items() if name != "orders"}
    numbers = [whole.n1, whole.n2, whole.counts, whole.survival, whole.first_spend, whole.concentration]
    numbers += [whole.yardsticks.rhythm, whole.yardsticks.fifths, whole.yardsticks.grades, whole.yardsticks.margins]
    engine.close()
    return tables, [asdict(number) for number in numbers]


def test_spark_gives_the_cells_that_duckdb_gives(files, on_spark):
    (tables, numbers), (spark_tables, spark_numbers) = answers(connection(), files), answers(on_spark, files)
    for name, table in tables.items():
        assert table, name
        assert_same(table, spark_tables[name])
    assert_same(numbers, spark_numbers)
