"""Choosing a day: a million customers and ten plays under a budget, two stocks and a channel's capacity.

Beside it, on a part, the general solver HiGHS with the same limits, and the two ways of ranking that one sees in practice.
"""

import time
from typing import Any

import numpy as np

from benchmarks import made
from regulars.policy.allocation import NOTHING, allocate
from regulars.policy.limit_prices import Count, Wishes

SIZES = (20_000, 100_000, 1_000_000)
HIGHS_AT = 20_000
PLAYS = 10


def run(*, lines: int, runs: int) -> None:
    """Print the table. `lines` and `runs` make no difference: the sizes are those of the target."""
    rows: list[list[Any]] = [
        ["customers", "limits", "seconds", "gap to the bound", "HiGHS seconds", "of its optimum", "peak MB"]
    ]
    for customers in SIZES:
        wishes = day(customers)
        for limits, asked in ((1, Wishes(wishes.value, wishes.cost, wishes.budget)), (4, wishes)):
            began = time.perf_counter()
            found = allocate(asked)
            seconds = time.perf_counter() - began
            other: list[Any] = ["", ""]
            if customers == HIGHS_AT:
                began = time.perf_counter()
                best = highs(asked)
                other = [time.perf_counter() - began, f"{found.value / best:.6f}"]
            rows.append([customers, limits, seconds, f"{found.gap:.1e}", *other, made.peak_mb()])
        if customers == SIZES[-1]:
            ranked = by_rank(Wishes(wishes.value, wishes.cost, wishes.budget))
            rows.append(
                [customers, 1, "", f"by value: {ranked[0]:.1%} lost, by value/cost: {ranked[1]:.1%} lost", "", "", ""]
            )
    made.table("Choosing a day", rows)


def day(customers: int) -> Wishes:
    """Three in ten pairs are worth something; each limit lets through a third of what would be taken without it."""
    draw = np.random.default_rng(7)
    value = np.where(draw.random((customers, PLAYS)) < 0.3, draw.gamma(1.2, 2.0, (customers, PLAYS)) - 0.5, np.nan)
    cost = draw.uniform(0.02, 3.0, PLAYS)[None, :] * draw.uniform(0.8, 1.2, (customers, PLAYS))
    play = allocate(Wishes(value, cost)).play
    spent = cost[np.flatnonzero(play != NOTHING), play[play != NOTHING]].sum()
    counts = [Count(name, plays, int(np.isin(play, plays).sum() / 3)) for name, plays in
              (("tea", (0,)), ("cup", (1, 2)), ("calls", (3, 4, 5, 6)))]  # fmt: skip
    return Wishes(value, cost, float(spent) / 3, tuple(counts))


def highs(wishes: Wishes) -> float:
    """The optimum of the linear programme."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, vstack

    customers, plays = np.nonzero(np.nan_to_num(wishes.value) > 0)
    many = len(customers)
    above = [coo_array((np.ones(many), (customers, range(many))), shape=(len(wishes.value), many))]
    limits, most = [wishes.cost[customers, plays]], [wishes.budget]
    for count in wishes.counts:
        limits.append(np.isin(plays, count.plays).astype(float))
        most.append(count.most)
    above.append(coo_array(np.array(limits)))
    found = linprog(-wishes.value[customers, plays], vstack(above), [*np.ones(len(wishes.value)), *most], bounds=(0, 1))
    return float(-found.fun)


def by_rank(wishes: Wishes) -> list[float]:
    """The share of the best value that is lost by taking each customer's most valuable play in order, until the money ends."""
    best = allocate(wishes).value
    value = np.nan_to_num(wishes.value)
    lost = []
    for score in (value, value / np.maximum(wishes.cost, 1e-9)):
        play = score.argmax(axis=1)
        one = np.arange(len(value))
        worth, cost, rank = value[one, play], wishes.cost[one, play], np.argsort(-score[one, play])
        taken = rank[(np.cumsum(cost[rank]) <= (wishes.budget or 0.0)) & (worth[rank] > 0)]
        lost.append(1 - float(worth[taken].sum()) / best)
    return lost
