"""When is the first moment that a message may reach a person?

A moment is allowed when it lies inside the rule's hours of the local day in every zone given. Local hours become stretches
of UTC time day by day, so a night in which the clocks change is exact: a minute that the clocks skip is never allowed, one
that they show twice is allowed twice.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from regulars.policy.markets import ALL_DAY, SUNDAY, Closing, MarketRule, Span
from regulars.policy.zones import UnknownZone, Whereabouts, Zones, zone, zone_of

__all__ = [
    "Allowed", "ClosedDays", "MomentError", "UnknownZone", "Whereabouts", "Zones", "day_in", "local_windows", "next_allowed",
    "public_holidays", "zone_of",
]  # fmt: skip

AHEAD_MAX = dt.timedelta(days=14)
DAY = dt.timedelta(days=1)
# No zone is further from UTC than 14 hours, so a local day lies within this reach of the UTC day of the same date.
REACH = dt.timedelta(hours=15)

Stretch = tuple[dt.datetime, dt.datetime]


class MomentError(ValueError):
    """A time without a zone, or no zone to look in."""


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Local dates: public holidays, the shop's own closed days, and the day a greeting is for, which our courtesy lets pass."""

    public: frozenset[dt.date] = frozenset()
    shop: frozenset[dt.date] = frozenset()
    greeting_for: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """at: UTC, None if there is no time. reason: "" at once, else what stands in the way right now, as a code:

    quiet_hours, holiday (Sundays and closed days too), zone_unknown (allowed in some of the zones), no_allowed_time.
    """

    at: dt.datetime | None
    reason: str


NO_TIME = Allowed(None, "no_allowed_time")


def next_allowed(
    after: dt.datetime,
    *,
    zones: tuple[str, ...],
    rule: MarketRule,
    closed_days: ClosedDays,
    until: dt.datetime | None,
) -> Allowed:
    """The first instant at or after `after` and before `until` that is allowed in all `zones`, at most 14 days ahead.

    Several zones mean that the zone is unknown. Raises MomentError on a time without a zone or no zones at all, and
    UnknownZone.
    """
    if after.tzinfo is None or (until is not None and until.tzinfo is None):
        raise MomentError("times need a zone; pass aware datetimes in UTC")
    if not zones:
        raise MomentError("no zone to look in; the shop's own is the last rung")
    limit = after + AHEAD_MAX if until is None else min(until, after + AHEAD_MAX)
    if limit <= after:
        return NO_TIME
    blocks = [_block(after, name, rule, closed_days) for name in zones]
    if not any(blocks):
        return Allowed(after.astimezone(dt.UTC), "")
    at = _first_in_all(after.astimezone(dt.UTC), zones, rule, closed_days, limit)
    if at is None:
        return NO_TIME
    if not all(blocks):
        return Allowed(at, "zone_unknown")
    return Allowed(at, "holiday" if "holiday" in blocks else "quiet_hours")


def _block(instant: dt.datetime, name: str, rule: MarketRule, closed: ClosedDays) -> str:
    """Why the instant is not allowed in that zone, "" if it is."""
    local = instant.astimezone(zone(name))
    hours = _hours_on(local.date(), rule, closed)
    if hours is None:
        return "holiday"
    return "" if hours[0] <= local.hour * 60 + local.minute < hours[1] else "quiet_hours"


def _hours_on(day: dt.date, rule: MarketRule, closed: ClosedDays) -> Span | None:
    """The hours of a local day, None if it is closed."""
    closing = rule.sundays if day.weekday() == SUNDAY else Closing.OPEN
    if day in closed.public and rule.holidays > closing:
        closing = rule.holidays
    if day in closed.shop and rule.shop_days > closing:
        closing = rule.shop_days
    if closing and (closing == Closing.FORBIDDEN or day != closed.greeting_for):
        return None
    return rule.hours_of(day)


def _first_in_all(
    at: dt.datetime, zones: tuple[str, ...], rule: MarketRule, closed: ClosedDays, limit: dt.datetime
) -> dt.datetime | None:
    """Each zone in turn moves the instant on until none does."""
    while True:
        before = at
        for name in zones:
            found = _first_in(at, name, rule, closed, limit)
            if found is None:
                return None
            at = found
        if at == before:
            return at


def _first_in(
    at: dt.datetime, name: str, rule: MarketRule, closed: ClosedDays, limit: dt.datetime
) -> dt.datetime | None:
    local = zone(name)
    day, last = at.astimezone(local).date(), limit.astimezone(local).date()
    while day <= last:
        hours = _hours_on(day, rule, closed)
        for begins, ends in local_windows(name, day, hours) if hours else ():
            if at < ends:
                found = max(at, begins)
                return found if found < limit else None
        day += DAY
    return None


@lru_cache(maxsize=1 << 14)
def local_windows(name: str, day: dt.date, hours: Span) -> tuple[Stretch, ...]:
    """The stretches of UTC time, begin included and end not, in which zone `name` shows that day and those minutes.

    One as a rule; two when the clocks go back inside the hours' edge; none when the clocks skip all of it.
    """
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    opens, closes = (midnight + dt.timedelta(minutes=minute) for minute in hours)
    found: list[Stretch] = []
    for begins, ends, offset in _steady(zone(name), midnight - REACH, midnight + DAY + REACH):
        first, last = max(begins, opens - offset), min(ends, closes - offset)
        if found and found[-1][1] == first < last:
            found[-1] = (found[-1][0], last)
        elif first < last:
            found.append((first, last))
    return tuple(found)


def day_in(name: str, day: dt.date) -> Stretch:
    """The first instant of a local day and the first of the next, in UTC. Raises MomentError if the zone skipped it."""
    stretches = local_windows(name, day, ALL_DAY)
    if not stretches:
        raise MomentError(f"{name} skipped {day}")
    return stretches[0][0], stretches[-1][1]


def _steady(
    local: ZoneInfo, begins: dt.datetime, ends: dt.datetime
) -> Iterator[tuple[dt.datetime, dt.datetime, dt.timedelta]]:
    """The range cut where the offset from UTC changes; in two days it does so once at most."""
    first, last = _offset(local, begins), _offset(local, ends)
    if first == last:
        yield begins, ends, first
        return
    low, high = begins, ends
    while high - low > dt.timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if _offset(local, middle) == first else (low, middle)
    yield begins, high, first
    yield high, ends, last


def _offset(local: ZoneInfo, instant: dt.datetime) -> dt.timedelta:
    offset = instant.astimezone(local).utcoffset()
    assert offset is not None
    return offset


@lru_cache(maxsize=512)
def public_holidays(country: str, subdivision: str, years: tuple[int, ...]) -> frozenset[dt.date]:
    """Public holidays of a country (ISO 3166-1) and subdivision (FL or US-FL), from the `holidays` library.

    None for a country it does not know; only the country's for a subdivision it does not know.
    """
    import holidays

    part = subdivision.removeprefix(f"{country}-") or None
    supported = holidays.list_supported_countries(include_aliases=False)
    if country not in supported:
        return frozenset()
    return frozenset(
        holidays.country_holidays(country, subdiv=part if part in supported[country] else None, years=years)
    )
