"""How likely are all histories of a shop under BG/NBD, and which way is up? The sum over customers with its gradient,
from the tallies of NBD (nested in it) and one pass over the distinct histories of those who came back."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime import nbd
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.optimum import Objective

ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, eq=False)
class Returned:
    """The distinct histories with x > 0, in blocks that fit the processor's cache, and the tallies of all customers.

    days: every t_x and T that occurs, once, shape (d,). Each block holds, per row: x, the places of t_x and of T in
    `days`, and the count.
    """

    counts: nbd.Tally
    days: Floats
    blocks: tuple[tuple[Integers, Integers, Integers, Floats], ...]


def gather(histories: Histories) -> Returned:
    """What the likelihood needs of these histories, ready for many passes."""
    repeat = histories.x > 0
    x, t_x, T = histories.x[repeat], histories.t_x[repeat], histories.T[repeat]
    seen = np.zeros(histories.longest + 1, dtype=np.bool_)
    seen[t_x] = seen[T] = True
    place = np.cumsum(seen) - 1
    columns = (x, place[t_x], place[T], histories.count[repeat].astype(np.float64))
    cuts = [slice(start, start + ROWS_AT_ONCE) for start in range(0, x.size, ROWS_AT_ONCE)]
    blocks = tuple((columns[0][cut], columns[1][cut], columns[2][cut], columns[3][cut]) for cut in cuts)
    return Returned(nbd.tally(histories), np.flatnonzero(seen).astype(np.float64), blocks)


def objective(histories: Histories) -> Objective:
    """The mean over customers as a function of (ln r, ln(alpha / longest age), ln a, ln b), with its gradient."""
    returned = gather(histories)
    counts = returned.counts

    def mean(theta: Floats) -> tuple[float, Floats]:
        parameters = np.exp(theta) * [1.0, counts.longest, 1.0, 1.0]
        ordered, by_order = nbd.summed_log_likelihood(counts, r=float(parameters[0]), alpha=float(parameters[1]))
        stayed, by_stay = _survivals(counts.beyond, parameters)
        silent, by_silence = _silences(returned, parameters)
        gradient = by_silence + np.append(by_order, by_stay)
        return (ordered + stayed + silent) / counts.customers, gradient / counts.customers

    return mean


def _survivals(beyond: Floats, parameters: Floats) -> tuple[float, Floats]:
    """Nobody leaves at the orders we saw followed by another: sum of ln B(a, b + x) - ln B(a, b) over customers.

    Returned with its derivatives by ln a and ln b, shape (2,). parameters: r, alpha, a, b.
    """
    a, b = parameters[2:]
    stayed = b + np.arange(beyond.size)
    value = -(beyond * np.log1p(a / stayed)).sum()
    by_a = -(beyond * a / (a + stayed)).sum()
    by_b = (beyond * (a / stayed) * (b / (a + stayed))).sum()
    return float(value), np.array([by_a, by_b])


def _silences(returned: Returned, parameters: Floats) -> tuple[float, Floats]:
    """The silence since the last order: sum of ln(1 + e^d), with d the log-odds of having left at that order.

    Returned with its derivatives by the logarithms of all four parameters, shape (4,).
    """
    r, alpha, a, b = parameters
    silence = np.log1p(returned.days / alpha)
    elapsed = returned.days / (returned.days + alpha)
    stayed = b + np.maximum(np.arange(-1.0, returned.counts.beyond.size), 0.0)
    leaving = np.log(a) - np.log(stayed)
    value, gradient = 0.0, np.zeros(4)
    for x, t_x, T, count in returned.blocks:
        rate = r + x
        since = silence[T] - silence[t_x]
        odds = leaving[x] + rate * since
        small = np.exp(-np.abs(odds))
        value += float((count * (np.maximum(odds, 0.0) + np.log(1.0 + small))).sum())
        left = count * np.where(odds >= 0, 1.0, small) / (1.0 + small)
        gradient[0] += r * (left * since).sum()
        gradient[1] -= (left * rate * (elapsed[T] - elapsed[t_x])).sum()
        gradient[2] += left.sum()
        gradient[3] -= (left * (b / stayed)[x]).sum()
    return value, gradient
