"""Shopify's customers and products exports."""

import datetime as dt
import json
from pathlib import Path

from sources.files import SHOPIFY_CUSTOMERS, Reader, real, shopify, shopify_order, table_text, write

OLD_CUSTOMERS = (
    "First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country,"
    "Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt"
).split(",")
PRODUCTS = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
    "Variant SKU,Variant Price,Variant Compare At Price,Image Src,Cost per item"
).split(",")
ADA = {
    "Customer ID": "'7210448301122", "First Name": "Ada", "Last Name": "Regular", "Email": "ada@shop.example",
    "Accepts Email Marketing": "yes", "Default Address Zip": "'01234", "Default Address Country Code": "DE",
    "Phone": "'+49301234567", "Accepts SMS Marketing": "no", "Total Spent": "999.00", "Total Orders": "7",
}  # fmt: skip


def customers(path: Path, *rows: dict[str, str], header: list[str] = SHOPIFY_CUSTOMERS) -> Path:
    return write(path, table_text(header, rows))


def test_apostrophes_before_numbers_are_stripped(tmp_path: Path, understand: Reader):
    found = understand(customers(tmp_path / "c.csv", ADA))
    assert found.parts[0].format == "shopify-customers"
    assert {(row["kind"], row["value"]) for row in found.rows("identifiers")} == {
        ("account", "shopify:7210448301122"),
        ("email", "ada@shop.example"),
        ("phone", "+49301234567"),
    }
    assert {row["postcode"] for row in found.rows("identifiers") if row["kind"] == "account"} == {"01234"}


def test_a_yes_without_date_is_only_claimed_and_a_no_only_claimed_too(tmp_path: Path, understand: Reader):
    found = understand(customers(tmp_path / "customers_export.csv", ADA))
    consents = {row["channel"]: (row["state"], row["provenance"]) for row in found.rows("consents")}
    assert consents == {
        "email": ("claimed", "shopify export, customers_export.csv"),
        "sms": ("claimed_no", "shopify export, customers_export.csv"),
    }


def test_the_shops_own_sums_are_no_order_history(tmp_path: Path, understand: Reader):
    found = understand(customers(tmp_path / "c.csv", ADA))
    assert found.rows("orders") == []
    assert "Total Spent" in found.parts[0].unused()


def test_a_customer_file_without_orders_is_understood(tmp_path: Path, understand: Reader):
    found = understand(
        customers(tmp_path / "c.csv", ADA, ADA | {"Customer ID": "'8", "Email": "ben@shop.example", "Phone": ""})
    )
    assert len(set(found.people.values())) == 2
    assert found.rejects == []
    assert found.cleaned.rejected == 0


def test_the_older_export_is_keyed_on_email_else_phone(tmp_path: Path, understand: Reader):
    path = customers(
        tmp_path / "c.csv",
        {"First Name": "Ada", "Email": "ADA@shop.example", "City": "Berlin", "Country Code": "DE"},
        {"First Name": "Ben", "Phone": "030 7654321", "Country Code": "DE"},
        header=OLD_CUSTOMERS,
    )
    found = understand(path)
    assert {(row["kind"], row["value"], row["city"]) for row in found.rows("identifiers")} == {
        ("email", "ada@shop.example", "Berlin"),
        ("phone", "+49307654321", ""),
    }


def test_metafields_become_attributes_by_the_key_in_their_brackets(tmp_path: Path, understand: Reader):
    birth = "Fecha de nacimiento (customer.metafields.facts.birth_date)"
    odd = 'Colour | "size" (customer.metafields.facts.size)'
    path = customers(tmp_path / "c.csv", ADA | {birth: "1990-05-01", odd: "M"}, header=[*SHOPIFY_CUSTOMERS, birth, odd])
    found = understand(path)
    assert {(row["attribute"], row["value"]) for row in found.rows("attribute_values")} == {
        ("customer.metafields.facts.birth_date", "1990-05-01"),
        ("customer.metafields.facts.size", "M"),
    }
    assert not {birth, odd} & set(found.parts[0].unused())


def test_an_attribute_told_twice_is_one_value(tmp_path: Path, understand: Reader):
    birth = "Birth (customer.metafields.facts.birth_date)"
    header = [*SHOPIFY_CUSTOMERS, birth]
    one = customers(tmp_path / "a.csv", ADA | {birth: "1990-05-01"}, header=header)
    two = customers(tmp_path / "b.csv", ADA | {birth: "1990-05-02"}, header=header)
    assert understand(one, two).rows("attribute_values")[0] | {"provenance": ""} == understand(two, one).rows(
        "attribute_values"
    )[0] | {"provenance": ""}
    assert len(understand(one, two).rows("attribute_values")) == 1


def test_a_customer_that_nothing_identifies_is_rejected(tmp_path: Path, understand: Reader):
    nobody = dict.fromkeys(("Customer ID", "Email", "Phone"), "")
    wrong = ADA | nobody | {"Email": "ada at shop", "Phone": ""}
    found = understand(customers(tmp_path / "c.csv", ADA, ADA | nobody, wrong))
    assert found.rejects == [(3, "email", "", "nobody_named"), (4, "email", "ada at shop", "not_an_email")]


def test_orders_and_customers_together_are_one_person_by_email(tmp_path: Path, understand: Reader):
    orders = shopify(tmp_path / "o.csv", shopify_order("#1", 11, email="Ada@Shop.example "))
    found = understand(orders, customers(tmp_path / "c.csv", ADA))
    assert len(set(found.people.values())) == 1
    assert len(found.buyers) == 1


def test_html_in_names_stays_text(tmp_path: Path, understand: Reader):
    name = "<script>alert('x')</script>"
    found = understand(customers(tmp_path / "c.csv", ADA | {"First Name": name}))
    assert {row["name"] for row in found.rows("identifiers") if row["kind"] == "account"} == {f"{name} Regular"}


def test_products_come_with_price_cost_and_their_variants(tmp_path: Path, understand: Reader):
    path = write(
        tmp_path / "products_export.csv",
        table_text(
            PRODUCTS,
            [
                {"Handle": "tea", "Title": "Tea", "Vendor": "Leaf", "Type": "Drinks", "Option1 Value": "Small",
                 "Variant SKU": "T-S", "Variant Price": "5.00", "Variant Compare At Price": "6.00", "Cost per item": "2.10"},
                {"Handle": "tea", "Option1 Value": "Large", "Variant SKU": "T-L", "Variant Price": "9.00"},
                {"Handle": "tea", "Image Src": "https://cdn.example/tea.jpg"},
                {"Handle": "cup", "Title": "Cup", "Option1 Value": "Default Title", "Variant Price": "eight"},
            ],
        ),
    )  # fmt: skip
    found = understand(path, currency="EUR")
    variants = {row["sku"]: row for row in found.rows("variants")}
    assert {
        sku: (v["title"], v["vendor"], v["price"], v["compare_at_price"], v["cost"]) for sku, v in variants.items()
    } == {
        "T-S": ("Tea - Small", "Leaf", 500, 600, 210),
        "T-L": ("Tea - Large", "Leaf", 900, None, None),
    }
    assert len({v["product_id"] for v in variants.values()}) == 1
    assert found.rejects == [(5, "price", "eight", "not_a_number")]


def test_a_line_and_the_catalogue_name_one_variant_by_sku(tmp_path: Path, understand: Reader):
    catalogue = write(
        tmp_path / "p.csv",
        table_text(
            PRODUCTS,
            [{"Handle": "tea", "Title": "Tea", "Variant SKU": "t-1", "Variant Price": "5.00", "Cost per item": "2"}],
        ),
    )
    found = understand(catalogue, shopify(tmp_path / "o.csv", shopify_order("#1", 11, (1, "Tea", "5.00", "T-1"))))
    (variant,) = found.rows("variants")
    assert (variant["id"], variant["cost"], variant["listed"]) == (found.lines["#1"][0]["variant_id"], 200, True)


def test_the_official_product_samples_are_read(understand: Reader):
    paths = [real("formats", "shopify", "product_csv", name) for name in ("apparel.csv", "jewelery.csv")]
    found = understand(*paths, currency="USD")
    assert {part.format for part in found.parts} == {"shopify-products"}
    assert len(found.rows("variants")) > 20
    assert found.rejects == []


def test_an_import_without_orders_has_its_empty_facts_typed(tmp_path: Path, understand: Reader):
    found = understand(customers(tmp_path / "c.csv", ADA))
    for fact in ("orders", "lines", "refunds", "events"):
        assert found.rows(fact) == []
    assert json.dumps(found.cleaned.notes)
    assert all(isinstance(row["seen_at"], dt.datetime | None) for row in found.rows("identifiers"))
