"""What comes of a policy in a world? A burn-in without plays, a horizon with them, a run-off without; then the account."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from regulars.simulator.arrays import Floats, Integers
from regulars.simulator.reacting.books import Decisions, Orders, Refunds
from regulars.simulator.reacting.crowd import Facts, Hidden
from regulars.simulator.reacting.leaving import fade, leave
from regulars.simulator.reacting.ordering import order
from regulars.simulator.reacting.plays import CONTACT, NAMES, NOTHING, WITHHELD, read
from regulars.simulator.reacting.policies.policy import Policy
from regulars.simulator.reacting.reactions import react
from regulars.simulator.reacting.seen import seen, terms_of
from regulars.simulator.reacting.shop import Settle, Shop, arrive, opened
from regulars.simulator.reacting.troubles import Troubled, Troubles
from regulars.simulator.reacting.world import World


@dataclass(frozen=True)
class Run:
    """What happened, the hidden truth included. full_margin: by day, at full prices less refunds; costs: by kind and day.

    facts and hidden: everybody who ever came, as they stand at the end, in one order of rows.
    """

    world: World
    seed: int
    full_margin: Floats
    costs: dict[str, Floats]
    orders: Orders
    refunds: Refunds
    decisions: Decisions
    facts: Facts
    hidden: Hidden


@runtime_checkable
class Omniscient(Protocol):
    """A policy that is shown the truth, first and always: a yardstick, nothing a shop could have."""

    def look(self, shop: Shop) -> None:
        """Called once, before the first day with plays."""
        ...


def run(world: World, policy: Policy, *, seed: int, settle: Settle | None = None) -> Run:
    """The whole world. settle: writes what is known of newcomers over what was drawn. Raises ValueError when the policy's choice has not one known code a customer."""
    shop = opened(world, seed, settle)
    if isinstance(policy, Omniscient):
        policy.look(shop)
    elif world.troubled:
        policy = Troubled(policy, Troubles.of(world, seed), world)
    for day in range(world.days):
        step(shop, policy, day)
    crowd, books = shop.crowd, shop.books
    return Run(
        world, seed, books.full_margin, books.cost, books.orders.whole(), books.refunds.whole(),
        books.decisions.whole(), crowd.cut(crowd.facts), crowd.cut(crowd.hidden),
    )  # fmt: skip


def step(shop: Shop, policy: Policy, day: int) -> None:
    """One day, in the order things happen."""
    world, known = shop.world, shop.crowd.size
    newcomers = arrive(shop, day)
    if world.burn_in <= day < world.plays_end:
        _decide(shop, policy, known, day)
    order(shop, newcomers, day)
    leave(shop, newcomers, day)
    fade(shop)


def _decide(shop: Shop, policy: Policy, known: int, day: int) -> None:
    facts = shop.crowd.facts
    choice = np.asarray(policy(seen(facts, known, terms_of(shop.world)), day))
    _check(choice, known)
    rows = np.flatnonzero(choice != NOTHING)
    play, layer = read(choice[rows])
    refused = CONTACT[play] & ~facts.consent[rows]
    shop.books.decisions.add(day, customer=facts.customer[rows], play=play, layer=layer, refused=refused)
    held = layer != NOTHING
    if shop.touched:
        facts.contacts_30[: shop.crowd.size] <<= np.uint32(1)
    done = ~held & ~refused
    if done.any():
        react(shop, rows[done], play[done], day)


def _check(choice: Integers, known: int) -> None:
    if choice.shape != (known,) or choice.dtype.kind != "i":
        raise ValueError(
            f"a choice is {known} whole numbers, one a customer, not {choice.dtype} of shape {choice.shape}"
        )
    if known and (choice.max() >= len(NAMES) or choice.min() <= WITHHELD - 2 * len(NAMES)):
        raise ValueError(
            f"a choice is a play's column, NOTHING or a code of `withheld`: {choice.min()} to {choice.max()}"
        )
