"""Who is held out, to see whether a play helps? A salted hash decides: the same person always lands on the same side.

Two layers: the whole shop's (`everything`), whose people get no play at all, and each play's own. Shares are of all
people, exact to one in 2^32, and independent between plays because their names are part of what is hashed.
"""

import hashlib
from dataclasses import dataclass

EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class HoldOut:
    """salt: secret of the shop, so that nobody can choose a side. shares: of the shop's layer and of the play's, 0 .. 1."""

    salt: str
    everything: float = 0.0
    play: float = 0.0

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in (self.everything, self.play)):
            raise ValueError(f"a share lies between 0 and 1: {self.everything}, {self.play}")


def held_out(person: int, play: str, rule: HoldOut) -> bool:
    """Whether this person (customer number) is in the hold-out of this play or of everything."""
    if rule.everything and _place(rule.salt, EVERYTHING, person) < rule.everything:
        return True
    return bool(rule.play) and _place(rule.salt, play, person) < rule.play


def variant(person: int, play: str, weights: tuple[float, ...], *, salt: str) -> int:
    """Which of several versions this person gets, from 0; by weight, and independent of the hold-out."""
    if not weights or min(weights) < 0 or not sum(weights):
        raise ValueError(f"weights must be positive numbers: {weights}")
    place, reached = _place(salt, f"{play}/variant", person) * sum(weights), 0.0
    for number, weight in enumerate(weights):
        reached += weight
        if place < reached:
            return number
    return len(weights) - 1


def _place(salt: str, layer: str, person: int) -> float:
    """Between 0 and 1, as evenly as the hash."""
    digest = hashlib.sha256(f"{salt}|{layer}|{person}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32
