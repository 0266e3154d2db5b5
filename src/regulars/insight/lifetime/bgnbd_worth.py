"""What are the orders of the next days worth today? Under BG/NBD, each discounted to its day."""

import numpy as np

from regulars.insight.lifetime import bgnbd, discounting
from regulars.insight.lifetime.arrays import Floats
from regulars.insight.lifetime.bgnbd_expectation import expected_if_alive
from regulars.insight.lifetime.histories import Histories
from regulars.insight.lifetime.pairs import distinct_pairs


def discounted_orders(parameters: bgnbd.Parameters, histories: Histories, *, days: float, yearly_rate: float) -> Floats:
    """Orders of each row's customer in the next `days` days, each counted at its value today, shape (rows,).

    `discounting.discounted_orders` of `bgnbd.expected_orders`, with the integral taken once for each (x, T): the chance
    of not having left stands before it. Raises ValueError for a rate of -1 or less.
    """
    pairs, place = distinct_pairs(histories.x, histories.T)
    watched, shapes = parameters.alpha + histories.T[pairs], (parameters.r, parameters.a, parameters.b)

    def if_alive(time: float) -> Floats:
        return expected_if_alive(shapes, histories.x[pairs], ahead=np.asarray(time / watched, dtype=np.float64))

    worth = discounting.discounted_orders(if_alive, days=days, yearly_rate=yearly_rate)
    return np.asarray(bgnbd.p_alive(parameters, histories) * worth[place], dtype=np.float64)
