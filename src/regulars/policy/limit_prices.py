"""The prices of limits: what one more of a stock, a contact or a unit of money would bring on a day.

At given prices every customer takes whatever is worth most to them after paying, or nothing. What is left to all of them,
plus the limits at their prices, is a bound that no choice can exceed (Lagrangian dual), whatever the prices. The prices
of the least bound are found one after the other.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

ROUNDS_MAX = 40
STEPS_MAX = 60
STEP_MAX = 1024
GAP_ENOUGH = 1e-9
SLACK = 1e-9


@dataclass(frozen=True)
class Count:
    """No more than `most` of these plays together (places of the columns)."""

    name: str
    plays: tuple[int, ...]
    most: int


@dataclass(frozen=True)
class Wishes:
    """What could be done. value and cost: (customers, plays), money of one currency; value is NaN or at most 0 where a play
    must not or need not be. lot: a number a customer that settles ties, the same however the rows are ordered.

    Raises ValueError for shapes that differ, costs below 0, and limits of plays there are not.
    """

    value: "Numbers"
    cost: "Numbers"
    budget: float | None = None
    counts: tuple[Count, ...] = ()
    lot: "Whole | None" = None

    def __post_init__(self) -> None:
        import numpy as np

        if self.value.ndim != 2 or self.value.shape != self.cost.shape:
            raise ValueError(f"value and cost need the same shape: {self.value.shape}, {self.cost.shape}")
        if not np.isfinite(self.cost).all() or (self.cost < 0).any() or np.isinf(self.value).any():
            raise ValueError("costs are finite and not below 0, values finite or NaN")
        if self.lot is not None and len(self.lot) != len(self.value):
            raise ValueError("the lot needs one number a customer")
        for count in self.counts:
            if count.most < 0 or not all(0 <= play < self.value.shape[1] for play in count.plays):
                raise ValueError(f"the limit {count.name!r} is below 0 or names a play that there is not")
        if self.budget is not None and not self.budget >= 0:
            raise ValueError(f"a budget is not below 0: {self.budget}")


class Problem:
    """The customers to whom anything is worth something, with what their plays take of each limit."""

    def __init__(self, wishes: Wishes) -> None:
        import numpy as np

        value = np.nan_to_num(wishes.value, nan=0.0)
        self.rows = np.flatnonzero((value > 0).any(axis=1))
        if wishes.lot is not None:
            self.rows = self.rows[np.argsort(wishes.lot[self.rows], kind="stable")]
        self.value = np.ascontiguousarray(np.where(value[self.rows] > 0, value[self.rows], 0.0))
        self.cost = np.ascontiguousarray(wishes.cost[self.rows])
        self.budget = np.inf if wishes.budget is None else float(wishes.budget)
        self.most = np.array([count.most for count in wishes.counts], float)
        self.takes = np.zeros((len(wishes.counts), self.value.shape[1]), bool)
        for place, count in enumerate(wishes.counts):
            self.takes[place, list(count.plays)] = True

    def sample(self, step: int) -> "Problem":
        """Every step-th customer with as much less of each limit. The rows are in the order of the lot, if there is one."""
        small: Problem = object.__new__(Problem)
        small.rows, small.value, small.cost = self.rows[::step], self.value[::step], self.cost[::step]
        small.budget, small.most, small.takes = self.budget / step, self.most // step, self.takes
        return small

    def left(self, prices: "Numbers") -> "Numbers":
        """What each play is worth to each after paying; 0 or below: not taken."""
        import numpy as np

        found = self.value - (self.takes.T @ prices[1:])[None, :]
        if prices[0] > 0:
            found -= prices[0] * self.cost
        return np.asarray(found)

    def bound(self, prices: "Numbers") -> float:
        """What no choice can exceed."""
        import numpy as np

        best = np.maximum(self.left(prices).max(axis=1, initial=0.0), 0.0)
        paid = prices[0] * self.budget if prices[0] > 0 else 0.0
        return float(best.sum() + paid + prices[1:] @ self.most)

    def least(self, prices: "Numbers") -> "tuple[Numbers, float]":
        """The prices of the least bound that is found by setting one price after the other, and that bound."""
        best, bound = prices.copy(), self.bound(prices)
        for _round in range(ROUNDS_MAX):
            before, begun = bound, best
            for place in range(len(prices)):
                tried = best.copy()
                tried[place] = self._budget_price(best) if place == 0 else self._count_price(best, place - 1)
                found = self.bound(tried)
                if found <= bound:
                    best, bound = tried, found
            if before - bound <= GAP_ENOUGH * max(bound, 1.0) or len(prices) == 1:
                break
            best, bound = self._further(best, bound, best - begun)
        return best, bound

    def _further(self, best: "Numbers", bound: float, way: "Numbers") -> "tuple[Numbers, float]":
        """One price after the other zigzags towards the least; as long as it helps, on the way the whole round went."""
        import numpy as np

        step = 1.0
        while step <= STEP_MAX and (found := self.bound(tried := np.maximum(best + step * way, 0.0))) < bound:
            best, bound, step = tried, found, 2 * step
        return best, bound

    def _budget_price(self, prices: "Numbers") -> float:
        """The least price at which what is taken is paid for. Spending falls as the price rises; whoever spends the same at
        both ends of the stretch that is still searched spends it in between, and is not asked again."""
        import numpy as np

        if not np.isfinite(self.budget):
            return 0.0
        worth, cost, budget = self.value - (self.takes.T @ prices[1:])[None, :], self.cost, self.budget
        low, spent_low = 0.0, _spent(worth, cost, 0.0)
        if spent_low.sum() <= budget:
            return 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            high = float(np.where((cost > 0) & (worth > 0), worth / cost, 0.0).max()) * (1 + SLACK) + SLACK
        spent_high = _spent(worth, cost, high)
        guesses = [prices[0] * 1.02, prices[0] * 0.98] if 0 < prices[0] < high else []
        for _step in range(STEPS_MAX):
            middle = guesses.pop() if guesses else (low + high) / 2
            if not low < middle < high:
                continue
            spent = _spent(worth, cost, middle)
            if spent.sum() > budget:
                low, spent_low = middle, spent
            else:
                high, spent_high = middle, spent
            moving = spent_low != spent_high
            if high - low <= SLACK * high or not moving.any():
                break
            if moving.mean() < 0.5:
                budget -= float(spent_high[~moving].sum())
                worth, cost, spent_low, spent_high = worth[moving], cost[moving], spent_low[moving], spent_high[moving]
        return high

    def _count_price(self, prices: "Numbers", place: int) -> float:
        """The (most + 1)-th largest price at which a customer would still take one of these plays."""
        import numpy as np

        free = prices.copy()
        free[1 + place] = 0.0
        left, mine = self.left(free), self.takes[place]
        if not mine.any():
            return 0.0
        others = left[:, ~mine].max(axis=1, initial=0.0) if not mine.all() else np.zeros(len(left))
        critical = left[:, mine].max(axis=1) - np.maximum(others, 0.0)
        critical = critical[critical > 0]
        most = int(self.most[place])
        if len(critical) <= most:
            return 0.0
        return float(np.partition(critical, len(critical) - most - 1)[len(critical) - most - 1])


def _spent(worth: "Numbers", cost: "Numbers", price: float) -> "Numbers":
    """What each customer's best play at this price costs; 0 for nothing."""
    import numpy as np

    left = worth - price * cost
    play = left.argmax(axis=1)
    one = np.arange(len(left))
    return np.where(left[one, play] > 0, cost[one, play], 0.0)
