"""Where does the luck come from? One counter-based stream per seed and process, so that a draw more in one
process never shifts another, and choices that compare a uniform number with a table of weights."""

import zlib

import numpy as np

from regulars.simulator.arrays import Floats, Integers


def stream(seed: int, process: str) -> np.random.Generator:
    """The generator of one process, e.g. `stream(7, "gaps")`; same arguments, same numbers, on every platform.

    Raises ValueError for a negative seed.
    """
    key = np.random.SeedSequence([seed, zlib.crc32(process.encode())])
    return np.random.Generator(np.random.Philox(key))


def pick_columns(weights: Floats, rows: Integers, *, uniforms: Floats) -> Integers:
    """A column for each entry, with chances in proportion to the weights of its row.

    weights: shape (rows, columns), not negative, each row with a positive sum; rows, uniforms: shape (n,), uniforms
    in [0, 1). Returns shape (n,). A column of weight 0 is never picked.

    >>> weights = np.array([[1.0, 1.0], [0.0, 1.0]])
    >>> pick_columns(weights, np.array([0, 0, 1]), uniforms=np.array([0.2, 0.7, 0.0])).tolist()
    [0, 1, 1]
    """
    heights = np.cumsum(weights, axis=1)
    edges = heights / heights[:, -1:]
    return (uniforms[:, None] >= edges[rows]).sum(axis=1).astype(np.int64)
