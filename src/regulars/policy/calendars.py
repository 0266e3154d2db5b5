"""On which solar day does a date of another calendar fall? Lunar dates of China, both Easters, the nth weekday of a month."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

LUNAR_YEARS = range(1900, 2101)
WEEK_DAYS = 7


class CalendarError(ValueError):
    """A date that its calendar does not have, or a year outside its tables."""


@dataclass(frozen=True)
class Occurrence:
    """A day on which something recurs. key: names it once and for all, as "2027" or "lunar-2027"; years: since the first."""

    on: dt.date
    key: str
    years: int | None = None


def lunar_day(year: int, month: int, day: int, *, leap: bool = False) -> dt.date:
    """The solar date of a day of the Chinese lunar year, computed for UTC+8 (Korea and Vietnam may differ).

    A leap month the year lacks gives way to the ordinary month of that number, and day 30 of a short month to day 29.
    Raises CalendarError outside 1900-2100, for a month that is not 1-12 and a day that is not 1-30.
    """
    if year not in LUNAR_YEARS:
        raise CalendarError(f"lunar years reach from 1900 to 2100: {year}")
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise CalendarError(f"a lunar date has month 1-12 and day 1-30: {month}/{day}")
    return _lunar_day(year, month, day, leap)


@lru_cache(maxsize=1 << 14)
def _lunar_day(year: int, month: int, day: int, leap: bool) -> dt.date:
    from borax.calendars.lunardate import LCalendars, LunarDate

    own = int(leap and LCalendars.leap_month(year) == month)
    length = LCalendars.ndays(year, month, own)
    found: dt.date = LunarDate(year, month, min(day, length), own).to_solar_date()
    return found


@lru_cache(maxsize=512)
def easter(year: int) -> dt.date:
    """Easter Sunday of the western churches (the anonymous Gregorian rule, Nature 13, 1876, p. 487)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


@lru_cache(maxsize=512)
def orthodox_easter(year: int) -> dt.date:
    """Easter Sunday of the eastern churches, as a Gregorian date (J. Meeus, Astronomical Algorithms, chapter 8); 1900-2099."""
    moon = (19 * (year % 19) + 15) % 30
    weekday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + weekday + 114, 31)
    return dt.date(year, month, day + 1) + dt.timedelta(days=13)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date:
    """The nth (1-4, or -1 for the last) Monday (0) to Sunday (6) of a month."""
    if nth > 0:
        first = dt.date(year, month, 1)
        return first + dt.timedelta(days=(weekday - first.weekday()) % WEEK_DAYS + WEEK_DAYS * (nth - 1))
    last = dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    return last - dt.timedelta(days=(last.weekday() - weekday) % WEEK_DAYS)
