"""What is hidden in everybody? Each person has a taste, a rhythm and a time to leave, all drawn once; two first purchases are
planted that lengthen or shorten the relation."""

from dataclasses import dataclass, replace

import numpy as np

from regulars.simulator.arrays import Floats, Integers
from regulars.simulator.goods import ENTRY_THAT_BRINGS_BACK, ENTRY_THAT_BRINGS_FEW, catalogue, place_of, popularity
from regulars.simulator.streams import pick_columns, stream

# One row for each category of goods, which is also a taste: share of people, usual days between orders, and the
# scale of the drop-out rate in days (people of a taste leave at rate ~ Gamma(LEAVING_SHAPE, 1 / scale)).
TASTE_SHARES = (0.50, 0.26, 0.08, 0.05, 0.05, 0.06)
TASTE_GAP_DAYS = (44.0, 63.0, 120.0, 190.0, 190.0, 200.0)
TASTE_LEAVING_DAYS = (23.0, 28.0, 36.0, 36.0, 36.0, 36.0)
RATE_SHAPE = 6.0
LEAVING_SHAPE = 0.9
ENTRY_SHARES = (0.82, 0.10, 0.08)
ENTRY_GAP_FACTORS = (1.0, 1 / 1.4, 1.5)
ENTRY_LEAVING_FACTORS = (1.0, 0.5, 3.0)
ORDINARY, BRINGS_BACK, BRINGS_FEW = range(3)


@dataclass(frozen=True)
class Natures:
    """What is hidden in each person, one entry per person: the truth that no table shows.

    taste: category they come for; entry: ORDINARY, BRINGS_BACK or BRINGS_FEW; favourite, first_choice: variants;
    gap: usual days between orders; leaving_rate: per day.
    """

    taste: Integers
    entry: Integers
    favourite: Integers
    first_choice: Integers
    gap: Floats
    leaving_rate: Floats


@dataclass(frozen=True)
class Visits:
    """One entry per order, sorted by person and day; both of shape (n,)."""

    person: Integers
    day: Integers


def draw_natures(seed: int, people: int) -> Natures:
    """Taste, entry, rhythm and leaving rate for each person, independent of each other but for the planted entry."""
    luck = stream(seed, "natures")
    taste = luck.choice(len(TASTE_SHARES), size=people, p=TASTE_SHARES)
    entry = luck.choice(len(ENTRY_SHARES), size=people, p=ENTRY_SHARES)
    rate = luck.gamma(RATE_SHAPE, 1 / RATE_SHAPE, people)
    leaving = luck.gamma(LEAVING_SHAPE, 1.0, people) / np.array(TASTE_LEAVING_DAYS)[taste]
    favourite = pick_columns(_without_planted(popularity()), taste, uniforms=luck.random(people))
    planted = np.array([-1, place_of(ENTRY_THAT_BRINGS_BACK), place_of(ENTRY_THAT_BRINGS_FEW)])
    return Natures(
        taste=taste,
        entry=entry,
        favourite=favourite,
        first_choice=np.where(entry == ORDINARY, favourite, planted[entry]),
        gap=np.array(TASTE_GAP_DAYS)[taste] * np.array(ENTRY_GAP_FACTORS)[entry] / rate,
        leaving_rate=leaving * np.array(ENTRY_LEAVING_FACTORS)[entry],
    )


def with_tastes(natures: Natures, *, favourites: tuple[str, ...]) -> Natures:
    """The first persons get these favourite skus, with the taste that goes with them and no planted entry."""
    taste, entry, favourite, first = (
        a.copy() for a in (natures.taste, natures.entry, natures.favourite, natures.first_choice)
    )
    chosen = [place_of(sku) for sku in favourites]
    cast = slice(0, len(favourites))
    taste[cast], entry[cast] = [catalogue()[place].category for place in chosen], ORDINARY
    favourite[cast], first[cast] = chosen, chosen
    return replace(natures, taste=taste, entry=entry, favourite=favourite, first_choice=first)


def in_order(person: Integers, day: Integers) -> Visits:
    """Visits sorted by person, then by day."""
    order = np.lexsort((day, person))
    return Visits(person[order].astype(np.int64), day[order].astype(np.int64))


def _without_planted(weights: Floats) -> Floats:
    kept = weights.copy()
    kept[:, [place_of(ENTRY_THAT_BRINGS_BACK), place_of(ENTRY_THAT_BRINGS_FEW)]] = 0.0
    return kept
