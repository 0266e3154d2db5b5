"""What does a play do to the customer it is done to? Its lift, as the table of effects says."""

import numpy as np

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.crowd import Crowd
from regulars.simulator.reacting.plays import (
    BIRTHDAY,
    BUNDLE,
    DISCOUNT,
    DUE_WITHIN,
    GIFT,
    NAMES,
    REFILL,
    SECOND_ORDER,
    WORDS,
)
from regulars.simulator.reacting.world import DAYS_A_YEAR, World


def thetas(world: World, day: int) -> Floats:
    """Shape (3, plays): what each play's lift has of message affinity, price sensitivity and gift affinity on this day."""
    table = np.zeros((3, len(NAMES)))
    table[0, [BIRTHDAY, DISCOUNT, WORDS, SECOND_ORDER, REFILL, BUNDLE]] = (
        world.theta_birthday, world.theta_discount, world.theta_words, world.theta_second_order, world.theta_refill,
        world.theta_bundle,
    )  # fmt: skip
    table[1, DISCOUNT] = world.theta_discount_price
    table[2, GIFT] = world.theta_gift
    if changed(world, day) and world.change_play:
        table[:, NAMES.index(world.change_play)] = 0.0
    return table * world.theta_scale


def lifts(world: World, crowd: Crowd, who: tuple[Integers, Integers], day: int) -> Floats:
    """The relative lift of the order rate. who: rows, and the play each of them gets; shape (rows,)."""
    rows, plays = who
    hidden, theta = crowd.hidden, thetas(world, day)
    answers = theta[0, plays] * hidden.message[rows]
    answers += theta[1, plays] * hidden.price[rows] + theta[2, plays] * hidden.gift[rows]
    answers *= np.exp(-world.response_decay * hidden.felt[rows])
    return np.where(in_moment(crowd, rows, plays, day), answers, world.not_due * answers)


def basket_lift(world: World, day: int) -> float:
    """How much larger a basket is while a bundle runs."""
    lost = changed(world, day) and world.change_play == NAMES[BUNDLE]
    return 0.0 if lost else world.bundle_basket * world.theta_scale


def in_moment(crowd: Crowd, rows: Integers, plays: Integers, day: int) -> Booleans:
    """Whether it is the play's own moment: the birthday, one order so far, a refill that is due; else most of it is lost."""
    facts = crowd.facts
    fits = np.ones(len(rows), bool)
    birthday, second, refill = plays == BIRTHDAY, plays == SECOND_ORDER, plays == REFILL
    fits[birthday] = facts.birthday[rows[birthday]] == day % DAYS_A_YEAR
    fits[second] = facts.orders[rows[second]] == 1
    about = rows[refill]
    fits[refill] = is_due(day - facts.last_day[about], crowd.hidden.cycle[about])
    return fits


def is_due(silence: Integers, cycle: Floats) -> Booleans:
    """Whether the days since the last order are about those of a cycle (0: has none)."""
    return np.asarray((cycle > 0) & (np.abs(silence - cycle) <= DUE_WITHIN * cycle))


def changed(world: World, day: int) -> bool:
    """Whether the change in the middle of the world is behind us."""
    return bool(world.change_day) and day >= world.change_day


def season(world: World, day: int) -> float:
    """The factor of everybody's order rate on this day."""
    place = (day + world.starts) % DAYS_A_YEAR
    factor = 1 + world.season * float(np.cos(2 * np.pi * (place - 340) / DAYS_A_YEAR))
    for first, last, shock in world.shocks:
        factor *= shock if first <= place <= last else 1.0
    return factor * (world.change_orders if changed(world, day) else 1.0)
