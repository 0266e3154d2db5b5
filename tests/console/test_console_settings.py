"""Settings: kept whole or not at all, and what may be empty can be emptied."""

import datetime as dt

import pytest
from console_rows import people
from console_users import entered
from django.test import Client

from regulars.customers.models import Attribute, AttributeValue
from regulars.shop.models import the_shop
from regulars.shop.setting_up import set_up

FORM = {
    "name": "Corner shop", "currency": "eur", "zone": "Europe/Berlin", "horizon_days": "60", "margin_percent": "40", "opened": "2020-02-29",
    "excluded_tags": "staff, wholesale",
}  # fmt: skip
MISTAKES = [
    {"horizon_days": "29"}, {"horizon_days": "366"}, {"horizon_days": "ninety"}, {"horizon_days": "9" * 5000}, {"horizon_days": "²"},
    {"margin_percent": "101"}, {"margin_percent": "-1"}, {"margin_percent": "1.5"}, {"opened": "2020-02-30"}, {"opened": "yesterday"},
    {"currency": "EURO"}, {"currency": "E1R"}, {"zone": "Mars/Olympus"}, {"zone": "../../etc/passwd"}, {"rates": "USD"},
    {"rates": "USD = cheap"}, {"rates": "USD = 0"}, {"rates": "USD = -1"}, {"rates": "USD = nan"}, {"rates": "DOLLAR = 1"},
]  # fmt: skip


def test_what_was_chosen_is_kept(shop: str):
    client = entered("owner", owner=True)
    assert client.post("/settings", FORM).status_code == 302
    shop_now = the_shop()
    assert (shop_now.name, shop_now.currency, shop_now.currency_chosen, shop_now.zone) == (
        "Corner shop",
        "EUR",
        True,
        "Europe/Berlin",
    )
    assert (shop_now.horizon_days, shop_now.margin_percent, shop_now.opened) == (60, 40, dt.date(2020, 2, 29))
    assert (shop_now.excluded_tags, shop_now.set_up) == ("staff, wholesale", True)


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_one_mistake_changes_nothing(mistake: dict[str, str], owner: Client):
    set_up(name="Corner shop", margin_percent=30, opened=dt.date(2021, 1, 1))
    before = vars(the_shop())
    answer = owner.post(
        "/settings", FORM | {"name": "Another name", "margin_percent": "55", "opened": "2022-02-02"} | mistake
    )
    assert answer.status_code == 200
    assert b'class="message error"' in answer.content
    assert b"invalid literal" not in answer.content
    after = vars(the_shop())
    assert {key: value for key, value in after.items() if key != "_state"} == {
        key: value for key, value in before.items() if key != "_state"
    }


def test_opening_day_and_margin_can_be_emptied(owner: Client):
    owner.post("/settings", FORM)
    owner.post("/settings", FORM | {"opened": "", "margin_percent": ""})
    assert (the_shop().opened, the_shop().margin_percent) == (None, None)


@pytest.mark.parametrize("text", ["usd=0.92\ngbp = 1.17", "GBP=1.17, USD=0.92,", " USD = 0.92 ;GBP=1.17"])
def test_rates_are_kept_and_shown_one_a_line(text: str, owner: Client):
    owner.post("/settings", FORM | {"rates": text})
    assert the_shop().rates == {"USD": 0.92, "GBP": 1.17}
    assert b">GBP = 1.17\nUSD = 0.92</textarea>" in owner.get("/settings").content
    owner.post("/settings", FORM | {"rates": ""})
    assert the_shop().rates == {}


@pytest.fixture()
def allergies(owner: Client) -> Attribute:
    people([1])
    attribute = Attribute.objects.create(key="allergies", label="allergies")
    for number, value in enumerate(("2024-05-01", "2025-06-30")):
        AttributeValue.objects.create(pk=number, identifier_id=1, attribute=attribute, value=value, provenance="file")
    return attribute


CHOICE = {"label": "Last reaction", "type": "date", "sensitivity": "special", "on": "yes"}


def test_an_attribute_is_shown_with_its_customer_once_somebody_switched_it_on(owner: Client, allergies: Attribute):
    assert b"2024-05-01" not in owner.get("/customers/1").content
    owner.post("/settings/attributes/allergies", CHOICE)
    allergies.refresh_from_db()
    assert (allergies.label, allergies.type, allergies.sensitivity) == ("Last reaction", "date", "special")
    assert b"2024-05-01" in owner.get("/customers/1").content
    owner.post("/settings/attributes/allergies", {name: said for name, said in CHOICE.items() if name != "on"})
    assert b"2024-05-01" not in owner.get("/customers/1").content


@pytest.mark.parametrize("wrong", [{"type": "number"}, {"type": "boolean"}, {"type": "soul"}, {"sensitivity": ""}])
def test_an_attribute_takes_no_type_that_its_values_do_not_have(
    wrong: dict[str, str], owner: Client, allergies: Attribute
):
    answer = owner.post("/settings/attributes/allergies", CHOICE | wrong, follow=True)
    assert b'class="message error"' in answer.content
    allergies.refresh_from_db()
    assert (allergies.type, allergies.switched_on) == ("text", False)


def test_the_same_choices_again_restate_nothing(owner: Client):
    owner.post("/settings", FORM)
    version = the_shop().settings_version
    owner.post("/settings", FORM)
    assert the_shop().settings_version == version
    owner.post("/settings", FORM | {"horizon_days": "61"})
    assert the_shop().settings_version == version + 1


def test_a_currency_left_empty_waits_for_the_first_orders(owner: Client):
    owner.post("/settings", FORM | {"currency": ""})
    assert not the_shop().currency_chosen


def test_amounts_that_were_imported_are_not_given_another_currency(owner: Client):
    owner.post("/settings", FORM)
    people([1])
    answer = owner.post("/settings", FORM | {"currency": "USD"})
    assert b"The orders were imported in EUR." in answer.content
    assert the_shop().currency == "EUR"


def test_an_unusual_zone_is_kept_when_the_rest_is_saved(owner: Client):
    set_up(zone="Etc/GMT+5")
    assert b"<option selected>Etc/GMT+5</option>" in owner.get("/settings").content
