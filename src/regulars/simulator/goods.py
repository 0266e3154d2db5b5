"""What does Willow & Bean sell? Sixty products in ninety variants, with prices, costs, taxes and one price change for
some; two products are planted as first purchases: one brings people back, the other does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from regulars.simulator.arrays import Floats, Integers

CATEGORIES = ("Coffee beans", "Tea", "Brewing", "Machines", "Mugs", "Gifts")
BEANS, TEA, BREWING, MACHINES, MUGS, GIFTS = range(6)
FOOD_TAX_PERCENT, OTHER_TAX_PERCENT = 7, 19
COST_SHARES = (0.42, 0.34, 0.48, 0.62, 0.38, 0.45)
PRICE_CHANGE_EVERY = 6  # every sixth variant changed its price once
PRICE_CHANGE_DAY = 640
PRICE_RISE = 1.08
ENTRY_THAT_BRINGS_BACK = "GIFT-01"
ENTRY_THAT_BRINGS_FEW = "BREW-01"

# Title: price of 250 g in cents, then of 1 kg if sold.
BEAN_GOODS = {
    "House Blend": (790, 2690), "Willow Espresso": (850, 2890), "Harbour Dark": (820, 2790),
    "Morning Fields": (840, 2850), "Sidamo Garden": (1090, 3790), "Yirga Washed": (1150, 3990),
    "Huila Sunrise": (990, 3390), "Antigua Slope": (980, 3350), "Kilimani Peaberry": (1190, 4090),
    "Sumatra Mist": (1020, 3490), "Cerrado Hazel": (890, 2990), "Half-Caf Blend": (920, 3090),
    "Decaf Evening": (950, 3190), "Filter Breakfast": (860, 2890), "Tarrazú Honey": (1240, 4190),
    "Roaster's Pick": (1090, 3690), "Gesha Reserve": (2490,), "Barrel Aged": (1690,), "Winter Roast": (1090,),
    "Monsoon Malabar": (1040,),
}  # fmt: skip
# Title: price of 100 g in cents, then of 250 g if sold.
TEA_GOODS = {
    "Assam Malt": (690, 1490), "Darjeeling First Flush": (1290, 2890), "Earl Grey": (720, 1550),
    "Sencha": (890, 1950), "Jasmine Pearls": (1390, 3090), "Longjing": (1690, 3790), "Oolong Amber": (1190, 2650),
    "Rooibos Vanilla": (590, 1290), "Peppermint": (490, 1050), "Chamomile Field": (520, 1120),
    "Ginger Lemon": (560, 1220), "English Breakfast": (650, 1390), "Matcha Kitchen": (1490,), "Pu-Erh Aged": (1590,),
    "White Peony": (1490,), "Winter Spice": (690,),
}  # fmt: skip
BREWING_GOODS = {
    "Cold Brew Bottle": (2490,), "Paper Filters 100": (450,), "Pour-Over Dripper": (1990,), "Glass Server": (2290,),
    "Gooseneck Kettle": (5990,), "Tea Infuser": (990,), "Descaler": (790,), "Digital Scale": (3490,),
}  # fmt: skip
MACHINE_GOODS = {
    "Lever Espresso Machine": (49900,), "Compact Espresso Machine": (29900,), "Burr Grinder": (18900,),
    "Hand Grinder": (7900,), "Filter Machine": (15900,), "Milk Frother": (5900,),
}  # fmt: skip
MUG_GOODS = {
    "Willow Mug": (1490, 1490), "Bean Espresso Cup": (990, 990), "Travel Cup": (2490,), "Tea Bowl": (1690,),
    "Stoneware Pair": (2990,), "Glass Latte Cup": (1290,),
}  # fmt: skip
GIFT_GOODS = {"Discovery Box": (2990,), "Tea Sampler": (2490,), "Coffee Calendar": (4990,), "Hamper": (6990,)}
Goods = Mapping[str, tuple[int, ...]]
SHELVES: tuple[tuple[str, Goods, tuple[str, str], str], ...] = (
    ("BEAN", BEAN_GOODS, ("250 g", "1 kg"), "Willow & Bean"),
    ("TEA", TEA_GOODS, ("100 g", "250 g"), "Willow & Bean"),
    ("BREW", BREWING_GOODS, ("Standard", "Large"), "Kettle & Co"),
    ("MACH", MACHINE_GOODS, ("Standard", "Large"), "Harlow Works"),
    ("MUG", MUG_GOODS, ("Cream", "Moss"), "Clay Yard"),
    ("GIFT", GIFT_GOODS, ("Standard", "Large"), "Willow & Bean"),
)


@dataclass(frozen=True)
class Variant:
    """One thing that can be bought. Prices and cost in cents; the earlier price held until PRICE_CHANGE_DAY."""

    product_ref: str
    sku: str
    title: str
    variant_title: str
    vendor: str
    category: int
    price: int
    earlier_price: int
    cost: int
    tax_percent: int


@cache
def catalogue() -> tuple[Variant, ...]:
    """All variants, shelf after shelf; the same for every seed."""
    found: list[Variant] = []
    for category, (prefix, goods, sizes, vendor) in enumerate(SHELVES):
        for number, (title, prices) in enumerate(goods.items(), start=1):
            for size, price in zip(sizes, prices, strict=False):
                sku = f"{prefix}-{number:02d}" + (f"-{size.replace(' ', '').upper()}" if len(prices) > 1 else "")
                base = Variant(f"WB{category + 1}{number:02d}", sku, title, size, vendor, category, *_money(
                    category, price, changed=len(found) % PRICE_CHANGE_EVERY == 0))  # fmt: skip
                found.append(base)
    return tuple(found)


def place_of(sku: str) -> int:
    """The position of a variant in the catalogue. Raises ValueError for an unknown sku."""
    return [variant.sku for variant in catalogue()].index(sku)


def prices_on(variants: Integers, days: Integers) -> Integers:
    """Price in cents of each variant on each day since the shop's first day; both of shape (n,)."""
    now = np.array([variant.price for variant in catalogue()], dtype=np.int64)
    earlier = np.array([variant.earlier_price for variant in catalogue()], dtype=np.int64)
    return np.where(days < PRICE_CHANGE_DAY, earlier[variants], now[variants])


def popularity() -> Floats:
    """How often each variant is picked within its category: shape (categories, variants), zero elsewhere."""
    category = np.array([variant.category for variant in catalogue()])
    weights = np.zeros((len(CATEGORIES), category.size))
    for row in range(len(CATEGORIES)):
        places = np.flatnonzero(category == row)
        weights[row, places] = 1 / np.sqrt(1 + np.arange(places.size))
    return weights


def _money(category: int, price: int, *, changed: bool) -> tuple[int, int, int, int]:
    """Price now, price earlier, cost and tax percent of a variant whose first price is given in cents."""
    now = round(price * PRICE_RISE, -1) if changed else price
    cost = round(now * COST_SHARES[category])
    return int(now), price, cost, FOOD_TAX_PERCENT if category in {BEANS, TEA} else OTHER_TAX_PERCENT
