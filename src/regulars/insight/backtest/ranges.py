"""What is usual beside such a forecast? Learned from the shop's own past days, not from the parameters of a model.

A total gets an interval from how far past totals were off; a customer one from what customers of about the same
forecast then did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regulars.insight.backtest.worth import value_of_an_order
from regulars.insight.candidates.choice import Choice
from regulars.insight.lifetime.arrays import Floats
from regulars.insight.shares import wilson

if TYPE_CHECKING:
    from regulars.insight.backtest.snapshot import Snapshot
    from regulars.insight.candidates.seen import Foreseen

COVERAGE = 0.8
EDGES = (0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 0.99, 0.995)
"""Shares of the customers, by forecast, between which bins end: finer where the forecasts are high and differ most."""
PRIOR_SPREAD = 0.16
"""How far totals are usually off in a shop that has not been watched, as ln(actual / said): see the accuracy tables."""
PRIOR_DAYS = 3.0
SAID_MIN = 1e-9


@dataclass(frozen=True, eq=False)
class Ranges:
    """Per bin of forecasts, from low to high: `edges` between them, and low and high of what came.

    edges: shape (bins - 1,); the others shape (bins,). orders, net: low and high of actual / said. chance: low and high
    of the share who ordered, less the mean of what was said. log_misses: ln(actual / said) of each past day, for orders and
    for net revenue.
    """

    edges: Floats
    orders: tuple[Floats, Floats]
    net_edges: Floats
    net: tuple[Floats, Floats]
    chance_edges: Floats
    chance: tuple[Floats, Floats]
    log_misses: tuple[float, ...]
    net_log_misses: tuple[float, ...]

    def of_orders(self, said: Floats) -> tuple[Floats, Floats]:
        """Low and high of the orders of customers for whom so many are expected; both hold what was said.

        Without any past day to learn from, as if orders came by a Poisson process.
        """
        if not self.log_misses:
            return _poisson(said)
        low, high = _beside(said, self.edges, self.orders)
        return _holding(said, (low * said, high * said))

    def of_net(self, said: Floats) -> tuple[Floats, Floats]:
        """Low and high of the net revenue of customers from whom so much is expected; both hold what was said."""
        if not self.log_misses:
            return np.zeros_like(said), 2 * said
        low, high = _beside(said, self.net_edges, self.net)
        return _holding(said, (low * said, high * said))

    def of_chance(self, said: Floats) -> tuple[Floats, Floats]:
        """Low and high of the share who ordered among customers with such a P(order); both hold what was said."""
        if not self.log_misses:
            return np.zeros_like(said), np.ones_like(said)
        low, high = _beside(said, self.chance_edges, self.chance)
        return _holding(said, (np.maximum(said + low, 0), np.minimum(said + high, 1)))

    def of_total(self, said: float) -> tuple[float, float]:
        """The interval of a total of orders."""
        return interval(said, self.log_misses)

    def of_net_total(self, said: float) -> tuple[float, float]:
        """The interval of a total of net revenue."""
        return interval(said, self.net_log_misses)


def learned(
    said: "Sequence[tuple[Snapshot, Mapping[str, Foreseen]]]", choice: Choice, came: tuple[Floats, Floats]
) -> Ranges:
    """The ranges of what `choice` said on past days; `came`: P(order) as it was said, and who ordered (0 or 1)."""
    chosen = [(now, found[choice.orders], value_of_an_order(now)) for now, found in said if choice.orders in found]
    orders = pooled([(foreseen.orders, now.orders.astype(np.float64)) for now, foreseen, _worth in chosen])
    net = pooled([(foreseen.orders * worth, now.net) for now, foreseen, worth in chosen])
    edges, net_edges, chance_edges = (_edges(forecast) for forecast, _actual in (orders, net, came))
    return Ranges(
        edges, _quantiles(*orders, edges), net_edges, _quantiles(*net, net_edges), chance_edges,
        _shares(*came, chance_edges),
        tuple(_log_miss(now.orders.sum(), foreseen.orders.sum()) for now, foreseen, _worth in chosen),
        tuple(_log_miss(now.net.sum(), (foreseen.orders * worth).sum()) for now, foreseen, worth in chosen),
    )  # fmt: skip


def interval(said: float, log_misses: Sequence[float]) -> tuple[float, float]:
    """Where COVERAGE of totals like `said` come out, given how far past ones were off.

    Student's t on ln(actual / said), its mean and spread shrunk towards those of shops in general while few days spoke.
    """
    from scipy.stats import t

    n = len(log_misses)
    centre = sum(log_misses) / (n + PRIOR_DAYS)
    around = sum((miss - centre) ** 2 for miss in log_misses)
    freedom = PRIOR_DAYS + n
    spread = np.sqrt((PRIOR_DAYS * PRIOR_SPREAD**2 + around) / freedom * (1 + 1 / (n + PRIOR_DAYS)))
    half = float(t.ppf((1 + COVERAGE) / 2, freedom) * spread)
    return said * float(np.exp(centre - half)), said * float(np.exp(centre + half))


def _log_miss(actual: float, said: float) -> float:
    return float(np.log(max(float(actual), 0.5) / max(float(said), 0.5)))


def pooled(pairs: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Forecasts and what came, of several days one after another."""
    if not pairs:
        return np.zeros(0), np.zeros(0)
    forecast, actual = zip(*pairs, strict=True)
    return np.concatenate(forecast), np.concatenate(actual)


def _edges(forecast: Floats) -> Floats:
    if not forecast.size:
        return np.zeros(0)
    return np.unique(np.quantile(forecast, EDGES))


def _quantiles(forecast: Floats, actual: Floats, edges: Floats) -> tuple[Floats, Floats]:
    """The middle COVERAGE of actual / said, in each bin."""
    place, tail = np.digitize(forecast, edges), (1 - COVERAGE) / 2
    ratio = actual / np.maximum(forecast, SAID_MIN)
    bins = [ratio[place == each] for each in range(edges.size + 1)]
    low = [float(np.quantile(found, tail, method="lower")) if found.size else 0.0 for found in bins]
    high = [float(np.quantile(found, 1 - tail, method="higher")) if found.size else 0.0 for found in bins]
    return np.array(low), np.array(high)


def _shares(forecast: Floats, came: Floats, edges: Floats) -> tuple[Floats, Floats]:
    """The interval of the share who ordered in each bin, less the mean of what was said there."""
    place = np.digitize(forecast, edges)
    low, high = np.full(edges.size + 1, -1.0), np.full(edges.size + 1, 1.0)
    for each in range(edges.size + 1):
        inside = place == each
        if inside.any():
            ends = wilson(int(came[inside].sum()), int(inside.sum()))
            low[each], high[each] = (end - forecast[inside].mean() for end in ends)
    return low, high


def _holding(said: Floats, ranges: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    return np.minimum(ranges[0], said), np.maximum(ranges[1], said)


def _poisson(said: Floats) -> tuple[Floats, Floats]:
    from scipy.stats import poisson

    tail = (1 - COVERAGE) / 2
    return _holding(said, (poisson.ppf(tail, said), poisson.ppf(1 - tail, said)))


def _beside(said: Floats, edges: Floats, ranges: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    place = np.digitize(said, edges)
    return ranges[0][place], ranges[1][place]
