"""The shared real files give exactly the known answers (they skip where the data is absent)."""

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from regulars.sources.clean import FACTS
from sources.files import NOW, ROOT, Reader, Understood, real

EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture(scope="module")
def answers() -> dict[str, float]:
    return json.loads(real("rendered", "A_answers.json").read_text())["A_shopify_online_retail_eu"]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, str]], list[str]]:
    """The rows of the orders file and its header."""
    path = real("rendered", "A_shopify_online_retail_eu", "orders_export.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader), list(reader.fieldnames or [])


def figures(found: Understood) -> dict[str, float]:
    """The answers of one import."""
    people, orders = found.people, found.rows("orders")
    refunded: Counter[int] = Counter()
    for refund in found.rows("refunds"):
        refunded[refund["order_id"]] += refund["amount"]
    by_person: Counter[int] = Counter()
    count: Counter[int] = Counter()
    for order in orders:
        person = people[order["identifier_id"]]
        count[person] += 1
        by_person[person] += order["total"] - refunded[order["id"]]
    top = sorted(by_person.values(), reverse=True)[: -(-len(by_person) // 5)]
    gross, back = sum(order["total"] for order in orders), sum(refunded.values())
    return {
        "orders": len(orders),
        "line_rows": len(found.rows("lines")),
        "customers_with_orders": len(by_person),
        "gross": gross / 100,
        "refunded": back / 100,
        "net": (gross - back) / 100,
        "fully_refunded_orders": sum(1 for order in orders if refunded[order["id"]] == order["total"] > 0),
        "partially_refunded_orders": sum(1 for order in orders if 0 < refunded[order["id"]] < order["total"]),
        "repeat_customers_2plus_orders": sum(1 for n in count.values() if n > 1),
        "top20pct_net_share": round(sum(top) / (gross - back), 4),
    }


def test_the_rendered_shop_gives_its_known_answers(understand: Reader, answers: dict[str, float]):
    folder = real("rendered", "A_shopify_online_retail_eu")
    found = understand(folder / "orders_export.csv.gz", folder / "customers_export.csv", zone="Europe/London")
    told = figures(found)
    assert told == {key: answers[key] for key in told}
    assert found.rejects == []
    assert found.parts[1].sheet.rows == answers["customers_file_rows"]
    summer = sum(1 for order in found.rows("orders") if order["offset_minutes"] == 60)
    assert summer == answers["orders_in_summer_time_+0100"]


def test_two_overlapping_halves_in_either_order_give_the_whole(
    tmp_path: Path, understand: Reader, rendered: tuple[list[dict[str, str]], list[str]]
):
    rows, header = rendered
    starts = [index for index, row in enumerate(rows) if row["Id"]]
    early, late = starts[len(starts) * 2 // 5], starts[len(starts) * 3 // 5]
    halves = []
    for name, part in {"a.csv": rows[:late], "b.csv": rows[early:]}.items():
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(part)
        halves.append(tmp_path / name)
    whole = understand(real("rendered", "A_shopify_online_retail_eu", "orders_export.csv.gz"))
    expected = comparable(whole)
    assert comparable(understand(*halves)) == expected
    assert comparable(understand(*reversed(halves), halves[0])) == expected
    assert figures(whole)["gross"] == 683582.75


def comparable(found: Understood) -> dict[str, list[str]]:
    return {
        fact: sorted(
            repr([(key, value) for key, value in row.items() if key not in ("file", "row", "provenance")])
            for row in found.rows(fact)
        )
        for fact in FACTS
    }


def test_online_retail_with_the_shipped_mapping(understand: Reader):
    found = understand(
        real("online_retail", "online_retail_to_2011-08-31.csv.gz"), said=EXAMPLES / "online_retail.toml"
    )
    reasons = Counter(row["reason"] for row in found.rows("reject"))
    assert reasons["stock_movement"] == 925
    assert set(reasons) == {"stock_movement"}
    assert not any(order["source_key"].startswith("C") for order in found.rows("orders")), "C invoices are no orders"
    fees = {line["sku"].upper() for line in found.rows("lines") if line["kind"] == "fee"}
    assert {"POST", "DOT", "M"} <= fees
    products = {line["sku"].upper() for line in found.rows("lines") if line["kind"] == "product"}
    assert not products & {"POST", "DOT", "M", "C2", "BANK CHARGES", "AMAZONFEE", "CRUK", "D", "S", "B", "PADS"}
    assert found.notes["equal_rows"]["dropped"] is True
    assert all(order["ordered_at"] <= NOW for order in found.rows("orders"))


def test_returns_of_online_retail_name_who_and_what_and_no_order(understand: Reader):
    found = understand(
        real("online_retail", "online_retail_to_2011-08-31.csv.gz"), said=EXAMPLES / "online_retail.toml"
    )
    back = found.rows("refunds")
    bought = {line["variant_id"] for line in found.rows("lines")}
    assert len(back) > 4000
    assert all(refund["order_id"] is None and refund["refunded_at"] and refund["amount"] > 0 for refund in back)
    known = sum(1 for refund in back if refund["variant_id"] in bought and refund["identifier_id"])
    assert known / len(back) > 0.9, "so they can be matched to purchases"


def test_olist_people_are_counted_by_their_unique_number(understand: Reader):
    folder = real("olist_sp")
    paths = [folder / f"{name}.parquet" for name in ("orders", "customers", "order_items")]
    found = understand(*paths, said=EXAMPLES / "olist.toml", zone="America/Sao_Paulo")
    assert len(found.buyers) == 40302
    assert found.rejects == []
    assert {order["currency"] for order in found.rows("orders")} == {"BRL"}
    assert len({order["id"] for order in found.rows("orders")}) == len(found.rows("orders"))
