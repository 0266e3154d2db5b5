"""The same expressions on DuckDB and on Spark give the same cells: whole numbers and words exactly, the rest to nine
digits. Run by `make test-spark`, in an environment of its own."""

from dataclasses import asdict, fields, replace
from itertools import cycle, islice
from operator import attrgetter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insight.alike import assert_alike
from insight.base_question import KEYS
from insight.shops import ADA, BEN, Order, Refund, Variant, at, connection, dates, day, many, rows, shop, tables_of
from regulars.insight.backtest.snapshot import known_today, take
from regulars.insight.candidates.choice import UNWATCHED
from regulars.insight.candidates.seen import FEATURES
from regulars.insight.facts import Engine
from regulars.insight.forecast import forecast
from regulars.insight.profile import Choices, base
from regulars.insight.summary import summarise
from regulars.insight.valid import Rule

LAST, PAST = 900, 600
ASKED = replace(UNWATCHED, orders="days since the last order", chance="BG/NBD by season")
CHOICES = Choices(rule=Rule(tags_left_out=("staff",)), margin_percent=40, forecast=ASKED)
TABLES = {
    "profiles": ("customer_id",), "began": ("customer_id",), "cohorts": ("cohort", "age"), "products.first": ("variant_id",),
    "products.repeat": ("variant_id",), "products.returned": ("variant_id",), "yardsticks.levels": ("variant_id",),
}  # fmt: skip


def found():
    """A shop that has its two numbers and a forecast, with every kind of order and refund."""
    odd = (
        Order(1, ADA, day(5), tags="Staff"), Order(2, ADA, day(6), status="cancelled", cancelled=day(40)),
        Order(3, BEN, day(9), known=day(LAST + 1)), Order(4, BEN, day(20), channel="", hour=3, lines=((None, 1, 1000),)),
        Order(5, None, day(30)), Order(6, 1001, day(50), net=1001, total=1191, lines=((2, 2, 1001),)),
        Order(7, BEN, day(21), status="cancelled", cancelled=day(25)), Order(8, ADA, day(66), status="voided"),
        Order(9, ADA, day(67), test=True), Order(10, BEN, day(68), gift_card_only=True), Order(11, BEN, day(69), renewal=True),
        Order(12, 1002, day(70), net=0), Order(13, ADA, day(30), hour=20), Order(14, ADA, day(880), fee=300),
    )  # fmt: skip
    back = (
        Refund(1, 6, 333, day(60), variant=2), Refund(2, None, 100, day(61), variant=1, who=1001),
        Refund(3, 100_100, 1000, day(3)), Refund(4, 100_200, 500, None, known=day(400)),
    )  # fmt: skip
    regulars = tuple(
        order for gap in (20, 45) for order in many(60, tuple(range(gap, LAST, 3 * gap)), first=5000 + gap * 100)
    )
    once = many(520, (100, 700), first=1000) + many(150, (300,), first=2000)
    new = many(120, (350, 410), first=3000) + many(130, (720, 780), first=3500) + many(60, (760,), first=4000)
    variants = (
        Variant(1, 10, 400, "tea", "Tea"),
        Variant(2, 10, None, "tea", "Large tea"),
        Variant(3, 11, 90, "cups", sku="C"),
    )
    return shop(
        *at(0, 30, 65, 500, first_id=21), *odd, *map(varied, once + new + regulars), refunds=back, people={BEN: BEN, 1001: 1001, 2001: 1001},
        variants=variants, reviews=((ADA, day(9), 4.0), (BEN, day(800), 3.0), (1001, day(500), 2.0), (1001, day(600), 5.0)),
    )  # fmt: skip


def varied(order: Order) -> Order:
    """The same order with an amount, a product, a channel, a country and a discount of its own."""
    lot = order.id % 1009
    net = 500 + 37 * (lot % 83)
    lines = ((1 + lot % 3, 1 + lot % 2, net - 200), (1 + lot % 2, 1, 200))[: 1 + lot % 2]
    place = {"channel": ("web", "shop", "")[lot % 3], "country": ("DE", "AT")[lot % 2]}
    return replace(order, net=net, total=net + 59, lines=lines, discount=lot % 5 % 2, hour=lot % 24, **place)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("lake")
    for name, table in tables_of(found()).items():
        pq.write_table(with_kinds(table) if name == "people" else table, folder / f"{name}.parquet")
    return {path.stem: str(path) for path in folder.iterdir()}


def with_kinds(people: pa.Table) -> pa.Table:
    """Recognised by an address, a number or an account, in turn."""
    kinds = islice(cycle(("email", "phone", "account")), people.num_rows)
    return people.set_column(people.schema.get_field_index("kind"), "kind", pa.array(kinds, pa.string()))


def answers(con: Any, files: dict[str, str]) -> tuple[dict[str, list], list]:
    """Every table of the whole shop and of some of its customers, and every number as a plain value."""
    engine = Engine(con, prefix="portable")
    facts = engine.facts(files)
    whole = summarise(engine, facts, dates(LAST), CHOICES)
    model = whole.yardsticks.forecast
    assert not any(one.why_not for one in (whole.n1, whole.n2, whole.first_spend, model))
    tables = {name: rows(attrgetter(name)(whole), *keys) for name, keys in TABLES.items()} | some(engine, facts, model)
    numbers = [whole.n1, whole.n2, whole.counts, whole.survival, whole.first_spend, whole.concentration, model]
    numbers += [whole.yardsticks.rhythm, whole.yardsticks.fifths, whole.yardsticks.grades, whole.yardsticks.margins]
    engine.close()
    return tables, [asdict(number) for number in numbers]


def some(engine: Engine, facts: Any, model: Any) -> dict[str, list]:
    """A part of the customers, as more became known later, without an assumed margin; and their forecasts where the
    shop has no mean spend, and none at all."""
    people = facts.people
    chosen = people.filter(people.customer_id.isin([ADA, BEN]) | (people.customer_id < 1060)).select("customer_id")
    found = base(engine, facts, dates=dates(LAST, known=LAST + 5), choices=Choices(), customers=chosen)
    tables = {f"some {name}": rows(getattr(found, name), *keys) for name, keys in KEYS.items()}
    for name, spend in (("no mean", replace(model.spend, q=0.5)), ("no spend", None)):
        asked = replace(model, spend=spend)
        ahead = forecast(engine, found.customers, asked, as_of=day(LAST), history_days=LAST + 1)
        tables[name] = rows(ahead, "customer_id")
    return tables


def test_spark_gives_the_cells_that_duckdb_gives(files, on_spark):
    (tables, numbers), (spark_tables, spark_numbers) = answers(connection(), files), answers(on_spark, files)
    for name, table in tables.items():
        assert table, name
        assert_alike(table, spark_tables[name])
    assert_alike(numbers, spark_numbers)


def past(con: Any, files: dict[str, str]) -> dict[str, Any]:
    """What was known of a sample of the customers on a past day, and what came of it."""
    engine = Engine(con, prefix="past")
    known = known_today(engine, engine.facts(files), dates(LAST), CHOICES)
    found = take(engine, known, day(PAST), horizon=90, most=300)
    engine.close()
    values = {one.name: getattr(found, one.name) for one in fields(found)}
    values |= asdict(values.pop("repeats"))
    return {name: value.tolist() if hasattr(value, "tolist") else value for name, value in values.items()}


def test_spark_remembers_a_past_day_as_duckdb_does(files, on_spark):
    remembered = past(connection(), files)
    assert len(remembered["customer"]) == 300
    assert any(remembered["orders"])
    assert {len(row) for row in remembered["features"]} == {len(FEATURES)}
    assert_alike(remembered, past(on_spark, files))
