"""Refresh: cost follows change, the result does not; published numbers are restated with a reason."""

import datetime as dt
import random

import pytest

import facts
from regulars import merge
from regulars.customers.models import Customer
from regulars.profiles import refresh as refreshing
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Answer, Number, Profile, Restatement
from regulars.shop.models import the_shop
from regulars.shop.setting_up import set_up
from regulars.sources import undo


def profiles():
    return {row["customer_id"]: row for row in Profile.objects.values()}


def test_a_refresh_without_new_facts_writes_nothing(shop, tmp_path, now):
    facts.load(facts.write(tmp_path / "a.csv", facts.shopify_rows(1)), now=now)
    first = refreshing.refresh(now=now)
    again = refreshing.refresh(now=now)
    assert first.written == first.customers == Profile.objects.count() > 0
    assert (again.written, again.removed) == (0, 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_incremental_refresh_equals_a_full_one(shop, tmp_path, now, seed):
    groups = facts.by_order(facts.shopify_rows(seed, orders=120))
    random.Random(seed).shuffle(groups)
    for number, part in enumerate((groups[:60], groups[60:90], groups[80:])):
        facts.load(facts.write(tmp_path / f"{number}.csv", [r for g in part for r in g]), now=now)
        found = refreshing.refresh(now=now)
        assert found.incremental == (number > 0)
        quick, answers = profiles(), dict(Answer.objects.values_list("question", "data"))
        refreshing.refresh(now=now, full=True)
        assert profiles() == quick
        assert dict(Answer.objects.values_list("question", "data")) == answers


def test_facts_taken_back_leave_the_profiles_of_before(shop, tmp_path, now):
    facts.load(facts.write(tmp_path / "a.csv", facts.shopify_rows(4)), now=now)
    refreshing.refresh(now=now)
    before = profiles()
    job = facts.load(facts.write(tmp_path / "b.csv", facts.shopify_rows(5, first_id=3000)), now=now)
    refreshing.refresh(now=now)
    assert profiles() != before
    undo.undo(job, now=now)
    refreshing.refresh(now=now)
    assert profiles() == before


def test_a_merge_and_its_undo_bring_every_number_back(shop, tmp_path, now):
    facts.load(facts.write(tmp_path / "a.csv", facts.shopify_rows(6, orders=100)), now=now)
    refreshing.refresh(now=now)
    before = profiles()
    ada, ben = Customer.objects.get(email="ada@shop.example"), Customer.objects.get(email="ben@shop.example")
    merge.merge(ada.pk, ben.pk, actor="owner", reason="told us", at=now)
    refreshing.refresh(now=now)
    united = profiles()
    assert len(united) == len(before) - 1
    assert sum(row["orders"] for row in united.values()) == sum(row["orders"] for row in before.values())
    survivor = Customer.objects.filter(pk__in=(ada.pk, ben.pk)).get()
    merge.undo(merge.in_force_of(survivor.pk)[0], actor="owner", at=now)
    refreshing.refresh(now=now)
    assert profiles() == before


def test_an_empty_shop_has_no_profiles_and_no_crash(shop, now):
    found = refreshing.refresh(now=now)
    assert (found.customers, found.as_of) == (0, None)


def test_every_column_of_the_dictionary_is_written_by_somebody(small_shop, data, now):
    facts.load(data / "rendered/A_shopify_online_retail_eu/orders_export.csv.gz", now=now)
    refreshing.refresh(now=now)
    empty = [c.name for c in COLUMNS if not Profile.objects.exclude(**{f"{c.name}__isnull": True}).exists()]
    # No costs, reviews, and too few customers for a forecast in this file.
    assert set(empty) <= {"margin_total", "margin_grade", "reviews", "rating_mean", "last_review_day", "p_order_90d", "orders_next_90d",
                          "orders_next_365d", "net_next_90d", "net_next_365d", "p_alive"}  # fmt: skip


def test_a_published_number_that_changes_is_logged_with_its_reason(small_shop, tmp_path, now):
    facts.load(facts.write(tmp_path / "a.csv", facts.shopify_rows(7, orders=200)), now=now)
    refreshing.refresh(now=now)
    published = Number.objects.filter(metric="n2").get()
    facts.load(facts.write(tmp_path / "late.csv", facts.shopify_rows(8, orders=200, first_id=5000)), now=now)
    refreshing.refresh(now=now)
    if Number.objects.get(pk=published.pk).n != published.n:
        assert Restatement.objects.filter(metric="n2").get().why == "facts"
    set_up(horizon_days=60)
    refreshing.refresh(now=now)
    assert Number.objects.filter(metric="n1", definition_version=60).exists()


def test_a_refresh_is_due_after_facts_and_after_midnight_only(small_shop, tmp_path, now):
    assert not refreshing.due(the_shop(), now=now)
    facts.load(facts.write(tmp_path / "a.csv", facts.shopify_rows(9, orders=10)), now=now)
    assert refreshing.due(the_shop(), now=now)
    refreshing.refresh(now=now)
    assert not refreshing.due(the_shop(), now=now)
    assert refreshing.due(the_shop(), now=now + dt.timedelta(days=1))
