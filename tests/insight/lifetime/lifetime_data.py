"""The public data sets whose fits are known, as the numbers a lifetime model sees. Tests skip where they are absent."""

import csv
import gzip
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest


@dataclass(frozen=True, eq=False)
class Base:
    """One customer a row: repeat order days, recency, age in days, and the mean amount of the repeat order days."""

    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    m: np.ndarray


@cache
def cdnow_without_sample() -> Base:
    with gzip.open(path_or_skip("cdnow/cdnow_without_sample_customers.csv.gz"), "rt") as file:
        rows = list(csv.DictReader(file))
    dates = np.array([row["date"] for row in rows], dtype="datetime64[D]")
    amounts = np.array([float(row["dollars"]) for row in rows])
    return summarise(np.array([row["customer_id"] for row in rows]), dates, amounts, end="1997-09-30")


@cache
def grocery() -> Base:
    table = read_parquet("btyd_small/groceryElog.parquet")
    dates = np.array(table["date"], dtype="datetime64[D]")
    return summarise(np.array(table["cust"]), dates, np.zeros(dates.size), end="2006-12-31")


@cache
def apparel() -> Base:
    table = read_parquet("btyd_small/apparelTrans.parquet")
    dates = np.array(table["Date"], dtype="datetime64[D]")
    return summarise(np.array(table["Id"]), dates, np.array(table["Price"]), end="2006-12-31")


def summarise(customers, dates, amounts, *, end: str) -> Base:
    known = dates <= np.datetime64(end)
    order = np.lexsort((dates[known], customers[known]))
    customers, dates, amounts = customers[known][order], dates[known][order], amounts[known][order]
    new_day = np.append(True, (customers[1:] != customers[:-1]) | (dates[1:] != dates[:-1]))
    amounts = np.add.reduceat(amounts, np.flatnonzero(new_day))
    customers, days = customers[new_day], (dates[new_day] - np.datetime64(end)).astype(int)
    first = np.flatnonzero(np.append(True, customers[1:] != customers[:-1]))
    x = np.diff(first, append=customers.size) - 1
    repeat_spend = np.add.reduceat(amounts, first) - amounts[first]
    return Base(x, days[first + x] - days[first], -days[first], np.where(x > 0, repeat_spend / np.maximum(x, 1), 0.0))


def read_parquet(name: str) -> dict:
    parquet = pytest.importorskip("pyarrow.parquet")
    return parquet.read_table(path_or_skip(name)).to_pydict()


def path_or_skip(name: str) -> Path:
    root = Path(__file__).resolve().parents[3]
    path = Path(os.environ.get("REGULARS_DATA", root.parent / "shared" / "data")) / name
    if not path.exists():
        pytest.skip(f"{name} is missing: set REGULARS_DATA to the folder of the public data sets")
    return path
