"""Is a difference more than chance? Tests of counts, and what to demand when many are asked at once.

Sources: R. A. Fisher (1935), The Design of Experiments; N. Mantel, W. Haenszel (1959), J. Natl. Cancer Inst. 22,
719-748; S. Holm (1979), Scand. J. Statistics 6, 65-70.
"""

from collections.abc import Iterable, Sequence
from math import erfc, sqrt

VARIANCE_MIN = 5.0


def fisher(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Two-sided p of Fisher's exact test that two shares (k, n) are the same; 1 when either has no n."""
    from scipy.stats import fisher_exact

    if not (one[1] and other[1]):
        return 1.0
    return min(1.0, float(fisher_exact([[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]])[1]))


def mantel_haenszel(strata: Iterable[tuple[int, int, int, int]]) -> float:
    """Two-sided p that a group's share is the rest's within every stratum (k, n of the group; k, n of the rest).

    Normal, with the continuity correction; 1 while the variance is too small (below 5) for the normal to be trusted.

    >>> round(mantel_haenszel([(30, 100, 60, 400), (25, 80, 50, 300)]), 6)
    9e-06
    """
    excess = variance = 0.0
    for k, n, k_rest, n_rest in strata:
        total, came = n + n_rest, k + k_rest
        if n and n_rest and total > 1:
            excess += k - n * came / total
            variance += n * n_rest * came * (total - came) / (total**2 * (total - 1))
    if variance < VARIANCE_MIN:
        return 1.0
    return two_sided(max(0.0, abs(excess) - 0.5) / sqrt(variance))


def two_sided(z: float) -> float:
    """The chance of a standard normal beyond z on either side."""
    return erfc(abs(z) / sqrt(2))


def holm(chances: Sequence[float]) -> tuple[float, ...]:
    """Each p adjusted so that among all those at most a, one that is only chance occurs with probability a at most.

    Holds however the tests depend on each other. Stricter than Benjamini and Hochberg's share of false findings.

    >>> holm([0.01, 0.04, 0.02])
    (0.03, 0.04, 0.04)
    """
    reached, adjusted = 0.0, [1.0] * len(chances)
    for place, index in enumerate(sorted(range(len(chances)), key=lambda i: chances[i])):
        reached = max(reached, min(1.0, chances[index] * (len(chances) - place)))
        adjusted[index] = reached
    return tuple(adjusted)
