"""Who is named on the facts, and what stood together."""

from pathlib import Path

from regulars.shop.keys import key_id
from sources.files import Reader, table_text, write

HEADER = ["order_id", "date", "customer_id", "email", "phone", "customer_name", "city", "country", "total"]


def orders(understand: Reader, *rows: list[object], **choices: object):
    numbered = [[n, f"2026-03-{n:02d}", *row, "5.00"] for n, row in enumerate(rows, start=1)]
    return understand.text(table_text(HEADER, numbered), **choices)


def test_one_person_however_the_address_is_written(understand: Reader):
    found = orders(
        understand,
        ["", "Ada@Shop.Example", "", "", "", ""],
        ["", " ada@shop.example", "", "", "", ""],
        ["", "mailto:ADA@SHOP.EXAMPLE", "", "", "", ""],
    )
    assert [row["value"] for row in found.rows("identifiers")] == ["ada@shop.example"]
    assert len(found.buyers) == 1


def test_one_person_however_the_phone_is_written(understand: Reader):
    said = ["+49 30 1234567", "0049301234567", "030/1234567", "(030) 123 45 67", "'+4930-1234567"]
    found = orders(understand, *(["", "", phone, "", "", "DE"] for phone in said))
    assert [row["value"] for row in found.rows("identifiers")] == ["+49301234567"]


def test_orders_keep_what_they_came_with_word_for_word(understand: Reader):
    found = orders(understand, ["C1", "Ada@Shop.Example", "030/1234567", "Ada", "", "DE"]).order
    assert (found["account"], found["email"], found["phone"]) == ("C1", "Ada@Shop.Example", "030/1234567")


def test_account_then_email_then_phone_names_the_order(understand: Reader):
    found = orders(
        understand,
        ["C1", "ada@shop.example", "+49301234567", "", "", ""],
        ["", "ben@shop.example", "+49307654321", "", "", ""],
        ["", "", "+49301111111", "", "", ""],
        ["", "", "", "Nobody", "", ""],
    )
    kinds = {row["id"]: row["kind"] for row in found.rows("identifiers")}
    assert [kinds.get(found.orders[n]["identifier_id"]) for n in "1234"] == ["account", "email", "phone", None]
    assert found.notes["unresolved"]["orders"] == 1


def test_values_that_stand_for_nobody_identify_nobody_and_are_counted(understand: Reader):
    found = orders(
        understand,
        ["0", "noreply@shop.example", "", "", "", ""],
        ["guest", "test@test", "0000000000", "", "", ""],
        ["null", "n/a", "", "", "", ""],
    )
    assert found.rows("identifiers") == []
    assert found.notes["blocked_values"]["values"] >= 3


def test_a_real_address_that_only_looks_like_a_placeholder_stays(understand: Reader):
    found = orders(understand, ["TEST-7", "anna.tester@guesthouse.example", "", "", "", ""])
    assert {row["value"] for row in found.rows("identifiers")} == {"csv:TEST-7", "anna.tester@guesthouse.example"}


def test_evidence_says_which_identifiers_stood_together_and_with_which_names(understand: Reader):
    found = orders(
        understand,
        ["C1", "ada@shop.example", "", "Ada Regular", "", ""],
        ["C1", "ada@shop.example", "", "ADA REGULAR", "", ""],
        ["", "ada@shop.example", "+49301234567", "A. Regular", "", ""],
    )
    links = [e for e in found.rows("evidence") if e["other_id"] is not None]
    assert len(links) == 2
    names = {e["name"] for e in found.rows("evidence") if e["other_id"] is None}
    assert names == {"ada regular", "a. regular"}
    assert len(found.buyers) == 1


def test_a_marketplace_address_with_many_names_connects_nobody(understand: Reader):
    found = orders(understand, *([f"C{n}", "shop@relay.example", "", f"Buyer {n}", "", ""] for n in range(1, 9)))
    assert len(found.buyers) == 8


def test_a_shared_tablet_phone_does_not_make_two_accounts_one(understand: Reader):
    found = orders(understand, ["C1", "", "+49301234567", "Ada", "", ""], ["C2", "", "+49301234567", "Ben", "", ""])
    assert len(found.buyers) == 2


def test_the_newest_filled_detail_describes_the_identifier(understand: Reader):
    found = orders(
        understand,
        ["C1", "", "", "Ada Old", "Berlin", "DE"],
        ["C1", "", "", "Ada New", "", "DE"],
    )
    (row,) = found.rows("identifiers")
    assert (row["name"], row["city"], row["country"], row["seen_at"].day) == ("Ada New", "Berlin", "DE", 2)


def test_customer_numbers_of_two_systems_are_two_people(tmp_path: Path, understand: Reader):
    text = table_text(HEADER, [[1, "2026-03-01", "7", "", "", "", "", "", "5.00"]])
    a = understand(write(tmp_path / "a.csv", text), said={"file": {"source": "till"}})
    b = understand(write(tmp_path / "b.csv", text), said={"file": {"source": "web"}})
    assert a.rows("identifiers")[0]["id"] != b.rows("identifiers")[0]["id"]


def test_ids_are_the_same_on_every_machine(understand: Reader):
    found = orders(understand, ["C1", "", "", "", "", ""])
    assert found.order["id"] == key_id("order", "csv", "1")
    assert found.order["identifier_id"] == key_id("account", "csv:C1")
