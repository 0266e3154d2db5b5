"""Invented shops whose customers behave exactly as the models say, in whole days, same-day orders merged; and the
likelihood of BG/NBD as published, to judge fits by."""

import numpy as np
from scipy.special import betaln, gammaln


def log_uniform(luck, low, high):
    return float(np.exp(luck.uniform(np.log(low), np.log(high))))


def order_days(luck, customers, shapes, days):
    """(customer, day) of every order day in 0 .. days - 1. shapes: r, alpha, a, b; without a and b nobody leaves."""
    first = luck.integers(0, days, customers) + luck.random(customers)
    rate = np.maximum(luck.gamma(shapes[0], 1 / shapes[1], customers), 1e-12)
    leaving = luck.beta(*shapes[2:], customers) if shapes[2:] else np.zeros(customers)
    who, when = np.arange(customers), first
    orders = [(who, when)]
    while who.size:
        when = when + luck.exponential(size=who.size) / rate[who]
        who, when = who[when < days], when[when < days]
        orders.append((who, when))
        stays = luck.random(who.size) >= leaving[who]
        who, when = who[stays], when[stays]
    keys = np.concatenate([who * days + when.astype(int) for who, when in orders])
    return np.divmod(np.unique(keys), days)


def histories_at(orders, end):
    """x, t_x and T of those who had ordered by the day `end`, from (customer, day) sorted by both; and who they are."""
    who, day = orders[0][orders[1] <= end], orders[1][orders[1] <= end]
    names, first, number = np.unique(who, return_index=True, return_counts=True)
    x = number - 1
    return x, day[first + x] - day[first], end - day[first], names


def published_log_likelihood(shapes, x, t_x, T):
    """Equation 6 of Fader, Hardie & Lee 2005, as it stands, one value for each customer."""
    r, alpha, a, b = shapes
    ordering = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stays = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + T)
    left = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    return ordering + np.logaddexp(stays, np.where(x > 0, left, -np.inf))
