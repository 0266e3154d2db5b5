"""The next moment a message may arrive: inside the hours of every zone, never on a closed day, never later than needed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.policy.markets import ALL_DAY, Closing, MarketRule, ShopHours, rules_of, span, strictest
from regulars.policy.quiet_hours import (
    Allowed,
    ClosedDays,
    MomentError,
    UnknownZone,
    local_windows,
    next_allowed,
    public_holidays,
)
from regulars.policy.zones import zones_of_country

NO_DAY = ClosedDays()
MINUTE = dt.timedelta(minutes=1)
TODAY = dt.date(2026, 11, 21)
SHOPS_WIDE = ShopHours(hours={"sms": ALL_DAY}, sundays={"sms": True})


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def at(zone, *parts, fold=0):
    return dt.datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(dt.UTC)


def ask(after, *zones, rule, closed=NO_DAY, until=None):
    return next_allowed(after, zones=zones, rule=rule, closed_days=closed, until=until)


def open_at(instant, zone, rule, closed):
    """The rule said once more, minute by minute."""
    local = instant.astimezone(ZoneInfo(zone))
    sunday, minute = local.weekday() == 6, local.hour * 60 + local.minute
    states = [rule.sundays] if sunday else []
    states += [rule.holidays] if local.date() in closed.public else []
    states += [rule.shop_days] if local.date() in closed.shop else []
    if Closing.FORBIDDEN in states or (Closing.CLOSED in states and local.date() != closed.greeting_for):
        return False
    spans = [rule.hours, rule.sunday_hours] if sunday else [rule.hours]
    return all(begins <= minute < ends for begins, ends in spans)


ZONES = (
    "Europe/Paris",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Havana",
    "Pacific/Apia",
)
spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1])
days = st.dates(dt.date(2026, 3, 1), dt.date(2026, 3, 31)) | st.dates(dt.date(2026, 10, 20), dt.date(2026, 11, 10))
rules = st.builds(MarketRule, spans, spans, *[st.sampled_from(Closing)] * 3)
closings = st.builds(ClosedDays, st.frozensets(days, max_size=4), st.frozensets(days, max_size=2), st.none() | days)
moments = st.builds(
    lambda day, minute: dt.datetime.combine(day, dt.time(), dt.UTC) + minute * MINUTE, days, st.integers(0, 1439)
)


@settings(max_examples=150, deadline=None)
@given(moments, st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True), rules, closings)
def test_the_answer_is_allowed_in_every_zone_and_no_earlier_minute_is(after, zones, rule, closed):
    found = ask(after, *zones, rule=rule, closed=closed)

    def allowed(instant):
        return all(open_at(instant, zone, rule, closed) for zone in zones)

    end = after + dt.timedelta(days=14) if found.at is None else found.at
    assert (found.at == after) == (found.reason == "")
    assert found.at is None or (after <= found.at < after + dt.timedelta(days=14) and allowed(found.at))
    # Each quarter of an hour before, and the very last minute, must be closed.
    step = 15 * MINUTE
    assert not any(allowed(after + n * step) for n in range((end - after) // step + bool((end - after) % step)))
    assert end == after or not allowed(end - MINUTE)


def test_inside_the_hours_now_is_the_answer():
    now = utc(2026, 11, 20, 12, 34, 56)
    assert ask(now, "Europe/Paris", rule=rules_of("FR", "", "sms", on=TODAY)) == Allowed(now, "")


def test_no_text_on_a_sunday_in_france_even_as_a_greeting():
    sunday = at("Europe/Paris", 2026, 11, 22, 11)
    rule = rules_of("FR", "", "sms", on=TODAY, shop=SHOPS_WIDE)
    monday = at("Europe/Paris", 2026, 11, 23, 8)
    assert ask(sunday, "Europe/Paris", rule=rule) == Allowed(monday, "holiday")
    assert ask(sunday, "Europe/Paris", rule=rule, closed=ClosedDays(greeting_for=dt.date(2026, 11, 22))).at == monday


@pytest.mark.parametrize(("country", "zone", "last"), [("CN", "Asia/Shanghai", 22), ("KR", "Asia/Seoul", 21)])
def test_the_last_minute_of_the_evening_is_allowed_and_the_next_is_not(country, zone, last):
    rule = rules_of(country, "", "sms", on=TODAY, shop=SHOPS_WIDE)
    minute = at(zone, 2026, 11, 20, last - 1, 59)
    assert ask(minute, zone, rule=rule) == Allowed(minute, "")
    assert ask(minute + MINUTE, zone, rule=rule) == Allowed(at(zone, 2026, 11, 21, 8), "quiet_hours")


@pytest.mark.parametrize(
    ("country", "month", "hours"), [("RU", 1, 1), ("RU", 7, 1), ("US", 1, 6), ("US", 7, 5), ("CN", 1, 11)]
)
def test_an_unknown_zone_leaves_the_hours_all_zones_share(country, month, hours):
    rule, names = MarketRule(hours=span("09:00", "20:00")), zones_of_country(country)
    start = utc(2026, month, 15)
    open_minutes = [ask(start + n * 10 * MINUTE, *names, rule=rule).reason == "" for n in range(144)]
    assert sum(open_minutes) == hours * 6


def test_a_time_that_suits_some_zones_waits_for_all():
    nine_in_new_york = at("America/New_York", 2026, 1, 15, 9)
    found = ask(nine_in_new_york, *zones_of_country("US"), rule=MarketRule(hours=span("09:00", "20:00")))
    assert found == Allowed(at("Pacific/Honolulu", 2026, 1, 15, 9), "zone_unknown")


def test_hours_that_begin_in_the_skipped_hour_begin_when_it_ends():
    rule = MarketRule(hours=span("02:30", "12:00"))
    assert ask(at("Europe/Paris", 2026, 3, 29, 1), "Europe/Paris", rule=rule).at == utc(2026, 3, 29, 1)
    assert local_windows("Europe/Paris", dt.date(2026, 3, 29), span("02:10", "02:50")) == ()
    skipped = ask(utc(2026, 3, 29, 0), "Europe/Paris", rule=MarketRule(hours=span("02:10", "02:50")))
    assert skipped.at == at("Europe/Paris", 2026, 3, 30, 2, 10)


def test_in_the_repeated_hour_a_minute_is_allowed_both_times():
    rule = MarketRule(hours=span("02:30", "02:45"))
    first, second = (at("Europe/Paris", 2026, 10, 25, 2, 30, fold=fold) for fold in (0, 1))
    assert ask(first - MINUTE, "Europe/Paris", rule=rule).at == first
    assert ask(first + 15 * MINUTE, "Europe/Paris", rule=rule).at == second == first + 60 * MINUTE
    assert ask(second + 15 * MINUTE, "Europe/Paris", rule=rule).at == at("Europe/Paris", 2026, 10, 26, 2, 30)


def test_a_greeting_for_the_holiday_passes_our_courtesy_inside_the_hours():
    rule = rules_of("DE", "", "sms", on=TODAY)
    closed = ClosedDays(public=public_holidays("DE", "", (2026,)), shop=frozenset({dt.date(2026, 12, 24)}))
    christmas = at("Europe/Berlin", 2026, 12, 25, 7)
    assert ask(christmas, "Europe/Berlin", rule=rule, closed=closed) == Allowed(
        at("Europe/Berlin", 2026, 12, 28, 10), "holiday"
    )
    greeting = ClosedDays(closed.public, closed.shop, dt.date(2026, 12, 25))
    assert ask(christmas, "Europe/Berlin", rule=rule, closed=greeting) == Allowed(
        at("Europe/Berlin", 2026, 12, 25, 10), "quiet_hours"
    )
    eve = at("Europe/Berlin", 2026, 12, 24, 12)
    assert ask(eve, "Europe/Berlin", rule=rules_of("DE", "", "email", on=TODAY), closed=closed).reason == "holiday"
    assert ask(eve, "Europe/Berlin", rule=rules_of("DE", "", "inbox", on=TODAY), closed=closed).reason == ""


def test_nothing_before_the_expiry_is_no_allowed_time():
    evening, rule = at("Europe/Paris", 2026, 11, 20, 20), rules_of("FR", "", "email", on=TODAY)
    morning = at("Europe/Paris", 2026, 11, 21, 8)
    assert ask(evening, "Europe/Paris", rule=rule, until=morning) == Allowed(None, "no_allowed_time")
    assert ask(evening, "Europe/Paris", rule=rule, until=morning + MINUTE).at == morning
    assert ask(morning, "Europe/Paris", rule=rule, until=morning).at is None
    never = strictest([MarketRule(hours=span("08:00", "10:00")), MarketRule(hours=span("12:00", "14:00"))])
    assert ask(morning, "Europe/Paris", rule=never) == Allowed(None, "no_allowed_time")


def test_public_holidays_follow_the_subdivision():
    epiphany = dt.date(2027, 1, 6)
    assert epiphany in public_holidays("DE", "BY", (2027,)) & public_holidays("DE", "DE-BY", (2027,))
    assert epiphany not in public_holidays("DE", "", (2027,)) | public_holidays("DE", "Bavaria", (2027,))
    assert public_holidays("ZZ", "", (2027,)) == frozenset()


def test_what_has_no_zone_is_said():
    with pytest.raises(MomentError):
        ask(dt.datetime(2026, 1, 1), "Europe/Paris", rule=MarketRule())
    with pytest.raises(MomentError):
        ask(utc(2026, 1, 1), "Europe/Paris", rule=MarketRule(), until=dt.datetime(2026, 1, 2))
    with pytest.raises(MomentError):
        ask(utc(2026, 1, 1), rule=MarketRule())
    with pytest.raises(UnknownZone):
        ask(utc(2026, 1, 1), "Mars/Olympus", rule=MarketRule())
