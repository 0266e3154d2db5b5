"""Do two treatments take from each other? The effect of one among those given the other, less that among those held out of it."""

from typing import TYPE_CHECKING

from regulars.insight.lift.aipw import CHANCE_MAX, CHANCE_MIN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from regulars.insight.lift.aipw import Numbers


def scores(outcome: "Numbers", alike: "NDArray[np.bool_]", chance: "Numbers", forecast: "Numbers") -> "Numbers":
    """phi of each person; their mean is y11 - y10 - y01 + y00, the interaction of a 2 x 2 factorial experiment.

    alike: given both treatments or neither. chance: with which the two lots, drawn apart, put the person into the cell they
    are in: the product of both. forecast: of the outcome, alike for all four cells, made without it. The score is that of
    aipw.py with one sign more (inverse probability weighting of a factorial contrast). Raises ValueError for lengths that
    differ, and for chances that two lots within their bounds cannot give.

    >>> import numpy as np
    >>> scores(np.array([1., 1., 0., 0.]), np.array([True, False, False, True]), np.full(4, .25), np.zeros(4)).tolist()
    [4.0, -4.0, 0.0, 0.0]
    """
    import numpy as np

    if len({len(each) for each in (outcome, alike, chance, forecast)}) != 1:
        raise ValueError("outcome, cell, chance and forecast need one entry a person")
    if len(chance) and not (chance.min() >= CHANCE_MIN**2 and chance.max() <= CHANCE_MAX**2):
        raise ValueError(f"the chance of a cell lies between {CHANCE_MIN**2} and {CHANCE_MAX**2}")
    return np.asarray(np.where(alike, 1.0, -1.0) / chance * (outcome - forecast))
