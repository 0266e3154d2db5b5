"""Who could forecast this shop? Naive rules, lifetime models, boosted trees and their means, all asked the same way.

Each candidate knows the snapshot of a day, and one from before whose outcome had become known by that day. It says
for every customer how many orders to expect in the next days, and how likely there is any.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from regulars.insight.backtest import trees
from regulars.insight.backtest.snapshot import Snapshot
from regulars.insight.lifetime import enough, models
from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.histories import Histories


@dataclass(frozen=True, eq=False)
class Foreseen:
    """What a candidate says of the customers of a snapshot: expected orders and P(order), shape (customers,)."""

    orders: Floats
    chance: Floats


@dataclass(frozen=True, eq=False)
class Asked:
    """The snapshot to foresee from, the one before (None when there is none), and what others have said of it."""

    now: Snapshot
    before: Snapshot | None
    said: dict[str, Foreseen]


Foresee = Callable[[Asked], Foreseen | None]


@dataclass(frozen=True)
class Candidate:
    """A way to forecast, by its `name`. naive: a rule of thumb, no model. Returns None where it cannot be asked."""

    name: str
    naive: bool
    foresee: Foresee
    parts: tuple[str, ...] = ()


def ask(now: Snapshot, before: Snapshot | None, *, names: Sequence[str] = ()) -> dict[str, Foreseen]:
    """What every candidate that can be asked says, by its name, simplest first; or those named, and their parts."""
    asked = Asked(now, before, {})
    wanted = {part for each in CANDIDATES if each.name in names or not names for part in (each.name, *each.parts)}
    for candidate in CANDIDATES:
        found = candidate.foresee(asked) if candidate.name in wanted else None
        if found is not None:
            asked.said[candidate.name] = found
    return asked.said


def _of_rate(orders: Floats) -> Foreseen:
    """Of a rule that only says how many: as if orders came by a Poisson process."""
    return Foreseen(orders, -np.expm1(-orders))


def _average_customer(asked: Asked) -> Foreseen:
    now = asked.now
    return _of_rate(np.full(now.n, now.x.sum() / max(1, int(now.T.sum())) * now.horizon))


def _own_rate(asked: Asked) -> Foreseen:
    return _of_rate(asked.now.x / np.maximum(asked.now.T, 1) * asked.now.horizon)


def _as_before(asked: Asked) -> Foreseen:
    return _of_rate(asked.now.recent.astype(np.float64))


def _silence(asked: Asked) -> Foreseen | None:
    """Who has been silent for so long ordered that often, the last time: shares by days since the last order."""
    if asked.before is None or not asked.before.n:
        return None
    before, came = asked.before, trees.outcome(asked.before, asked.now)
    edges = np.unique(np.quantile(before.T - before.t_x, np.linspace(0, 1, SILENCE_BINS + 1)[1:-1]))
    bins, now = np.digitize(before.T - before.t_x, edges), np.digitize(asked.now.T - asked.now.t_x, edges)
    count = np.maximum(np.bincount(bins, minlength=edges.size + 1), 1)
    orders = np.bincount(bins, came, minlength=edges.size + 1) / count
    chance = np.bincount(bins, came > 0, minlength=edges.size + 1) / count
    return Foreseen(orders[now], chance[now])


def _lifetime(name: str) -> Foresee:
    def foresee(asked: Asked) -> Foreseen:
        model, now = models.FORECASTERS[name], asked.now
        histories, row = now.histories()
        fit = models.fit(name, _to_fit(histories, now), log_gaps=_log_gaps(now))
        orders = model.expected_orders(fit, histories, days=now.horizon)
        return Foreseen(orders[row], model.p_order_within(fit, histories, days=now.horizon)[row])

    return foresee


def _to_fit(histories: Histories, now: Snapshot) -> Histories:
    """Without who may be an old customer, where enough are left."""
    if now.opened:
        return histories
    chosen, _lack = enough.choose_base(histories, history_days=now.history_days - 1)
    return chosen


def _log_gaps(now: Snapshot) -> float:
    """The sum of ln gap of those the model is fitted on."""
    if now.opened:
        return float(now.log_gaps.sum())
    histories, _row = now.histories()
    if _to_fit(histories, now) is histories:
        return float(now.log_gaps.sum())
    new = now.history_days - 1 - now.T >= enough.SEEN_BEFORE_DAYS_MIN
    return float(now.log_gaps[new].sum())


def _trees(asked: Asked) -> Foreseen | None:
    found = trees.foresee(asked.before, asked.now) if asked.before is not None else None
    return Foreseen(*found) if found is not None else None


def _mean_of(*names: str) -> tuple[Foresee, tuple[str, ...]]:
    def foresee(asked: Asked) -> Foreseen | None:
        found = [asked.said[name] for name in names if name in asked.said]
        return _mean(found) if len(found) == len(names) else None

    return foresee, names


def _mean(found: Sequence[Foreseen]) -> Foreseen:
    return Foreseen(np.mean([each.orders for each in found], axis=0), np.mean([each.chance for each in found], axis=0))


SILENCE_BINS = 10
# Simplest first: a later one must win clearly.
CANDIDATES = (
    Candidate("average customer", True, _average_customer),
    Candidate("own rate", True, _own_rate),
    Candidate("as in the days before", True, _as_before),
    Candidate("days since the last order", True, _silence),
    Candidate("NBD", False, _lifetime("NBD")),
    Candidate("BG/NBD", False, _lifetime("BG/NBD")),
    Candidate("MBG/NBD", False, _lifetime("MBG/NBD")),
    Candidate("Pareto/NBD", False, _lifetime("Pareto/NBD")),
    Candidate("MBG/CNBD-k", False, _lifetime("MBG/CNBD-k")),
    Candidate("mean of BG and Pareto", False, *_mean_of("BG/NBD", "Pareto/NBD")),
    Candidate("boosted trees", False, _trees),
    Candidate("mean of BG, Pareto and trees", False, *_mean_of("BG/NBD", "Pareto/NBD", "boosted trees")),
)
