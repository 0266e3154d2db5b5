"""Invented shops whose customers order faster in some months than in others: exactly BG/NBD or MBG/NBD on the shop's
clock, in whole days, same-day orders merged."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime.clock import months, year_mean
from regulars.insight.lifetime.histories import Histories

END = dt.date(2025, 9, 30)
SHAPES = (0.6, 60.0, 0.8, 2.5)
CHRISTMAS = np.array([0.7, 0.6, 0.7, 0.8, 0.8, 0.7, 0.6, 0.7, 0.9, 1.2, 2.1, 2.3])


def of_mean_one(factors):
    return factors / year_mean(np.asarray(factors))


@dataclass(frozen=True, eq=False)
class SeasonShop:
    """Order days up to `days` are the past, that ends on `end`; the rest is what came then."""

    who: np.ndarray
    day: np.ndarray
    days: int
    end: dt.date

    def past(self):
        """The row, histories one customer a row, and the repeat order days by day."""
        known = self.day < self.days
        who, day = self.who[known], self.day[known]
        names, first, number = np.unique(who, return_index=True, return_counts=True)
        x, one = number - 1, np.ones_like(number)
        histories = Histories(x, day[first + x] - day[first], self.days - 1 - day[first], one)
        return names, histories, np.bincount(np.delete(day, first), minlength=self.days)

    def came(self, names, days):
        """Order days of these customers in the next days, one value for each."""
        near = (self.day >= self.days) & (self.day < self.days + days) & np.isin(self.who, names)
        return np.bincount(np.searchsorted(names, self.who[near]), minlength=names.size)


def season_shop(
    seed, factors, *, customers=20_000, days=1095, ahead=90, growth=1.0, first_factors=None, whims=0.0, mbg=False
):
    """A shop of so many customers. First orders grow by `growth` a year, and have seasons of their own if given.

    whims: the standard deviation of what each single month adds to the logarithm of the order rate, never to return.
    """
    luck, total = np.random.default_rng([77, seed]), days + ahead
    passing = months(total, END + dt.timedelta(days=ahead))
    month, place = passing % 12, passing - passing[0]
    moods = np.exp(luck.normal(-(whims**2) / 2, whims, place[-1] + 1))
    passed = np.append(0.0, np.cumsum(of_mean_one(factors)[month] * moods[place]))
    coming = growth ** (np.arange(total) / 365) * (1.0 if first_factors is None else np.asarray(first_factors)[month])
    first = luck.choice(total, customers, p=coming / coming.sum())
    rate, leaving = luck.gamma(SHAPES[0], 1 / SHAPES[1], customers), luck.beta(*SHAPES[2:], customers)
    who, when, keys = np.arange(customers), passed[first + 1], [np.arange(customers) * total + first]
    if mbg:
        stays = luck.random(customers) >= leaving
        who, when = who[stays], when[stays]
    while who.size:
        when = when + luck.exponential(size=who.size) / np.maximum(rate[who], 1e-12)
        who, when = who[when < passed[-1]], when[when < passed[-1]]
        keys.append(who * total + np.searchsorted(passed, when, side="right") - 1)
        stays = luck.random(who.size) >= leaving[who]
        who, when = who[stays], when[stays]
    return SeasonShop(*np.divmod(np.unique(np.concatenate(keys)), total), days, END)
