"""`regulars forecast`: one row a customer and totals with intervals, from an order file, without a look ahead."""

import csv
import datetime as dt
import json

import numpy as np
import pytest
from click.testing import CliRunner

from insight.lifetime.lifetime_shops import order_days
from regulars.cli.main import cli

START, CUT, END = dt.date(2024, 1, 1), 500, 620


def orders_file(path, until):
    """Nine hundred customers who order as BG/NBD says, up to a day."""
    luck = np.random.default_rng(8)
    who, when = order_days(luck, 900, (0.9, 50.0, 0.7, 2.5), END)
    worth = luck.gamma(8, 5, who.size)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["order_id", "date", "customer_id", "total", "currency"])
        for number, (one, day, total) in enumerate(zip(who, when, worth, strict=True)):
            if day <= until:
                writer.writerow([number, START + dt.timedelta(days=int(day)), f"c{one}", f"{total:.2f}", "EUR"])
    return path


def ask(path, *more):
    cut = START + dt.timedelta(days=CUT)
    done = CliRunner().invoke(cli, ["forecast", str(path), "--as-of", str(cut), "--days", "60", *more])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forecast")
    path, table = orders_file(folder / "orders.csv", END), folder / "out.csv"
    return json.loads(ask(path, "--json", "--csv", str(table))), list(csv.DictReader(table.open()))


def test_the_file_with_later_orders_gives_what_the_file_cut_off_gives(whole, tmp_path):
    assert json.loads(ask(orders_file(tmp_path / "orders.csv", CUT), "--json")) == whole[0]


def test_every_customer_has_one_row_with_values_inside_their_ranges(whole):
    found, rows = whole
    assert len(rows) == found["customers_n"] == len({row["customer"] for row in rows}) > 700
    assert all(row["customer"].startswith("c") for row in rows)
    for row in rows:
        for name in ("p_order", "orders", "net_revenue"):
            low, value, high = (float(row[f"{name}{end}"]) for end in ("_low", "", "_high"))
            assert 0 <= low <= value <= high
        assert float(row["p_order_high"]) <= 1
    worth = [float(row["net_revenue"]) for row in rows]
    assert worth == sorted(worth, reverse=True)


def test_the_totals_are_sums_with_an_interval_and_the_model_is_named_with_its_reason(whole):
    found, rows = whole
    totals = found["totals"]
    assert totals["orders"] == pytest.approx(sum(float(row["orders"]) for row in rows), abs=0.01)
    assert totals["net_revenue"] == pytest.approx(sum(float(row["net_revenue"]) for row in rows), abs=5)
    assert totals["orders_low"] < totals["orders"] < totals["orders_high"]
    assert found["proven"]
    assert found["model"] in found["why"][0]
    assert {trial["model"] for trial in found["backtest"]} >= {found["model"], found["model_p_order"], found["naive"]}
    assert (found["as_of"], found["days"], found["currency"], found["why_not"]) == ("2025-05-15", 60, "EUR", None)


def test_the_text_says_the_totals_the_model_and_the_best_customers(tmp_path):
    text = ask(orders_file(tmp_path / "orders.csv", CUT))
    assert "The 60 days after 2025-05-15" in text
    assert "did best: on " in text
    assert "The best rule of thumb" in text
    assert text.count("%") > 20


def test_a_file_with_too_little_says_what_is_missing(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("order_id,date,customer_id,total,currency\n1,2025-01-01,c1,5.00,EUR\n2,2025-02-01,c2,5.00,EUR\n")
    assert "No forecast yet: there are " in ask(path)
    found = json.loads(ask(path, "--json"))
    assert (found["totals"], found["customers"]) == ({}, [])
    assert found["why_not"].startswith("there are ")
