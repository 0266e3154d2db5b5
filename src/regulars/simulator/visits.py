"""Who orders on which day? Each person has a taste, a rhythm and a time to leave, all drawn once; rates follow the
season, and two first purchases are planted that lengthen or shorten the relation."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from regulars.simulator.arrays import Floats, Integers
from regulars.simulator.goods import ENTRY_THAT_BRINGS_BACK, ENTRY_THAT_BRINGS_FEW, catalogue, place_of, popularity
from regulars.simulator.streams import pick_columns, stream
from regulars.simulator.times import Calendar

# One row for each category of goods, which is also a taste: share of people, usual days between orders, and the
# scale of the drop-out rate in days (people of a taste leave at rate ~ Gamma(LEAVING_SHAPE, 1 / scale)).
TASTE_SHARES = (0.50, 0.26, 0.08, 0.05, 0.05, 0.06)
TASTE_GAP_DAYS = (44.0, 63.0, 120.0, 190.0, 190.0, 200.0)
TASTE_LEAVING_DAYS = (23.0, 28.0, 36.0, 36.0, 36.0, 36.0)
RATE_SHAPE = 6.0
LEAVING_SHAPE = 0.9
RHYTHM_SHAPE = 4.0  # gaps ~ Gamma(4): steadier than an exponential, as people refill what runs out
ENTRY_SHARES = (0.82, 0.10, 0.08)
ENTRY_GAP_FACTORS = (1.0, 1 / 1.4, 1.5)
ENTRY_LEAVING_FACTORS = (1.0, 0.5, 3.0)
ORDINARY, BRINGS_BACK, BRINGS_FEW = range(3)
SEASON_SHARE = 0.12
CHRISTMAS_PEAK = 1.3
CHRISTMAS_DAY_OF_YEAR, CHRISTMAS_WIDTH_DAYS = 345, 11
YEARLY_GROWTH = 1.15
YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Natures:
    """What is hidden in each person, one entry per person: the truth that no table shows.

    taste: category they come for; entry: ORDINARY, BRINGS_BACK or BRINGS_FEW; favourite, first_choice: variants;
    gap: usual days between orders; leaving_rate: per day.
    """

    taste: Integers
    entry: Integers
    favourite: Integers
    first_choice: Integers
    gap: Floats
    leaving_rate: Floats


@dataclass(frozen=True)
class Visits:
    """One entry per order, sorted by person and day; both of shape (n,)."""

    person: Integers
    day: Integers


def draw_natures(seed: int, people: int) -> Natures:
    """Taste, entry, rhythm and leaving rate for each person, independent of each other but for the planted entry."""
    luck = stream(seed, "natures")
    taste = luck.choice(len(TASTE_SHARES), size=people, p=TASTE_SHARES)
    entry = luck.choice(len(ENTRY_SHARES), size=people, p=ENTRY_SHARES)
    rate = luck.gamma(RATE_SHAPE, 1 / RATE_SHAPE, people)
    leaving = luck.gamma(LEAVING_SHAPE, 1.0, people) / np.array(TASTE_LEAVING_DAYS)[taste]
    favourite = pick_columns(_without_planted(popularity()), taste, uniforms=luck.random(people))
    planted = np.array([-1, place_of(ENTRY_THAT_BRINGS_BACK), place_of(ENTRY_THAT_BRINGS_FEW)])
    return Natures(
        taste=taste,
        entry=entry,
        favourite=favourite,
        first_choice=np.where(entry == ORDINARY, favourite, planted[entry]),
        gap=np.array(TASTE_GAP_DAYS)[taste] * np.array(ENTRY_GAP_FACTORS)[entry] / rate,
        leaving_rate=leaving * np.array(ENTRY_LEAVING_FACTORS)[entry],
    )


def with_tastes(natures: Natures, *, favourites: tuple[str, ...]) -> Natures:
    """The first persons get these favourite skus, with the taste that goes with them and no planted entry."""
    taste, entry, favourite, first = (
        a.copy() for a in (natures.taste, natures.entry, natures.favourite, natures.first_choice)
    )
    chosen = [place_of(sku) for sku in favourites]
    cast = slice(0, len(favourites))
    taste[cast], entry[cast] = [catalogue()[place].category for place in chosen], ORDINARY
    favourite[cast], first[cast] = chosen, chosen
    return replace(natures, taste=taste, entry=entry, favourite=favourite, first_choice=first)


def season(day_of_year: Integers) -> Floats:
    """Factor on the order rate: warm drinks in winter, and a peak in the weeks before Christmas."""
    winter = 1 + SEASON_SHARE * np.cos(2 * np.pi * (day_of_year - 20) / YEAR_DAYS)
    christmas = CHRISTMAS_PEAK * np.exp(-(((day_of_year - CHRISTMAS_DAY_OF_YEAR) / CHRISTMAS_WIDTH_DAYS) ** 2))
    return np.asarray(winter + christmas * (day_of_year <= 359), dtype=np.float64)


def draw_visits(seed: int, natures: Natures, *, calendar: Calendar) -> Visits:
    """The days on which each person orders, from the first visit until leaving or the calendar's end.

    Time runs faster in a strong season: gaps are drawn in season-weighted days and mapped back to the calendar.
    Every round draws a number for every person, used or not.
    """
    busy = _season_clock(calendar)
    first = _first_days(seed, natures.taste.size, calendar=calendar)
    leaving = first + stream(seed, "leaving").exponential(size=first.size) / natures.leaving_rate
    days = np.arange(calendar.days + 1, dtype=np.float64)
    clock, luck = np.interp(first, days, busy), stream(seed, "gaps")
    person, when, active = [np.arange(first.size)], [first], np.arange(first.size)
    while active.size:
        clock = clock + natures.gap * luck.gamma(RHYTHM_SHAPE, 1 / RHYTHM_SHAPE, first.size)
        now = np.interp(clock, busy, days, right=np.inf)
        active = np.flatnonzero(now < np.minimum(leaving, calendar.days))
        person.append(active)
        when.append(now[active])
    return in_order(np.concatenate(person), np.floor(np.concatenate(when)).astype(np.int64))


def in_order(person: Integers, day: Integers) -> Visits:
    """Visits sorted by person, then by day."""
    order = np.lexsort((day, person))
    return Visits(person[order].astype(np.int64), day[order].astype(np.int64))


def _without_planted(weights: Floats) -> Floats:
    kept = weights.copy()
    kept[:, [place_of(ENTRY_THAT_BRINGS_BACK), place_of(ENTRY_THAT_BRINGS_FEW)]] = 0.0
    return kept


def _daily_season(calendar: Calendar) -> Floats:
    dates = [calendar.date_of(day) for day in range(calendar.days)]
    return season(np.array([_day_of_year(d) for d in dates], dtype=np.int64))


def _season_clock(calendar: Calendar) -> Floats:
    """Season-weighted days that have passed at the start of each day: shape (days + 1,)."""
    return np.concatenate([[0.0], np.cumsum(_daily_season(calendar))])


def _first_days(seed: int, people: int, *, calendar: Calendar) -> Floats:
    """When each person first orders, in days; newcomers follow the season and grow from year to year."""
    trend = YEARLY_GROWTH ** (np.arange(calendar.days) / YEAR_DAYS)
    heights = np.concatenate([[0.0], np.cumsum(_daily_season(calendar) * trend)])
    lot = stream(seed, "first visits").random(people) * heights[-1]
    return np.interp(lot, heights, np.arange(calendar.days + 1, dtype=np.float64))


def _day_of_year(day: date) -> int:
    return day.timetuple().tm_yday
