"""Refresh: cost follows change, the result does not; published numbers are restated with a reason."""

import datetime as dt
import random

import pytest

import facts
from regulars import merge
from regulars.catalog.models import Variant
from regulars.customers.models import Customer
from regulars.profiles import answers as answering
from regulars.profiles import lake, numbers, stored
from regulars.profiles import refresh as refreshing
from regulars.profiles.dictionary import COLUMNS
from regulars.profiles.models import Answer, Number, Profile, Restatement
from regulars.shop.models import next_facts_version, the_shop
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


@pytest.fixture()
def large(monkeypatch):
    """Any shop counts as large: the yardsticks of the morning hold all day."""
    monkeypatch.setattr(refreshing, "SMALL_SHOP_ORDERS", 0)


def answers():
    return dict(Answer.objects.exclude(question="products").values_list("question", "data"))


def measure_everybody_again(now):
    """A refresh of all customers by the yardsticks of the day."""
    live = lake.update(the_shop())
    everybody = "SELECT DISTINCT customer_id FROM raw_people WHERE customer_id IS NOT NULL"
    engine = refreshing.open_engine(live, live.folder / "spill")
    engine.con.con.execute(f"COPY ({everybody}) TO '{live.folder / lake.TOUCHED}' (FORMAT parquet)")
    engine.close()
    return refreshing.refresh(now=now)


@pytest.mark.parametrize("seed", [1, 2])
def test_measuring_those_who_changed_equals_measuring_everybody(shop, large, tmp_path, now, seed):
    groups = facts.by_order(facts.shopify_rows(seed, orders=120))
    first, *rest = sorted(groups, key=lambda group: group[0]["Created at"])
    groups = [first, *random.Random(seed).sample(rest, len(rest))]
    for number, part in enumerate((groups[:60], groups[60:90], groups[80:])):
        facts.load(facts.write(tmp_path / f"{number}.csv", [r for g in part for r in g]), now=now)
        found = refreshing.refresh(now=now)
        assert found.incremental == (number > 0)
        quick, told = profiles(), answers()
        again = measure_everybody_again(now)
        assert (again.incremental, again.written, again.removed) == (True, 0, 0)
        assert (profiles(), answers()) == (quick, told)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_small_shop_is_measured_whole_each_time(shop, tmp_path, now, seed):
    groups = facts.by_order(facts.shopify_rows(seed, orders=120))
    for number, part in enumerate((groups[:80], groups[80:])):
        facts.load(facts.write(tmp_path / f"{number}.csv", [r for g in part for r in g]), now=now)
        assert not refreshing.refresh(now=now).incremental
    quick, told = profiles(), dict(Answer.objects.values_list("question", "data"))
    again = refreshing.refresh(now=now, full=True)
    assert (again.written, again.removed) == (0, 0)
    assert (profiles(), dict(Answer.objects.values_list("question", "data"))) == (quick, told)


@pytest.mark.parametrize("amount", ["2.00", "0.50"], ids=["the whole", "a part"])
def test_a_dated_refund_takes_the_place_of_what_the_order_stated(shop, tmp_path, now, amount):
    rows = facts.shopify_rows(3)
    stated = next(row for row in rows if row["Id"] and not row["Cancelled at"])
    stated["Refunded Amount"] = "2.00"
    facts.load(facts.write(tmp_path / "orders.csv", rows), now=now)
    refreshing.refresh(now=now)
    before = profiles()
    refund = {"refund_key": "R1", "order_key": stated["Id"], "refunded_at": "2026-11-01 09:00:00", "amount": amount}
    path = facts.write(tmp_path / "refunds.csv", [refund], list(refund))
    facts.load(path, now=now, mapping={"file": {"source": "shopify", "table": "refunds"}})
    refreshing.refresh(now=now)
    quick, told = profiles(), dict(Answer.objects.values_list("question", "data"))
    assert sum(row["net_total"] for row in quick.values()) == sum(row["net_total"] for row in before.values())
    assert refreshing.refresh(now=now, full=True).written == 0
    assert (profiles(), dict(Answer.objects.values_list("question", "data"))) == (quick, told)


@pytest.mark.parametrize("why", ["a new day", "new settings", "a known product changed", "profiles lost"])
def test_the_yardsticks_are_taken_anew(small_shop, large, tmp_path, now, why):
    facts.load(facts.write(tmp_path / "a.csv", facts.shopify_rows(1)), now=now)
    refreshing.refresh(now=now)
    assert refreshing.refresh(now=now).incremental
    if why == "a new day":
        now += dt.timedelta(days=1)
    elif why == "new settings":
        set_up(margin_percent=40)
    elif why == "profiles lost":
        Profile.objects.all().delete()
    else:
        Variant.objects.filter(pk=Variant.objects.first().pk).update(cost=1, changed=next_facts_version())
    found = refreshing.refresh(now=now)
    assert (found.incremental, found.customers) == (False, Profile.objects.count())
    assert refreshing.refresh(now=now).incremental


@pytest.mark.parametrize("step", ["write", "publish", "save"])
def test_whoever_changed_is_measured_after_a_refresh_that_was_killed(
    small_shop, large, tmp_path, now, monkeypatch, step
):
    facts.load(facts.write(tmp_path / "a.csv", facts.shopify_rows(1)), now=now)
    refreshing.refresh(now=now)
    facts.load(facts.write(tmp_path / "b.csv", facts.shopify_rows(2, first_id=3000, orders=20)), now=now)
    room = {"write": stored, "publish": numbers, "save": answering}[step]
    with monkeypatch.context() as broken:
        broken.setattr(room, step, lambda *_all, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            refreshing.refresh(now=now)
    assert refreshing.refresh(now=now).incremental
    quick = profiles()
    assert measure_everybody_again(now).written == 0
    assert profiles() == quick


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


@pytest.mark.parametrize("orders", [0, refreshing.SMALL_SHOP_ORDERS], ids=["large", "small"])
def test_a_merge_and_its_undo_bring_every_number_back(shop, tmp_path, now, monkeypatch, orders):
    monkeypatch.setattr(refreshing, "SMALL_SHOP_ORDERS", orders)
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
                          "orders_next_365d", "net_next_90d", "net_next_365d", "p_alive", "margin_next_365d", "value_ahead",
                          "next_order_from", "next_order_on", "next_order_to"}  # fmt: skip


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
