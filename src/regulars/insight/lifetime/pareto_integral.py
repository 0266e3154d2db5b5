"""How much of a power of time lies ahead? The integral of (1 + t/A)^-p (1 + t/B)^-q, on which all of Pareto/NBD rests:
from now to infinity by the hypergeometric series, whose terms are all positive, and over a given time by Gauss's rule
in the logarithm of time, where the integrand is smooth. Nothing cancels, so relative errors stay near 1e-13."""

from dataclasses import dataclass

import numpy as np

from regulars.insight.lifetime.arrays import Booleans, Floats, Integers

RATIO_MIN = 0.5
"""With the smaller of A and B below this share of the larger, the time until it is not is integrated first."""
LOG_NEGLIGIBLE = -38.0
NODES = 16
ROWS_AT_ONCE = 1_024
SERIES_AT_ONCE = 128
PANEL_WIDTH = 3.0
PANEL_FOLDS = 12.0
FOLDS_MAX = 45.0
"""Beyond this many e-folds below its start the integrand is nothing."""


@dataclass(frozen=True, eq=False)
class Powers:
    """The exponents p and q and the scales A and B, days, of each row; shape (rows,) each, p + q > 1."""

    p: Floats
    q: Floats
    A: Floats
    B: Floats

    def where(self, chosen: Booleans | Integers) -> "Powers":
        """The rows chosen, by a mark on each or by their places."""
        return Powers(self.p[chosen], self.q[chosen], self.A[chosen], self.B[chosen])

    def folds(self, time: Floats) -> Floats:
        """How many e-folds the integrand has lost at this time, shape (rows,)."""
        return np.asarray(self.p * np.log1p(time / self.A) + self.q * np.log1p(time / self.B), dtype=np.float64)

    def after(self, time: Floats) -> "Powers":
        """The same, seen from a later time."""
        return Powers(self.p, self.q, self.A + time, self.B + time)


def log_tail(powers: Powers) -> tuple[Floats, Floats]:
    """ln of the integral over 0 .. infinity, shape (rows,); and its derivatives by p, q, A and B, shape (4, rows)."""
    wide = np.minimum(powers.A, powers.B) < RATIO_MIN * np.maximum(powers.A, powers.B)
    if not bool(wide.any()):
        return _series(powers)
    value, slopes = np.empty(wide.shape), np.empty((4, *wide.shape))
    value[~wide], slopes[:, ~wide] = _series(powers.where(~wide))
    value[wide], slopes[:, wide] = _in_two_parts(powers.where(wide))
    return value, slopes


def span(powers: Powers, time: Floats) -> Floats:
    """The integral over 0 .. time, shape (rows,); time >= 0, shape (rows,), may be infinite if p > 1 and q >= 0."""
    return _integrals(powers, time, kinds=1)[0]


def _series(powers: Powers) -> tuple[Floats, Floats]:
    """small / (p + q - 1) 2F1(1, e; p + q; 1 - small / large), e the exponent of the larger scale, as a series."""
    first = powers.A >= powers.B
    large, small = np.where(first, powers.A, powers.B), np.where(first, powers.B, powers.A)
    e, c = np.where(first, powers.p, powers.q), powers.p + powers.q
    z, sums = (large - small) / large, np.empty((4, c.size))
    # Rows that need as many terms go together.
    by_terms = np.argsort(z)
    for start in range(0, c.size, SERIES_AT_ONCE):
        rows = by_terms[start : start + SERIES_AT_ONCE]
        sums[:, rows] = _summed(e[rows], c[rows], z[rows])
    total, by_e, by_c, by_z = sums
    both = by_c / total - 1 / (c - 1)
    by_large, by_small = by_z / total * small / large**2, 1 / small - by_z / total / large
    by_power = both + by_e / total
    slopes = np.stack(
        [
            np.where(first, by_power, both),
            np.where(first, both, by_power),
            np.where(first, by_large, by_small),
            np.where(first, by_small, by_large),
        ]
    )
    return np.log(small) - np.log(c - 1) + np.log(total), slopes


def _summed(e: Floats, c: Floats, z: Floats) -> Floats:
    """2F1(1, e; c; z) for 0 <= z <= 1/2, and its derivatives by e, c and z, shape (4, rows)."""
    most = float(np.clip(z.max(initial=0.0), 1e-9, RATIO_MIN))
    n = np.arange(np.ceil(LOG_NEGLIGIBLE / np.log(most)) + 1)[:, None]
    up, down = 1 / (e + n), 1 / (c + n)
    ratio = (e + n) * down
    terms = np.cumprod(ratio * z, axis=0)
    by_e = np.einsum("ij,ij->j", terms, np.cumsum(up, axis=0))
    by_c = -np.einsum("ij,ij->j", terms, np.cumsum(down, axis=0))
    by_z = ratio[0] + np.einsum("ij,ij->j", (n[1:] + 1) * ratio[1:], terms[:-1])
    return np.stack([1 + terms.sum(axis=0), by_e, by_c, by_z])


def _in_two_parts(powers: Powers) -> tuple[Floats, Floats]:
    """The integral until the scales are alike, and the tail from there."""
    large, small = np.maximum(powers.A, powers.B), np.minimum(powers.A, powers.B)
    until = (RATIO_MIN * large - small) / (1 - RATIO_MIN)
    parts = _integrals(powers, until, kinds=5)
    late, late_slopes = _series(powers.after(until))
    rest = np.exp(late - powers.folds(until))
    late_slopes[0] -= np.log1p(until / powers.A)
    late_slopes[1] -= np.log1p(until / powers.B)
    late_slopes[2] += powers.p * until / (powers.A * (powers.A + until))
    late_slopes[3] += powers.q * until / (powers.B * (powers.B + until))
    total = parts[0] + rest
    return np.log(total), (parts[1:] + rest * late_slopes) / total


def _integrals(powers: Powers, time: Floats, *, kinds: int) -> Floats:
    """The integral over 0 .. time, and its derivatives by p, q, A and B if `kinds` is 5 and not 1: shape (kinds, rows).

    In v = ln(1 + t / small), in panels of at most PANEL_WIDTH and PANEL_FOLDS e-folds, as many as a row needs.
    """
    small = np.minimum(powers.A, powers.B)
    width = np.log1p(np.minimum(time, _end(powers)) / small)
    lost = powers.folds(small * np.expm1(width)) - width
    panels = np.ceil(np.maximum(width / PANEL_WIDTH, lost / PANEL_FOLDS))
    total = np.zeros((kinds, width.size))
    places, weights = np.polynomial.legendre.leggauss(NODES)
    for panel in range(int(panels.max(initial=0))):
        open_rows = np.flatnonzero(panels > panel)
        for rows in np.split(open_rows, range(ROWS_AT_ONCE, open_rows.size, ROWS_AT_ONCE)):
            step = (width[rows] / panels[rows])[:, None]
            growth = step * (panel + (places + 1) / 2)
            scaled = small[rows, None] * weights * step / 2 * np.exp(growth)
            times = small[rows, None] * np.expm1(growth)
            total[:, rows] += _masses(powers.where(rows), times, scaled, kinds=kinds)
    return total


def _masses(powers: Powers, times: Floats, scaled: Floats, *, kinds: int) -> Floats:
    """The integrand, and its four derivatives, at the times, added with these weights: times, scaled (rows, nodes)."""
    p, q, A, B = (column[:, None] for column in (powers.p, powers.q, powers.A, powers.B))
    far_a, far_b = np.log1p(times / A), np.log1p(times / B)
    mass = scaled * np.exp(-p * far_a - q * far_b)
    if kinds == 1:
        return mass.sum(axis=1)[None]
    by_a, by_b = p * times / (A * (A + times)), q * times / (B * (B + times))
    return np.stack([mass, -mass * far_a, -mass * far_b, mass * by_a, mass * by_b]).sum(axis=2)


def _end(powers: Powers) -> Floats:
    """A time after which too little is left to matter, shape (rows,)."""
    with np.errstate(over="ignore", divide="ignore"):
        rate = np.maximum(powers.p + powers.q - 1, 1e-300)
        both = np.maximum(powers.A, powers.B) * np.expm1(np.minimum(FOLDS_MAX / rate, 690.0))
        one = powers.A * np.expm1(np.minimum(FOLDS_MAX / np.maximum(powers.p - 1, 1e-300), 690.0))
        other = powers.B * np.expm1(np.minimum(FOLDS_MAX / np.maximum(powers.q - 1, 1e-300), 690.0))
    return np.asarray(np.minimum(np.minimum(both, one), other), dtype=np.float64)
