"""Which contact rules hold in a market, on a channel, on a day?

The rules are dated rows in `markets.toml`, each with its source. Our own defaults are rows too; a shop may replace those
with `ShopHours`, never a market's. What several rows say is merged so that the strictest wins.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import lru_cache, reduce
from importlib import resources
from typing import Any

CHANNELS = ("email", "sms", "phone", "card", "inbox")
PLACES = ("subject_start", "text_start", "text_end")
DEFAULT = "*"
DAY_MINUTES = 24 * 60
SUNDAY = 6

# First minute of the local day, and the minute after the last: (480, 1200) is 8 to 20 o'clock.
Span = tuple[int, int]
ALL_DAY: Span = (0, DAY_MINUTES)


class MarketError(ValueError):
    """A country, channel, span or row that cannot be read."""


class Closing(IntEnum):
    """Is a kind of day closed? CLOSED is our own courtesy and lets a greeting for that very day pass; FORBIDDEN is law."""

    OPEN = 0
    CLOSED = 1
    FORBIDDEN = 2


@dataclass(frozen=True)
class Label:
    """A text that must stand at `place`: one of `any_of`, where {signature} is the shop's registered name."""

    place: str
    any_of: tuple[str, ...]


@dataclass(frozen=True)
class MarketRule:
    """What holds on one channel. A rule without arguments allows everything, as no row at all would.

    hours: local minutes of the day; sunday_hours narrows them. Months: None where a consent has no such end. opt_out_words
    are in upper case.
    """

    hours: Span = ALL_DAY
    sunday_hours: Span = ALL_DAY
    sundays: Closing = Closing.OPEN
    holidays: Closing = Closing.OPEN
    shop_days: Closing = Closing.OPEN
    labels: tuple[Label, ...] = ()
    opt_out_words: frozenset[str] = frozenset()
    double_opt_in: bool = False
    purchase_months: int | None = None
    inquiry_months: int | None = None
    reconfirm_months: int | None = None
    sources: tuple[str, ...] = ()

    def hours_of(self, day: dt.date) -> Span:
        """The hours of that day of the week, be it closed or not; they end before they begin where none are left."""
        return _common(self.hours, self.sunday_hours) if day.weekday() == SUNDAY else self.hours


@dataclass(frozen=True)
class Row:
    """One line of `markets.toml`: `says` sets only what `kind` is about."""

    country: str
    subdivision: str
    channel: str
    kind: str
    since: dt.date
    says: MarketRule
    place: str = ""
    confirmed: bool = True


@dataclass(frozen=True)
class ShopHours:
    """What a shop sets instead of our defaults, by channel: hours, and whether it writes on Sundays and public holidays.

    closed_days: the shop's own, for `quiet_hours.ClosedDays`. Raises MarketError on an unknown channel or an empty span.
    """

    hours: Mapping[str, Span] = field(default_factory=dict)
    sundays: Mapping[str, bool] = field(default_factory=dict)
    holidays: Mapping[str, bool] = field(default_factory=dict)
    closed_days: frozenset[dt.date] = frozenset()

    def __post_init__(self) -> None:
        for channel in (*self.hours, *self.sundays, *self.holidays):
            _known(channel)
        for hours in self.hours.values():
            _checked(hours)

    def __hash__(self) -> int:
        return hash((*(frozenset(own.items()) for own in (self.hours, self.sundays, self.holidays)), self.closed_days))

    def instead_of(self, default: MarketRule, channel: str) -> MarketRule:
        """Our default for the channel with what this shop says in its place."""
        hours = self.hours.get(channel)
        if hours is not None:
            default = replace(default, hours=hours)
        if channel in self.sundays:
            default = replace(default, sundays=Closing.OPEN if self.sundays[channel] else Closing.CLOSED)
        if channel in self.holidays:
            default = replace(default, holidays=Closing.OPEN if self.holidays[channel] else Closing.CLOSED)
        return default


OUR_HOURS = ShopHours()


def rules_of(country: str, subdivision: str, channel: str, *, on: dt.date, shop: ShopHours = OUR_HOURS) -> MarketRule:
    """What holds for a person in `country` (ISO 3166-1, "" if unknown) and `subdivision` (as FL or US-FL) on the day `on`.

    Raises MarketError on a channel we do not know or a country that is not two capital letters.
    """
    return _rules_of(country, subdivision, channel, on, shop)


@lru_cache(maxsize=4096)
def _rules_of(country: str, subdivision: str, channel: str, on: dt.date, shop: ShopHours) -> MarketRule:
    _known(channel)
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise MarketError(f"a country is two capital letters, as FR: {country!r}")
    part = subdivision.removeprefix(f"{country}-")
    default = shop.instead_of(strictest(_in_force(DEFAULT, "", channel, on)), channel)
    own = _in_force(country, "", channel, on)
    local = _in_force(country, part, channel, on) if part else []
    return strictest([default, *own, *local])


def strictest(rules: Iterable[MarketRule]) -> MarketRule:
    """One rule as strict as each of them: the person's market and the shop's, or a country and its subdivision.

    The hours of rules without a common minute end before they begin: no time is allowed then.
    """
    return reduce(_stricter, rules, MarketRule())


def _stricter(one: MarketRule, other: MarketRule) -> MarketRule:
    return MarketRule(
        hours=_common(one.hours, other.hours),
        sunday_hours=_common(one.sunday_hours, other.sunday_hours),
        sundays=max(one.sundays, other.sundays),
        holidays=max(one.holidays, other.holidays),
        shop_days=max(one.shop_days, other.shop_days),
        labels=tuple(dict.fromkeys(one.labels + other.labels)),
        opt_out_words=one.opt_out_words | other.opt_out_words,
        double_opt_in=one.double_opt_in or other.double_opt_in,
        purchase_months=_sooner(one.purchase_months, other.purchase_months),
        inquiry_months=_sooner(one.inquiry_months, other.inquiry_months),
        reconfirm_months=_sooner(one.reconfirm_months, other.reconfirm_months),
        sources=tuple(dict.fromkeys(one.sources + other.sources)),
    )


def _common(one: Span, other: Span) -> Span:
    return max(one[0], other[0]), min(one[1], other[1])


def _sooner(one: int | None, other: int | None) -> int | None:
    return min((months for months in (one, other) if months is not None), default=None)


def opt_out_words(language: str) -> frozenset[str]:
    """Words in upper case that refuse further texts in a language ("fr", "zh-Hans"), beside those of `MarketRule`."""
    return frozenset(_table()["opt_out_words"].get(language.lower().split("-")[0].split("_")[0], ()))


def span(begins: str, ends: str) -> Span:
    """`span("08:00", "20:00")` is (480, 1200); 24:00 ends a day. Raises MarketError on anything else."""
    return _checked((_minute(begins), _minute(ends)))


def _minute(clock: str) -> int:
    match = re.fullmatch(r"(\d\d):([0-5]\d)", clock)
    if match is None:
        raise MarketError(f"a time of day is written as 08:00: {clock!r}")
    return int(match[1]) * 60 + int(match[2])


def _checked(hours: Span) -> Span:
    if not 0 <= hours[0] < hours[1] <= DAY_MINUTES:
        raise MarketError(f"hours begin before they end, within one day: {hours!r}")
    return hours


def _known(channel: str) -> None:
    if channel not in CHANNELS:
        raise MarketError(f"no such channel: {channel!r}; there are {', '.join(CHANNELS)}")


def _in_force(country: str, subdivision: str, channel: str, on: dt.date) -> list[MarketRule]:
    """What the newest row of each kind says on that day; two labels at different places both hold."""
    newest: dict[tuple[str, str], Row] = {}
    for row in rows():
        here = (row.country, row.subdivision, row.channel) == (country, subdivision, channel)
        if here and row.since <= on:
            key = row.kind, row.place
            if key not in newest or newest[key].since <= row.since:
                newest[key] = row
    return [row.says for row in newest.values()]


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Every row of the table, one for each subdivision and channel it names."""
    return read(_table()["row"])


def read(entries: Iterable[Mapping[str, Any]]) -> tuple[Row, ...]:
    """Rows from entries as `markets.toml` writes them. Raises MarketError on a kind, place or time that is none."""
    return tuple(
        Row(entry["country"], part, channel, entry["kind"], entry["since"], says, entry.get("place", ""), confirmed)
        for entry in entries
        for says, confirmed in [(_says(entry), not entry.get("to_verify", False))]
        for part in entry.get("subdivisions", [""])
        for channel in entry["channels"]
    )


def _says(entry: Mapping[str, Any]) -> MarketRule:
    closing = Closing.CLOSED if entry["country"] == DEFAULT else Closing.FORBIDDEN
    blank = MarketRule(sources=(entry["source"],))
    match entry["kind"]:
        case "hours":
            hours = span(entry["from"], entry["to"])
            sunday = span(entry["sunday_from"], entry["sunday_to"]) if "sunday_from" in entry else ALL_DAY
            return replace(blank, hours=hours, sunday_hours=sunday)
        case "closed":
            sundays, holidays, shop_days = (
                closing if entry.get(days) else Closing.OPEN for days in ("sundays", "holidays", "shop_days")
            )
            return replace(blank, sundays=sundays, holidays=holidays, shop_days=shop_days)
        case "label" if entry["place"] in PLACES:
            return replace(blank, labels=(Label(entry["place"], tuple(entry["any_of"])),))
        case "opt_out":
            return replace(blank, opt_out_words=frozenset(word.upper() for word in entry["words"]))
        case "double_opt_in":
            return replace(blank, double_opt_in=True)
        case "implied_consent":
            return replace(blank, purchase_months=entry["purchase_months"], inquiry_months=entry["inquiry_months"])
        case "reconfirm":
            return replace(blank, reconfirm_months=entry["months"])
    raise MarketError(f"no such kind of row or place of a label: {entry['kind']!r} {entry.get('place', '')!r}")


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files("regulars.policy").joinpath("markets.toml").read_text(encoding="utf-8"))
