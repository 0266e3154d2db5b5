"""Which policy is worth most? Each in the same worlds with the same luck, paired seed by seed with doing nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from regulars.simulator.reacting.account import Account, account
from regulars.simulator.reacting.policies.habits import nothing
from regulars.simulator.reacting.policies.policy import Policy
from regulars.simulator.reacting.run import run
from regulars.simulator.reacting.world import World

NOTHING_DONE = "nothing"


@dataclass(frozen=True)
class Mean:
    """Over seeds; error: its standard error, NaN for one seed."""

    value: float
    error: float


@dataclass(frozen=True)
class Compared:
    """profit, profit_horizon: in % over nothing, paired (NaN where nothing earns nothing); the rest are means over seeds. exposure: of the hidden group."""

    policy: str
    profit: Mean
    profit_horizon: Mean
    contacts: Mean
    most_contacted: Mean
    unsubscribed: Mean
    driven_away: Mean
    cost: Mean
    gifts: Mean
    discounts: Mean
    discount_anyway: Mean
    alive: Mean
    exposure: Mean
    breaches: int
    profits: tuple[float, ...]
    """By seed, in money."""


def compare(
    world: World,
    policies: Mapping[str, Callable[[], Policy]],
    seeds: Iterable[int],
    *,
    told: Callable[[str, int], None] = lambda _policy, _seed: None,
) -> tuple[Compared, ...]:
    """A row a policy, in the order given. policies: how to make each anew, for one with a memory serves one run only.

    told: called before each run. "nothing" is run in any case.
    """
    seeds = tuple(seeds)
    base = []
    found: dict[str, list[Account]] = {name: [] for name in policies}
    for seed in seeds:
        told(NOTHING_DONE, seed)
        base.append(account(run(world, nothing, seed=seed)))
        for name, make in policies.items():
            if name == NOTHING_DONE:
                found[name].append(base[-1])
                continue
            told(name, seed)
            found[name].append(account(run(world, make(), seed=seed)))
    return tuple(_compared(name, accounts, base) for name, accounts in found.items())


def _compared(name: str, found: list[Account], base: list[Account]) -> Compared:
    def over(which: str) -> Mean:
        pairs = [(getattr(one, which), getattr(none, which)) for one, none in zip(found, base, strict=True)]
        return _mean([100 * (one / none - 1) if none > 0 else float("nan") for one, none in pairs])

    return Compared(
        policy=name,
        profit=over("profit"),
        profit_horizon=over("profit_horizon"),
        contacts=_mean([each.contacts for each in found]),
        most_contacted=_mean([each.most_contacted for each in found]),
        unsubscribed=_mean([each.unsubscribed for each in found]),
        driven_away=_mean([each.disturbed + each.wronged for each in found]),
        cost=_mean([each.cost for each in found]),
        gifts=_mean([each.gifts for each in found]),
        discounts=_mean([each.costs["discounts"] for each in found]),
        discount_anyway=_mean([each.discount_anyway for each in found]),
        alive=_mean([each.alive for each in found]),
        exposure=_mean([each.exposure.ratio for each in found]),
        breaches=sum(each.breaches.total for each in found),
        profits=tuple(each.profit for each in found),
    )


def _mean(values: list[float]) -> Mean:
    many = np.asarray(values, float)
    error = float(many.std(ddof=1) / np.sqrt(len(many))) if len(many) > 1 else float("nan")
    return Mean(float(many.mean()), error)
