"""How likely are histories under Pareto/NBD, and which way is up? A silent customer either left after the last order, or
will order again after today. Both chances are positive integrals over time, so their sum loses no digits; each depends
on x and one of the two days alone, and is computed once for each pair that occurs."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime import nbd
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.optimum import Objective
from regulars.insight.lifetime.pairs import distinct_pairs
from regulars.insight.lifetime.pareto_integral import Powers, log_tail


@dataclass(frozen=True, eq=False)
class Pairs:
    """The distinct pairs of repeat orders and a day, shape (pairs,) each, and the place of each row's pair."""

    x: Integers
    day: Integers
    place: Integers


def pair(x: Integers, day: Integers) -> Pairs:
    """The pairs of these rows."""
    first, place = distinct_pairs(x, day)
    return Pairs(x[first], day[first], place)


def log_left(shapes: Floats, pairs: Pairs) -> tuple[Floats, Floats]:
    """ln of the chance to have ordered like that and left after the day, ever, less the terms of x alone: (pairs,).

    s alpha^r beta^s times the integral of (alpha + u)^-(r + x) (beta + u)^-(s + 1) from the day on. shapes: r, alpha,
    s, beta. With its derivatives by these, shape (4, pairs).
    """
    r, alpha, s, beta = shapes
    value, slopes = log_silent(shapes, pairs)
    tail, by_powers = log_tail(Powers(r + pairs.x, np.full(value.shape, s + 1), alpha + pairs.day, beta + pairs.day))
    slopes += by_powers[[0, 2, 1, 3]]
    slopes[2] += 1 / s
    slopes[3] -= 1 / (beta + pairs.day)
    return value + tail + np.log(s) - np.log(beta + pairs.day), slopes


def log_returns(shapes: Floats, pairs: Pairs) -> tuple[Floats, Floats]:
    """ln of the chance to have ordered like that and to order again after the day, less the terms of x alone.

    (r + x) alpha^r beta^s times the integral of (alpha + u)^-(r + x + 1) (beta + u)^-s from the day on; shapes and
    derivatives as in `log_left`.
    """
    r, alpha, s, beta = shapes
    value, slopes = log_silent(shapes, pairs)
    rate = r + pairs.x
    tail, by_powers = log_tail(Powers(rate + 1, np.full(value.shape, s), alpha + pairs.day, beta + pairs.day))
    slopes += by_powers[[0, 2, 1, 3]]
    slopes[0] += 1 / rate
    slopes[1] -= 1 / (alpha + pairs.day)
    return value + tail + np.log(rate) - np.log(alpha + pairs.day), slopes


def log_silent(shapes: Floats, pairs: Pairs) -> tuple[Floats, Floats]:
    """ln of alpha^r beta^s (alpha + day)^-(r + x) (beta + day)^-s: neither left nor ordered since; as `log_left`."""
    r, alpha, s, beta = shapes
    watched = alpha + pairs.day
    waited, lived = np.log1p(pairs.day / alpha), np.log1p(pairs.day / beta)
    by_alpha = r * pairs.day / (alpha * watched) - pairs.x / watched
    slopes = np.stack([-waited, by_alpha, -lived, s * pairs.day / (beta * (beta + pairs.day))])
    return -r * waited - pairs.x * np.log(watched) - s * lived, slopes


def objective(histories: Histories) -> Objective:
    """The mean over customers as a function of (ln r, ln(alpha / longest age), ln s, ln(beta / longest age)), with its
    exact gradient."""
    counts = nbd.tally(histories)
    count = histories.count.astype(np.float64)
    last, now = pair(histories.x, histories.t_x), pair(histories.x, histories.T)

    def mean(theta: Floats) -> tuple[float, Floats]:
        shapes = np.exp(theta) * [1.0, counts.longest, 1.0, counts.longest]
        left, left_slopes = log_left(shapes, last)
        returns, return_slopes = log_returns(shapes, now)
        odds = left[last.place] - returns[now.place]
        small = np.exp(-np.abs(odds))
        rising = shapes[0] + np.arange(counts.beyond.size)
        value = (count * (np.maximum(odds, 0.0) + np.log1p(small) + returns[now.place])).sum()
        value += (counts.beyond * np.log(rising)).sum()
        gone = count * np.where(odds >= 0, 1.0, small) / (1.0 + small)
        gradient = left_slopes @ np.bincount(last.place, gone, left.size)
        gradient += return_slopes @ np.bincount(now.place, count - gone, returns.size)
        gradient[0] += (counts.beyond / rising).sum()
        return float(value) / counts.customers, gradient * shapes / counts.customers

    return mean
