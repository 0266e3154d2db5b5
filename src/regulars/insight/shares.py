"""How sure is a share of people? Wilson's interval for one share, Newcombe's for the difference of two.

Sources: E. B. Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; R. G. Newcombe (1998), Statistics in Medicine 17,
873-890, method 10.
"""

from math import sqrt

Z_95 = 1.959963984540054


def wilson(k: int, n: int) -> tuple[float, float]:
    """The 95 % interval of the share k of n, 0 <= k <= n, n >= 1.

    >>> tuple(round(bound, 6) for bound in wilson(23, 100))
    (0.158433, 0.321544)
    """
    if n < 1 or not 0 <= k <= n:
        raise ValueError(f"a share needs 0 <= k <= n and n >= 1, not k={k}, n={n}")
    p = k / n
    scale = 1 + Z_95**2 / n
    centre = (p + Z_95**2 / (2 * n)) / scale
    half = Z_95 * sqrt(p * (1 - p) / n + Z_95**2 / (4 * n**2)) / scale
    # At k = 0 and k = n an end is the share itself, but for rounding.
    return min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half))


def newcombe(now: tuple[int, int], then: tuple[int, int]) -> tuple[float, float]:
    """The 95 % interval of the difference of two shares (k, n): now minus then."""
    p1, p2 = now[0] / now[1], then[0] / then[1]
    (l1, u1), (l2, u2) = wilson(*now), wilson(*then)
    difference = p1 - p2
    return difference - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), difference + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
