"""A shop as it runs: the world, its luck, everybody in it, the books, and what is still to happen."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.books import Books
from regulars.simulator.reacting.crowd import ROOM, Crowd
from regulars.simulator.reacting.luck import Luck, Process, mixed
from regulars.simulator.reacting.traits import NEWCOMER_FROM, draw
from regulars.simulator.reacting.world import World


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


def opened(world: World, seed: int) -> Shop:
    """Before the first day."""
    luck = Luck(seed)
    coming = _coming(world, luck)
    room = len(coming[0])
    return Shop(world, luck, Crowd(room + room // 16 + ROOM), Books(world.days), coming)


def _coming(world: World, luck: Luck) -> tuple[Integers, Integers]:
    """Days and numbers of all who come by themselves, in order. Both are reserved: nothing a policy does moves them."""
    base = np.arange(world.customers)
    newcomer = NEWCOMER_FROM + np.arange(round(world.customers * world.arrivals * world.horizon))
    number = np.concatenate([base, newcomer])
    when = luck.uniform(Process.ARRIVAL, 0, mixed(number))
    day = np.concatenate([
        when[: len(base)] * world.base_spread, world.burn_in + when[len(base) :] * world.horizon
    ]).astype(np.int64)  # fmt: skip
    order = np.lexsort((number, day))
    return day[order], number[order]


def arrive(shop: Shop, day: int) -> Integers:
    """Newcomers and the friends referred yesterday; the rows they get. Their first order is today."""
    begin, end = np.searchsorted(shop.coming[0], (day, day + 1))
    number = np.concatenate([shop.coming[1][begin:end], *shop.friends])
    shop.friends = []
    if not len(number):
        return number
    return shop.crowd.welcome(*draw(shop.world, shop.luck, number))
