"""Who is lost for ever today, and what fades until tomorrow?"""

import numpy as np

from regulars.policy.value import REMEMBERED_DAYS
from regulars.simulator.arrays import Integers
from regulars.simulator.reacting.crowd import OWN_WISH, STAYS, WRONGED
from regulars.simulator.reacting.luck import Process
from regulars.simulator.reacting.shop import Shop


def leave(shop: Shop, newcomers: Integers, day: int) -> None:
    """By their own hazard, which goodwill lowers and a grudge raises."""
    crowd, world = shop.crowd, shop.world
    hidden, live = crowd.hidden, crowd.live
    live = live[hidden.fate[live] == STAYS] if shop.touched else live
    rate, goodwill = hidden.leaving_rate[live], hidden.goodwill[live]
    hazard = rate * np.exp(-world.goodwill_leaving * goodwill)
    drawn = shop.luck.uniform(Process.LEAVE, day, hidden.luck[live])
    going = drawn < hazard  # 1 - exp(-hazard) is never above the hazard
    near = np.flatnonzero(going)
    going[near] = drawn[near] < -np.expm1(-hazard[near])
    gone = np.flatnonzero(going)
    if len(gone):
        grudge = drawn[gone] >= -np.expm1(-rate[gone])
        crowd.leave(live[gone], OWN_WISH, day)
        crowd.leave(live[gone[grudge]], WRONGED, day)
    at_once = newcomers[hidden.at_once[newcomers]]
    crowd.leave(at_once, OWN_WISH, day)
    crowd.live = live[hidden.fate[live] == STAYS] if len(at_once) else live[~going]


def fade(shop: Shop) -> None:
    """Goodwill, contacts felt and remembered, and the habit of discounts, by one day."""
    world, hidden, size = shop.world, shop.crowd.hidden, shop.crowd.size
    hidden.goodwill[:size] *= world.goodwill_keeps
    if shop.touched:
        hidden.felt[:size] *= world.fatigue_keeps
        hidden.habit[:size] *= world.habit_keeps
        shop.crowd.facts.remembered[:size] *= np.exp(-1 / REMEMBERED_DAYS)
