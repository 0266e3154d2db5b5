"""Which clock does this shop run on? Repeat orders of each month against those that its customers would have placed
without a season, so that neither growth nor the decay of cohorts passes for one. What customers would have done
follows from BG/NBD, fitted on the clock found so far: a few rounds settle both."""

import datetime as dt

import numpy as np
import numpy.typing as npt

from regulars.insight.lifetime import bgnbd
from regulars.insight.lifetime.arrays import Floats, sum_by
from regulars.insight.lifetime.bgnbd_expectation import expected_if_alive
from regulars.insight.lifetime.clock import Clock, even, months
from regulars.insight.lifetime.clock_season import season_factors
from regulars.insight.lifetime.histories import Histories

DAYS_MIN = 450
"""Fifteen months since the first order. Below, hardly a month has been seen twice, and the clock is the calendar."""
ROUNDS = 3
FIT_CUSTOMERS_MAX = 20_000
"""Of large shops: what is asked of the fit here is the course of a cohort, and no level."""


def learn(calendar: Histories, repeats: npt.ArrayLike, *, end: dt.date, rounds: int = ROUNDS) -> Clock:
    """The clock of these customers; the calendar's, when the history is shorter than DAYS_MIN or nobody came back.

    calendar: their histories in days up to `end`, the last complete day; of a history that begins in the middle of the
    shop's life, those surely new (`enough.choose_base`). repeats: the repeat order days of the same customers on each
    day of the history, shape (days,), the last one `end`. Raises ValueError when the repeats are not theirs in number,
    or the history is shorter than a customer's age.
    """
    orders = _checked(calendar, repeats)
    clock = even(end)
    if calendar.longest < DAYS_MIN or not orders.any():
        return clock
    starts = np.zeros(orders.size)
    np.add.at(starts, orders.size - 1 - calendar.T, calendar.count)
    month = months(orders.size, end)
    named, place = np.unique(month, return_inverse=True)
    seen, few = sum_by(place, orders), calendar.sample(FIT_CUSTOMERS_MAX)
    for _ in range(rounds):
        foreseen = sum_by(place, expected_repeats(clock, starts, few) / clock.factors[month % 12])
        possible = foreseen > 0
        clock = Clock(season_factors(named[possible], seen[possible], foreseen[possible]), end)
    return clock


def expected_repeats(clock: Clock, starts: Floats, calendar: Histories) -> Floats:
    """Repeat orders on each day of the history by those who began in it, when orders follow the clock, shape (days,).

    starts: customers by the day of their first order, shape (days,), the last one the clock's `end`. calendar: the
    histories, in days, to fit BG/NBD on.
    """
    fit = bgnbd.fit(clock.histories(calendar))
    ticks = clock.at(np.datetime64(clock.end, "D") - np.arange(starts.size)[::-1])
    ages = np.arange(ticks[-1] - ticks[0] + 1)
    curve = expected_if_alive((fit.r, fit.a, fit.b), np.zeros_like(ages), ahead=ages / fit.alpha)
    total = np.zeros(starts.size)
    for day in np.flatnonzero(starts):
        total[day + 1 :] += starts[day] * np.diff(curve[ticks[day:] - ticks[day]])
    return total


def _checked(calendar: Histories, repeats: npt.ArrayLike) -> Floats:
    orders, theirs = np.asarray(repeats, dtype=np.float64), int((calendar.x * calendar.count).sum())
    if orders.ndim != 1 or calendar.longest >= max(orders.size, 1):
        raise ValueError(f"repeats of shape {orders.shape} cannot hold an age of {calendar.longest} days")
    if orders.sum() != theirs:
        raise ValueError(f"{orders.sum():.0f} repeat orders are not the {theirs} of these customers")
    return orders
