"""The forecast is checked against the shop's own past once a month, and what won there makes the profiles."""

import datetime as dt
import math

import pytest

import facts
import pasts
from pasts import DAYS, NOW
from regulars import day
from regulars.profiles import checking, trust
from regulars.profiles import refresh as refreshing
from regulars.profiles.models import Answer, Profile
from regulars.shop.models import the_shop
from regulars.shop.setting_up import set_up


@pytest.fixture()
def own_past(small_shop, tmp_path):
    pasts.load(tmp_path)


def run(now=NOW):
    day.run(now=now, say=lambda _text: None)


def test_a_shop_without_orders_has_nothing_to_check(small_shop):
    run()
    assert not checking.due(the_shop(), now=NOW)
    assert trust.kept() is None


def test_what_won_makes_the_profiles_and_is_made_anew_after_a_month(own_past):
    run()
    kept = trust.kept()
    assert trust.is_used()
    assert trust.chosen().proven
    assert len(trust.from_plain(kept.data).days) >= 2
    assert kept.data["changes"][0]["to"] == trust.chosen().orders
    assert Answer.objects.get(question="forecast").data["model"] == trust.chosen().orders
    assert Profile.objects.filter(value_ahead__gt=0, next_order_on__gte=NOW.date()).exists()
    for later, due in ((1, False), (29, False), (30, True)):
        assert checking.due(the_shop(), now=NOW + dt.timedelta(days=later)) == due


def test_the_back_test_is_the_same_after_it_was_kept(shop, tmp_path):
    pasts.load(tmp_path)
    run()
    found = trust.kept()
    assert trust.to_plain(trust.from_plain(found.data)) == {
        name: found.data[name] for name in found.data if name not in ("of", "changes")
    }


def test_killed_after_the_check_the_next_run_measures_by_the_new_choice(own_past, monkeypatch):
    day.refresh(now=NOW, say=lambda _text: None)
    with monkeypatch.context() as broken:
        broken.setattr(refreshing, "refresh", lambda **_all: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            day.check(now=NOW, say=lambda _text: None)
    assert not trust.is_used()
    run()
    assert trust.is_used()


def test_changes_are_looked_for_when_a_month_is_finished(own_past):
    run()
    found = Answer.objects.get(question=checking.CHANGES)
    assert found.data["tested"] > 0
    assert not checking.due(the_shop(), now=NOW)
    Answer.objects.filter(question=checking.CHANGES).update(data=found.data | {"month": found.data["month"] - 1})
    assert checking.due(the_shop(), now=NOW)
    before = trust.version()
    day.check(now=NOW + dt.timedelta(hours=1), say=lambda _text: None)
    assert Answer.objects.get(question=checking.CHANGES).data == found.data
    assert trust.version() == before


def test_other_settings_ask_again(own_past):
    run()
    set_up(opened=NOW.date() - dt.timedelta(days=DAYS + 1))
    assert checking.due(the_shop(), now=NOW)


def test_what_is_usual_beside_a_customers_forecast_holds_it(own_past):
    run()
    rows = list(Profile.objects.order_by("pk").values()[:50])
    for row in rows:
        usual = trust.usual(row)
        assert usual["chance"][0] <= row["p_order_90d"] <= usual["chance"][1]
        assert usual["net"][0] <= row["net_next_90d"] <= usual["net"][1]
    assert trust.usual({**rows[0], "p_order_90d": None}) == {}


def test_days_on_which_nobody_ordered_can_be_kept(shop, tmp_path):
    """Five customers who stopped a year ago: no bias, no AUC, and JSON knows neither."""
    facts.load(facts.write(tmp_path / "few.csv", facts.shopify_rows(3)), now=NOW)
    run()
    found = trust.from_plain(trust.kept().data)
    assert any(trial.actual == 0 for trial in found.trials)
    assert all(math.isnan(trial.orders.bias) for trial in found.trials if trial.actual == 0)
