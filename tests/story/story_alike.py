"""The same shop through the grid's policy, with the figures that the product had each morning: does it decide the same?

What is compared is the choice, the masks (consent, contact budget, open cases), the lots and the waiting times. The forecasts are
the product's own, and so are the rhythm by which a refill is due, and how long ago people heard from the shop: the product
remembers by the hour, the grid by the day.
"""

import json
from dataclasses import replace

import numpy as np

from regulars.living.exports import identifier
from regulars.living.opening import MOMENTS, name_of
from regulars.policy.choose import REMAINING_DAYS
from regulars.policy.hold_out import HoldOut
from regulars.policy.value import HORIZON_DAYS
from regulars.simulator.reacting.plays import NOTHING, REMEDY, withheld
from regulars.simulator.reacting.policies.hold_outs import HeldOut
from regulars.simulator.reacting.policies.outlook import Expected
from regulars.simulator.reacting.policies.product import Product
from regulars.simulator.reacting.run import run

MINOR = 100
RHYTHM_FROM_DAYS = 3


class Grid:
    """The product's policy of the grid, told what the product knew; a policy itself."""

    def __init__(self, settings):
        self.settings, self.people, self.order = settings, {}, 0.0
        terms = settings.terms
        most = dict.fromkeys(MOMENTS, terms.per_day) if terms.per_day else {}
        product = Product(
            plays=tuple(sorted(MOMENTS, key=name_of)),
            outlook=self.outlook,
            most=most,
            begins=settings.calendar.begins.toordinal(),
        )
        rule = HoldOut(terms.salt, terms.of_all, terms.share)
        self.policy = HeldOut(product, rule, scope=lambda play: f"play:{name_of(play)}")

    def __call__(self, seen, day):
        """With the product's numbers for people, and their rhythm as it sees it."""
        date = self.settings.calendar.date(day)
        told = json.loads((self.settings.folder / "figures" / f"{date}.json").read_text())
        self.people, self.order = told["people"], told["order"]
        person = [identifier(customer) for customer in seen.customer.tolist()]
        own = {
            "customer": np.array(person), "cycle": np.array([self.rhythm(who) for who in person]),
            "remembered": np.array([told["heard"].get(str(who), 0.0) for who in person]),
        }  # fmt: skip
        return self.policy(replace(seen, **own), day)

    def rhythm(self, who):
        """Days between orders, of those who came often enough."""
        order_days, gap = self.people[str(who)][3:]
        return gap if gap and order_days >= RHYTHM_FROM_DAYS else 0.0

    def outlook(self, seen, rows, _day):
        """As the product's morning reads its profiles."""
        found = np.array([self.people[str(who)][:3] for who in seen.customer[rows].tolist()], float).reshape(-1, 3)
        near, year, margin = np.nan_to_num(found).T
        rate = np.divide(margin, year, out=np.zeros(len(rows)), where=year > 0).clip(0, 1)
        return Expected(
            np.maximum(near, 0) * rate * HORIZON_DAYS / 90 / MINOR, np.maximum(margin, 0) * REMAINING_DAYS / 365 / MINOR,
            self.order / MINOR,
        )  # fmt: skip


def of_the_grid(world, settings, seed):
    """By day: customer -> code, of all that was decided."""
    found = run(world, Grid(settings), seed=seed).decisions
    days = {day: {} for day in range(world.burn_in, world.plays_end)}
    codes = np.where(found.layer == NOTHING, found.play, withheld(found.play.astype(int), found.layer.astype(int)))
    for day, customer, play, code in zip(
        found.day.tolist(), found.customer.tolist(), found.play.tolist(), codes.tolist(), strict=True
    ):
        if play != REMEDY:
            days[day][customer] = code
    return days


def of_the_product(world, settings):
    """The same, as the product did it."""
    paths = ((day, settings.folder / "did" / f"{day:05}.json") for day in range(world.burn_in, world.plays_end))
    return {day: dict(json.loads(path.read_text())) for day, path in paths}


def differences(world, settings, seed):
    """Day, customer, what the product did, what the grid did; and how many were alike."""
    ours, theirs = of_the_product(world, settings), of_the_grid(world, settings, seed)
    pairs = [
        (day, customer, ours[day].get(customer), theirs[day].get(customer))
        for day in ours for customer in sorted(ours[day].keys() | theirs[day].keys())
    ]  # fmt: skip
    return [pair for pair in pairs if pair[2] != pair[3]], sum(pair[2] == pair[3] for pair in pairs)
