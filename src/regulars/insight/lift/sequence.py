"""An interval that may be looked at every day: the asymptotic confidence sequence, and the e-value that belongs to it.

Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, Annals of Statistics 2024 (two-sided, normal mixture). The interval
leaves 0 out exactly when the e-value exceeds 1/alpha; it is narrowest when `planned` people are in.
"""

import math
from typing import NamedTuple

ALPHA = 0.05
Z_95, POWER_80 = 1.959963984540054, 0.842
YES_MIN = 100
"""So many people of an arm must have done it at all before anything is said of it."""
LOG_MAX = 700.0
"""Natural logarithm of the most that is told: more would be no number, and none that JSON knows."""


def half_width(n: int, planned: int, *, alpha: float = ALPHA) -> float:
    """In standard errors of the mean of n people; `planned`: how many were expected when it began.

    >>> round(half_width(10_000, 10_000), 6), round(half_width(1_000, 10_000), 6)
    (3.035209, 3.855055)
    """
    spread = n * _rho(planned, alpha)
    return math.sqrt((spread + 1) / spread * 2 * math.log(math.sqrt(spread + 1) / alpha))


def e_value(z: float, n: int, planned: int, *, alpha: float = ALPHA) -> float:
    """Evidence against "no effect"; z: the mean over its standard error. Never more than what a number can hold.

    >>> round(e_value(3.0, 2_500, 10_000), 6)
    11.534446
    """
    spread = n * _rho(planned, alpha)
    return math.exp(min(LOG_MAX, spread / (1 + spread) * z * z / 2 - math.log1p(spread) / 2))


class Always(NamedTuple):
    """Between low and high at all looks at once; e: evidence against "no effect"."""

    low: float
    high: float
    e: float


def always(mean: float, error: float, n: int, planned: int, *, alpha: float = ALPHA) -> Always:
    """The interval around a mean of n people with this standard error; the mean itself where all are alike (error 0)."""
    if not error > 0:
        return Always(mean, mean, 1.0)
    reach = half_width(n, planned, alpha=alpha) * error
    return Always(mean - reach, mean + reach, e_value(mean / error, n, planned, alpha=alpha))


def smallest_visible(
    people: int, *, held_out: float, variation: float, explained: float = 0.0, reach: float = 0.0
) -> float:
    """The smallest relative effect that is seen with a chance of 80 %, in all looks together.

    people: in both arms. held_out: share of the smaller arm's lot. variation: standard deviation over the mean of the
    outcome; explained: the share of its variance that a forecast takes away. reach: in standard errors, where it is not
    that of all looks at ALPHA (Z_95 for one look).

    >>> round(100 * smallest_visible(2_000, held_out=.5, variation=3**0.5, explained=.15), 1)
    27.7
    """
    arms = math.sqrt(1 / held_out + 1 / (1 - held_out))
    seen = (reach or half_width(people, people)) + POWER_80
    return seen * variation * math.sqrt(1 - explained) * arms / math.sqrt(people)


def _rho(planned: int, alpha: float) -> float:
    """rho squared, for the narrowest interval at `planned` people."""
    return (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / max(1, planned)
