"""Festivals by country: the lunar table, both Easters, mothers and fathers, and the days only the moon decides."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.policy.calendars import easter, nth_weekday, orthodox_easter
from regulars.policy.festivals import festivals

LUNAR = {
    "lunar_new_year": "2027-02-06 2028-01-26 2029-02-13 2030-02-03 2031-01-23",
    "lantern": "2027-02-20 2028-02-09 2029-02-27 2030-02-17 2031-02-06",
    "dragon_boat": "2027-06-09 2028-05-28 2029-06-16 2030-06-05 2031-06-24",
    "qixi": "2027-08-08 2028-08-26 2029-08-16 2030-08-05 2031-08-24",
    "mid_autumn": "2027-09-15 2028-10-03 2029-09-22 2030-09-12 2031-10-01",
    "chongyang": "2027-10-08 2028-10-26 2029-10-16 2030-10-05 2031-10-24",
}


def of_year(country, year):
    return {it.code: it for it in festivals(country, first=dt.date(year, 1, 1), last=dt.date(year, 12, 31))}


@pytest.mark.parametrize("code", LUNAR)
def test_the_lunar_festivals_of_china(code):
    found = [of_year("CN", year)[code] for year in range(2027, 2032)]
    assert [it.on.isoformat() for it in found] == LUNAR[code].split()
    assert found[0].key == "lunar-2027"


@pytest.mark.parametrize(
    ("country", "code", "day"),
    [
        ("FR", "mothers_day", "2027-05-30"), ("GB", "mothers_day", "2027-03-07"), ("US", "mothers_day", "2027-05-09"),
        ("NO", "mothers_day", "2027-02-14"), ("PL", "mothers_day", "2027-05-26"), ("DE", "fathers_day", "2027-05-06"),
        ("US", "fathers_day", "2027-06-20"), ("AU", "fathers_day", "2027-09-05"), ("BR", "valentines_day", "2027-06-12"),
        ("US", "valentines_day", "2027-02-14"), ("CN", "singles_day", "2027-11-11"), ("GR", "easter", "2027-05-02"),
        ("RU", "christmas", "2027-01-07"), ("DE", "christmas", "2027-12-25"), ("KR", "lunar_new_year", "2027-02-07"),
        ("KR", "parents_day", "2027-05-08"), ("VN", "lunar_new_year", "2027-02-06"), ("", "new_year", "2027-01-01"),
    ],
)  # fmt: skip
def test_each_country_keeps_its_own_day(country, code, day):
    assert of_year(country, 2027)[code].on.isoformat() == day


def test_frances_mothers_give_way_to_pentecost():
    assert easter(2026) + dt.timedelta(days=49) == dt.date(2026, 5, 24)
    pentecost_last = next(y for y in range(2027, 2060) if nth_weekday(y, 5, 6, -1) == easter(y) + dt.timedelta(days=49))
    assert of_year("FR", pentecost_last)["mothers_day"].on.month == 6


def test_days_the_moon_decides_are_marked_estimated_and_only_where_known():
    turkey = of_year("TR", 2027)["eid_al_fitr"]
    assert (turkey.on, turkey.last, turkey.estimated) == (dt.date(2027, 3, 9), dt.date(2027, 3, 11), True)
    assert of_year("IN", 2027)["diwali"].estimated
    assert not {"eid_al_fitr", "diwali"} & set(of_year("DE", 2027))


def test_two_of_a_kind_in_one_year_have_two_keys():
    eids = [
        it for it in festivals("SA", first=dt.date(2033, 1, 1), last=dt.date(2033, 12, 31)) if it.code == "eid_al_fitr"
    ]
    assert [it.key for it in eids] == ["2033", "2033-2"]


def test_a_stretch_over_new_year_keeps_both_ends():
    found = festivals("DE", first=dt.date(2026, 12, 25), last=dt.date(2027, 1, 1))
    assert [(it.code, it.key) for it in found] == [("christmas", "2026"), ("new_year", "2027")]


@pytest.mark.parametrize(
    ("year", "west", "east"),
    [(2024, "03-31", "05-05"), (2025, "04-20", "04-20"), (2038, "04-25", "04-25"), (2076, "04-19", "04-26")],
)
def test_easter_in_the_west_and_in_the_east(year, west, east):
    assert (f"{easter(year):%m-%d}", f"{orthodox_easter(year):%m-%d}") == (west, east)


@given(st.integers(1950, 2090), st.integers(1, 12), st.integers(0, 6), st.sampled_from((1, 2, 3, 4, -1)))
def test_the_nth_weekday_is_that_weekday_of_that_month(year, month, weekday, nth):
    day = nth_weekday(year, month, weekday, nth)
    assert (day.month, day.weekday()) == (month, weekday)
    assert (day.day - 1) // 7 + 1 == nth if nth > 0 else (day + dt.timedelta(days=7)).month != month
