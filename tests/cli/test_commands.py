"""The terminal: real files in, the known answers out, and clear words for what cannot be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import facts

ROOT = Path(__file__).resolve().parents[2]


def regulars(*arguments, home, check=True):
    environment = {"REGULARS_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "regulars", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if check:
        assert done.returncode == 0, done.stderr
    return done


def test_report_gives_the_known_answers_of_real_orders(data, tmp_path):
    folder = data / "rendered" / "A_shopify_online_retail_eu"
    answers = json.loads((data / "rendered" / "A_answers.json").read_text())["A_shopify_online_retail_eu"]
    found = json.loads(
        regulars(
            "report", folder / "orders_export.csv.gz", folder / "customers_export.csv", "--json", home=tmp_path
        ).stdout
    )
    assert found["orders"] == answers["orders"]
    assert found["customers"] == answers["customers_with_orders"]
    assert found["gross_total"] == answers["gross"]
    assert found["refunded_total"] == answers["refunded"]
    assert found["net_total"] == answers["net"]
    assert found["repeat_customers"] == answers["repeat_customers_2plus_orders"]
    assert found["top20_share"] == answers["top20pct_net_share"]
    assert found["rejected_rows"] == 0
    assert found["currency"] == "GBP"
    assert "273 of 375 days" in found["n1"]["why_not"]
    assert "8 of 24 months" in found["n2"]["why_not"]


def test_report_as_of_a_day_uses_nothing_later(data, tmp_path):
    files = [data / "olist_sp" / name for name in ("orders.parquet", "customers.parquet", "order_items.parquet")]
    arguments = ["report", *files, "--map", ROOT / "docs/examples/olist.toml", "--json", "--as-of", "2018-03-31"]
    found = json.loads(regulars(*arguments, home=tmp_path).stdout)
    assert found["last_complete_day"] == found["as_of"] == "2018-03-31"
    assert 0 < found["customers"] < 40302
    assert found["n1"]["value"] is not None
    assert found["n1"]["low"] < found["n1"]["value"] < found["n1"]["high"]


def test_report_writes_one_page_that_needs_nothing_else(data, tmp_path):
    folder = data / "rendered" / "A_shopify_online_retail_eu"
    regulars("report", folder / "orders_export.csv.gz", "--html", tmp_path / "page.html", home=tmp_path)
    page = (tmp_path / "page.html").read_text()
    assert "<svg" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "<script" not in page


def test_names_in_a_page_are_never_markup(tmp_path):
    rows = facts.shopify_rows(1, orders=8)
    for row in rows:
        if row["Id"]:
            row["Billing Name"] = "<script>alert(1)</script>"
            row["Lineitem name"] = "<img src=x onerror=alert(1)>"
    path = facts.write(tmp_path / "orders.csv", rows)
    regulars("report", path, "--html", tmp_path / "page.html", home=tmp_path)
    assert "<script" not in (tmp_path / "page.html").read_text()


def test_the_day_in_commands(tmp_path):
    path = facts.write(tmp_path / "orders.csv", facts.shopify_rows(2, orders=80))
    home = tmp_path / "home"
    assert "Nothing was written" in regulars("import", path, "--dry-run", home=home).stdout
    assert "80 orders new" in regulars("import", path, home=home).stdout
    assert "80 unchanged" in regulars("import", path, home=home).stdout
    assert "customers" in regulars("refresh", home=home).stdout
    assert "The day is done" in regulars("day", home=home).stdout
    assert "Ada Regular" in regulars("explain", "ADA@shop.example", home=home).stdout
    profile = json.loads(regulars("profile", "ada@shop.example", "--json", home=home).stdout)
    assert profile["orders"] > 0
    assert "customers" in regulars("segment", "orders > 0", home=home).stdout
    wrong = regulars("segment", "order > 0", home=home, check=False)
    assert wrong.returncode == 1
    assert "Did you mean orders" in wrong.stderr
    regulars("backup", tmp_path / "b.tar.gz", home=home)
    assert "taken back" in regulars("undo-import", "2", home=home).stdout
    regulars("restore", tmp_path / "b.tar.gz", "--yes", home=home)
    assert "80 unchanged" in regulars("import", path, home=home).stdout


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [("DATABASE_URL", "mysql://x/y", "postgresql://"), ("REGULARS_MEMORY_MB", "lots", "whole number"), ("REGULARS_DEBUG", "maybe", "yes or no"),
     ("REGULARS_SECRET_KEY", "short", "32 or more")],
)  # fmt: skip
def test_a_wrong_setting_fails_loudly_and_names_itself(tmp_path, setting, value, said):
    environment = {"REGULARS_HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "src"), setting: value}
    done = subprocess.run(
        [sys.executable, "-m", "regulars", "refresh"], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode != 0
    assert setting in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path):
    done = regulars("report", tmp_path / "nothing.csv", home=tmp_path, check=False)
    assert done.returncode == 1
    assert "does not exist" in done.stderr
    assert "Traceback" not in done.stderr
