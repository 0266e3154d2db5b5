"""Days worth a greeting: birthdays in two calendars, anniversaries, a child's months, and their windows."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.policy.calendars import CalendarError, lunar_day
from regulars.policy.festivals import Festival
from regulars.policy.markets import MarketRule, rules_of, span
from regulars.policy.occasions import (
    ChildConsent,
    Occasion,
    OccasionError,
    Occurrence,
    childs_months,
    choose,
    months_old,
    occurrences,
    window,
)

DAY = dt.timedelta(days=1)


def in_years(occasion, first, last):
    return occurrences(occasion, first=dt.date(first, 1, 1), last=dt.date(last, 12, 31))


def test_a_birthday_comes_once_a_year_and_never_shows_an_age():
    found = in_years(Occasion("birthday", 7, 4, year=1990), 2027, 2028)
    assert found == (Occurrence(dt.date(2027, 7, 4), "2027"), Occurrence(dt.date(2028, 7, 4), "2028"))


def test_a_birthday_on_29_february_is_greeted_on_the_28th_unless_1_march_was_chosen():
    assert [it.on.isoformat() for it in in_years(Occasion("birthday", 2, 29), 2027, 2028)] == [
        "2027-02-28",
        "2028-02-29",
    ]
    chosen = in_years(Occasion("birthday", 2, 29, rule="march_1"), 2027, 2028)
    assert [it.on.isoformat() for it in chosen] == ["2027-03-01", "2028-02-29"]


def test_both_ends_of_the_range_are_included():
    day = dt.date(2027, 7, 4)
    occasion = Occasion("name_day", 7, 4)
    assert [it.on for it in occurrences(occasion, first=day, last=day)] == [day]
    assert occurrences(occasion, first=day + DAY, last=day.replace(year=2028) - DAY) == ()


@pytest.mark.parametrize("kind", ["wedding", "first_order", "membership", "custom"])
def test_an_anniversary_counts_years_and_skips_year_zero(kind):
    found = in_years(Occasion(kind, 5, 20, year=2026), 2024, 2028)
    assert [(it.key, it.years) for it in found] == [("2027", 1), ("2028", 2)]
    assert [it.years for it in in_years(Occasion(kind, 5, 20), 2027, 2027)] == [None]


def test_a_lunar_birthday_on_11_20_has_no_day_in_2025_and_two_in_2026():
    occasion = Occasion("birthday", 11, 20, calendar="lunar")
    assert in_years(occasion, 2025, 2025) == ()
    assert in_years(occasion, 2026, 2026) == (
        Occurrence(dt.date(2026, 1, 8), "lunar-2025"),
        Occurrence(dt.date(2026, 12, 28), "lunar-2026"),
    )


def test_the_30th_of_the_last_lunar_month_is_always_new_years_eve():
    occasion = Occasion("birthday", 12, 30, calendar="lunar")
    for it in in_years(occasion, 1902, 2099):
        assert it.on + DAY == lunar_day(int(it.key.removeprefix("lunar-")) + 1, 1, 1)


def test_the_last_lunar_month_is_short_in_the_years_we_know():
    short = [year for year in range(2024, 2051) if lunar_day(year, 12, 30) == lunar_day(year, 12, 29)]
    assert short == [2024, 2025, 2026, 2027, 2028, 2030, 2031, 2038, 2039, 2040, 2048, 2049, 2050]


def test_leap_months_are_those_we_know():
    pairs = [(year, month) for year in range(2023, 2046) for month in range(1, 13)]
    leap = [(year, month) for year, month in pairs if lunar_day(year, month, 1, leap=True) != lunar_day(year, month, 1)]
    assert leap == [(2023, 2), (2025, 6), (2028, 5), (2031, 3), (2033, 11), (2036, 6), (2039, 5), (2042, 2), (2044, 7)]


def test_a_birthday_in_a_leap_month_is_greeted_in_the_ordinary_month_unless_chosen():
    plain, chosen = (Occasion("birthday", 6, 10, calendar="lunar_leap", rule=rule) for rule in ("", "leap_month"))
    ordinary, own = lunar_day(2025, 6, 10), lunar_day(2025, 6, 10, leap=True)
    assert [it.on for it in in_years(plain, 2025, 2025)] == [ordinary] == [dt.date(2025, 7, 4)]
    assert [it.on for it in in_years(chosen, 2025, 2025)] == [own] == [dt.date(2025, 8, 3)]
    assert in_years(plain, 2026, 2026) == in_years(chosen, 2026, 2026)


@settings(max_examples=100, deadline=None)
@given(
    st.builds(Occasion, st.just("wedding"), st.integers(1, 12), st.integers(1, 28), st.none() | st.integers(1990, 2030),
              st.sampled_from(("solar", "lunar", "lunar_leap")), st.sampled_from(("", "leap_month"))),
    st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)), st.integers(0, 900), st.integers(0, 900),
)  # fmt: skip
def test_a_range_cut_in_two_gives_the_same_days_and_no_key_twice(occasion, first, one, other):
    middle, last = first + one * DAY, first + (one + other) * DAY
    whole = occurrences(occasion, first=first, last=last)
    assert whole == occurrences(occasion, first=first, last=middle) + occurrences(
        occasion, first=middle + DAY, last=last
    )
    assert len({it.key for it in whole}) == len(whole)
    assert all(first <= it.on <= last for it in whole)


def test_a_childs_months_need_a_consent_of_their_own():
    born, first, last = dt.date(2026, 3, 17), dt.date(2026, 1, 1), dt.date(2030, 12, 31)
    assert childs_months(born, (6, 12), consent=None, first=first, last=last) == ()
    consent = ChildConsent(dt.date(2026, 9, 2), dt.date(2027, 12, 31))
    found = childs_months(born, (6, 12, 24), consent=consent, first=first, last=last)
    assert found == (Occurrence(dt.date(2027, 3, 1), "month-12"),)
    assert months_old(born, dt.date(2027, 3, 1)) == 12


def test_the_personal_one_wins_over_a_festival_of_the_same_day():
    day = dt.date(2027, 2, 6)
    festival, later = Festival(day, "lunar-2027", code="lunar_new_year"), Festival(day + DAY, "2027", code="new_year")
    birthday, wedding = Occurrence(day, "2027"), Occurrence(day, "lunar-2027", 5)
    assert choose([later, festival, birthday, wedding]) == (birthday, later)


def test_a_greeting_waits_for_the_hours_and_ends_with_the_local_day():
    rule = rules_of("CN", "", "sms", on=dt.date(2027, 1, 1))
    begins, ends = window(Occurrence(dt.date(2027, 2, 6), "lunar-2027"), "Asia/Shanghai", rule)
    assert (begins.isoformat(), ends.isoformat()) == ("2027-02-06T02:00:00+00:00", "2027-02-06T16:00:00+00:00")
    eid = Festival(dt.date(2027, 3, 9), "2027", code="eid_al_fitr", days=3, estimated=True)
    assert window(eid, "Europe/Istanbul", rule)[1].isoformat() == "2027-03-11T21:00:00+00:00"


def test_a_day_of_23_hours_ends_an_hour_sooner():
    begins, ends = window(Occurrence(dt.date(2026, 3, 29), "2026"), "Europe/Paris", MarketRule())
    assert ends - begins == dt.timedelta(hours=23)
    begins, ends = window(
        Occurrence(dt.date(2026, 3, 29), "2026"), "Europe/Paris", MarketRule(sunday_hours=span("02:10", "02:50"))
    )
    assert ends - begins == dt.timedelta(hours=23)


@pytest.mark.parametrize(
    "told",
    [
        {"month": 13, "day": 1}, {"month": 0, "day": 1}, {"month": 2, "day": 30}, {"month": 4, "day": 31},
        {"month": 1, "day": 0}, {"month": 1, "day": 31, "calendar": "lunar"}, {"month": 1, "day": 1, "calendar": "maya"},
        {"month": 1, "day": 1, "rule": "never"}, {"month": 1, "day": 1, "kind": "divorce"},
    ],
)  # fmt: skip
def test_a_date_that_never_comes_is_refused(told):
    with pytest.raises(OccasionError):
        Occasion(**{"kind": "birthday"} | told)


def test_the_tables_of_the_moon_end():
    with pytest.raises(CalendarError):
        lunar_day(2101, 1, 1)
    with pytest.raises(CalendarError):
        lunar_day(2027, 13, 1)
    with pytest.raises(OccasionError):
        childs_months(dt.date(2026, 1, 1), (-1,), consent=None, first=dt.date(2026, 1, 1), last=dt.date(2026, 1, 2))
