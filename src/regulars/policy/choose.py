"""Who gets which play today, and who is left in peace? At most one play a customer, whatever is worth most altogether.

What a play owes (service) is given to everybody whom it is meant for. Of the rest each pair of customer and play has a
value in margin (value.py); only what is worth more than nothing is done, and limits share out what is scarce
(allocation.py). Same input, same answer, however the rows are ordered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from regulars.policy.allocation import NOTHING, allocate
from regulars.policy.limit_prices import Count, Wishes
from regulars.policy.value import Prospect, Terms, Worth, worth

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

SLOT_SHARE = 0.10 / 14.0
"""What a contact is worth elsewhere in the coming weeks, as a share of the margin of a usual order (docs/decisions.md)."""
REMAINING_DAYS = 240
"""So many days ahead what is still to come is counted when deciding."""
PARTS = tuple(field.name for field in fields(Worth))
"""The last four are subtracted."""
MIX = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Option:
    """One play that may be done today. owed: given to everybody it is meant for, without a value; most: people at most, the others on another day."""

    name: str
    terms: Terms
    owed: bool = False
    most: int | None = None


@dataclass(frozen=True)
class People:
    """person: their numbers; margin: forecast for value.HORIZON_DAYS if nothing is done; remaining: what is still to come
    within REMAINING_DAYS; contacts: remembered ones (value.remembered). One entry each."""

    person: "Whole"
    margin: "Numbers"
    remaining: "Numbers"
    contacts: "Numbers"

    def __len__(self) -> int:
        """How many."""
        return len(self.person)


@dataclass(frozen=True)
class Chosen:
    """play: of each customer the place of the option, or NOTHING; value: of each customer and option, NaN where it may not
    be; gap and prices: of the allocation; the options that are owed have no value."""

    play: "Whole"
    value: "Numbers"
    gap: float
    budget_price: float
    count_prices: tuple[tuple[str, float], ...]


def choose(
    people: People, options: Sequence[Option], situation: "Numbers", *, day: int, budget: float | None = None
) -> Chosen:
    """The choice of a day. situation: (customers, options), how far this is the play's own moment (1: wholly), NaN where it
    may not be; day: its number, for the lot that settles ties; budget: money for all of it, None for as much as is worth it.

    Raises ValueError when the shapes differ.
    """
    import numpy as np

    if situation.shape != (len(people), len(options)):
        raise ValueError(f"situation needs the shape {(len(people), len(options))}, not {situation.shape}")
    value = values(people, options, situation)
    owed = [place for place, option in enumerate(options) if option.owed]
    play = np.full(len(people), NOTHING, np.int64)
    lot = lots(people.person, day)
    for place in owed:  # the first of several wins
        meant = np.flatnonzero(~np.isnan(situation[:, place]) & (play == NOTHING))
        play[meant[np.argsort(lot[meant], kind="stable")[: options[place].most]]] = place
    free = np.where((play == NOTHING)[:, None], value, np.nan)
    free[:, owed] = np.nan
    cost = np.broadcast_to(np.array([option.terms.cost for option in options], float), free.shape)
    counts = tuple(
        Count(option.name, (place,), option.most)
        for place, option in enumerate(options) if option.most is not None and not option.owed
    )  # fmt: skip
    found = allocate(Wishes(free, cost, budget, counts, lot))
    play = np.where(play == NOTHING, found.play, play)
    named = tuple((count.name, price) for count, price in zip(counts, found.count_prices, strict=True))
    return Chosen(play, value, found.gap, found.budget_price, named)


def values(people: People, options: Sequence[Option], situation: "Numbers") -> "Numbers":
    """What each option is worth for each customer, NaN where it may not be or is owed."""
    import numpy as np

    found = np.full(situation.shape, np.nan)
    for place, option in enumerate(options):
        if not option.owed:
            may = np.flatnonzero(~np.isnan(situation[:, place]))
            found[may, place] = _worth(people, option, situation[:, place], may).total
    return found


def parts(people: People, option: Option, situation: "Numbers", rows: "Whole") -> "Numbers":
    """The PARTS of the value of one option for some of the customers: shape (rows, PARTS)."""
    import numpy as np

    found = _worth(people, option, situation, rows)
    return np.stack([np.broadcast_to(getattr(found, name), len(rows)) for name in PARTS], axis=1).astype(float)


def _worth(people: People, option: Option, situation: "Numbers", rows: "Whole") -> Worth:
    prospect = Prospect(people.margin[rows], people.remaining[rows], people.contacts[rows], situation[rows])
    return worth(prospect, option.terms)


def lots(person: "Whole", day: int) -> "Whole":
    """A number for each person and day that favours nobody: a mixing of bits (splitmix64, Steele et al. 2014)."""
    import numpy as np

    with np.errstate(over="ignore"):
        mixed = person.astype(np.uint64) + np.uint64((day * MIX) % 2**64)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(1)).astype(np.int64)
