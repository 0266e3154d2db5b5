"""How fast may messages leave? A token bucket for each account, and a ceiling a day for addresses that are new.

Receivers trust a sender for what it sent before. So the most that may leave in a day grows from what left on earlier
days, at most by half a day, and goes one step back after a day that went badly.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

TRANSACTIONAL_SHARE = 0.2
"""Of an account's speed, kept for letters about orders: no campaign holds up a receipt."""
BURST_SECONDS = 10
GROWTH_A_DAY = 1.5
CEILING_MIN = 200


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tokens left, and when they were counted; one token is one message."""

    tokens: float
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Speed:
    """per_minute: tokens that come in; burst: how many it holds, at least one."""

    per_minute: float
    burst: float

    def __post_init__(self) -> None:
        if self.per_minute < 0 or self.burst < 1:
            raise ValueError(f"no speed: {self.per_minute} a minute, {self.burst} at once")


@dataclass(frozen=True, slots=True)
class SentDay:
    """One day: marketing messages that left, and whether it went badly (see brakes)."""

    left: int
    bad: bool = False


def speed(per_minute: float, *, marketing: bool) -> Speed:
    """The speed of one of the two kinds of messages of an account that may send so many a minute."""
    share = 1 - TRANSACTIONAL_SHARE if marketing else TRANSACTIONAL_SHARE
    return Speed(per_minute * share, max(1.0, per_minute * share * BURST_SECONDS / 60))


def take(bucket: Bucket | None, wanted: int, *, speed: Speed, now: dt.datetime) -> tuple[int, Bucket]:
    """How many of `wanted` may leave now, and the bucket afterwards. None: a bucket that was never used is full.

    A clock that goes back adds nothing and takes nothing.
    """
    full = filled(bucket or Bucket(speed.burst, now), speed=speed, now=now)
    granted = max(0, min(wanted, int(full.tokens)))
    return granted, Bucket(full.tokens - granted, full.at)


def filled(bucket: Bucket, *, speed: Speed, now: dt.datetime) -> Bucket:
    """The bucket with what came in since."""
    seconds = max(0.0, (now - bucket.at).total_seconds())
    return Bucket(min(speed.burst, bucket.tokens + seconds * speed.per_minute / 60), max(now, bucket.at))


def next_token(bucket: Bucket, *, speed: Speed) -> dt.datetime | None:
    """When there will be one token; None for never."""
    if bucket.tokens >= 1:
        return bucket.at
    if speed.per_minute <= 0:
        return None
    return bucket.at + dt.timedelta(seconds=(1 - bucket.tokens) * 60 / speed.per_minute)


def ceiling(days: Iterable[SentDay]) -> int:
    """How many marketing messages may leave today, from the days before it, oldest first."""
    found = float(CEILING_MIN)
    for day in days:
        found = max(CEILING_MIN, found / GROWTH_A_DAY) if day.bad else max(found, day.left * GROWTH_A_DAY)
    return int(found)
