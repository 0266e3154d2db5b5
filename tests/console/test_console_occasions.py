"""Occasions in the console: kept on a customer's page, seen before they come, named in the settings."""

import datetime as dt
import html

import pytest
from django.test import Client
from django.utils import timezone

from cast import person
from regulars.console.templatetags.words import festival
from regulars.console.views.occasions import DAYS_SHOWN
from regulars.customers.models import Attribute, Occasion
from regulars.policy.festivals import festivals
from regulars.shop.models import Shop

SOON = timezone.now().date() + dt.timedelta(days=5)
DAY = {
    "kind": "wedding",
    "month": str(SOON.month),
    "day": str(SOON.day),
    "year": str(SOON.year - 3),
    "calendar": "solar",
}


def test_a_day_is_kept_seen_and_forgotten(owner: Client):
    ada = person("Ada Lovelace")
    owner.post(f"/customers/{ada}/occasions", DAY)
    shown = owner.get("/occasions").content.decode()
    assert "Ada Lovelace" in shown
    assert "wedding day (3)" in shown
    assert "told to owner" in owner.get(f"/customers/{ada}").content.decode()
    owner.post(f"/occasions/{Occasion.objects.get().pk}/removal")
    assert "Ada Lovelace" not in owner.get("/occasions").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"month": "13"}, {"day": "x"}, {"kind": "child"}, {"year": "1"}, {"kind": "nonsense"}]
)
def test_what_is_no_day_is_told_and_not_kept(owner: Client, wrong: dict[str, str]):
    ada = person("Ada")
    answer = owner.post(f"/customers/{ada}/occasions", DAY | wrong, follow=True)
    assert b'class="message error"' in answer.content
    assert not Occasion.objects.exists()


def test_festivals_of_the_shops_country_are_shown(owner: Client):
    assert "in which country" in owner.get("/occasions").content.decode()
    Shop.objects.update(country="DE")
    today = timezone.now().date()
    coming = festivals("DE", first=today, last=today + dt.timedelta(days=DAYS_SHOWN))
    shown = owner.get("/occasions").content.decode()
    assert all(festival(each.code) in html.unescape(shown) for each in coming)
    assert ("None in these weeks" in shown) == (not coming)


def test_the_owner_says_which_dates_are_birthdays(owner: Client):
    Attribute.objects.create(key="born", label="born", type="date")
    said = {"label": "born", "type": "date", "sensitivity": "personal", "on": "yes"}
    owner.post("/settings/attributes/born", said | {"occasion": "birthday"})
    assert Attribute.objects.get().occasion == "birthday"
    owner.post("/settings/attributes/born", said | {"occasion": "child"})
    assert Attribute.objects.get().occasion == ""
