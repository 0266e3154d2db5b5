"""Does a search for changes find what is there, and nothing where nothing is? Shops of equal customers, and the same
shops with a few facts planted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.streams import stream

FIRST_DAY = date(2021, 1, 1)
MONTHS = 37  # the last one unfinished
PLANTS = ("product", "cohort", "season", "addicts", "channel")
NEWCOMERS_A_DAY = 5.0
ORDER_RATE_SHAPE, ORDER_RATE_SCALE_PER_DAY = 0.8, 1 / 60
LEAVING_RATE_SHAPE, LEAVING_RATE_SCALE_PER_DAY = 1.0, 1 / 200
ORDERS_MAX = 80
CHANNELS, CHANNEL_SHARES = ("web", "shop", "phone"), (0.6, 0.3, 0.1)
COUNTRIES, COUNTRY_SHARES = ("DE", "AT", "CH"), (0.7, 0.2, 0.1)
VARIANTS, SAME_AGAIN_SHARE = 12, 0.5
DISCOUNT_SHARE = 0.2
# The planted facts.
PLANTED_VARIANT, PLANTED_VARIANT_RATE = 3, 3.0
WORSE_COHORT, WORSE_COHORT_RATE = 28, 0.15
DECEMBERS_KEPT_ELSEWHERE = 0.55
ADDICTS_SHARE, ADDICTED_SHARE = 0.06, 0.97
NEW_CHANNEL, NEW_CHANNEL_SHARE = "app", 0.08


@dataclass(frozen=True)
class ChangingShop:
    """valid: order_id, customer_id, day, month, net, discounted, channel, country. bought: customer_id, day,
    variant_id, units, net; one line an order. first_day and last_day: those of the history."""

    valid: pa.Table
    bought: pa.Table
    first_day: date
    last_day: date


def change(seed: int, *, planted: Collection[str] = (), newcomers_a_day: float = NEWCOMERS_A_DAY) -> ChangingShop:
    """Three years and three weeks of a shop that opened on the first day, sorted by order.

    planted: of "product" (a first purchase that brings people back), "cohort" (one month's newcomers hardly return),
    "season" (Decembers), "addicts" (a few customers buy nearly only with a discount), "channel" (a new one in the last
    finished month). Nothing else distinguishes any product, month, channel or country. Equal arguments, equal shops.
    Raises ValueError for an unknown fact.
    """
    if not set(planted) <= set(PLANTS):
        raise ValueError(f"planted must be of {PLANTS}, not {sorted(set(planted) - set(PLANTS))}")
    starts = np.array([(_month_start(at) - FIRST_DAY).days for at in range(MONTHS)], dtype=np.int64)
    days = int(starts[-1]) + 21
    luck = stream(seed, "changing people")
    crowd = 1 / DECEMBERS_KEPT_ELSEWHERE if "season" in planted else 1.0
    people = luck.poisson(newcomers_a_day * crowd * days)
    first = np.sort(luck.random(people)) * days
    taste = luck.integers(0, VARIANTS, people)
    rate = luck.gamma(ORDER_RATE_SHAPE, ORDER_RATE_SCALE_PER_DAY * crowd, people)
    if "product" in planted:
        rate = np.where(taste == PLANTED_VARIANT, rate * PLANTED_VARIANT_RATE, rate)
    if "cohort" in planted:
        rate = np.where(
            np.searchsorted(starts, first, side="right") - 1 == WORSE_COHORT, rate * WORSE_COHORT_RATE, rate
        )
    who, when = _orders(seed, first, rate, days)
    if "season" in planted:
        month = np.searchsorted(starts, when, side="right") - 1
        kept = (month % 12 == 11) | (stream(seed, "changing season").random(when.size) < DECEMBERS_KEPT_ELSEWHERE)
        who, when = who[kept], when[kept]
    return _shop(seed, (who, when, taste), starts, planted)


def _orders(seed: int, first: Floats, rate: Floats, days: int) -> tuple[Integers, Integers]:
    """Customer and day of each order, sorted by customer; one order a day at most."""
    luck = stream(seed, "changing orders")
    gone = first + luck.exponential(size=first.size) / luck.gamma(
        LEAVING_RATE_SHAPE, LEAVING_RATE_SCALE_PER_DAY, first.size
    )
    gaps = luck.exponential(size=(first.size, ORDERS_MAX)) / rate[:, None]
    times = first[:, None] + np.concatenate([np.zeros((first.size, 1)), np.cumsum(gaps, axis=1)], axis=1)
    seen = (times < np.minimum(gone, days)[:, None]) | (np.arange(ORDERS_MAX + 1) == 0)
    who, place = np.nonzero(seen)
    pairs = np.unique(np.column_stack([who, np.floor(times[who, place]).astype(np.int64)]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _shop(
    seed: int, orders: tuple[Integers, Integers, Integers], starts: Integers, planted: Collection[str]
) -> ChangingShop:
    who, when, taste = orders
    luck = stream(seed, "changing baskets")
    people, month = taste.size, np.searchsorted(starts, when, side="right") - 1
    opens = np.concatenate([[True], who[1:] != who[:-1]]) if who.size else np.zeros(0, dtype=bool)
    again = opens | (luck.random(who.size) < SAME_AGAIN_SHARE)
    variant = np.where(again, taste[who], luck.integers(0, VARIANTS, who.size)) + 1
    channel = luck.choice(CHANNELS, people, p=CHANNEL_SHARES)[who]
    country = luck.choice(COUNTRIES, people, p=COUNTRY_SHARES)[who]
    if "channel" in planted:
        moved = (month == MONTHS - 2) & (luck.random(who.size) < NEW_CHANNEL_SHARE)
        channel = np.where(moved, NEW_CHANNEL, channel)
    net = np.rint(np.exp(luck.normal(8.0, 0.5, who.size))).astype(np.int64)
    day = np.datetime64(FIRST_DAY) + when
    same = {"customer_id": who.astype(np.int64), "day": day.astype("datetime64[D]")}
    valid = same | {
        "order_id": np.arange(who.size), "month": FIRST_DAY.year * 12 + month, "net": net,
        "discounted": _discounted(seed, who, people, planted), "channel": channel, "country": country,
    }  # fmt: skip
    bought = same | {"variant_id": variant, "units": np.ones(who.size, dtype=np.int64), "net": net}
    last = np.datetime64(FIRST_DAY) + (int(starts[-1]) + 20)
    return ChangingShop(pa.table(valid), pa.table(bought), FIRST_DAY, last.astype(object))


def _discounted(seed: int, who: Integers, people: int, planted: Collection[str]) -> Booleans:
    luck = stream(seed, "changing discounts")
    addicted = luck.random(people) < (ADDICTS_SHARE if "addicts" in planted else 0.0)
    return luck.random(who.size) < np.where(addicted[who], ADDICTED_SHARE, DISCOUNT_SHARE)


def _month_start(number: int) -> date:
    return date(FIRST_DAY.year + number // 12, number % 12 + 1, 1)
