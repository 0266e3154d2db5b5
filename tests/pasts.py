"""A shop with a past of five hundred days, as an order file: enough to check a forecast against."""

import csv
import datetime as dt
from functools import cache
from pathlib import Path

import numpy as np

import facts
from insight.lifetime.lifetime_shops import order_days

NOW = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
DAYS = 500


@cache
def _orders():
    """Seven hundred customers who order as BG/NBD says, in the days up to NOW."""
    return order_days(np.random.default_rng(6), 700, (0.9, 40.0, 0.8, 2.4), DAYS)


def load(folder: Path, *, days: int = DAYS) -> None:
    """Import the shop's past, or its last `days`."""
    who, when = _orders()
    who, when = who[when >= DAYS - days], when[when >= DAYS - days]
    first = NOW.date() - dt.timedelta(days=DAYS)
    with (folder / "past.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["order_id", "customer_id", "ordered_at", "total", "currency"])
        for number, (one, at) in enumerate(zip(who, when, strict=True)):
            writer.writerow([number, f"c{one}", first + dt.timedelta(days=int(at)), 20 + one % 7, "EUR"])
    facts.load(folder / "past.csv", now=NOW)
