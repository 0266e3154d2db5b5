"""A person's own days: told and taken back by them alone, a child's month only with a yes of its own that ends."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from actions.messaging.post import planned
from cast import person
from regulars.actions.messaging import links
from regulars.actions.messaging.models import Message
from regulars.customers.models import Identifier, Occasion


@pytest.fixture()
def page(small_shop):
    return Client(HTTP_HOST="localhost")


def days_of(name):
    planned([person(name)])
    found = Message.objects.get(person_id=Identifier.objects.get(name=name).pk)
    return f"/p/{links.token(found.pk, links.PREFERENCES)}"


def test_a_birthday_is_told_without_a_year_and_not_shown_again(page):
    ada = days_of("Ada")
    told = page.post(f"{ada}/days", {"deed": "day", "kind": "birthday", "month": "2", "day": "29", "year": "1980"})
    assert told["Location"].endswith("kept=1#days")
    kept = Occasion.objects.get()
    assert (kept.kind, kept.month, kept.day, kept.year, kept.actor) == ("birthday", 2, 29, None, "person")
    shown = page.get(ada).content.decode()
    assert "birthday" in shown
    assert "29" not in re.sub("<[^>]*>", " ", shown.partition('id="days"')[2].partition("<details")[0])


CHILD = {"deed": "child", "month": "5", "year": str(timezone.now().year - 1)}


def test_a_childs_month_needs_the_tick_and_has_an_end(page):
    ada = days_of("Ada")
    assert page.post(f"{ada}/days", CHILD)["Location"].endswith("wrong=1#days")
    assert not Occasion.objects.exists()
    page.post(f"{ada}/days", CHILD | {"agreed": "yes"})
    kept = Occasion.objects.get()
    assert kept.consent_until == timezone.now().date() + dt.timedelta(days=730)
    assert "suits a child of this age" in kept.wording


def test_a_day_is_taken_back_by_its_person_alone(page):
    ada, ben = days_of("Ada"), days_of("Ben")
    page.post(f"{ada}/days", {"deed": "day", "kind": "wedding", "month": "6", "day": "1"})
    number = str(Occasion.objects.get().pk)
    for hand in (ben, "/p/AAAAAAAAAAAAAAAAAAAAAA"):
        page.post(f"{hand}/days", {"deed": "forget", "number": number})
        assert Occasion.objects.exists()
    page.post(f"{ada}/days", {"deed": "forget", "number": number})
    assert not Occasion.objects.exists()


WRONG = (
    {"kind": "birthday", "month": "2", "day": "30"}, {"kind": "birthday", "month": "13", "day": "1"}, {"kind": "custom", "month": "1", "day": "1"},
    {"kind": "birthday", "month": "x", "day": "1"}, {"kind": "birthday"}, {"deed": "forget", "number": "9" * 40}, {"deed": "forget"},
    {"deed": "forget", "number": "--5"}, {"deed": "forget", "number": "-5"},
    {"deed": "child", "agreed": "yes", "month": "1", "year": "1950"}, {"kind": "birthday", "month": "1", "day": "1", "calendar": "martian"},
)  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_day_is_not_kept_and_said(page, wrong):
    told = page.post(f"{days_of('Ada')}/days", {"deed": "day"} | wrong)
    assert told["Location"].endswith("wrong=1#days")
    assert not Occasion.objects.exists()


def test_looking_at_the_address_of_the_form_changes_nothing(page):
    assert page.get(f"{days_of('Ada')}/days").status_code == 405
