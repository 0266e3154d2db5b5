"""Lifetime models on the shop's own clock, which runs faster in the months that sell more."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from regulars.insight.candidates.seen import Foreseen, Past, Seen
from regulars.insight.lifetime import models
from regulars.insight.lifetime.clock import Clock
from regulars.insight.lifetime.clock_learning import learn as learn_clock


@dataclass(frozen=True)
class Seasonal:
    """The named model, fitted on the clock with these factors of January .. December; `end`: the day it looks from."""

    name: str
    fit: Any
    factors: tuple[float, ...]
    end: dt.date

    def __call__(self, seen: Seen) -> Foreseen:
        """What the model says of the days after `end`."""
        model, clock = models.FORECASTERS[self.name], Clock(np.array(self.factors), self.end)
        histories, row = seen.histories()
        clocked, ahead = clock.histories(histories), clock.ahead(seen.horizon)
        orders = model.expected_orders(self.fit, clocked, days=ahead)
        return Foreseen(orders[row], model.p_order_within(self.fit, clocked, days=ahead)[row])


def seasonal(name: str) -> Callable[[Past], Seasonal | None]:
    """How the named model learns on the clock; nothing where no season can be seen."""

    def learn(past: Past) -> Seasonal | None:
        repeats = past.repeats_to_fit()
        if repeats is None:
            return None
        histories, log_gaps, _truncated = past.to_fit()
        clock = learn_clock(histories, repeats, end=past.day)
        if not clock.has_season:
            return None
        fit = models.fit(name, clock.histories(histories), log_gaps=log_gaps)
        return Seasonal(name, fit, tuple(clock.factors.tolist()), past.day)

    return learn
