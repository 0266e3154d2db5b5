"""Small worlds that several tests use, and how to put tables side by side."""

import numpy as np

from regulars.simulator.reacting.world import World

SMALL = {"customers": 600, "burn_in": 120, "base_spread": 120, "horizon": 150, "run_off": 60, "arrivals": 0.002}
NO_REACTIONS = {
    "theta_scale": 0.0, "goodwill_orders": 0.0, "goodwill_leaving": 0.0, "unsubscribed_loss": 0.0,
    "dogs": 0.0, "habit": 0.0, "referral": 0.0, "returned": 0.0, "returned_discounted": 0.0,
}  # fmt: skip


def small(**changes):
    return World.of(SMALL | changes)


def orders(run, *, before=10**9, among=None):
    """Day, customer and net of every order, sorted, before a day and of some customers only."""
    table = run.orders
    kept = (table.day < before) & (np.isin(table.customer, among) if among is not None else True)
    return sorted(zip(table.day[kept].tolist(), table.customer[kept].tolist(), table.net[kept].tolist(), strict=True))


def on_days(policy, since, *, only=None):
    """The policy from a day on, for one customer number only when `only` says so."""

    def partly(seen, day):
        choice = policy(seen, day).copy()
        kept = day >= since if only is None else (day >= since) & (seen.customer == only)
        return np.where(kept, choice, -1)

    return partly
