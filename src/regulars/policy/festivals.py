"""Which festivals fall in a stretch of days, by country?

The rows of `festivals.toml` say where and when. Nobody's religion is inferred: the shop chooses among them, the person mutes.
"""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from regulars.policy.calendars import Occurrence, easter, lunar_day, nth_weekday, orthodox_easter

DAY = dt.timedelta(days=1)
PENTECOST = dt.timedelta(days=49)


CODES = tuple(
    dict.fromkeys(
        row["code"]
        for row in tomllib.loads(resources.files("regulars.policy").joinpath("festivals.toml").read_text("utf-8"))[
            "festival"
        ]
    )
)
"""What festivals are called in plays and words."""


@dataclass(frozen=True)
class Festival(Occurrence):
    """An occurrence of the festival `code`, `days` long. estimated: the date may move by a day; let the shop confirm it."""

    code: str = ""
    days: int = 1
    estimated: bool = False

    @property
    def last(self) -> dt.date:
        """The last day, on which a greeting is not too late yet."""
        return self.on + DAY * (self.days - 1)


def festivals(country: str, *, first: dt.date, last: dt.date) -> tuple[Festival, ...]:
    """Festivals kept in a country (ISO 3166-1) that begin from `first` to `last`, both included, in order of date.

    Korean and Vietnamese lunar days, Eid and Diwali are there only where the `holidays` library has them.
    """
    found = [festival for row in _rows(country) for festival in _of(row, country, first, last)]
    return tuple(sorted((it for it in found if first <= it.on <= last), key=lambda it: (it.on, it.code)))


def _of(row: Mapping[str, Any], country: str, first: dt.date, last: dt.date) -> Iterator[Festival]:
    """Every time a row comes round in the years around the stretch, some of them outside it."""
    if row["calendar"] == "public":
        yield from _public(row, country, tuple(range(first.year - 1, last.year + 1)))
        return
    for year in range(first.year - 1, last.year + 1):
        key = f"lunar-{year}" if row["calendar"] == "lunar" else str(year)
        yield Festival(_day(row, year), key, code=row["code"])


def _day(row: Mapping[str, Any], year: int) -> dt.date:
    match row["calendar"]:
        case "lunar":
            return lunar_day(year, row["month"], row["day"])
        case "easter":
            return easter(year) + DAY * row["days"]
        case "orthodox":
            return orthodox_easter(year) + DAY * row["days"]
        case "weekday":
            day = nth_weekday(year, row["month"], row["weekday"], row["nth"])
            moved = row.get("not_pentecost") and day == easter(year) + PENTECOST
            return day + 7 * DAY if moved else day
        case _:
            return dt.date(year, row["month"], row["day"])


def _public(row: Mapping[str, Any], country: str, years: tuple[int, ...]) -> Iterator[Festival]:
    """Runs of days that carry one of the names; a second one in the same year has the key "2033-2"."""
    seen: dict[int, int] = {}
    for run in _runs(sorted(day for day, name in _named_days(country, years) if name in row["names"])):
        year = run[0].year
        seen[year] = seen.get(year, 0) + 1
        key = str(year) if seen[year] == 1 else f"{year}-{seen[year]}"
        yield Festival(run[0], key, code=row["code"], days=len(run), estimated=row.get("estimated", False))


def _runs(days: list[dt.date]) -> Iterator[list[dt.date]]:
    """The days in stretches without a gap."""
    run: list[dt.date] = []
    for day in days:
        if run and day - run[-1] != DAY:
            yield run
            run = []
        run.append(day)
    if run:
        yield run


@lru_cache(maxsize=512)
def _named_days(country: str, years: tuple[int, ...]) -> tuple[tuple[dt.date, str], ...]:
    """Public holidays with their English names; those shared by one day apart, substitute days not among them."""
    import holidays

    if country not in holidays.list_supported_countries(include_aliases=False):
        return ()
    named = holidays.country_holidays(country, years=years, language="en_US")
    return tuple(
        (day, part.removesuffix(" (estimated)")) for day, name in sorted(named.items()) for part in name.split("; ")
    )


@lru_cache(maxsize=512)
def _rows(country: str) -> tuple[dict[str, Any], ...]:
    return tuple(row for row in _table() if _kept(row, country))


def _kept(row: Mapping[str, Any], country: str) -> bool:
    everywhere = row["countries"] == "*" and country not in row.get("but", "").split()
    return everywhere or country in row["countries"].split()


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, Any], ...]:
    text = resources.files("regulars.policy").joinpath("festivals.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["festival"])
