"""What do a shop's own hold-outs say about the lifts that were assumed? For deciding, never for claiming.

In two steps, since single plays are mostly noise: first whether all lifts together are as large as assumed (one common
scale), then each play around its scaled assumption. docs/decisions.md#learning.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.policy.value import Belief

SCALE = Belief(1.0, 0.5)
"""What is thought of the common scale before anything is known."""
SPREADS_AT_ONCE = 1.0
"""A change of more than so many standard deviations in a month is shown to a person before it counts."""


@dataclass(frozen=True)
class Found:
    """One play: what was assumed of its lift, and what its hold-out says, give or take an error."""

    assumed: Belief
    lift: float
    error: float


@dataclass(frozen=True)
class Learned:
    """scale: of all lifts; each play's belief by name."""

    scale: Belief
    beliefs: Mapping[str, Belief]


def learn(found: Mapping[str, Found]) -> Learned:
    """What to think of each play now.

    >>> said = learn({"a": Found(Belief(.35, .25), .10, .10)})
    >>> round(said.scale.mean, 4), round(said.beliefs["a"].mean, 4)
    (0.5306, 0.1118)
    """
    scale = SCALE
    for each in found.values():
        if each.assumed.mean:
            scale = scale.learned(each.lift / each.assumed.mean, each.error / abs(each.assumed.mean))
    beliefs = {
        name: Belief(each.assumed.mean * scale.mean, each.assumed.spread).learned(each.lift, each.error)
        for name, each in found.items()
    }
    return Learned(scale, beliefs)


def ratio(effect: float, error: float, dose: float) -> tuple[float, float]:
    """A lift and its error from an effect on margin a person, and the mean dose of the treated: what a lift of 1 would have
    brought them. The dose is known far better than the effect, so its own error is left out (delta method, first term)."""
    if not dose > 0:
        raise ValueError(f"nobody was given anything: dose {dose}")
    return effect / dose, error / dose


def is_a_leap(before: Belief, after: Belief) -> bool:
    """Whether a person should look before this counts."""
    return abs(after.mean - before.mean) > SPREADS_AT_ONCE * before.spread


def next_share(share: float, *, proven: bool, too_small: bool, days: int) -> float:
    """How many to hold out of a play from now on: half until it is proven, then a fifth, after half a year a tenth, after a
    year a twentieth and never fewer. One too small to tell goes on with a fifth after a year.

    >>> [next_share(.5, proven=True, too_small=False, days=90), next_share(.2, proven=True, too_small=False, days=200)]
    [0.2, 0.1]
    """
    if proven:
        return min(share, 0.05 if days >= YEAR else 0.10 if days >= YEAR // 2 else 0.20)
    return min(share, 0.20) if too_small and days >= YEAR else share


YEAR = 365
