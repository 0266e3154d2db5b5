"""A shop opens the same from a file, a frame, a warehouse and an installation; what is wrong is said with its rows."""

import datetime as dt
import sys
from functools import cache

import ibis
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import pasts
from insight.shops import at, connection, tables_of
from insight.shops import shop as made
from regulars import day, insight
from regulars.insight.came_back import CameBack
from regulars.insight.facts import SCHEMAS
from regulars.insight.notebook.result import Result
from regulars.shop import current
from regulars.shop.setting_up import set_up
from regulars.simulator.flat import order_lines

ASKED = {"currency": "EUR", "opened": "2023-07-01"}
QUESTIONS = (
    "two_numbers", "customers", "cohorts", "survival", "concentration", "growth", "deciles", "next_orders", "affinity",
    "next_best", "bundles", "replenishment", "discounts", "price_grades", "triangle", "changes",
)  # fmt: skip


@cache
def lines() -> pa.Table:
    return order_lines(7, last_day=dt.date(2026, 6, 30), customers=900)


@pytest.fixture(scope="module")
def shop():
    return insight.open(lines(), **ASKED)


def sources(folder):
    pyarrow.csv.write_csv(lines(), folder / "orders.csv")
    pq.write_table(lines().slice(0, 1000), folder / "a.parquet")
    pq.write_table(lines().slice(1000), folder / "b.parquet")
    con = ibis.duckdb.connect()
    renamed = lines().rename_columns([f"c_{name}" for name in lines().column_names])
    con.create_table("sales", renamed)
    ours = {"customer": "c_customer_id", "day": "c_date", "total": "c_amount", "order": "c_order_id", "product": "c_sku",
            "title": "c_title", "category": "c_category", "quantity": "c_quantity", "channel": "c_channel", "country": "c_country"}  # fmt: skip
    yield insight.open(str(folder / "orders.csv"), **ASKED)
    yield insight.open([folder / "a.parquet", folder / "b.parquet"], **ASKED)
    yield insight.open(lines().to_pandas(), **ASKED)
    yield insight.open(con, tables="sales", columns=ours, **ASKED)


def test_every_source_gives_the_same_shop(shop, tmp_path):
    first = {name: getattr(shop, name)() for name in ("two_numbers", "deciles")}
    profiles = shop.customers().to_pandas().sort_values("customer").reset_index(drop=True)
    for other in sources(tmp_path):
        assert repr(other) == repr(shop)
        assert {name: repr(getattr(other, name)()) for name in first} == {n: repr(r) for n, r in first.items()}
        found = other.customers().to_pandas().sort_values("customer").reset_index(drop=True)
        pd.testing.assert_frame_equal(found, profiles)


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_reads_like_a_sentence_and_holds_a_table(shop, name):
    found = getattr(shop, name)()
    assert isinstance(found, Result)
    assert repr(found).endswith((".", ")"))
    frame = found.to_pandas()
    assert list(frame.columns) == list(found.table.columns)
    if found.draw is None:
        with pytest.raises(ValueError, match="no chart"):
            found.plot()
    else:
        assert "$schema" in found.plot().to_dict()
    with pytest.raises(AttributeError):
        found.sentence = "another"


def test_orders_of_many_rows_are_one_and_money_is_exact(shop):
    counts = shop.summary.counts
    assert counts.orders == len({(row["customer_id"], row["date"], row["order_id"]) for row in lines().to_pylist()})
    cents = sum(round(100 * amount) for amount in lines()["amount"].to_pylist())
    assert counts.gross_total == cents


def test_the_two_numbers_are_those_of_the_pure_questions(shop):
    n1, n2 = shop.two_numbers().numbers
    assert isinstance(n1, CameBack)
    first, second = shop.two_numbers().table.to_pyarrow().to_pylist()
    assert (first["value"], first["n"]) == (n1.value, n1.n)
    assert (second["value"], second["n"]) == (n2.value, n2.n)


def test_nothing_after_the_day_is_used(shop):
    cut = "2025-12-31"
    blind = lines().filter(pa.compute.less_equal(lines()["date"], dt.date(2025, 12, 31)))
    seen, unseen = insight.open(lines(), as_of=cut, **ASKED), insight.open(blind, as_of=cut, **ASKED)
    assert repr(seen) == repr(unseen)
    assert repr(seen.two_numbers()) == repr(unseen.two_numbers())
    pd.testing.assert_frame_equal(seen.customers().to_pandas(), unseen.customers().to_pandas())


def test_a_warehouse_with_all_our_tables_needs_no_mapping():
    con = connection()
    found = made(*at(0, 40, 90))
    for name, table in tables_of(found).items():
        con.create_table(f"dw_{name}", table, overwrite=True)
    shop = insight.open(con, tables={name: f"dw_{name}" for name in SCHEMAS})
    assert shop.summary.counts.orders == len(found.orders)
    with pytest.raises(insight.CannotOpen, match="reviews are missing"):
        insight.open(con, tables={name: f"dw_{name}" for name in SCHEMAS if name != "reviews"})
    shop.close()


def test_the_folder_of_an_installation_is_a_shop(small_shop, tmp_path):
    set_up(currency="EUR", margin_percent=40)
    pasts.load(tmp_path)
    day.refresh(now=pasts.NOW, say=str)
    found = insight.open(current.folder())
    assert found.currency == "EUR"
    assert found.summary.counts.customers > 500
    assert found.customers().to_pandas()["margin_total"].notna().all()


PLAIN = {"customer": ["a", "b", "a"], "day": ["2026-01-01", "2026-01-02", "2026-02-01"], "total": [1.0, 2.0, 3.0]}


@pytest.mark.parametrize(
    ("change", "columns", "said"),
    [
        ({"total": [1.0, -2.0, 3.0]}, {}, "1 rows lack a total of at least 0.*'b'"),
        ({"day": ["2026-01-01", "soon", "2026-02-01"]}, {}, "1 rows lack a day that can be read.*'b'"),
        ({"total": [1.0, None, 3.0]}, {}, "1 rows lack a total"),
        ({}, {"customer": "client"}, "the table has no client; it has customer, day, total"),
        ({}, {"buyer": "customer"}, "there is no buyer; known are customer"),
    ],
)
def test_what_is_wrong_is_said_with_the_rows_it_is_about(change, columns, said):
    with pytest.raises(insight.CannotOpen, match=said):
        insight.open(pd.DataFrame(PLAIN | change), columns=columns)


def test_a_column_that_is_not_found_is_asked_for():
    frame = pd.DataFrame(PLAIN).rename(columns={"customer": "Kunde"})
    with pytest.raises(
        insight.CannotOpen, match=r'no column was found for customer among Kunde.*columns=\{"customer": "..."\}'
    ):
        insight.open(frame)
    assert insight.open(frame, columns={"customer": "Kunde"}).customers().to_pandas()["customer"].tolist() == ["a", "b"]


def test_files_and_tables_that_are_not_there_are_named(tmp_path):
    with pytest.raises(insight.CannotOpen, match=r"there is no file .*nothing.csv"):
        insight.open(tmp_path / "nothing.csv")
    with pytest.raises(insight.CannotOpen, match="there is no table sales"):
        insight.open(ibis.duckdb.connect(), tables="sales")
    with pytest.raises(insight.CannotOpen, match="name the table of orders"):
        insight.open(ibis.duckdb.connect())
    with pytest.raises(insight.CannotOpen, match="no order"):
        insight.open(pd.DataFrame(PLAIN), as_of="2020-01-01")


def test_polars_frames_go_in_and_come_out(shop, monkeypatch):
    assert shop.deciles().to_polars().shape[0] == 10
    assert repr(insight.open(polars.from_arrow(lines()), **ASKED)) == repr(shop)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match="pip install polars"):
        shop.deciles().to_polars()
