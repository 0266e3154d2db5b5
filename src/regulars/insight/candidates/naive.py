"""How far do rules of thumb get? Four that any shopkeeper could apply; a model has to be better than they are."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.candidates.seen import Foreseen, Past, Seen
from regulars.insight.lifetime.arrays import Floats

SILENCE_BINS = 10


@dataclass(frozen=True)
class AverageCustomer:
    """Everybody orders at the shop's mean rate, order days a day."""

    rate: float

    def __call__(self, seen: Seen) -> Foreseen:
        """The same for all."""
        return _of_rate(np.full(seen.n, self.rate * seen.horizon))


@dataclass(frozen=True)
class OwnRate:
    """Everybody goes on at the own mean rate."""

    def __call__(self, seen: Seen) -> Foreseen:
        """Order days after the first, by the days since."""
        return _of_rate(seen.x / np.maximum(seen.T, 1) * seen.horizon)


@dataclass(frozen=True)
class AsBefore:
    """Everybody does as in the days before."""

    def __call__(self, seen: Seen) -> Foreseen:
        """As many order days as in the last `horizon` days."""
        return _of_rate(seen.recent.astype(np.float64))


@dataclass(frozen=True)
class Silence:
    """Who has been silent for so long ordered that often, the last time: by days since the last order.

    edges: between the bins, shape (bins - 1,). orders, chance: of each bin.
    """

    edges: tuple[float, ...]
    orders: tuple[float, ...]
    chance: tuple[float, ...]

    def __call__(self, seen: Seen) -> Foreseen:
        """What came of the customers of the same bin."""
        place = np.digitize(seen.T - seen.t_x, self.edges)
        return Foreseen(np.array(self.orders)[place], np.array(self.chance)[place])


def average_customer(past: Past) -> AverageCustomer:
    """Learned from everybody's orders."""
    rows = past.histories
    return AverageCustomer(float((rows.x * rows.count).sum()) / max(1, int((rows.T * rows.count).sum())))


def own_rate(_past: Past) -> OwnRate:
    """Nothing to learn."""
    return OwnRate()


def as_before(_past: Past) -> AsBefore:
    """Nothing to learn."""
    return AsBefore()


def silence(past: Past) -> Silence | None:
    """Learned from the customers of the lesson; None without one."""
    if past.lesson is None or not past.lesson.before.n:
        return None
    before, came = past.lesson.before, past.lesson.came
    since = before.T - before.t_x
    edges = np.unique(np.quantile(since, np.linspace(0, 1, SILENCE_BINS + 1)[1:-1]))
    bins = np.digitize(since, edges)
    count = np.maximum(np.bincount(bins, minlength=edges.size + 1), 1)
    orders = np.bincount(bins, came, minlength=edges.size + 1) / count
    chance = np.bincount(bins, came > 0, minlength=edges.size + 1) / count
    return Silence(tuple(edges.tolist()), tuple(orders.tolist()), tuple(chance.tolist()))


def _of_rate(orders: Floats) -> Foreseen:
    """Of a rule that only says how many: as if orders came by a Poisson process."""
    return Foreseen(orders, -np.expm1(-orders))
