"""How many orders will a customer place who has not left? The mean of (1 - (1 + p y)^-(r + x)) / p over the drop-out
probability p ~ Beta(a, b + x), with y = days / (alpha + T): in closed form for usual parameters, and by quadrature for
the very large ones at the edge of what a shop can tell, where the closed form cancels or overflows."""

import numpy as np

from regulars.insight.lifetime.arrays import Floats, Integers

SHAPE_MAX = 100.0
"""The closed form is used with r, a and b up to here; relative errors stay below 1e-10 on both sides."""
POLE_WIDTH = 5e-5
POLE_NODES = np.array([-1e-3, -5e-4, 5e-4, 1e-3])
GAUSS_NODES = 64


def expected_if_alive(shapes: tuple[float, float, float], x: Integers, *, ahead: Floats) -> Floats:
    """Orders in the time ahead of customers with x repeat orders who have not left, shape (rows,).

    shapes: r, a, b. x: shape (rows,). ahead: days / (alpha + T), shape (rows,), finite and >= 0.
    """
    if max(shapes) > SHAPE_MAX:
        return _by_quadrature(shapes, x, ahead=ahead)
    excess = shapes[1] - 1
    if abs(excess) > POLE_WIDTH:
        return _by_closed_form(shapes, x, ahead=ahead, excess=excess)
    # At a = 1 the closed form is 0 / 0 but smooth: the cubic through four places beside it.
    total = np.zeros(x.shape)
    for place, node in enumerate(POLE_NODES):
        others = np.delete(POLE_NODES, place)
        total += np.prod((excess - others) / (node - others)) * _by_closed_form(
            shapes, x, ahead=ahead, excess=float(node)
        )
    return total


def _by_closed_form(shapes: tuple[float, float, float], x: Integers, *, ahead: Floats, excess: float) -> Floats:
    """C / (a - 1) [1 - (1 - z)^(a - 1) 2F1(C - r - x, a - 1; C; z)], C = a + b + x - 1, z = ahead / (1 + ahead).

    Equation 10 of Fader, Hardie & Lee 2005 after Euler's transformation, with `excess` for a - 1 outside of C. At
    C = 0 (x = 0, a + b = 1) it is 0 / 0 but smooth: C is moved by 1e-10.
    """
    from scipy.special import hyp2f1

    r, a, b = shapes
    C = a + b + x - 1
    C = np.where(np.abs(C) < 1e-10, 1e-10, C)
    shrunk = np.exp(-excess * np.log1p(ahead)) * hyp2f1(C - r - x, excess, C, ahead / (1 + ahead))
    return np.asarray(C / excess * (1 - shrunk), dtype=np.float64)


def _by_quadrature(shapes: tuple[float, float, float], x: Integers, *, ahead: Floats) -> Floats:
    """The mean over p by Gauss's rule for the Beta distribution, one rule for each distinct x."""
    r, a, b = shapes
    total = np.empty(x.shape)
    for orders in np.unique(x):
        rows = x == orders
        places, weights = _gauss_beta(a, b + float(orders))
        waits = np.log1p(places * ahead[rows][:, None])
        total[rows] = (weights / places * -np.expm1(-(r + orders) * waits)).sum(axis=1)
    return total


def _gauss_beta(a: float, b: float) -> tuple[Floats, Floats]:
    """Places in 0 .. 1 and weights, shape (GAUSS_NODES,) each, that average over Beta(a, b).

    Golub & Welsch 1969: eigenvalues and first components of the three-term recurrence of the Jacobi polynomials.
    """
    high, low = b - 1, a - 1
    k = np.arange(1.0, GAUSS_NODES)
    s = 2 * k + high + low
    middle = np.append((low - high) / (a + b), (low - high) * (low + high) / (s * (s + 2)))
    beside = 4 * k * (k + high) * (k + low) * (k + high + low) / (s * s * (s + 1) * (s - 1))
    beside[0] = 4 * a * b / ((a + b) ** 2 * (a + b + 1))
    recurrence = np.diag(middle) + np.diag(np.sqrt(beside), 1) + np.diag(np.sqrt(beside), -1)
    values, vectors = np.linalg.eigh(recurrence)
    return np.clip((values + 1) / 2, 1e-300, 1.0), vectors[0] ** 2
