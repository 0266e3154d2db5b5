"""Today: how far the way to the first numbers is, and from which day on each can be told."""

import datetime as dt

import pytest
from console_rows import NOW, people
from django.test import Client

from regulars import day
from regulars.console.views import today
from regulars.insight.kept import MONTHS_NEEDED, months_between
from regulars.insight.valid import GRACE_DAYS
from regulars.profiles.models import Answer, Number, Profile, Restatement
from regulars.profiles.told import n1_told, n2_told
from regulars.shop.models import Shop, the_shop
from regulars.sources.models import Import

CREATED = "2026-01-01T00:00Z"


def number(metric: str, as_of: dt.date, **details: object) -> Number:
    return Number(metric=metric, as_of=as_of, n=0, details={"why_not": "too_short", **details})


def test_the_day_n1_can_be_told_is_the_day_after_its_history_is_long_enough():
    told = n1_told(number("n1", dt.date(2026, 11, 20), have_days=370, need_days=375))
    assert today._n1_on(told) == dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    "begins", [dt.date(2024, 1, 1), dt.date(2024, 2, 29), dt.date(2024, 12, 31), dt.date(2025, 8, 31)]
)
def test_the_day_n2_can_be_told_is_the_first_with_two_years_behind_it(begins: dt.date):
    told = n2_told(number("n2", dt.date(2026, 1, 1), have_months=3))
    found = today._n2_on(told, {"history_from": begins.isoformat()})
    last_counted = found - dt.timedelta(days=1 + GRACE_DAYS)
    assert months_between(begins, last_counted) == MONTHS_NEEDED
    assert months_between(begins, last_counted - dt.timedelta(days=1)) == MONTHS_NEEDED - 1


def test_no_day_is_promised_when_people_are_lacking_and_not_history():
    few = number("n1", dt.date(2026, 1, 1), k=3, why_not="too_few")
    assert today._n1_on(n1_told(few)) is None
    assert today._n1_on(None) is None


@pytest.mark.parametrize(
    ("state", "said"),
    [("ready", "Waiting for your go-ahead"), ("queued", "An import is under way"), ("running", "An import is under way"),
     ("failed", "two numbers and the people"), ("undone", "two numbers and the people"), ("done", "holds no orders")],
)  # fmt: skip
def test_before_the_first_numbers_the_page_says_what_comes_next(state: str, said: str, owner: Client):
    Import.objects.create(state=state, created_at=CREATED)
    assert said in owner.get("/").content.decode()


def test_facts_that_are_not_computed_yet_ask_for_a_moment(owner: Client):
    the_shop()
    Import.objects.create(state="done", created_at=CREATED)
    Shop.objects.update(facts_version=5)
    assert "being computed" in owner.get("/").content.decode()


def test_a_full_shop_shows_both_numbers_and_its_people(filled: Client):
    page = filled.get("/").content.decode()
    assert 'id="n1"' in page
    assert 'id="n2"' in page
    assert "Ada Regular" in page


def test_a_number_that_changed_says_from_what_to_what_and_why(filled: Client):
    Restatement.objects.create(
        metric="n1", as_of=dt.date(2026, 11, 1), old=0.25, new=0.26, old_n=240, new_n=1250, why="facts", at=NOW
    )
    said = "Came back within 90 days, 2026-11-01: 25.0\u00a0% (n = 240) became 26.0\u00a0% (n = 1,250), because facts came in late"
    for path in ("/", "/retention"):
        assert said in filled.get(path).content.decode()


@pytest.mark.parametrize("name", ["survival", "cohorts", "concentration", "rfm", "months"])
def test_every_chart_has_a_picture_to_draw(name: str, filled: Client):
    for query in ("", "?narrow"):
        spec = filled.get(f"/charts/{name}{query}").json()
        assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


def test_after_all_is_taken_back_the_page_welcomes_again(filled: Client):
    filled.post(f"/import/{Import.objects.get().pk}/undoing")
    day.refresh(now=NOW, say=str)
    assert Answer.objects.count() == 0
    assert "Welcome" in filled.get("/").content.decode()


def test_a_shop_without_slipping_customers_thanks_its_best(filled: Client):
    people([1])
    Profile.objects.update(stage="loyal")
    page = filled.get("/").content.decode()
    assert "Nobody is slipping away" in page
    assert "Thank those who come most" in page
