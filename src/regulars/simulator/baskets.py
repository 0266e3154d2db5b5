"""What is in each order? A first purchase as the person's nature says, then mostly the favourite, plus small extras:
beans and tea come back in their rhythm, machines and mugs hardly ever."""

from dataclasses import dataclass

import numpy as np

from regulars.simulator.arrays import Floats, Integers
from regulars.simulator.goods import (
    BEANS,
    BREWING,
    ENTRY_THAT_BRINGS_BACK,
    ENTRY_THAT_BRINGS_FEW,
    TEA,
    catalogue,
    place_of,
    popularity,
)
from regulars.simulator.orders import Orders
from regulars.simulator.streams import pick_columns, stream
from regulars.simulator.visits import Natures

# Rows: taste; columns: category of the main line of a later order. Both in the order of goods.CATEGORIES.
MAIN_WEIGHTS = np.array([
    [0.94, 0.02, 0.02, 0.00, 0.01, 0.01],
    [0.03, 0.92, 0.02, 0.00, 0.01, 0.02],
    [0.40, 0.15, 0.38, 0.02, 0.03, 0.02],
    [0.45, 0.05, 0.42, 0.03, 0.03, 0.02],
    [0.35, 0.25, 0.20, 0.02, 0.10, 0.08],
    [0.30, 0.20, 0.10, 0.02, 0.08, 0.30],
])  # fmt: skip
EXTRA_WEIGHTS = np.array([
    [0.45, 0.06, 0.34, 0.01, 0.08, 0.06],
    [0.06, 0.52, 0.22, 0.00, 0.10, 0.10],
    [0.30, 0.12, 0.40, 0.03, 0.09, 0.06],
    [0.40, 0.05, 0.40, 0.01, 0.08, 0.06],
    [0.30, 0.20, 0.22, 0.02, 0.14, 0.12],
    [0.30, 0.22, 0.14, 0.02, 0.16, 0.16],
])  # fmt: skip
FAVOURITE_SHARE = 0.75
EXTRA_LINES_SHARES = (0.62, 0.27, 0.11)  # no extra line, one, two
REFILL_QUANTITY_SHARES = (0.74, 0.19, 0.07)  # one, two, three of what runs out
REFILLS = (BEANS, TEA, BREWING)


@dataclass(frozen=True)
class Baskets:
    """One entry per order line, sorted by order; each of shape (lines,). variant: place in the catalogue."""

    order: Integers
    variant: Integers
    quantity: Integers


def fill_baskets(seed: int, orders: Orders, *, natures: Natures) -> Baskets:
    """The lines of every order: one main line, up to two extras, no variant twice in an order."""
    luck = stream(seed, "extras")
    every = np.arange(orders.person.size)
    extra_order = np.repeat(every, luck.choice(len(EXTRA_LINES_SHARES), size=every.size, p=EXTRA_LINES_SHARES))
    extra = _pick_variants(luck, EXTRA_WEIGHTS, taste=natures.taste[orders.person[extra_order]])
    planted = [place_of(ENTRY_THAT_BRINGS_BACK), place_of(ENTRY_THAT_BRINGS_FEW)]
    allowed = ~(np.isin(extra, planted) & (orders.ordinal[extra_order] == 0))
    order = np.concatenate([every, extra_order[allowed]])
    variant = np.concatenate([_main_variants(seed, orders, natures=natures), extra[allowed]])
    pairs = np.unique(order * len(catalogue()) + variant)
    order, variant = pairs // len(catalogue()), pairs % len(catalogue())
    return Baskets(order, variant, _quantities(seed, variant))


def _main_variants(seed: int, orders: Orders, *, natures: Natures) -> Integers:
    """The variant each order is made for."""
    luck = stream(seed, "main lines")
    taste = natures.taste[orders.person]
    category = pick_columns(MAIN_WEIGHTS, taste, uniforms=luck.random(taste.size))
    drawn = pick_columns(popularity(), category, uniforms=luck.random(taste.size))
    refills_favourite = np.isin(taste, (BEANS, TEA)) & (category == taste) & (luck.random(taste.size) < FAVOURITE_SHARE)
    later = np.where(refills_favourite, natures.favourite[orders.person], drawn)
    return np.where(orders.ordinal == 0, natures.first_choice[orders.person], later)


def _pick_variants(luck: np.random.Generator, weights: Floats, *, taste: Integers) -> Integers:
    category = pick_columns(weights, taste, uniforms=luck.random(taste.size))
    return pick_columns(popularity(), category, uniforms=luck.random(taste.size))


def _quantities(seed: int, variant: Integers) -> Integers:
    runs_out = np.array([goods.category in REFILLS for goods in catalogue()])
    several = 1 + stream(seed, "quantities").choice(
        len(REFILL_QUANTITY_SHARES), size=variant.size, p=REFILL_QUANTITY_SHARES
    )
    return np.where(runs_out[variant], several, 1).astype(np.int64)
