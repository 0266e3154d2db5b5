"""An invented shop of order days: customers order as BG/NBD says and spend as Gamma-Gamma says, for two years.

The recipe of the published comparison (r .243, alpha 30.9 days, a .793, b 2.43; p 6.25, q 3.74, v 15.4): 2.35 orders a
customer, 58 % of whom order once. Orders lie in no order. `python -m benchmarks.order_days 1000000 FOLDER`.
"""

import json
import sys
from pathlib import Path

import numpy as np

from benchmarks import made

DAYS = 730
AT_ONCE = 1_000_000


def folder_of(customers: int) -> Path:
    """customer.npy, day.npy and net.npy of such a shop, made in a process of their own when they are not there."""
    folder = made.FOLDER / f"order-days-{customers}"
    if not (folder / "net.npy").exists():
        folder.mkdir(parents=True, exist_ok=True)
        made.child("benchmarks.order_days", str(customers), str(folder), home=made.FOLDER / "home")
    return folder


def make(customers: int, folder: Path) -> int:
    """Write the arrays; how many orders there are."""
    luck = np.random.default_rng(2026)
    parts = [some(luck, start, min(AT_ONCE, customers - start)) for start in range(0, customers, AT_ONCE)]
    mixed = luck.permutation(sum(part[0].size for part in parts))
    for place, name in enumerate(("customer", "day", "net")):
        np.save(folder / f"{name}.npy", np.concatenate([part[place] for part in parts])[mixed])
    return int(mixed.size)


def some(luck: np.random.Generator, start: int, customers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The customer, day and net value of the orders of some customers, numbered from `start`."""
    rate = np.maximum(luck.gamma(0.243, 1 / 30.898, customers), 1e-12)
    leaving = luck.beta(0.793, 2.426, customers)
    usual = luck.gamma(3.74, 1 / 15.44, customers)
    who, when = np.arange(customers), luck.random(customers) * DAYS
    orders = [(who, when)]
    while who.size:
        when = when + luck.exponential(size=who.size) / rate[who]
        who, when = who[when < DAYS], when[when < DAYS]
        orders.append((who, when))
        stays = luck.random(who.size) >= leaving[who]
        who, when = who[stays], when[stays]
    buyer, day = (np.concatenate(column) for column in zip(*orders, strict=True))
    cents = np.maximum(np.rint(luck.gamma(6.25, size=buyer.size) / usual[buyer] * 100), 1)
    return (buyer + start).astype(np.int32), day.astype(np.int32), cents / 100


if __name__ == "__main__":
    print(json.dumps({"orders": make(int(sys.argv[1]), Path(sys.argv[2]))}))
