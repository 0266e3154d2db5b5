"""How well does the history pin the parameters down? Standard errors from the curvature of the likelihood at its top. They
say nothing of how far the model itself is off: for that, a back-test."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from regulars.insight.lifetime import bgbb, bgnbd, covariates, gamma_gamma, mbgcnbd, mbgnbd, nbd, paretonbd, sbg
from regulars.insight.lifetime.arrays import Floats

STEP = 2e-3
"""Between log-parameters, for second differences of the likelihood: errors are exact to about 1e-5 of themselves."""
FLAT = 1e-9
"""Of the steepest curvature: a direction that bends less is not pinned down at all."""

Likelihood = Callable[[Any, Any], Floats]
LIKELIHOODS: dict[type, tuple[Likelihood, tuple[str, ...]]] = {
    nbd.Fit: (nbd.log_likelihood, ("r", "alpha")),
    bgnbd.Fit: (bgnbd.log_likelihood, ("r", "alpha", "a", "b")),
    mbgnbd.Fit: (mbgnbd.log_likelihood, ("r", "alpha", "a", "b")),
    mbgcnbd.Fit: (mbgcnbd.log_likelihood, ("r", "alpha", "a", "b")),
    paretonbd.Fit: (paretonbd.log_likelihood, ("r", "alpha", "s", "beta")),
    bgbb.Fit: (bgbb.log_likelihood, ("alpha", "beta", "gamma", "delta")),
    sbg.Fit: (sbg.log_likelihood, ("alpha", "beta")),
    gamma_gamma.Fit: (gamma_gamma.log_likelihood, ("p", "q", "v")),
}


def errors(fitted: Any, histories: Any) -> dict[str, float]:
    """The standard error of each parameter of a fit, by its name; infinite where the history does not pin it down.

    histories: what it was fitted on (Histories, Contracts or Spend; counts included). The inverse of the observed
    information in log-parameters, times the parameter. Of MBG/CNBD-k, k is taken as known.
    """
    likelihood, names = LIKELIHOODS[type(fitted)]
    values = np.array([getattr(fitted, name) for name in names])

    def total(logs: Floats) -> float:
        parameters = replace(fitted, **dict(zip(names, np.exp(logs).tolist(), strict=True)))
        return float((histories.count * likelihood(parameters, histories)).sum())

    spread = values * _spreads(total, np.log(values))
    return dict(zip(names, spread.tolist(), strict=True))


def effect_errors(fitted: covariates.Fit, described: covariates.Described) -> tuple[Floats, Floats]:
    """The standard errors of the effects of traits, on orders and on leaving: shape (kinds,) each.

    The other parameters are not taken as known. Without the ridge, as it is no information.
    """
    kinds = len(fitted.on_orders)

    def total(theta: Floats) -> float:
        usual, on_orders, on_leaving = (tuple(part.tolist()) for part in np.split(theta, [4, 4 + kinds]))
        moved = replace(fitted, usual=usual, on_orders=on_orders, on_leaving=on_leaving)
        return float((described.histories.count * covariates.log_likelihood(moved, described)).sum())

    spread = _spreads(total, np.array([*fitted.usual, *fitted.on_orders, *fitted.on_leaving]))
    return spread[4 : 4 + kinds], spread[4 + kinds :]


def _spreads(total: Callable[[Floats], float], top: Floats) -> Floats:
    """The square roots of the diagonal of the inverse of minus the second derivatives at the top, shape (k,)."""
    bends, axes = np.linalg.eigh(-_second_differences(total, top))
    flat = bends <= FLAT * max(float(bends.max()), 0.0)
    variances = (axes[:, ~flat] ** 2 / bends[~flat]).sum(axis=1)
    loose = (axes[:, flat] ** 2).sum(axis=1) > FLAT
    return np.where(loose, np.inf, np.sqrt(variances))


def _second_differences(total: Callable[[Floats], float], top: Floats) -> Floats:
    """The matrix of second derivatives, shape (k, k), from the values at and beside the top."""
    steps = np.eye(top.size) * STEP
    middle = total(top)
    beside = np.array([total(top + step) + total(top - step) for step in steps])
    matrix = np.diag(beside - 2 * middle)
    for i in range(top.size):
        for j in range(i):
            corners = total(top + steps[i] + steps[j]) + total(top - steps[i] - steps[j])
            matrix[i, j] = matrix[j, i] = (corners - beside[i] - beside[j] + 2 * middle) / 2
    return np.asarray(matrix / STEP**2, dtype=np.float64)
