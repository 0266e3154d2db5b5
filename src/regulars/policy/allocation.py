"""Who gets what today? At most one play a customer, the most value altogether, under a budget and under counts (stock, a
channel's capacity, plays a day): a multiple-choice knapsack, solved by its prices.

Each limit has a price; at given prices every customer takes whatever is worth most to them after paying, or nothing. The
sum of what is left plus the limits at their prices bounds the best there can be from above (Lagrangian dual), whatever
the prices; the prices that make the bound least are found one limit after the other. What they leave over or overstep
is repaired, and the gap to the bound is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.policy.limit_prices import SLACK, Problem, Wishes

if TYPE_CHECKING:
    from regulars.policy.limit_prices import Numbers, Whole

NOTHING = -1
SAMPLED_FROM, SAMPLE_STEP = 50_000, 20


@dataclass(frozen=True)
class Allocated:
    """play: of each customer, its column, or NOTHING. value: of all of it; bound: what no choice can exceed.

    prices: of the budget (value lost for each unit of money) and of each count, in the order of the wishes.
    """

    play: "Whole"
    value: float
    bound: float
    budget_price: float
    count_prices: tuple[float, ...]

    @property
    def gap(self) -> float:
        """How far from the bound, as a share of it; 0 is the best there can be."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else 0.0


def allocate(wishes: Wishes, *, start: "Sequence[float] | None" = None) -> Allocated:
    """The plays of the day. start: yesterday's prices (budget first), to begin from. Same input, same answer."""
    import numpy as np

    problem = Problem(wishes)
    if start is not None:
        prices = np.maximum(np.asarray(start, float), 0.0)
    elif len(problem.value) >= SAMPLED_FROM:  # the prices of every twentieth customer are near those of all
        prices, _bound = problem.sample(SAMPLE_STEP).least(np.zeros(1 + len(wishes.counts)))
    else:
        prices = np.zeros(1 + len(wishes.counts))
    prices, bound = problem.least(prices)
    chosen = _repaired(problem, prices)
    play = np.full(len(wishes.value), NOTHING, np.int64)
    play[problem.rows] = np.where(chosen == NOTHING, NOTHING, chosen)
    value = float(_worth(problem, chosen).sum())
    return Allocated(play, value, max(bound, value), float(prices[0]), tuple(float(each) for each in prices[1:]))


def _worth(problem: Problem, chosen: "Whole") -> "Numbers":
    import numpy as np

    taken = np.flatnonzero(chosen != NOTHING)
    return np.asarray(problem.value[taken, chosen[taken]])


def _repaired(problem: Problem, prices: "Numbers") -> "Whole":
    """Everybody's best at these prices, less what oversteps a limit, and whatever still fits."""
    import numpy as np

    left = problem.left(prices)
    one = np.arange(len(left))
    play = left.argmax(axis=1) if len(left) else np.zeros(0, np.int64)
    chosen = np.where(left[one, play] > SLACK, play, NOTHING) if len(left) else play
    _drop(problem, chosen, left)
    _fill(problem, chosen, left)
    return np.asarray(chosen)


def _drop(problem: Problem, chosen: "Whole", left: "Numbers") -> None:
    """Whatever is over a limit goes, the least gain first."""
    import numpy as np

    for place, mine in enumerate(problem.takes):
        takers = np.flatnonzero((chosen != NOTHING) & mine[chosen])
        over = len(takers) - int(problem.most[place])
        if over > 0:
            gain = left[takers, chosen[takers]]
            chosen[takers[np.argsort(gain, kind="stable")[:over]]] = NOTHING
    takers = np.flatnonzero(chosen != NOTHING)
    costs = problem.cost[takers, chosen[takers]]
    over_money = costs.sum() - problem.budget
    if over_money > 0:
        paying = np.flatnonzero(costs > 0)
        order = paying[np.argsort(left[takers[paying], chosen[takers[paying]]] / costs[paying], kind="stable")]
        enough = int(np.searchsorted(np.cumsum(costs[order]), over_money * (1 - 1e-15))) + 1
        chosen[takers[order[:enough]]] = NOTHING


def _fill(problem: Problem, chosen: "Whole", left: "Numbers") -> None:
    """What is left of the limits goes to those who would gain most, play by play, while anything fits."""
    import numpy as np

    room, money = _room(problem, chosen)
    open_rows = np.flatnonzero(chosen == NOTHING)
    rows, plays = np.nonzero(problem.value[open_rows] > 0)
    rows = open_rows[rows]
    order = np.argsort(-left[rows, plays], kind="stable")
    rows, plays = rows[order], plays[order]
    costs = problem.cost[rows, plays]
    done = np.zeros(len(chosen), bool)
    at = 0
    while at < len(rows):
        fits = ~done[rows[at:]] & (costs[at:] <= money) & ~problem.takes[:, plays[at:]][room < 1].any(axis=0)
        found = np.flatnonzero(fits)
        if not len(found):
            return
        batch = at + found[: max(1, _safely(room, len(found)))]
        batch = batch[np.unique(rows[batch], return_index=True)[1]]
        batch.sort()
        spent = np.cumsum(costs[batch])
        batch = batch[: max(1, int(np.searchsorted(spent, money, side="right")))]
        chosen[rows[batch]] = plays[batch]
        done[rows[batch]] = True
        room -= problem.takes[:, plays[batch]].sum(axis=1)
        money -= float(costs[batch].sum())
        at = int(batch[-1]) + 1 if len(batch) == 1 else at


def _room(problem: Problem, chosen: "Whole") -> "tuple[Any, float]":
    import numpy as np

    takers = np.flatnonzero(chosen != NOTHING)
    room = problem.most - problem.takes[:, chosen[takers]].sum(axis=1) if len(problem.most) else problem.most
    return room, float(problem.budget - problem.cost[takers, chosen[takers]].sum())


def _safely(room: Any, wanted: int) -> int:
    """So many can be taken at once that no limit with room is overstepped."""
    some = room[room >= 1]
    return int(min(wanted, some.min())) if len(some) else wanted
