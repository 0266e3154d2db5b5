"""Which instant is it in the shop's zone? Days and seconds of the wall clock as instants and instants as text, over
clock changes too, and the hours at which people shop."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from regulars.simulator.arrays import Booleans, Integers
from regulars.simulator.streams import stream

SHOP_ZONE = ZoneInfo("Europe/Berlin")
SHOP_DAYS = 1096  # three years, both ends included
DAY_SECONDS = 86_400
LATE_SHARE = 0.03  # of orders within ten minutes of midnight
CLOCK_CHANGE_SHARE = 0.5  # of orders on such a day that fall between half past one and half past three


@dataclass(frozen=True)
class Calendar:
    """The shop's days, counted from 0; the last one is `last_day`."""

    last_day: date
    days: int = SHOP_DAYS

    def date_of(self, day: int) -> date:
        """The date of a day number."""
        return self.last_day - timedelta(days=self.days - 1 - int(day))

    def instant(self, day: int, second: int) -> int:
        """Seconds since 1970 (UTC) of a wall-clock second of a day.

        An hour that the clock skips is read with the earlier offset; of an hour that comes twice, even seconds mean
        the first and odd seconds the second.
        """
        wall = datetime.combine(self.date_of(day), datetime.min.time()) + timedelta(seconds=second)
        return int(wall.replace(tzinfo=SHOP_ZONE, fold=second % 2).timestamp())

    def end(self) -> int:
        """The last second of the last day, as seconds since 1970."""
        return self.instant(self.days - 1, DAY_SECONDS - 1)

    def clock_changes(self) -> Integers:
        """The day numbers on which the clock changes."""
        starts = np.array([self.instant(day, 0) for day in range(self.days + 1)], dtype=np.int64)
        return np.flatnonzero(np.diff(starts) != DAY_SECONDS).astype(np.int64)


def spell_time(instant: int) -> str:
    """An instant as "YYYY-MM-DD HH:MM:SS +0100", with the shop's offset at that instant; empty text for 0."""
    return datetime.fromtimestamp(instant, tz=SHOP_ZONE).strftime("%Y-%m-%d %H:%M:%S %z") if instant else ""


def order_seconds(seed: int, *, changes_clock: Booleans) -> Integers:
    """A wall-clock second of the day for each order; shape (n,).

    Most fall between 7 and 23 o'clock; some right around midnight, and on days of a clock change half of them near it.
    """
    luck, orders = stream(seed, "order seconds"), changes_clock.size
    usual = np.clip(luck.normal(15.5, 4.0, orders), 6.0, 23.8) * 3600
    near_midnight = (luck.integers(-600, 600, orders)) % DAY_SECONDS
    near_change = luck.integers(5400, 12_600, orders)
    lot = luck.random(orders)
    late = np.where(lot < LATE_SHARE, near_midnight, usual)
    return np.where(changes_clock & (lot < CLOCK_CHANGE_SHARE), near_change, late).astype(np.int64)
