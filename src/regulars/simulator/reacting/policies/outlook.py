"""What is expected of each customer if nothing is done to them? By the product's own lifetime model, fitted on what can be seen."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from regulars.insight.lifetime import gamma_gamma, paretonbd
from regulars.insight.lifetime.histories import Histories, Spend
from regulars.policy.choose import REMAINING_DAYS
from regulars.policy.value import HORIZON_DAYS
from regulars.simulator.arrays import Floats, Integers
from regulars.simulator.reacting.seen import Seen

FIT_EVERY_DAYS = 28
BLOCK_DAYS = 7
"""A forecast is made anew after so many days, and when somebody orders."""


@dataclass(frozen=True)
class Expected:
    """margin, remaining: of each customer asked about, in the next HORIZON_DAYS and REMAINING_DAYS; order: the margin of a
    usual order of the shop."""

    margin: Floats
    remaining: Floats
    order: float


class Outlook(Protocol):
    """Asked once a day, in order."""

    def __call__(self, seen: Seen, rows: Integers, day: int) -> Expected:
        """Of these rows."""
        ...


@dataclass
class Kept:
    """Of every customer seen so far: margin in the next HORIZON_DAYS and REMAINING_DAYS, as of `day`."""

    day: Integers
    margin: Floats
    remaining: Floats


@dataclass
class Lifetime:
    """Pareto/NBD and gamma-gamma. fit_every: days until they are fitted anew."""

    fit_every: int = FIT_EVERY_DAYS
    _churn: paretonbd.Fit | None = None
    _spend: gamma_gamma.Fit | None = None
    _fitted: int | None = None
    _order_margin: float = 0.0
    _kept: Kept = field(default_factory=lambda: Kept(*(np.empty(0, kind) for kind in (np.int64, float, float))))

    def __call__(self, seen: Seen, rows: Integers, day: int) -> Expected:
        """As an `Outlook`."""
        if self._fitted is None or day - self._fitted >= self.fit_every:
            self._fit(seen, day)
        if len(rows):
            self._look_ahead(seen, day, rows)
        return Expected(self._kept.margin[rows], self._kept.remaining[rows], self._order_margin)

    def _fit(self, seen: Seen, day: int) -> None:
        """The lifetime model on everybody's counts, the spend model on margin an order."""
        x, age = seen.orders - 1, seen.age(day)
        self._churn = paretonbd.fit(Histories.of(x, seen.last_day - seen.first_day, age).sample(5_000))
        earned = seen.margin > 0
        self._spend = gamma_gamma.fit(Spend.of(seen.orders[earned], (seen.margin / seen.orders)[earned]))
        self._order_margin = float(seen.margin.sum() / max(1, seen.orders.sum()))
        self._fitted = day
        self._kept.day[:] = day - BLOCK_DAYS

    def _look_ahead(self, seen: Seen, day: int, rows: Integers) -> None:
        """Forecast those of these customers whose forecast is old."""
        more = len(seen) - len(self._kept.day)
        if more:
            self._kept = Kept(
                np.concatenate([self._kept.day, np.full(more, day - BLOCK_DAYS)]),
                *(np.concatenate([old, np.zeros(more)]) for old in (self._kept.margin, self._kept.remaining)),
            )
        old = rows[(day - self._kept.day[rows] >= BLOCK_DAYS) | (seen.last_day[rows] >= self._kept.day[rows])]
        if not len(old) or self._churn is None or self._spend is None:
            return
        x, t_x, age = seen.orders[old] - 1, seen.last_day[old] - seen.first_day[old], seen.age(day)[old]
        columns, back = np.unique(np.stack([x, t_x, age]), axis=1, return_inverse=True)
        times, last, age = (column.copy() for column in columns)
        asked = Histories(times, last, age, np.ones_like(times))
        near, far = (
            paretonbd.expected_orders(self._churn, asked, days=days)[back] for days in (HORIZON_DAYS, REMAINING_DAYS)
        )
        worth = self._margin_of_an_order(seen, old)
        self._kept.day[old], self._kept.margin[old], self._kept.remaining[old] = day, near * worth, far * worth

    def _margin_of_an_order(self, seen: Seen, rows: Integers) -> Floats:
        assert self._spend is not None
        mean = np.maximum(seen.margin[rows], 0) / seen.orders[rows]
        if self._spend.state is gamma_gamma.State.NO_SPEND:
            return np.full(len(rows), self._order_margin)
        return gamma_gamma.expected_value(self._spend, Spend.of(seen.orders[rows], mean))
