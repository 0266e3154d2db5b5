"""The same files in any order, overlapping or twice, give the same facts."""

import datetime as dt
import random
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.sources.clean import FACTS
from sources.files import Reader, Understood, shopify, shopify_order, write
from sources.test_woocommerce import order as woo_order
from sources.test_woocommerce import page
from sources.test_woocommerce import refund as woo_refund

PLACE = {"file", "row"}  # where a fact was read is not part of it


def facts(found: Understood) -> dict[str, Any]:
    """Every fact, comparable: sorted, without the place it was read from."""
    return {
        fact: sorted(repr([(k, v) for k, v in row.items() if k not in PLACE]) for row in found.rows(fact))
        for fact in FACTS
    }


ORDER = st.fixed_dictionaries(
    {
        "number": st.integers(1, 6),
        "buyer": st.sampled_from(["ada", "ben", "cleo"]),
        "day": st.integers(1, 28),
        "quantities": st.lists(st.integers(1, 3), min_size=1, max_size=3),
        "refunded": st.sampled_from(["0.00", "1.00", "2.00"]),
        "status": st.sampled_from(["paid", "pending", "refunded", "voided"]),
    }
)


def rows_of(said: dict[str, Any]) -> list[dict[str, object]]:
    lines = [(quantity, f"Item {place}", "2.50", f"S{place}") for place, quantity in enumerate(said["quantities"])]
    return shopify_order(
        f"#{said['number']}",
        said["number"],
        *lines,
        email=f"{said['buyer']}@shop.example",
        billing_name=said["buyer"],
        created_at=f"2026-03-{said['day']:02d} 09:00:00 +0000",
        refunded_amount=said["refunded"],
        financial_status=said["status"],
    )


@given(st.lists(st.lists(ORDER, max_size=5), min_size=2, max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_files_in_any_order_give_the_same_facts(
    tmp_path_factory, files: list[list[dict[str, Any]]], shuffle: random.Random
):
    folder: Path = tmp_path_factory.mktemp("any")
    understand = Reader(folder)
    paths = [shopify(folder / f"{n}.csv", *(rows_of(said) for said in orders)) for n, orders in enumerate(files)]
    again = [*paths, paths[0]]
    shuffle.shuffle(again)
    assert facts(understand(*paths)) == facts(understand(*again))


def test_pages_of_orders_and_refunds_in_any_order(tmp_path: Path, understand: Reader):
    stub = {"id": 90, "reason": "", "total": "-10.00"}
    pages = [
        page(tmp_path, "a.json", woo_order(1, refunds=[stub]), woo_order(2)),
        page(
            tmp_path, "b.json", woo_order(1, date_modified_gmt="2026-04-01T00:00:00", status="refunded", refunds=[stub])
        ),
        page(tmp_path, "c.json", woo_refund(90, 1), woo_refund(91, 2, amount="3.00")),
    ]
    expected = facts(understand(*pages))
    assert facts(understand(*reversed(pages))) == expected
    assert facts(understand(pages[1], pages[2], pages[0], pages[1])) == expected


def test_the_same_file_again_changes_no_hash(tmp_path: Path, understand: Reader):
    path = shopify(tmp_path / "o.csv", shopify_order("#1", 11, (2, "Tea", "5.00"), (1, "Cup", "6.00")))
    later = dt.datetime(2026, 12, 24)
    one, two = understand(path), understand(path, now=later)
    assert one.order["payload_hash"] == two.order["payload_hash"]
    assert one.order["progress"] == two.order["progress"]


def test_every_change_of_an_order_changes_its_hash(tmp_path: Path, understand: Reader):
    lines = [(2, "Tea", "5.00", "T1"), (1, "Cup", "6.00", "C1")]
    versions = [
        shopify_order("#1", 11, *lines),
        shopify_order("#1", 11, *lines, email="ada@work.example"),
        shopify_order("#1", 11, *lines, tags="vip"),
        shopify_order("#1", 11, *lines, cancelled_at="2026-03-02 09:00:00 +0000"),
        shopify_order("#1", 11, (1, "Tea", "5.00", "T1"), (2, "Cup", "5.50", "C1"), subtotal="16.00", total="16.00"),
        shopify_order("#1", 11, (2, "Tea", "5.00", "T2"), lines[1]),
        shopify_order("#1", 11, (2, "Green tea", "5.00", "T1"), lines[1]),
    ]
    found = [
        understand(shopify(tmp_path / f"{n}.csv", version)).order["payload_hash"] for n, version in enumerate(versions)
    ]
    assert len(set(found)) == len(versions)


def test_two_stores_with_the_same_file_name_do_not_mix(tmp_path: Path, understand: Reader):
    head = "review_key,product_ref,sku,email,account,name,rating,text,created_at,status\n"
    a = write(tmp_path / "a" / "reviews.csv", head + "1,7,T1,ada@shop.example,,Ada,5,fine,2026-03-01,approved\n")
    b = write(tmp_path / "b" / "reviews.csv", head + "2,7,T1,ben@shop.example,,Ben,1,poor,2026-03-01,approved\n")
    found = understand(a, b)
    assert len(found.rows("events")) == 2
    assert len({event["identifier_id"] for event in found.rows("events")}) == 2
