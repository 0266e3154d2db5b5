"""Which contact rules hold where: defaults, markets, states, and what a shop may change."""

import datetime as dt

import pytest

from regulars.policy import markets
from regulars.policy.markets import Closing, Label, MarketError, ShopHours, opt_out_words, rules_of, span, strictest

TODAY = dt.date(2026, 11, 21)
WIDE = ShopHours(hours={"sms": markets.ALL_DAY, "phone": markets.ALL_DAY, "email": markets.ALL_DAY})


@pytest.mark.parametrize(
    ("channel", "hours"),
    [
        ("email", span("08:00", "20:00")),
        ("sms", span("10:00", "19:00")),
        ("phone", span("10:00", "18:00")),
        ("card", markets.ALL_DAY),
        ("inbox", markets.ALL_DAY),
    ],
)
def test_without_a_market_our_defaults_hold(channel, hours):
    rule = rules_of("", "", channel, on=TODAY)
    assert rule.hours == hours
    quiet = Closing.CLOSED if channel in ("sms", "phone") else Closing.OPEN
    assert (rule.sundays, rule.holidays) == (quiet, quiet)


@pytest.mark.parametrize(
    ("country", "part", "channel", "hours"),
    [
        ("FR", "", "sms", ("08:00", "22:00")),
        ("CN", "", "sms", ("08:00", "22:00")),
        ("KR", "", "sms", ("08:00", "21:00")),
        ("US", "", "sms", ("08:00", "21:00")),
        ("US", "NY", "phone", ("08:00", "21:00")),
        ("US", "FL", "sms", ("08:00", "20:00")),
        ("US", "US-CT", "sms", ("09:00", "20:00")),
        ("US", "RI", "phone", ("09:00", "18:00")),
    ],
)
def test_a_shop_that_opens_all_day_meets_the_markets_hours(country, part, channel, hours):
    assert rules_of(country, part, channel, on=TODAY, shop=WIDE).hours == span(*hours)


def test_a_shop_replaces_our_default_but_never_a_markets_rule():
    shop = ShopHours(hours={"sms": span("07:00", "20:30")}, sundays={"sms": True}, holidays={"sms": True})
    home = rules_of("DE", "", "sms", on=TODAY, shop=shop)
    assert (home.hours, home.sundays, home.holidays) == (span("07:00", "20:30"), Closing.OPEN, Closing.OPEN)
    france = rules_of("FR", "", "sms", on=TODAY, shop=shop)
    assert (france.hours, france.sundays) == (span("08:00", "20:30"), Closing.FORBIDDEN)
    assert rules_of("DE", "", "email", on=TODAY, shop=shop) == rules_of("DE", "", "email", on=TODAY)


def test_texas_sleeps_in_on_sundays():
    rule = rules_of("US", "TX", "sms", on=TODAY, shop=ShopHours(hours={"sms": markets.ALL_DAY}, sundays={"sms": True}))
    assert (rule.hours, rule.sunday_hours) == (span("09:00", "21:00"), span("12:00", "21:00"))


def test_labels_and_consents_of_the_markets():
    assert rules_of("CN", "", "email", on=TODAY).labels == (Label("subject_start", ("广告", "AD")),)
    texts = {label.place: label.any_of for label in rules_of("CN", "", "sms", on=TODAY).labels}
    assert texts == {"text_start": ("【{signature}】",), "text_end": ("拒收请回复R",)}
    assert rules_of("KR", "", "email", on=TODAY).labels[0].any_of == ("(광고)",)
    assert rules_of("KR", "", "sms", on=TODAY).reconfirm_months == 24
    assert (
        rules_of("CA", "", "email", on=TODAY).purchase_months,
        rules_of("CA", "", "email", on=TODAY).inquiry_months,
    ) == (24, 6)
    assert rules_of("DE", "", "email", on=TODAY).double_opt_in
    assert rules_of("AT", "", "email", on=TODAY).double_opt_in
    assert not rules_of("FR", "", "email", on=TODAY).double_opt_in


def test_a_single_letter_refuses_in_china_only():
    assert "STOP" in rules_of("FR", "", "sms", on=TODAY).opt_out_words
    assert {"STOP", "R", "TD", "退订"} <= rules_of("CN", "", "sms", on=TODAY).opt_out_words
    assert "R" not in rules_of("FR", "", "sms", on=TODAY).opt_out_words
    assert "ARRET" in opt_out_words("fr-CA")
    assert "退订" in opt_out_words("zh_Hans")
    assert opt_out_words("xx") == frozenset()


def test_a_rule_holds_from_its_day_on():
    before = rules_of("CA", "", "email", on=dt.date(2014, 6, 30))
    assert (before.purchase_months, rules_of("CA", "", "email", on=dt.date(2014, 7, 1)).purchase_months) == (None, 24)


def test_a_newer_row_replaces_the_older_of_its_kind(monkeypatch):
    old = {
        "country": "XX",
        "channels": ["sms"],
        "kind": "hours",
        "from": "09:00",
        "to": "18:00",
        "since": dt.date(2020, 1, 1),
        "source": "law",
    }
    new = old | {"from": "08:00", "to": "21:00", "since": dt.date(2027, 1, 1)}
    table = markets.read([new, old])
    monkeypatch.setattr(markets, "rows", lambda: table)
    assert rules_of("XX", "", "sms", on=dt.date(2026, 12, 31)).hours == span("09:00", "18:00")
    assert rules_of("XX", "", "sms", on=dt.date(2027, 1, 1)).hours == span("08:00", "21:00")
    markets._rules_of.cache_clear()


def test_the_strictest_of_two_markets_holds():
    both = strictest([rules_of("KR", "", "sms", on=TODAY, shop=WIDE), rules_of("US", "CT", "sms", on=TODAY, shop=WIDE)])
    assert both.hours == span("09:00", "20:00")
    assert both.reconfirm_months == 24
    assert both.labels == (Label("text_start", ("(광고)",)),)
    early, late = (markets.MarketRule(hours=span(*clock)) for clock in (("08:00", "10:00"), ("12:00", "14:00")))
    assert strictest([early, late]).hours == (12 * 60, 10 * 60)


def test_every_row_names_its_source_and_day():
    assert all(row.says.sources[0] and row.since <= TODAY and row.channel in markets.CHANNELS for row in markets.rows())
    assert {row.country for row in markets.rows() if not row.confirmed} >= {"FR", "CN", "US"}


@pytest.mark.parametrize(
    "ask",
    [
        lambda: rules_of("FR", "", "fax", on=TODAY),
        lambda: rules_of("fr", "", "sms", on=TODAY),
        lambda: rules_of("France", "", "sms", on=TODAY),
        lambda: span("8", "20:00"),
        lambda: span("20:00", "08:00"),
        lambda: span("08:00", "24:01"),
        lambda: ShopHours(hours={"sms": (600, 600)}),
        lambda: ShopHours(sundays={"fax": True}),
        lambda: markets.read(
            [{"country": "FR", "channels": ["sms"], "kind": "mood", "since": TODAY, "source": "none"}]
        ),
    ],
)
def test_what_cannot_be_read_is_said(ask):
    with pytest.raises(MarketError):
        ask()
