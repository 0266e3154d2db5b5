"""Invented shops whose customers leave after any order, the first included (MBG), or at any time (Pareto), in whole days,
same-day orders merged; orders may take several stages each (CNBD-k)."""

import numpy as np
from lifetime_shops import histories_at, log_uniform

from regulars.insight.lifetime.histories import Histories


def order_days_mbg(luck, customers, shapes, days, *, k=1):
    """(customer, day) of every order day in 0 .. days - 1. shapes: r, alpha, a, b."""
    when = luck.integers(0, days, customers) + luck.random(customers)
    rate = np.maximum(luck.gamma(shapes[0], 1 / shapes[1], customers), 1e-12)
    leaving = luck.beta(*shapes[2:], customers)
    who = np.arange(customers)
    orders = []
    while who.size:
        orders.append((who, when))
        stays = luck.random(who.size) >= leaving[who]
        who, when = who[stays], when[stays]
        when = when + luck.gamma(k, size=who.size) / rate[who]
        who, when = who[when < days], when[when < days]
    return merged(orders, days)


def order_days_pareto(luck, customers, shapes, days):
    """shapes: r, alpha, s, beta."""
    when = luck.integers(0, days, customers) + luck.random(customers)
    rate = np.maximum(luck.gamma(shapes[0], 1 / shapes[1], customers), 1e-12)
    leaving = np.maximum(luck.gamma(shapes[2], 1 / shapes[3], customers), 1e-12)
    end = np.minimum(when + luck.exponential(size=customers) / leaving, days)
    who = np.arange(customers)
    orders = []
    while who.size:
        orders.append((who, when))
        when = when + luck.exponential(size=who.size) / rate[who]
        stays = when < end[who]
        who, when = who[stays], when[stays]
    return merged(orders, days)


def merged(orders, days):
    keys = np.concatenate([who * days + when.astype(int) for who, when in orders])
    return np.divmod(np.unique(keys), days)


def random_shop(seed, *, kind, customers_max=3_000):
    """The order days of a shop of random size and shapes, and how many days it has been watched."""
    luck = np.random.default_rng([2027, seed])
    customers, days = int(log_uniform(luck, 100, customers_max)), int(log_uniform(luck, 90, 1500))
    rates = log_uniform(luck, 0.05, 3), log_uniform(luck, 3, 200)
    if kind == "Pareto/NBD":
        leaving = log_uniform(luck, 0.05, 3), log_uniform(luck, 10, 500)
        return order_days_pareto(luck, customers, (*rates, *leaving), days), days
    leaving = log_uniform(luck, 0.02, 3), log_uniform(luck, 0.1, 10)
    k = int(luck.integers(2, 5)) if kind == "MBG/CNBD-k" else 1
    return order_days_mbg(luck, customers, (*rates, *leaving), days, k=k), days


def histories_of(orders, end):
    return Histories.of(*histories_at(orders, end)[:3])
