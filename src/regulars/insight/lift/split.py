"""Did the lot fall as planned? An e-value that may be looked at every day; a broken split silences every result.

Source: Lindon and Malek 2022, a Dirichlet-multinomial mixture around the planned shares.
"""

import math
from collections.abc import Sequence

WEIGHT = 200
WATCHED, BROKEN = 20.0, 1000.0
"""Above the first the split is being watched, above the second nothing of it is to be believed."""


def log_e(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Natural logarithm of the evidence that `counts` do not come from these planned shares (which add up to 1).

    >>> round(log_e([1_200, 8_800], [.1, .9]), 6), round(log_e([44_700, 45_489], [.5, .5]), 6)
    (18.584921, 0.38562)
    """
    if len(counts) != len(shares) or abs(sum(shares) - 1) > 1e-9 or min(shares) <= 0:
        raise ValueError(f"{len(counts)} counts need as many positive shares that add up to 1: {list(shares)}")
    found = math.lgamma(WEIGHT) - math.lgamma(WEIGHT + sum(counts))
    for count, share in zip(counts, shares, strict=True):
        found += math.lgamma(WEIGHT * share + count) - math.lgamma(WEIGHT * share) - count * math.log(share)
    return found
