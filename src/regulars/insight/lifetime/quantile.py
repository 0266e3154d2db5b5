"""When has a rising chance reached a given share of its final value? Solved for all customers at once, where no formula
gives the answer."""

from collections.abc import Callable

import numpy as np

from regulars.insight.lifetime.arrays import Floats, Integers

PRECISION = 1e-12
"""Of the answer, relative to the end of the time."""


def solve_share(chance: Callable[[Floats, Integers], Floats], end: Floats, *, share: float) -> Floats:
    """The time t in 0 .. end at which chance(t) = share * chance(end), shape (rows,).

    chance(times, rows): of the rows at these places, at these times; rising in time, 0 at 0. Raises ValueError for a
    share outside 0 .. 1.
    """
    from scipy.optimize.elementwise import find_root

    if not 0 <= share <= 1:
        raise ValueError(f"share must lie in 0 .. 1, not {share}")
    rows = np.arange(end.size)
    aim = share * chance(end, rows)
    if share in (0, 1) or not end.size:
        return share * end

    def above(part: Floats, row: Floats) -> Floats:
        places = row.astype(np.int64)
        return chance(part * end[places], places) - aim[places]

    found = find_root(
        above, (np.zeros(end.size), np.ones(end.size)), args=(rows * 1.0,), tolerances={"xatol": PRECISION}
    )
    return np.asarray(np.where(aim > 0, found.x, share) * end, dtype=np.float64)
