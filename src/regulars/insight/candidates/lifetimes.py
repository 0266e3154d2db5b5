"""Lifetime models as candidates: fitted on the distinct histories, asked about any horizon."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from regulars.insight.candidates.seen import Foreseen, Past, Seen
from regulars.insight.lifetime import models


@dataclass(frozen=True)
class Lifetime:
    """A fitted model, by its name among `lifetime.models.FORECASTERS`."""

    name: str
    fit: Any

    def __call__(self, seen: Seen) -> Foreseen:
        """What the model says, once for each distinct history."""
        model = models.FORECASTERS[self.name]
        histories, row = seen.histories()
        orders = model.expected_orders(self.fit, histories, days=seen.horizon)
        return Foreseen(orders[row], model.p_order_within(self.fit, histories, days=seen.horizon)[row])


def lifetime(name: str) -> Callable[[Past], Lifetime]:
    """How the named model learns."""

    def learn(past: Past) -> Lifetime:
        histories, log_gaps, _truncated = past.to_fit()
        return Lifetime(name, models.fit(name, histories, log_gaps=log_gaps))

    return learn
