"""Which months of the year stand out in both of the last two years?

Order days a day of 24 months are a cubic in time plus what each month adds. Customers are the unit: the variance of a
month's extra is the sum of squares of what each customer contributes to it (the robust variance of H. White, 1980,
Econometrica 48, 817-838, clustered by customer), so a few busy customers make no season.
"""

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

from regulars.insight.contrasts import two_sided
from regulars.insight.periods import month
from regulars.insight.shares import Z_95

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

MONTHS = 24
YEAR = 12
DEGREE = 3
SURE = 0.01 / YEAR
SEASONS_MAX = 4


@dataclass(frozen=True)
class Season:
    """What a calendar month (1..12) adds to the order days of a day, mean of two years, with its 95 % interval.

    usual: order days of a day without it. p: the larger of the two years' p, 1 when they point in different directions.
    """

    calendar_month: int
    extra: float
    low: float
    high: float
    usual: float
    p: float


def seasons(first_month: int, totals: "Floats", cross: "Floats") -> list[Season]:
    """One season a calendar month, of 24 months from `first_month` (year*12+month-1).

    totals: order days of each month, shape (24,). cross: sum over customers of their order days of one month times
    those of another, shape (24, 24). A month that surely stands out is taken out of what the others are compared to.
    """
    import numpy as np

    lengths = np.array([(p.last - p.first).days + 1 for p in (month(first_month + t) for t in range(MONTHS))], float)
    daily, spread = totals / lengths, cross / np.outer(lengths, lengths)
    sure: list[int] = []
    found: dict[int, Season] = {}
    while True:
        rest = [at for at in range(YEAR) if at not in sure]
        found |= {at: _season(at, sure, daily, spread) for at in rest}
        best = min(rest, key=lambda at: found[at].p)
        if found[best].p > SURE or len(sure) == SEASONS_MAX:
            break
        sure.append(best)
    named = [(first_month + at) % YEAR + 1 for at in range(YEAR)]
    return [replace(found[at], calendar_month=name) for at, name in enumerate(named)]


def _season(at: int, sure: list[int], daily: "Floats", spread: "Floats") -> Season:
    """The months `at` and `at` + 12 against the curve through all others but the sure ones."""
    import numpy as np

    time = np.linspace(-1.0, 1.0, MONTHS)
    own = [at, at + YEAR]
    taken = own + [place for other in sure for place in (other, other + YEAR)]
    design = np.column_stack([*(time**power for power in range(DEGREE + 1)), np.eye(MONTHS)[:, taken]])
    weights = np.linalg.pinv(design)[DEGREE + 1 : DEGREE + 3]
    extra, variance = weights @ daily, np.einsum("it,tu,iu->i", weights, spread, weights)
    mean = weights.mean(axis=0)
    value, half = float(mean @ daily), Z_95 * sqrt(max(0.0, float(mean @ spread @ mean)))
    agree = variance.min() > 0 and extra[0] * extra[1] > 0
    p = max(two_sided(float(z)) for z in extra / np.sqrt(variance)) if agree else 1.0
    return Season(at, value, value - half, value + half, float((daily[own] - extra).mean()), p)
