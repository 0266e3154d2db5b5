"""Which pairs of whole numbers occur? Much of a forecast depends on two columns of a history alone, mostly (x, T), of
which there are far fewer distinct pairs than customers: it is computed once for each pair."""

import numpy as np

from regulars.insight.lifetime.arrays import Integers


def distinct_pairs(first: Integers, second: Integers) -> tuple[Integers, Integers]:
    """One row of each distinct pair, and for every row the place of its pair among those.

    first, second: shape (rows,), not negative.
    """
    keys = first * (int(second.max(initial=0)) + 1) + second
    if not bool(np.all(keys[1:] >= keys[:-1])):
        return np.unique(keys, return_index=True, return_inverse=True)[1:]
    new = np.diff(keys, prepend=-1) > 0
    return np.flatnonzero(new), np.cumsum(new) - 1
