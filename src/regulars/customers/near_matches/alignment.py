"""Which words do two texts share, whatever their order, and which resemble each other?"""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from regulars.customers.near_matches.census import SHORT_WORD_CHARS

LETTERS_PER_SLIP = 4
IDEOGRAPHS_FROM = "\u2e80"  # one sign is a syllable or a word there: one different sign, another name


@dataclass(frozen=True, slots=True)
class Alignment:
    """Words two texts share, pairs that resemble each other, and what is left on either side."""

    same: list[str]
    near: list[tuple[str, str]]
    rest_a: list[str]
    rest_b: list[str]


def align(a: Sequence[str], b: Sequence[str]) -> Alignment:
    """Lay two texts beside each other: equal words first, then the pairs that resemble each other most."""
    same: list[str] = []
    rest_a: list[str] = []
    near, rest_b = [], list(b)
    for x in a:
        (same if x in rest_b else rest_a).append(x)
        if x in rest_b:
            rest_b.remove(x)
    alike = ((OSA.distance(x, y), sorted((x, y)), x, y) for x in rest_a for y in rest_b if resemble(x, y))
    for _, _, x, y in sorted(alike):
        if x in rest_a and y in rest_b:
            near.append((x, y))
            rest_a.remove(x)
            rest_b.remove(y)
    x, y = "".join(rest_a), "".join(rest_b)
    if x and x == y:  # "braid en" is "braiden"
        return Alignment([*same, x], near, [], [])
    if x and y and OSA.distance(x, y) == 1 and resemble(x, y):
        return Alignment(same, [*near, (x, y)], [], [])
    return Alignment(same, near, rest_a, rest_b)


def resemble(x: str, y: str) -> bool:
    """Whether two different words may be one misspelt, judged by their letters alone."""
    distance, longest = OSA.distance(x, y), max(len(x), len(y))
    if distance > max(1, longest // LETTERS_PER_SLIP) or min(len(x), len(y)) < 3 or x[-1] >= IDEOGRAPHS_FROM:
        return False
    return x[0] == y[0] or (distance == 1 and longest > SHORT_WORD_CHARS)
