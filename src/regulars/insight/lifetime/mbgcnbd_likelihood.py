"""How likely are all histories of a shop under MBG/CNBD-k, and which way is up? The sum over customers with its
gradient: an order is k stages at the customer's rate, so NBD's tallies serve with k stages for each order, and one pass
over the distinct histories adds the silence since the last order. k = 1 is MBG/NBD."""

from dataclasses import dataclass, replace

import numpy as np

from regulars.insight.lifetime import nbd
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.optimum import Objective

ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, eq=False)
class Watched:
    """The distinct histories, in blocks that fit the processor's cache, and the tallies of all customers.

    stages: NBD's tally with k stages for each order. reached: customers with at least 0, 1, ... repeat orders. days:
    every t_x and T that occurs, once, shape (d,). Each block: x, the places of t_x and of T in `days`, the count.
    """

    stages: nbd.Tally
    reached: Floats
    days: Floats
    blocks: tuple[tuple[Integers, Integers, Integers, Floats], ...]


def gather(histories: Histories, *, k: int) -> Watched:
    """What the likelihood needs of these histories, ready for many passes."""
    orders = nbd.tally(histories)
    stages = replace(orders, beyond=np.repeat(orders.beyond, k), orders=k * orders.orders)
    seen = np.zeros(histories.longest + 1, dtype=np.bool_)
    seen[histories.t_x] = seen[histories.T] = True
    place = np.cumsum(seen) - 1
    x, t_x, T = histories.x, place[histories.t_x], place[histories.T]
    count = histories.count.astype(np.float64)
    cuts = [slice(start, start + ROWS_AT_ONCE) for start in range(0, x.size, ROWS_AT_ONCE)]
    blocks = tuple((x[cut], t_x[cut], T[cut], count[cut]) for cut in cuts)
    reached = np.append(float(orders.customers), orders.beyond)
    return Watched(stages, reached, np.flatnonzero(seen).astype(np.float64), blocks)


def objective(histories: Histories, *, k: int) -> Objective:
    """The mean over customers as a function of (ln r, ln(alpha / longest age), ln a, ln b), with its gradient; without
    the terms that depend on k and the data alone."""
    watched = gather(histories, k=k)
    stages = watched.stages

    def mean(theta: Floats) -> tuple[float, Floats]:
        parameters = np.exp(theta) * [1.0, stages.longest, 1.0, 1.0]
        ordered, by_order = nbd.summed_log_likelihood(stages, r=float(parameters[0]), alpha=float(parameters[1]))
        stayed, by_stay = _survivals(watched.reached, parameters)
        silent, by_silence = _silences(watched, parameters, k)
        gradient = by_silence + np.append(by_order, by_stay)
        return (ordered + stayed + silent) / stages.customers, gradient / stages.customers

    return mean


def unfinished(rate: Floats, share: Floats, *, k: int) -> tuple[Floats, Floats, Floats]:
    """How much likelier a silence is because up to k - 1 stages of the next gap may lie in it, shape (rows,).

    S2 = sum over j < k of (rate)_j / j! share^j, with (rate)_j the rising factorial; and its derivatives by rate and
    by ln share. rate: r + k x. share: (T - t_x) / (alpha + T).
    """
    term, inverse = np.ones_like(share), np.zeros_like(share)
    total, by_rate, by_share = np.ones_like(share), np.zeros_like(share), np.zeros_like(share)
    for stage in range(1, k):
        term = term * share * (rate + stage - 1) / stage
        inverse = inverse + 1 / (rate + stage - 1)
        total += term
        by_rate += term * inverse
        by_share += term * stage
    return total, by_rate, by_share


def _survivals(reached: Floats, parameters: Floats) -> tuple[float, Floats]:
    """Nobody leaves at an order followed by another, nor, so far, at the last: the sum of
    ln B(a, b + x + 1) - ln B(a, b) over customers, with its derivatives by ln a and ln b, shape (2,)."""
    a, b = parameters[2:]
    stayed = b + np.arange(reached.size)
    value = -(reached * np.log1p(a / stayed)).sum()
    by_a = -(reached * a / (a + stayed)).sum()
    by_b = (reached * (a / stayed) * (b / (a + stayed))).sum()
    return float(value), np.array([by_a, by_b])


def _silences(watched: Watched, parameters: Floats, k: int) -> tuple[float, Floats]:
    """The silence since the last order: sum of ln(S1 + S2), with S1 the odds of having left at that order if no stage
    had been completed since. With its derivatives by the logarithms of all four parameters, shape (4,)."""
    r, alpha, a, b = parameters
    days = watched.days
    silence, elapsed = np.log1p(days / alpha), days / (days + alpha)
    stayed = b + np.arange(watched.reached.size)
    leaving = np.log(a) - np.log(stayed)
    value, gradient = 0.0, np.zeros(4)
    for x, t_x, T, count in watched.blocks:
        rate, since = r + k * x, silence[T] - silence[t_x]
        S2, by_rate, by_share = unfinished(rate, (days[T] - days[t_x]) / (alpha + days[T]), k=k)
        odds = leaving[x] + rate * since - np.log(S2)
        small = np.exp(-np.abs(odds))
        value += float((count * (np.maximum(odds, 0.0) + np.log(1.0 + small) + np.log(S2))).sum())
        left = count * np.where(odds >= 0, 1.0, small) / (1.0 + small)
        stays = (count - left) / S2
        gradient[0] += r * (left * since + stays * by_rate).sum()
        gradient[1] -= (left * rate * (elapsed[T] - elapsed[t_x]) + stays * by_share * (1 - elapsed[T])).sum()
        gradient[2] += left.sum()
        gradient[3] -= (left * (b / stayed)[x]).sum()
    return value, gradient
