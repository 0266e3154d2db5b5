"""Who is who? What never changes of a customer and no shop can see, drawn once by the inverse of each distribution, so
that a changed parameter moves everybody a little and nobody's luck."""

from dataclasses import dataclass

import numpy as np

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.luck import Luck, Mixed, Process, mixed
from regulars.simulator.reacting.world import DAYS_A_YEAR, World

DAYS_A_WEEK = 7.0
MESSAGE_BETA, PRICE_BETA, GIFT_BETA = (2.0, 2.0), (2.0, 3.0), (2.0, 3.0)
FRIEND_FROM = 2**62
"""Customer numbers from here on are friends'; those of the base are 0, 1, ..., of newcomers NEWCOMER_FROM, ..."""
NEWCOMER_FROM = 2**40
LEAST = 1e-12


@dataclass
class Traits:
    """One entry a customer. luck: the number, mixed; order_rate, leaving_rate: a day; at_once: leaves after the first
    order; basket: mean; price, gift, message: what they answer to, 0 .. 1; dog: asleep; fatigue: slope; cycle: days, 0
    without one."""

    luck: Mixed
    order_rate: Floats
    leaving_rate: Floats
    at_once: Booleans
    basket: Floats
    price: Floats
    gift: Floats
    message: Floats
    dog: Booleans
    fatigue: Floats
    group: Booleans
    cycle: Floats


@dataclass
class Nature:
    """What the shop comes to know of the same customers: consent at the start, birthday, proxies."""

    customer: Integers
    consent: Booleans
    birthday: Integers
    price_seen: Floats
    message_seen: Floats
    gift_seen: Floats


def draw(world: World, luck: Luck, customer: Integers) -> tuple[Traits, Nature]:
    """The traits of these customer numbers, the same whoever else is there."""
    from scipy.special import betaincinv, ndtri

    who = mixed(customer)

    def one(process: Process) -> Floats:
        return luck.uniform(process, 0, who)

    def normal(process: Process) -> Floats:
        return np.asarray(ndtri(np.clip(one(process), LEAST, 1 - LEAST)))

    price, gift, message = (
        np.asarray(betaincinv(*beta, one(process)))
        for beta, process in ((PRICE_BETA, Process.PRICE), (GIFT_BETA, Process.GIFT), (MESSAGE_BETA, Process.MESSAGE))
    )
    order_rate, leaving_rate = _rates(world, one(Process.ORDER_RATE), one(Process.LEAVING_RATE))
    slope = world.fatigue and np.maximum(
        world.fatigue + world.fatigue_spread * normal(Process.FATIGUE), world.fatigue_min
    )
    cycle = world.cycle_median * np.exp(world.cycle_spread * normal(Process.CYCLE_DAYS))
    traits = Traits(
        luck=who,
        order_rate=order_rate,
        leaving_rate=np.where(customer >= FRIEND_FROM, world.friend_leaving, 1.0) * leaving_rate,
        at_once=one(Process.AT_ONCE) < world.leaves_at_once,
        basket=_baskets(world, one(Process.MEAN_BASKET)),
        price=price, gift=gift, message=message,
        dog=one(Process.DOG) < world.dogs,
        fatigue=np.full(len(customer), slope) if np.ndim(slope) == 0 else np.asarray(slope),
        group=one(Process.GROUP) < world.group,
        cycle=np.where(one(Process.CYCLE) < world.cycles, cycle, 0.0),
    )  # fmt: skip
    noise, noise_gift = world.proxy_noise, world.proxy_noise_gift
    return traits, Nature(
        customer=customer,
        consent=one(Process.CONSENT) < world.consent,
        birthday=(one(Process.BIRTHDAY) * DAYS_A_YEAR).astype(np.int64),
        price_seen=price + noise * normal(Process.PRICE_SEEN),
        message_seen=message + noise * normal(Process.MESSAGE_SEEN),
        gift_seen=gift + noise_gift * normal(Process.GIFT_SEEN),
    )


def _rates(world: World, ordering: Floats, leaving: Floats) -> tuple[Floats, Floats]:
    """Gamma with gamma: Pareto/NBD (Schmittlein, Morrison & Colombo 1987), a day."""
    from scipy.special import gammaincinv

    order = gammaincinv(world.order_shape, ordering) / world.order_scale / DAYS_A_WEEK
    return order, gammaincinv(world.leave_shape, leaving) / world.leave_scale / DAYS_A_WEEK


def _baskets(world: World, place: Floats) -> Floats:
    """Gamma-gamma (Fader, Hardie & Lee 2005), capped; or a Pareto with the same mean, uncapped."""
    from scipy.special import gammaincinv

    if world.heavy_tail:
        mean = world.basket_scale * world.basket_rate / (world.basket_shape - 1)
        least = mean * (world.heavy_tail - 1) / world.heavy_tail
        return np.asarray(least * np.maximum(place, LEAST) ** (-1 / world.heavy_tail))
    nu = gammaincinv(world.basket_shape, np.maximum(place, LEAST)) / world.basket_rate
    return np.minimum(world.basket_scale / nu, world.basket_max)


def friend_of(referrer: Integers, ordinal: Integers) -> Integers:
    """The customer number of the friend a customer brings as their first, second ... (ordinal from 0)."""
    of_referrer = mixed(referrer)
    of_referrer ^= mixed(ordinal + 1)
    spread = mixed(of_referrer)
    return np.asarray((spread >> np.uint64(2)) | np.uint64(FRIEND_FROM)).astype(np.int64)
