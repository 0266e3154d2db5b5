"""How likely are histories of yes-or-no chances under BG/BB, and which way is up? A silent customer either left after the
last order, or stayed and orders at a later chance, or is silent to the last chance anybody had. All three are sums of
positive terms in tables by x and by the number of chances, so no row needs a sum of its own."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.optimum import Objective


@dataclass(frozen=True, eq=False)
class Rises:
    """ln of shape (shape + 1) ... (shape + n - 1) for n = 0, 1, ..., and its derivative by the shape: (n,) each."""

    value: Floats
    slope: Floats


@dataclass(frozen=True, eq=False)
class Tables:
    """The terms of the likelihood of x orders, logarithms, for each distinct x (a row) and chances t = 0 .. longest.

    left: left after t chances. returns: silent until t, orders at t + 1; shape (xs, longest). silent: silent to the
    longest, shape (xs,). later_left, later_returns: ln of the sums of these from t on, silent included in the second;
    shape (xs, longest + 1).
    """

    x: Integers
    left: Floats
    returns: Floats
    silent: Floats
    later_left: Floats
    later_returns: Floats


def rises(shape: float, most: int) -> Rises:
    """The rising factorials of a shape, up to `most` factors."""
    factors = shape + np.arange(most)
    return Rises(np.append(0.0, np.cumsum(np.log(factors))), np.append(0.0, np.cumsum(1 / factors)))


def log_orders(shapes: Floats, x: Integers, silent: Integers) -> Floats:
    """ln B(alpha + x, beta + silent) / B(alpha, beta): x orders taken and so many chances not. Arrays that go together."""
    most = int(x.max(initial=0) + silent.max(initial=0))
    took, passed, both = (rises(float(shape), most).value for shape in (shapes[0], shapes[1], shapes[0] + shapes[1]))
    return took[x] + passed[silent] - both[x + silent]


def log_stays(shapes: Floats, most: int) -> Floats:
    """ln B(gamma, delta + t) / B(gamma, delta), the chance not to leave in t chances, t = 0 .. most."""
    gamma, delta = shapes[2:]
    return -np.append(0.0, np.cumsum(np.log1p(gamma / (delta + np.arange(most)))))


def tabulate(shapes: Floats, x: Integers, longest: int) -> Tables:
    """The terms for these x, ascending; shapes: alpha, beta, gamma, delta."""
    t = np.arange(longest)
    passed = np.maximum(t - x[:, None], 0)
    stays, gamma, delta = log_stays(shapes, longest), shapes[2], shapes[3]
    leaves = np.log(gamma) - np.log(gamma + delta + t) + stays[:-1]
    possible = t >= x[:, None]
    taken = log_orders(shapes, *np.broadcast_arrays(x[:, None], passed))
    again = log_orders(shapes, *np.broadcast_arrays(x[:, None] + 1, passed))
    left = np.where(possible, taken + leaves, -np.inf)
    returns = np.where(possible, again + stays[1:], -np.inf)
    silent = log_orders(shapes, x, longest - x) + stays[-1]
    return Tables(
        x=x,
        left=left,
        returns=returns,
        silent=silent,
        later_left=_from_the_end(left, np.full(x.shape, -np.inf)),
        later_returns=_from_the_end(returns, silent),
    )


def log_history(tables: Tables, histories: Histories) -> Floats:
    """ln of the likelihood of each row, shape (rows,), whose x are among the tables'."""
    row = np.searchsorted(tables.x, histories.x)
    return np.logaddexp(tables.later_left[row, histories.t_x], tables.later_returns[row, histories.T])


def objective(histories: Histories) -> Objective:
    """The mean over customers as a function of the logarithms of alpha, beta, gamma and delta, with its exact gradient."""
    xs, row = np.unique(histories.x, return_inverse=True)
    longest, count = histories.longest, histories.count.astype(np.float64)
    log_count = np.log(count)

    def mean(theta: Floats) -> tuple[float, Floats]:
        shapes = np.exp(theta)
        tables = tabulate(shapes, xs, longest)
        values = log_history(tables, histories)
        # How much one more of a term would add to the sum over customers: the rows it is part of.
        weights = np.full((2, xs.size, longest + 1), -np.inf)
        np.logaddexp.at(weights[0], (row, histories.t_x), log_count - values)
        np.logaddexp.at(weights[1], (row, histories.T), log_count - values)
        weights = np.logaddexp.accumulate(weights, axis=2)
        left = np.exp(tables.left + weights[0, :, :-1])
        returns = np.exp(tables.returns + weights[1, :, :-1])
        silent = np.exp(tables.silent + weights[1, :, -1])
        gradient = _slopes(shapes, tables, (left, returns, silent))
        return float((count * values).sum()) / histories.customers, gradient * shapes / histories.customers

    return mean


def _slopes(shapes: Floats, tables: Tables, weights: tuple[Floats, Floats, Floats]) -> Floats:
    """The derivatives by the shapes of the sum of the terms' logarithms with these weights, shape (4,)."""
    x, (left, returns, silent) = tables.x, weights
    longest = left.shape[1]
    t = np.arange(longest)
    took, passed, both = (
        rises(float(shape), longest + 1).slope for shape in (shapes[0], shapes[1], shapes[0] + shapes[1])
    )
    stayed, at_risk = (rises(float(shape), longest + 1).slope for shape in (shapes[3], shapes[2] + shapes[3]))
    pause = np.maximum(t - x[:, None], 0)
    by_both = -(left * both[x[:, None] + pause] + returns * both[x[:, None] + pause + 1]).sum()
    by_both -= (silent * both[longest]).sum()
    by_alpha = (left.sum(axis=1) * took[x] + returns.sum(axis=1) * took[x + 1] + silent * took[x]).sum()
    by_beta = ((left + returns) * passed[pause]).sum() + (silent * passed[longest - x]).sum()
    by_risk = -(left * at_risk[t + 1]).sum() - (returns * at_risk[t + 1]).sum() - (silent * at_risk[longest]).sum()
    by_delta = (left * stayed[t]).sum() + (returns * stayed[t + 1]).sum() + (silent * stayed[longest]).sum()
    by_gamma = left.sum() / shapes[2]
    return np.array([by_alpha + by_both, by_beta + by_both, by_gamma + by_risk, by_delta + by_risk])


def _from_the_end(terms: Floats, last: Floats) -> Floats:
    """ln of the sums of each row's terms from t to the end, `last` added to each: shape (rows, columns + 1)."""
    whole = np.concatenate([terms, last[:, None]], axis=1)
    return np.asarray(np.logaddexp.accumulate(whole[:, ::-1], axis=1)[:, ::-1], dtype=np.float64)
