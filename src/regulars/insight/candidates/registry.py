"""Which candidates are there? All learn from the past of a day and are asked about its customers the same way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from regulars.insight.candidates.lifetimes import lifetime
from regulars.insight.candidates.naive import as_before, average_customer, own_rate, silence
from regulars.insight.candidates.seasonal import seasonal
from regulars.insight.candidates.seen import Foresee, Foreseen, Past, Seen
from regulars.insight.candidates.trees import trees


@dataclass(frozen=True)
class Candidate:
    """A way to forecast, by its `name`. naive: a rule of thumb, no model.

    learn: None of it where it cannot learn from a past. A mean has `parts` instead. any_horizon: it may be asked about
    other horizons than that of its lesson. looks_at: "rhythm" (x, t_x, T), "season" (the same, and the months that sell),
    "recent" or "features".
    """

    name: str
    naive: bool
    learn: Callable[[Past], Foresee | None] | None = None
    parts: tuple[str, ...] = ()
    any_horizon: bool = True
    looks_at: str = "rhythm"


BG, PARETO, TREES = "BG/NBD", "Pareto/NBD", "boosted trees"
# Simplest first: a later one must win clearly.
CANDIDATES = (
    Candidate("average customer", True, average_customer),
    Candidate("own rate", True, own_rate),
    Candidate("as in the days before", True, as_before, looks_at="recent"),
    Candidate("days since the last order", True, silence, any_horizon=False),
    Candidate("NBD", False, lifetime("NBD")),
    Candidate(BG, False, lifetime(BG)),
    Candidate("MBG/NBD", False, lifetime("MBG/NBD")),
    Candidate(PARETO, False, lifetime(PARETO)),
    Candidate("MBG/CNBD-k", False, lifetime("MBG/CNBD-k")),
    Candidate("BG/NBD by season", False, seasonal(BG), looks_at="season"),
    Candidate("MBG/NBD by season", False, seasonal("MBG/NBD"), looks_at="season"),
    Candidate("mean of BG and Pareto", False, parts=(BG, PARETO)),
    Candidate(TREES, False, trees, any_horizon=False, looks_at="features"),
    Candidate("mean of BG, Pareto and trees", False, parts=(BG, PARETO, TREES), any_horizon=False, looks_at="features"),
)  # fmt: skip
BY_NAME = {candidate.name: candidate for candidate in CANDIDATES}


@dataclass(frozen=True)
class Learned:
    """Candidates that have learned, by name; the means follow from their parts."""

    found: Mapping[str, Foresee]

    def say(self, seen: Seen, names: Sequence[str] = ()) -> dict[str, Foreseen]:
        """What the named candidates (all that can be asked, unless given) say of these customers, simplest first."""
        wanted = with_parts(names)
        said = {name: foresee(seen) for name, foresee in self.found.items() if name in wanted}
        for candidate in CANDIDATES:
            if candidate.parts and candidate.name in wanted and all(part in said for part in candidate.parts):
                said[candidate.name] = _mean([said[part] for part in candidate.parts])
        return {name: said[name] for name in BY_NAME if name in said}

    def can_say(self, names: Sequence[str]) -> bool:
        """Whether all of these can be asked."""
        wanted = with_parts(names)
        return all(name in self.found for name in wanted if not BY_NAME[name].parts)


def needs_lesson(names: Sequence[str]) -> bool:
    """Whether one of these learns from what came of customers."""
    return any(not BY_NAME[name].any_horizon for name in names)


def needs_season(names: Sequence[str]) -> bool:
    """Whether one of these learns from when in the year customers order."""
    return any(BY_NAME[name].looks_at == "season" for name in with_parts(names))


def with_parts(names: Sequence[str]) -> set[str]:
    """The names and the parts of those that are means; without any, all names."""
    chosen = [BY_NAME[name] for name in names] or CANDIDATES
    return {name for candidate in chosen for name in (candidate.name, *candidate.parts)}


def learn(past: Past, names: Sequence[str] = ()) -> Learned:
    """The named candidates (all, unless given) after a look at the past; those that could not learn are left out."""
    wanted = with_parts(names)
    asked = [each for each in CANDIDATES if each.learn is not None and each.name in wanted]
    found = {each.name: each.learn(past) for each in asked if each.learn is not None}
    return Learned({name: foresee for name, foresee in found.items() if foresee is not None})


def _mean(found: Sequence[Foreseen]) -> Foreseen:
    return Foreseen(np.mean([each.orders for each in found], axis=0), np.mean([each.chance for each in found], axis=0))
