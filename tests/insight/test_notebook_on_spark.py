"""A notebook on Spark says what it says on DuckDB, and the tutorial about it runs."""

import datetime as dt
import doctest
from pathlib import Path

import pyarrow.parquet as pq

from insight.alike import assert_alike
from insight.shops import rows
from regulars.insight.notebook.opening import open_shop
from regulars.simulator.flat import order_lines

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorials" / "spark.md"


def test_a_plain_table_gives_the_same_profiles_on_both_engines(on_spark, tmp_path):
    path = str(tmp_path / "lines.parquet")
    pq.write_table(order_lines(3, last_day=dt.date(2026, 6, 30), customers=300), path)
    there, here = open_shop(on_spark, tables=path), open_shop(path)
    assert repr(there) == repr(here)
    assert_alike(rows(there.customers().table, "customer_id"), rows(here.customers().table, "customer_id"))
    there.close()


def test_the_tutorial_shows_what_comes_out(on_spark, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = doctest.testfile(str(TUTORIAL), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert (found.failed, found.attempted > 8) == (0, True)
