"""How fast does time pass in a shop with seasons? On the shop clock a day of month k lasts m(k) days, mean 1 over a
year. If all customers' order rates follow m and they leave only at orders (BG/NBD, MBG/NBD), the models are exact on
this clock: histories and the time ahead are read off it, and nothing else changes. See `clock_learning` for m."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import Histories

TICKS_A_DAY = 10
"""Of the clock's whole unit, on a day with factor 1: rounding moves no history by more than a tenth of a day."""
FACTOR_MIN, FACTOR_MAX = 0.2, 5.0
"""So every day takes at least one tick: order days stay apart, and days with different ages stay different."""
MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
"""Of an ordinary year, over which the mean factor is 1; a 29 February lasts as long as the other days of its month."""
FEBRUARY = 1
MONTHS_BEFORE_1970 = 1970 * 12


@dataclass(frozen=True, eq=False)
class Clock:
    """The clock of one shop. factors: m of January .. December, shape (12,). end: the last day of its data.

    Raises ValueError for factors outside FACTOR_MIN .. FACTOR_MAX, or with another mean than 1.
    """

    factors: Floats
    end: dt.date

    def __post_init__(self) -> None:
        factors = np.asarray(self.factors, dtype=np.float64)
        object.__setattr__(self, "factors", factors)
        if factors.shape != (12,) or not bool(np.all((factors >= FACTOR_MIN) & (factors <= FACTOR_MAX))):
            raise ValueError(f"factors must be 12 numbers in {FACTOR_MIN} .. {FACTOR_MAX}, not {factors}")
        if abs(year_mean(factors) - 1) > 1e-9:
            raise ValueError(f"the mean of the factors over a year must be 1, not {year_mean(factors)}")

    @property
    def has_season(self) -> bool:
        """Whether any month differs from another: without a season all forecasts are those of the calendar."""
        return bool(np.ptp(self.factors) > 0)

    def at(self, days: npt.ArrayLike) -> Integers:
        """The time at the end of a date or of many, in ticks; only differences mean something. Any shape, any century.

        Rises from each day to the next. The factors repeat every year, before the data and after their end.
        """
        date = np.asarray(days, dtype="datetime64[D]")
        start = date.astype("datetime64[M]")
        year, month = np.divmod(start.astype(np.int64) + MONTHS_BEFORE_1970, 12)
        before = np.append(0.0, np.cumsum(self.factors * MONTH_DAYS))
        leap_days = np.where(month > FEBRUARY, _leap_days(year), _leap_days(year - 1))
        whole = year * before[12] + leap_days * self.factors[FEBRUARY] + before[month]
        inside = ((date - start).astype(np.int64) + 1) * self.factors[month]
        return np.asarray(np.rint((whole + inside) * TICKS_A_DAY), dtype=np.int64)

    def histories(self, calendar: Histories) -> Histories:
        """The same customers on the clock, row by row in the same order. calendar: counted in days up to `end`.

        Equal histories stay equal and others stay apart, so there are as many distinct rows as before.
        """
        end = np.datetime64(self.end, "D")
        now, first, last = self.at(end), self.at(end - calendar.T), self.at(end - calendar.T + calendar.t_x)
        return Histories(calendar.x, last - first, now - first, calendar.count)

    def ahead(self, days: int) -> int:
        """How long the next `days` days after `end` take, in ticks: the `days` to ask a model for."""
        end = np.datetime64(self.end, "D")
        return int(self.at(end + days) - self.at(end))

    def jacobian(self, repeats: npt.ArrayLike) -> float:
        """What to add to ln L on the clock to compare it with ln L in days: the sum of ln m, and of ln(ticks a day).

        repeats: repeat order days on each day of the history, shape (days,), the last one `end`.
        """
        orders = np.asarray(repeats, dtype=np.float64)
        month = months(orders.size, self.end) % 12
        return float((orders * np.log(self.factors * TICKS_A_DAY)[month]).sum())


def even(end: dt.date) -> Clock:
    """The clock of a shop without seasons: the calendar, in ticks."""
    return Clock(np.ones(12), end)


def year_mean(factors: Floats) -> float:
    """The mean over the days of an ordinary year; factors: shape (12,)."""
    return float((factors * MONTH_DAYS).sum() / MONTH_DAYS.sum())


def months(days: int, end: dt.date) -> Integers:
    """The month of each of the last `days` days up to `end`, counted from year 0, so that 0, 12, 24, ... are Januaries.
    Shape (days,)."""
    dates = np.datetime64(end, "D") - np.arange(days)[::-1]
    return dates.astype("datetime64[M]").astype(np.int64) + MONTHS_BEFORE_1970


def _leap_days(year: Integers) -> Integers:
    """How many 29 Februaries there are up to the end of the year."""
    return year // 4 - year // 100 + year // 400
