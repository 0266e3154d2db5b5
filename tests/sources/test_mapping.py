"""A mapping file is checked word by word before anything is read."""

from pathlib import Path
from typing import Any

import pytest

from regulars.sources import mapping
from regulars.sources.source import CannotRead
from sources.files import ROOT, Reader, write

TEXT = "nr;when;who;item;count;each\n1;01.03.2026;C1;Tea;2;5,00\n"
SAID: dict[str, Any] = {
    "columns": {
        "order_key": "nr",
        "ordered_at": "when",
        "account": "who",
        "title": "item",
        "quantity": "count",
        "unit_price": "each",
    }
}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"colums": {}}, "section .colums. is not known. Did you mean 'columns'"),
        ({"columns": {"order_keys": "nr"}}, "Did you mean 'order_key'"),
        ({"columns": "nr"}, "must hold key = value lines"),
        ({"columns": {"order_key": 5}}, "order_key must be a text"),
        ({"dates": {"order": "ymd"}}, "must be one of dmy, mdy"),
        ({"dates": {"zone": "Mars/Phobos"}}, "time zone"),
        ({"dates": {"format": "%Q"}}, "format"),
        ({"dates": {"format": "%Y-%m-%d %z"}}, "offset"),
        ({"money": {"decimal": "'"}}, "must be one of ., ,"),
        ({"money": {"currency": "Euro"}}, "three-letter"),
        ({"money": {"rates": {"USD": 0}}}, "rate"),
        ({"money": {"rates": {"USD": float("nan")}}}, "rate"),
        ({"money": {"rates": {"dollars": 1.0}}}, "three-letter"),
        ({"money": {"rates": {"USD": "x"}}}, "rate"),
        ({"money": {"minor_units": "yes"}}, "true or false"),
        ({"rules": {"exact_duplicates": "maybe"}}, "must be one of keep, drop"),
        ({"rules": {"not_products": "POST"}}, "list"),
        ({"rules": {"statuses": {"done": "finished"}}}, "must be one of"),
        ({"rules": {"statuses": "paid"}}, "key = value"),
        ({"file": {"table": "invoices"}}, "must be one of"),
        ({"file": {"source": 7}}, "must be a text"),
        ({"file": {"delimiter": "::"}}, "one character"),
        ({"file": {"encoding": "latin-99"}}, "latin-99"),
        ({"join": [{"match": "customers*"}]}, "join"),
        ({"join": {"match": "customers*", "on": "id", "of": "x"}}, "of is not known"),
    ],
)  # fmt: skip
def test_every_mistake_is_named(said: dict[str, Any], words: str):
    with pytest.raises(CannotRead, match=words):
        mapping.checked(said, "map.toml")


def test_a_file_that_is_no_toml_or_not_there(tmp_path: Path):
    with pytest.raises(CannotRead, match=r"not valid TOML.*line 2"):
        mapping.load(write(tmp_path / "m.toml", "[columns]\norder_key = \n"))
    with pytest.raises(CannotRead, match="cannot be read"):
        mapping.load(tmp_path / "gone.toml")
    with pytest.raises(CannotRead, match="cannot be read"):
        mapping.load(write(tmp_path / "latin.toml", "# Käse", encoding="cp1252"))


def test_the_shipped_examples_are_right():
    for path in sorted((ROOT / "docs" / "examples").glob("*.toml")):
        assert mapping.load(path).columns, path.name


def test_a_mapping_names_the_columns(understand: Reader):
    found = understand.text(TEXT, said=SAID)
    assert (found.order["account"], found.order["total"], found.parts[0].guessed) == ("C1", 1000, False)


def test_a_column_the_file_lacks_is_named_with_those_it_has(understand: Reader):
    with pytest.raises(CannotRead, match=r"no column 'number' \(mapped to order_key\). Its columns: nr, when"):
        understand.text(TEXT, said={"columns": SAID["columns"] | {"order_key": "number"}})


def test_a_constant_stands_for_every_row(understand: Reader):
    found = understand.text(TEXT, said={"columns": SAID["columns"] | {"country": "=DE", "currency": "=EUR"}})
    assert (found.order["country"], found.order["currency"]) == ("DE", "EUR")


def test_the_source_keeps_the_orders_of_two_systems_apart(tmp_path: Path, understand: Reader):
    one = understand.text(TEXT, said=SAID | {"file": {"source": "till"}})
    two = understand.text(TEXT, said=SAID | {"file": {"source": "web"}})
    assert one.order["id"] != two.order["id"]
    assert one.order["source"] == "till"


def test_a_join_adds_the_columns_of_another_file(tmp_path: Path, understand: Reader):
    orders = write(
        tmp_path / "orders.csv", "id,who,when,sum\n1,7,2026-03-01,5.00\n2,8,2026-03-01,6.00\n3,9,2026-03-01,7.00\n"
    )
    people = write(tmp_path / "people.csv", "who,mail,town\n7,ada@shop.example,Berlin\n8,ben@shop.example,\n")
    said = {
        "file": {"match": "orders*"},
        "join": [{"match": "people*", "on": "who"}],
        "columns": {"order_key": "id", "ordered_at": "when", "total": "sum", "email": "mail", "city": "town"},
    }
    found = understand(orders, people, said=said)
    assert [found.orders[n]["email"] for n in "123"] == ["ada@shop.example", "ben@shop.example", ""]
    with pytest.raises(CannotRead, match="exactly one file named like 'people"):
        understand(orders, said=said)
    with pytest.raises(CannotRead, match="must both have that column"):
        understand(orders, people, said=said | {"join": [{"match": "people*", "on": "town"}]})


def test_a_mapping_for_orders_leaves_a_known_layout_beside_it_alone(tmp_path: Path, understand: Reader):
    from sources.files import SHOPIFY_CUSTOMERS, table_text

    orders = write(tmp_path / "o.csv", TEXT)
    people = write(
        tmp_path / "c.csv", table_text(SHOPIFY_CUSTOMERS, [{"Customer ID": "C1", "Email": "ada@shop.example"}])
    )
    found = understand(orders, people, said=SAID)
    assert [part.format for part in found.parts] == ["csv", "shopify-customers"]


def test_statuses_of_the_mapping_beat_the_known_words(understand: Reader):
    text = "order_id,date,customer,total,status\n1,2026-03-01,C1,5.00,In Review\n2,2026-03-01,C1,5.00,paid\n"
    found = understand.text(text, said={"rules": {"statuses": {"In-Review": "paid", "paid": "unpaid"}}})
    assert {name: order["status"] for name, order in found.orders.items()} == {"1": "paid", "2": "unpaid"}


def test_an_unknown_family_is_refused(understand: Reader):
    with pytest.raises(CannotRead, match="'magento' is not known"):
        understand.text(TEXT, family="magento")
    with pytest.raises(CannotRead, match="none of: shopify-orders"):
        understand.text(TEXT, family="shopify")
