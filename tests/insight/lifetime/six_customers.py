"""Six customers for whom every model's numbers are known: x, recency and age in weeks, times 100."""

import numpy as np

from regulars.insight.lifetime.histories import Histories

WEEK = 100
SIX = Histories(
    np.array([0, 1, 2, 7, 26, 100]),
    np.array([0, 171, 3043, 2000, 3086, 3500]),
    np.array([3886, 3886, 3886, 3886, 3100, 3800]),
    np.ones(6, dtype=np.int64),
)
TWO_ORDERS = SIX.where(np.arange(6) == 2)
