"""On which days is there a reason to greet somebody, and from when to when may the greeting go out?

What a person told us is an `Occasion`; each day it comes round is an `Occurrence` with a key that never repeats. An age is
never derived from a birthday, and nothing about a child without a consent of its own.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from regulars.policy.calendars import CalendarError, Occurrence, lunar_day
from regulars.policy.festivals import Festival, festivals
from regulars.policy.markets import MarketRule
from regulars.policy.quiet_hours import day_in, local_windows

__all__ = [
    "CalendarError", "ChildConsent", "Festival", "Occasion", "OccasionError", "Occurrence", "childs_months", "choose",
    "festivals", "months_old", "occurrences", "window",
]  # fmt: skip

KINDS = ("birthday", "name_day", "wedding", "first_order", "membership", "custom")
WITHOUT_YEARS = ("birthday", "name_day")
CALENDARS = ("solar", "lunar", "lunar_leap")
# "" for a birthday on 29 February is the 28th in other years, and for one in a leap month the ordinary month of its number.
RULES = ("", "march_1", "leap_month")
LEAP_YEAR = 2000


class OccasionError(ValueError):
    """A kind, calendar, rule or date of an occasion that there is none of."""


@dataclass(frozen=True)
class Occasion:
    """A day a person told us, as they gave it. year: when it began, in its own calendar, None if not told.

    calendar: solar, lunar, or lunar_leap for a day of a leap month. rule: march_1 (for 29 February), leap_month (greet in the
    leap month in the years that have it). Raises OccasionError on anything else, or a day its month never has.
    """

    kind: str
    month: int
    day: int
    year: int | None = None
    calendar: str = "solar"
    rule: str = ""

    def __post_init__(self) -> None:
        for said, known in ((self.kind, KINDS), (self.calendar, CALENDARS), (self.rule, RULES)):
            if said not in known:
                raise OccasionError(f"{said!r} is none of {', '.join(repr(it) for it in known)}")
        if not 1 <= self.month <= 12:
            raise OccasionError(f"a month is a number from 1 to 12: {self.month}")
        length = 30 if self.calendar != "solar" else _length(LEAP_YEAR, self.month)
        if not 1 <= self.day <= length:
            raise OccasionError(f"month {self.month} has no day {self.day} in the {self.calendar} calendar")


@dataclass(frozen=True)
class ChildConsent:
    """A parent's own, explicit consent to be written to about a child, both days included."""

    granted: dt.date
    expires: dt.date


def occurrences(occasion: Occasion, *, first: dt.date, last: dt.date) -> tuple[Occurrence, ...]:
    """Every day the occasion comes round from `first` to `last`, both included; none in the year it began or before.

    A lunar day may come twice in a solar year or not at all; its key is the lunar year. Raises CalendarError outside lunar
    years 1900-2100.
    """
    return tuple(it for it in _rounds(occasion, first.year - 1, last.year) if first <= it.on <= last)


def _rounds(occasion: Occasion, first: int, last: int) -> Iterator[Occurrence]:
    """Once for each year of the occasion's own calendar."""
    solar = occasion.calendar == "solar"
    for year in range(first, last + 1):
        years = None if occasion.year is None else year - occasion.year
        if years is None or years > 0:
            on = _solar_day(occasion, year) if solar else _lunar_day(occasion, year)
            shown = None if occasion.kind in WITHOUT_YEARS else years
            yield Occurrence(on, str(year) if solar else f"lunar-{year}", shown)


def _solar_day(occasion: Occasion, year: int) -> dt.date:
    if (occasion.month, occasion.day) == (2, 29) and _length(year, 2) == 28:
        return dt.date(year, 3, 1) if occasion.rule == "march_1" else dt.date(year, 2, 28)
    return dt.date(year, occasion.month, occasion.day)


def _lunar_day(occasion: Occasion, year: int) -> dt.date:
    leap = occasion.calendar == "lunar_leap" and occasion.rule == "leap_month"
    return lunar_day(year, occasion.month, occasion.day, leap=leap)


def _length(year: int, month: int) -> int:
    """Days of a month."""
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).day


def months_old(born: dt.date, on: dt.date) -> int:
    """Whole calendar months from the month of birth to the month of `on`; only the month of `born` counts."""
    return (on.year - born.year) * 12 + on.month - born.month


def childs_months(
    born: dt.date, months: Iterable[int], *, consent: ChildConsent | None, first: dt.date, last: dt.date
) -> tuple[Occurrence, ...]:
    """The first day of each month in which a child born in the month of `born` is so many months old; key "month-18".

    None without consent, and none on days the consent does not cover. Raises OccasionError on months below 0.
    """
    found = []
    for age in sorted(set(months)):
        if age < 0:
            raise OccasionError(f"an age in months is not below 0: {age}")
        year, month = divmod(born.year * 12 + born.month - 1 + age, 12)
        found.append(Occurrence(dt.date(year, month + 1, 1), f"month-{age}"))
    if consent is None:
        return ()
    begins, ends = max(first, consent.granted), min(last, consent.expires)
    return tuple(it for it in found if begins <= it.on <= ends)


def choose(found: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    """One a day, in order of date: what is personal wins over a festival, and else what was given first."""
    best: dict[dt.date, Occurrence] = {}
    for it in found:
        if it.on not in best or (isinstance(best[it.on], Festival) and not isinstance(it, Festival)):
            best[it.on] = it
    return tuple(best[on] for on in sorted(best))


def window(occurrence: Occurrence, zone: str, rule: MarketRule) -> tuple[dt.datetime, dt.datetime]:
    """not_before, the start of the allowed hours of that local day, and expires_at, the end of it (a festival's last), in UTC.

    Whether the day is closed is for `next_allowed` to say. Where the clocks or the rule leave no hours the day itself begins.
    Raises UnknownZone, and MomentError for a day the zone skipped.
    """
    begins, ends = day_in(zone, occurrence.on)
    if isinstance(occurrence, Festival):
        ends = day_in(zone, occurrence.last)[1]
    allowed = local_windows(zone, occurrence.on, rule.hours_of(occurrence.on))
    return (allowed[0][0] if allowed else begins), ends
