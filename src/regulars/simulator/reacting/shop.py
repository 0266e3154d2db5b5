"""A shop as it runs: the world, its luck, everybody in it, the books, and what is still to happen."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.books import Books
from regulars.simulator.reacting.crowd import ROOM, Crowd
from regulars.simulator.reacting.effects import season
from regulars.simulator.reacting.luck import Luck, Process, mixed
from regulars.simulator.reacting.traits import NEWCOMER_FROM, Nature, Traits, draw
from regulars.simulator.reacting.world import World

Settle = Callable[[Traits, Nature], None]
"""What is decided about newcomers rather than drawn is written over what was drawn."""


@dataclass
class Shop:
    """friends: customer numbers of those who come tomorrow. complaints, returns: by the day they happen, tuples of
    columns. quiet_from: from this day on no lift and no dip runs. touched: somebody was ever contacted."""

    world: World
    luck: Luck
    crowd: Crowd
    books: Books
    coming: tuple[Integers, Integers]
    friends: list[Integers] = field(default_factory=list)
    complaints: dict[int, list[tuple[Integers, Floats, Booleans]]] = field(default_factory=lambda: defaultdict(list))
    returns: dict[int, list[tuple[Integers, Floats, Floats]]] = field(default_factory=lambda: defaultdict(list))
    quiet_from: int = 0
    touched: bool = False
    settle: Settle | None = None


def opened(world: World, seed: int, settle: Settle | None = None) -> Shop:
    """Before the first day."""
    luck = Luck(seed)
    coming = _coming(world, luck)
    room = len(coming[0])
    return Shop(world, luck, Crowd(room + room // 16 + ROOM), Books(world.days), coming, settle=settle)


def _coming(world: World, luck: Luck) -> tuple[Integers, Integers]:
    """Days and numbers of all who come by themselves, in order. Both are reserved: nothing a policy does moves them."""
    base = np.arange(world.customers)
    newcomer = NEWCOMER_FROM + np.arange(round(world.customers * world.arrivals * world.horizon))
    number = np.concatenate([base, newcomer])
    when = luck.uniform(Process.ARRIVAL, 0, mixed(number))
    day = np.concatenate([
        _spread(world, when[: len(base)], 0, world.base_spread),
        _spread(world, when[len(base) :], world.burn_in, world.horizon),
    ]).astype(np.int64)  # fmt: skip
    order = np.lexsort((number, day))
    return day[order], number[order]


def _spread(world: World, when: Floats, first: int, days: int) -> Floats:
    """The day, from `first` on, of each of these uniform numbers; more on the days of a strong season, if they follow it."""
    if not world.arrivals_season:
        return np.asarray(first + when * days)
    weights = [1 + world.arrivals_season * (season(world, first + day) - 1) for day in range(days)]
    heights = np.concatenate([[0.0], np.cumsum(weights)])
    return np.asarray(first + np.interp(when * heights[-1], heights, np.arange(days + 1)))


def arrive(shop: Shop, day: int) -> Integers:
    """Newcomers and the friends referred yesterday; the rows they get. Their first order is today."""
    begin, end = np.searchsorted(shop.coming[0], (day, day + 1))
    number = np.concatenate([shop.coming[1][begin:end], *shop.friends])
    shop.friends = []
    if not len(number):
        return number
    traits, nature = draw(shop.world, shop.luck, number)
    if shop.settle:
        shop.settle(traits, nature)
    return shop.crowd.welcome(traits, nature)
