"""Have customers a rhythm? From the days between their orders: the sum of logarithms by which MBG/CNBD-k chooses k, and a
quick look at k without any fit. Wheat & Morrison 1990, J. Marketing Research 27(1)."""

import numpy as np

from regulars.insight.lifetime.arrays import Floats, Integers


def sum_log_gaps(customer: Integers, day: Integers) -> float:
    """The sum of ln(gap in days) over all gaps between order days of the same customer.

    customer, day: shape (order days,), sorted by both, each day once.
    """
    return float(np.log(_gaps(customer, day)[1]).sum())


def look_at_regularity(customer: Integers, day: Integers) -> float:
    """About how many stages k a gap has, from each customer's last two gaps; 1 is no rhythm, nan with nobody to ask.

    With M = gap / (both gaps), k is (1 - 4 Var M) / (8 Var M), M taken to have mean 1/2. Arguments as in `sum_log_gaps`.
    """
    owner, gap = _gaps(customer, day)
    last = np.append(owner[1:] != owner[:-1], True)[: owner.size]
    second = np.flatnonzero(last & np.append(False, owner[1:] == owner[:-1])[: owner.size])
    if not second.size:
        return float("nan")
    spread = float(np.mean((gap[second] / (gap[second] + gap[second - 1]) - 0.5) ** 2))
    return (1 - 4 * spread) / (8 * spread) if spread > 0 else float("inf")


def _gaps(customer: Integers, day: Integers) -> tuple[Integers, Floats]:
    """Whose gaps, and how long, in days."""
    same = customer[1:] == customer[:-1]
    return customer[1:][same], np.diff(day)[same].astype(np.float64)
