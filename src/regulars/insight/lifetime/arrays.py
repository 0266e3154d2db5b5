"""What are the arrays called? One name for each kind of NumPy array the lifetime models pass around."""

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


def sum_by(places: Integers, weights: Floats) -> Floats:
    """The sum of the weights at place 0, 1, 2, ... up to the largest that occurs. places >= 0, weights: shape (n,)."""
    return np.bincount(places, weights=weights).astype(np.float64, copy=False)
