"""Do customers of this channel, product or sign-up season order more, or leave sooner? Static traits shift the mean order
rate, and how readily customers leave, of BG/NBD, MBG/NBD or Pareto/NBD. Fader & Hardie 2007 (note 019). Few distinct
combinations of traits ("levels") are meant: the cost of a fit follows the distinct histories at each level."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.insight.lifetime import (
    bgnbd,
    bgnbd_likelihood,
    mbgcnbd_likelihood,
    mbgnbd,
    paretonbd,
    paretonbd_likelihood,
)
from regulars.insight.lifetime.arrays import Floats, Integers
from regulars.insight.lifetime.histories import Histories, HistoriesError
from regulars.insight.lifetime.models import Model
from regulars.insight.lifetime.optimum import Objective, maximise
from regulars.insight.lifetime.verdict import SLOPE_MAX, State

LEVELS_MAX = 1_000
RIDGE = 0.1
"""Half of it times the sum of squared effects is taken off ln L: an effect that the data do not show stays near 0."""
Shapes = bgnbd.Parameters | paretonbd.Parameters


@dataclass(frozen=True, eq=False)
class Described:
    """Customers with traits, row by row.

    level: shape (rows,), the place of the row's traits in `traits`, shape (levels, kinds): numbers near 0 .. 1 or
    standardised, 0 for the usual. Raises HistoriesError for traits that are not finite, or for too many levels.
    """

    histories: Histories
    level: Integers
    traits: Floats

    def __post_init__(self) -> None:
        if self.level.shape != self.histories.x.shape or self.traits.ndim != 2:
            raise HistoriesError("every row needs a level, and every level a row of traits")
        if len(self.traits) > LEVELS_MAX:
            raise HistoriesError(
                f"{len(self.traits)} levels of traits are too many: round them to {LEVELS_MAX} at most"
            )
        if not bool(np.isfinite(self.traits).all()):
            raise HistoriesError("traits must be finite")

    @classmethod
    def of(cls, histories: Histories, traits: npt.ArrayLike) -> "Described":
        """These rows with their traits, shape (rows, kinds)."""
        levels, level = np.unique(np.asarray(traits, dtype=np.float64), axis=0, return_inverse=True)
        return cls(histories, level.reshape(-1), levels)

    def at(self, level: int) -> Histories:
        """The customers at one level, in the order of the rows."""
        return self.histories.where(self.level == level)


@dataclass(frozen=True)
class Base:
    """A model that traits can shift: its forecasts, its likelihood, and whether its churn is a rate per day (as in
    Pareto/NBD) or a probability at each order (as in BG/NBD)."""

    model: Model
    shapes: type[bgnbd.Parameters] | type[paretonbd.Parameters]
    objective: Callable[[Histories], Objective]
    leaves_by_the_day: bool


BGNBD = Base(bgnbd, bgnbd.Parameters, bgnbd_likelihood.objective, leaves_by_the_day=False)
MBGNBD = Base(mbgnbd, mbgnbd.Parameters, lambda rows: mbgcnbd_likelihood.objective(rows, k=1), leaves_by_the_day=False)
PARETONBD = Base(paretonbd, paretonbd.Parameters, paretonbd_likelihood.objective, leaves_by_the_day=True)


@dataclass(frozen=True)
class Fit:
    """The likeliest parameters and effects.

    usual: log-parameters of customers whose traits are all 0. on_orders, on_leaving: one number for each kind of trait.
    The order rate is multiplied by exp(on_orders * trait); the leaving rate (Pareto/NBD) or the odds of leaving at an
    order ((M)BG/NBD, spread a + b in common) by exp(on_leaving * trait). gain: log_likelihood, without the ridge, less
    that of the same model without traits.
    """

    base: Base
    usual: tuple[float, ...]
    on_orders: tuple[float, ...]
    on_leaving: tuple[float, ...]
    log_likelihood: float
    gain: float
    slope: float
    state: State

    def shapes_of(self, traits: Floats) -> Shapes:
        """The model's parameters for customers with these traits, shape (kinds,)."""
        shifts = np.array([traits @ self.on_orders, traits @ self.on_leaving])
        return self.base.shapes(*np.exp(_shifted(self.base, np.array(self.usual), shifts)[0]).tolist())


def fit(described: Described, *, base: Base) -> Fit:
    """The likeliest fit of the model with traits, searched from the fit without; state as that one's."""
    rows, kinds = described.histories, described.traits.shape[1]
    plain = base.model.fit(rows)
    usual = np.log([getattr(plain, name) for name in base.shapes.__dataclass_fields__])
    slope, theta = plain.slope, np.append(usual, np.zeros(2 * kinds))
    if plain.state is not State.NO_REPEATS:
        unit = _unit(base, rows)
        best = maximise(_objective(described, base, unit), [theta - np.append(unit, np.zeros(2 * kinds))])
        slope, theta = best.slope, best.theta + np.append(unit, np.zeros(2 * kinds))
    values = theta.tolist()
    parts = (tuple(values[:4]), tuple(values[4 : 4 + kinds]), tuple(values[4 + kinds :]))
    told = Fit(base, *parts, log_likelihood=0.0, gain=0.0, slope=slope, state=plain.state)
    total = float((rows.count * log_likelihood(told, described)).sum())
    state = State.NOT_CONVERGED if plain.state is State.OK and slope > SLOPE_MAX else plain.state
    return Fit(base, *parts, log_likelihood=total, gain=total - plain.log_likelihood, slope=slope, state=state)


def log_likelihood(fitted: Fit, described: Described) -> Floats:
    """Of each row's history for one customer, natural logarithm, in days, shape (rows,)."""
    return _by_level(fitted, described, fitted.base.model.log_likelihood)


def p_alive(fitted: Fit, described: Described) -> Floats:
    """The chance that a customer has not left for good, shape (rows,)."""
    return _by_level(fitted, described, fitted.base.model.p_alive)


def p_order_within(fitted: Fit, described: Described, *, days: float) -> Floats:
    """The chance of at least one order in the next `days` days, shape (rows,)."""
    model = fitted.base.model
    return _by_level(fitted, described, lambda shapes, rows: model.p_order_within(shapes, rows, days=days))


def expected_orders(fitted: Fit, described: Described, *, days: float) -> Floats:
    """Orders of each row's customer in the next `days` days, shape (rows,)."""
    model = fitted.base.model
    return _by_level(fitted, described, lambda shapes, rows: model.expected_orders(shapes, rows, days=days))


def _by_level(fitted: Fit, described: Described, score: Callable[[Shapes, Histories], Floats]) -> Floats:
    values = np.empty(described.level.shape)
    for level, traits in enumerate(described.traits):
        values[described.level == level] = score(fitted.shapes_of(traits), described.at(level))
    return values


def _unit(base: Base, rows: Histories) -> Floats:
    """ln of the longest age where a log-parameter is a time, else 0: shape (4,)."""
    age = float(np.log(max(rows.longest, 1)))
    return np.array([0.0, age, 0.0, age if base.leaves_by_the_day else 0.0])


def _shifted(base: Base, usual: Floats, shifts: Floats) -> tuple[Floats, Floats]:
    """The log-parameters at a level, shape (4,), and their derivatives by the usual ones and the two shifts, (4, 6).

    shifts: what the traits add to the logarithm of the order rate, and to that of the rate or odds of leaving.
    """
    slopes = np.zeros((4, 6))
    slopes[:, :4] = np.eye(4)
    slopes[1, 4] = -1.0
    if base.leaves_by_the_day:
        slopes[3, 5] = -1.0
        return usual - [0.0, shifts[0], 0.0, shifts[1]], slopes
    both, odds = np.logaddexp(usual[2], usual[3]), usual[2] - usual[3] + shifts[1]
    leaves, before = np.exp(-np.logaddexp(0.0, -odds)), np.exp(usual[2] - both)
    slopes[2, 2:] = before + 1 - leaves, leaves - before, 0.0, 1 - leaves
    slopes[3, 2:] = before - leaves, 1 - before + leaves, 0.0, -leaves
    a, b = both - np.logaddexp(0.0, -odds), both - np.logaddexp(0.0, odds)
    return np.array([usual[0], usual[1] - shifts[0], a, b]), slopes


def _objective(described: Described, base: Base, unit: Floats) -> Objective:
    """The mean over customers, less the ridge, as a function of the usual log-parameters in their units, the effects on
    orders and those on leaving, with its exact gradient by the chain rule from each level's."""
    everybody = described.histories.customers
    groups = [(traits, described.at(level).distinct()) for level, traits in enumerate(described.traits)]
    parts = [(traits, rows.customers, unit - _unit(base, rows), base.objective(rows)) for traits, rows in groups]
    kinds = described.traits.shape[1]

    def mean(theta: Floats) -> tuple[float, Floats]:
        usual, on_orders, on_leaving = theta[:4], theta[4 : 4 + kinds], theta[4 + kinds :]
        value = -RIDGE / 2 * float(theta[4:] @ theta[4:])
        gradient = -RIDGE * np.append(np.zeros(4), theta[4:])
        for traits, customers, units, objective in parts:
            shapes, slopes = _shifted(base, usual, np.array([traits @ on_orders, traits @ on_leaving]))
            level, by_shapes = objective(shapes + units)
            by = customers * (by_shapes @ slopes)
            value += customers * level
            gradient += np.concatenate([by[:4], by[4] * traits, by[5] * traits])
        return value / everybody, gradient / everybody

    return mean
