"""What will each cohort have brought in the end? The cohorts' revenue as a triangle, its missing cells by chain ladder.

A cohort grows from one age to the next as the earlier cohorts did; standard errors without any assumption on the
distribution. Source: T. Mack (1993), ASTIN Bulletin 23, 213-225.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from regulars.insight.audit import QUARTER_MONTHS
from regulars.insight.came_back import History
from regulars.insight.cohorts import finished_month
from regulars.insight.periods import month
from regulars.insight.shares import Z_95

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

COHORTS_MIN = 4


@dataclass(frozen=True)
class Triangle:
    """Net revenue of each cohort up to each age, minor units; None where that is not finished yet.

    cohorts: first months (year*12+month-1). ages: 0, 1, 2 ... blocks of months after the first. sums[i][k]: of cohort
    i up to age k, never falling with k.
    """

    cohorts: tuple[int, ...]
    sums: tuple[tuple[int | None, ...], ...]


@dataclass(frozen=True)
class Expected:
    """What a cohort (or, with cohort None, all of them) will have brought at the last age: minor units.

    so_far is known. error: standard error of `in_the_end`; low and high: 95 %, the rest to come taken as lognormal.
    """

    cohort: int | None
    so_far: int
    in_the_end: float
    error: float
    low: float
    high: float


@dataclass(frozen=True)
class Ladder:
    """factors[k]: growth from age k to k+1. cells and errors: the full square and its standard errors (0 where known).

    Empty with the reason in `why_not`: "too_short" (fewer than 4 cohorts) or "nothing_spent".
    """

    factors: tuple[float, ...] = ()
    cells: tuple[tuple[float, ...], ...] = ()
    errors: tuple[tuple[float, ...], ...] = ()
    cohorts: tuple[Expected, ...] = ()
    total: Expected | None = None
    why_not: str = ""


def triangle(cells: "ir.Table", *, as_of: dt.date, history: History, months: int = QUARTER_MONTHS) -> Triangle:
    """The finished cells of `insight.audit.cells` (made with the same `as_of` and `months`) as a triangle.

    Cohorts that may hold old customers, and those that have no finished cell, are left out. The last age is that of the
    first cohort, so that it is known for at least one.
    """
    last, known_new = finished_month(as_of), history.first_known_new()
    nets: dict[int, dict[int, int]] = {}
    for row in cells.select("cohort", "age", "net").to_pyarrow().to_pylist():
        known = history.opened or month(row["cohort"]).first >= known_new
        if known and row["cohort"] + row["age"] + months - 1 <= last:
            nets.setdefault(row["cohort"], {})[row["age"] // months] = row["net"]
    cohorts = tuple(sorted(nets))
    ages = (last - cohorts[0] + 1) // months if cohorts else 0
    return Triangle(cohorts, tuple(_sums(nets[at], (last - at + 1) // months, ages) for at in cohorts))


def _sums(net: dict[int, int], finished: int, ages: int) -> tuple[int | None, ...]:
    """Running sums of the finished ages; months without an order add nothing."""
    return tuple(sum(net.get(at, 0) for at in range(age + 1)) if age < finished else None for age in range(ages))


def chain_ladder(found: Triangle) -> Ladder:
    """The missing cells of a triangle, with Mack's standard errors.

    Every cohort has at least its first age. Cohorts that spent nothing at first say nothing of growth.
    """
    import numpy as np

    if len(found.cohorts) < COHORTS_MIN:
        return Ladder(why_not="too_short")
    known = np.array([[np.nan if cell is None else cell for cell in row] for row in found.sums], dtype=np.float64)
    bases = [_base(known, age).sum() for age in range(known.shape[1] - 1)]
    if min(bases) <= 0:
        return Ladder(why_not="nothing_spent")
    factors = np.array([known[_seen(known, age), age + 1].sum() / bases[age] for age in range(len(bases))])
    relative = _variances(known, factors) / factors**2
    cells, errors, shared = known.copy(), np.zeros_like(known), np.zeros_like(known)
    for age in range(len(factors)):
        open_ = np.isnan(known[:, age + 1])
        before = cells[open_, age]
        cells[open_, age + 1] = before * factors[age]
        # Squared relative errors add up: of the cohort's own luck, and of the factor that all of them share.
        own = np.divide(relative[age], before, out=np.zeros_like(before), where=before > 0)
        shared[open_, age + 1] = shared[open_, age] + relative[age] / bases[age]
        errors[open_, age + 1] = errors[open_, age] + own + relative[age] / bases[age]
    in_money = np.sqrt(errors) * cells
    last = [row[~np.isnan(row)][-1] for row in known]
    each = [
        _expected(cohort, so_far, end, error)
        for cohort, so_far, end, error in zip(found.cohorts, last, cells[:, -1], in_money[:, -1], strict=True)
    ]
    error = _total_error(cells[:, -1], errors[:, -1], shared[:, -1])
    total = _expected(None, float(np.sum(last)), float(cells[:, -1].sum()), error)
    return Ladder(tuple(factors.tolist()), _rows(cells), _rows(in_money), tuple(each), total)


def _seen(known: "Floats", age: int) -> "npt.NDArray[np.bool_]":
    """The cohorts known at this age and the next."""
    import numpy as np

    return ~np.isnan(known[:, age + 1])


def _base(known: "Floats", age: int) -> "Floats":
    base: Floats = known[_seen(known, age), age]
    return base


def _variances(known: "Floats", factors: "Floats") -> "Floats":
    """sigma^2 of each age (Mack 1993, section 4); the last, of a single cohort, is extrapolated as he proposes."""
    import numpy as np

    found: list[float] = []
    for age, factor in enumerate(factors):
        base, after = _base(known, age), known[_seen(known, age), age + 1]
        some = base > 0
        if some.sum() > 1:
            spread = base[some] * (after[some] / base[some] - factor) ** 2
            found.append(float(spread.sum() / (some.sum() - 1)))
        else:
            two, one = (found[-2], found[-1]) if len(found) > 1 else (0.0, 0.0)
            found.append(min(one**2 / two if two > 0 else 0.0, one, two))
    return np.array(found)


def _total_error(ends: "Floats", errors: "Floats", shared: "Floats") -> float:
    """Of the sum over cohorts: they share the factors, so their errors move together (Mack 1993, corollary to theorem
    3). What two cohorts share is what the older of them still has before it."""
    variance = float((errors * ends**2).sum())
    for place, end in enumerate(ends):
        variance += 2 * float(end * ends[place + 1 :].sum() * shared[place])
    return sqrt(variance)


def _expected(cohort: int | None, so_far: float, end: float, error: float) -> Expected:
    rest = end - so_far
    if rest <= 0 or error <= 0:
        return Expected(cohort, round(so_far), float(end), float(error), float(end), float(end))
    spread = sqrt(log(1 + (error / rest) ** 2))
    low, high = (so_far + rest * exp(sign * Z_95 * spread - spread**2 / 2) for sign in (-1, 1))
    return Expected(cohort, round(so_far), float(end), float(error), float(low), float(high))


def _rows(table: "Floats") -> tuple[tuple[float, ...], ...]:
    rows: Sequence[list[float]] = table.tolist()
    return tuple(tuple(row) for row in rows)
