"""What do the candidates that were chosen say of these customers? Numbers for rows of equal customers, no tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from regulars.insight.candidates.choice import Choice
from regulars.insight.candidates.lifetimes import Lifetime
from regulars.insight.candidates.registry import BY_NAME, Learned, with_parts
from regulars.insight.candidates.seen import Seen
from regulars.insight.forecast import FAR_DAYS, NEAR_DAYS, SCORES, YEARLY_RATE
from regulars.insight.lifetime import discounting, models, next_order
from regulars.insight.lifetime.arrays import Floats, Integers

ORDERS_MIN = 1e-12


@dataclass(frozen=True)
class Scorer:
    """What was learned, by which choice; leaving_known: the history shows who leaves; history_days: its length."""

    learned: Learned
    choice: Choice
    leaving_known: bool
    history_days: int

    @property
    def looks_at(self) -> set[str]:
        """What must be known of a customer: see `Candidate`."""
        names = with_parts((self.choice.orders, self.choice.chance))
        return {"rhythm"} | {BY_NAME[name].looks_at for name in names}

    def scores(self, near: Seen, recent_far: Integers) -> dict[str, Floats]:
        """SCORES of each row, shape (rows,), NaN for what is not known.

        recent_far: order days in the last FAR_DAYS. next_order_*: days from now of an order within FAR_DAYS, if there
        is one: one of ten comes before the first, half by the second, one of ten after the third.
        """
        said = self.learned.say(near, (self.choice.orders, self.choice.chance))
        orders, chance = said[self.choice.orders].orders, said[self.choice.chance].chance
        unknown = np.full(near.n, np.nan)
        found = {"p_order_90d": self.choice.recalibration(chance) if self.choice.recalibration else chance}
        found["orders_next_90d"] = orders
        far = replace(near, horizon=FAR_DAYS, recent=recent_far)
        # Of times longer than the history nothing is said while it does not show who has left for good.
        far_known = self.leaving_known or self.history_days >= FAR_DAYS
        rhythm = self._rhythm(far)
        year = self._year(far, orders, rhythm) if far_known else unknown
        found["orders_next_365d"] = year
        found["p_alive"] = rhythm["p_alive"] if self.leaving_known else unknown
        ahead = rhythm["ever"] / np.maximum(rhythm["far"], ORDERS_MIN)
        found["orders_ahead"] = year * ahead if self.leaving_known else unknown
        return found | {name: rhythm[name] if far_known else unknown for name in SCORES[-3:]}

    def _year(self, far: Seen, orders: Floats, rhythm: dict[str, Floats]) -> Floats:
        """Orders of a year; who cannot be asked that far grows as by the rhythm."""
        if BY_NAME[self.choice.orders].any_horizon:
            return self.learned.say(far, (self.choice.orders,))[self.choice.orders].orders
        return orders * rhythm["far"] / np.maximum(rhythm["near"], ORDERS_MIN)

    def _rhythm(self, far: Seen) -> dict[str, Floats]:
        """What the model of the rhythm says, once for each distinct history."""
        fitted: Any = self.learned.found[self.choice.rhythm]
        assert isinstance(fitted, Lifetime)
        model, fit = models.MODELS[self.choice.rhythm], fitted.fit
        histories, row = far.histories()

        def expected(days: float) -> Floats:
            return model.expected_orders(fit, histories, days=days)

        when = next_order.window_in_days(model, fit, histories, days=FAR_DAYS)
        found = {
            "near": expected(NEAR_DAYS), "far": expected(FAR_DAYS), "p_alive": model.p_alive(fit, histories),
            "ever": discounting.ever(expected, yearly_rate=YEARLY_RATE), "next_order_early": when.early,
            "next_order_median": when.median, "next_order_late": when.late,
        }  # fmt: skip
        return {name: values[row] for name, values in found.items()}


def names_to_learn(choice: Choice) -> Sequence[str]:
    """The candidates that must learn for a choice."""
    return tuple(dict.fromkeys((choice.orders, choice.chance, choice.rhythm)))
