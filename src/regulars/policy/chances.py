"""With what chance is each of a play's competing versions drawn? The better one more often, each often enough to learn.

Thompson sampling in batches (Thompson 1933; Chapelle and Li 2011): a version is drawn as often as it is likely to be the
best one, above a floor. Once a day, from people whose days are over. Whether somebody is reached at all is never learned
this way: that takes months to show, and only hold-outs tell it (hold_out.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

OUTCOME_DAYS = 7
"""Whoever orders so soon counts for the version they drew."""
FLOOR = 0.10
"""The least chance of each version: without it, one that had bad luck would never be tried again."""
VERSIONS_MAX = 4
PLACES_SAID = 6
NODES = 8
QUANTILES = 65


@dataclass(frozen=True, slots=True)
class Tried:
    """One version: n people whose days are over, and those of them who ordered (yes). Not whole once `weighed`."""

    n: float
    yes: float

    def __post_init__(self) -> None:
        if not 0 <= self.yes <= self.n < float("inf"):
            raise ValueError(f"{self.yes} of {self.n} people cannot have ordered")


def even(count: int) -> tuple[float, ...]:
    """The chances of so many versions of which nothing is known."""
    return (1 / count,) * count


def chances(tried: Sequence[Tried]) -> tuple[float, ...]:
    """floor + (1 - K floor) P(best) of each of the K versions (1 to 4, else ValueError), rounded to six places; together 1.

    >>> chances([Tried(100, 12), Tried(100, 20)])
    (0.1508, 0.8492)
    """
    if not 1 <= len(tried) <= VERSIONS_MAX:
        raise ValueError(f"one to {VERSIONS_MAX} versions can be drawn, not {len(tried)}")
    first = [round(FLOOR + (1 - len(tried) * FLOOR) * each, PLACES_SAID) for each in best(tried)[:-1]]
    return (*first, round(1.0 - sum(first), PLACES_SAID))


def best(tried: Sequence[Tried]) -> list[float]:
    """How likely each version is the one after which most people order. Begins with Beta(1, 1): any share is as likely.

    P(a) = integral of f_a(x) times F_b(x) of each other b. Gauss-Legendre between the quantiles of all, so that narrow and
    wide curves are both met: exact to 1e-9.

    >>> [round(each, 6) for each in best([Tried(100, 12), Tried(100, 20)])]
    [0.0635, 0.9365]
    """
    import numpy as np
    from scipy.special import betainc, betaincinv, betaln, ndtr, xlog1py, xlogy

    alpha = np.array([each.yes + 1.0 for each in tried])[:, None]
    beta = np.array([each.n - each.yes + 1.0 for each in tried])[:, None]
    edges = np.unique(
        np.concatenate([[0.0, 1.0], betaincinv(alpha, beta, ndtr(np.linspace(-8, 8, QUANTILES))).ravel()])
    )
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    x = (middle[:, None] + half[:, None] * nodes).ravel()
    density = np.exp(xlogy(alpha - 1, x) + xlog1py(beta - 1, -x) - betaln(alpha, beta))
    below = betainc(alpha, beta, x)
    others = [np.prod(np.delete(below, place, axis=0), axis=0) for place in range(len(tried))]
    found = np.array(others) * density @ (half[:, None] * weights).ravel()
    return [float(each) for each in found / found.sum()]


def weighed(yes: "Numbers", version: "NDArray[np.int64]", chance: "Numbers", *, count: int) -> list[Tried]:
    """What was tried so far, set right for chances that moved. One entry a draw: whether they ordered, the version that
    was drawn, and the chance it was drawn with.

    Each counts by one over its chance, so that every version is seen over the same days. Plain sums would make the version
    that is sent more in December look better because it is December. n is how many people that is worth (Kish 1965);
    while the chances stay the same, it is their number.
    """
    import numpy as np

    found = []
    for place in range(count):
        mine = version == place
        weight = 1 / chance[mine]
        total = float(weight.sum())
        n = total * total / float((weight * weight).sum()) if total else 0.0
        found.append(Tried(n, n * min(1.0, float(weight @ np.minimum(yes[mine], 1.0)) / total) if total else 0.0))
    return found
