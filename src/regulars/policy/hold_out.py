"""Who is held out, to see whether a play helps? A salted hash decides: the same person always lands on the same side.

Two layers: the whole shop's (`everything`), whose people get no play at all, and each play's own; and one for the
versions of a play. Each has a salt of its own, so they are independent. The hash is BLAKE2b of eight bytes, keyed with
the salt, read as a big-endian whole number; shares are compared in whole basis points, so that every engine agrees.
The shop's layer is drawn anew each year, from the day it began, so that nobody is left out for ever.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import lru_cache

EVERYTHING, PLAY = "everything", "play"
BASIS_POINTS = 10_000
PLACES = 2**64


@dataclass(frozen=True, slots=True)
class HoldOut:
    """salt: secret of the shop, so that nobody can choose a side. shares: of the shop's layer and of the play's, 0 .. 1.
    year: of the shop's layer, from 1; until: the day on which others are drawn for it, where that is known."""

    salt: str
    everything: float = 0.0
    play: float = 0.0
    year: int = 1
    until: dt.date | None = None

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in (self.everything, self.play)):
            raise ValueError(f"a share lies between 0 and 1: {self.everything}, {self.play}")


def held_out(person: int, play: str, rule: HoldOut) -> str:
    """Whether this person (customer number) is held out, and of what: EVERYTHING, PLAY, or "" for not so."""
    if _below(person, EVERYTHING if rule.year == 1 else f"{EVERYTHING}:{rule.year}", rule.salt, rule.everything):
        return EVERYTHING
    return PLAY if _below(person, play, rule.salt, rule.play) else ""


def year_begins(began: dt.date, year: int) -> dt.date:
    """The first day of a year (1, 2, ...) of a layer that began on this day.

    >>> [year_begins(dt.date(2028, 2, 29), year).isoformat() for year in (1, 2, 5)]
    ['2028-02-29', '2029-03-01', '2032-02-29']
    """
    try:
        return began.replace(year=began.year + year - 1)
    except ValueError:  # no 29th of February
        return dt.date(began.year + year - 1, 3, 1)


def year_of(began: dt.date, day: dt.date) -> int:
    """In which year, from 1, of a layer that began on this day another one lies; days before it belong to the first.

    >>> [year_of(dt.date(2026, 11, 22), day) for day in (dt.date(2027, 11, 21), dt.date(2027, 11, 22))]
    [1, 2]
    """
    year = day.year - began.year + 1
    return max(1, year if year < 1 or year_begins(began, year) <= day else year - 1)


def variant(person: int, play: str, weights: tuple[float, ...], *, salt: str, occasion: str = "") -> int:
    """Which of several versions this person gets, from 0; by weight, and independent of the hold-out.

    occasion: what is drawn for. Each has a lot of its own, and the same one always the same lot. While weights move, this
    matters: were the lot the person's for good, whoever fell low would get the first version every time, so that people
    would differ between the versions, and the weights would not be the chances of the second time.
    """
    if not weights or min(weights) < 0 or not sum(weights):
        raise ValueError(f"weights must be positive numbers: {weights}")
    unit = f"{person}/{occasion}" if occasion else str(person)
    place, reached = place_of(unit, salt_of(f"{play}/variant", salt)) / PLACES * sum(weights), 0.0
    for number, weight in enumerate(weights):
        reached += weight
        if place < reached:
            return number
    return len(weights) - 1


def place_of(unit: str, salt: bytes) -> int:
    """Where a unit falls among the PLACES, evenly. salt: up to 64 bytes; more are refused (ValueError).

    >>> f"{place_of('顾客-7', b'play:winback:1'):x}"
    '6de631c2f7eb9844'
    """
    return int.from_bytes(hashlib.blake2b(unit.encode(), digest_size=8, key=salt).digest())


@lru_cache(maxsize=1024)
def salt_of(layer: str, secret: str) -> bytes:
    """The salt of one layer of a shop, made from the shop's secret."""
    return hashlib.blake2b(layer.encode(), digest_size=32, key=secret.encode()[:64]).digest()


def _below(person: int, layer: str, secret: str, share: float) -> bool:
    basis_points = round(share * BASIS_POINTS)
    return bool(basis_points) and place_of(str(person), salt_of(layer, secret)) * BASIS_POINTS < basis_points * PLACES
