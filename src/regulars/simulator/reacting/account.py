"""What did a policy earn, and what did it do to people? The account of one run: true retained profit, counts, breaches."""

from dataclasses import dataclass

import numpy as np

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.books import COSTS
from regulars.simulator.reacting.breaches import Breaches, breaches
from regulars.simulator.reacting.crowd import DISTURBED, STAYS, WRONGED
from regulars.simulator.reacting.plays import CONTACT, GIFT, NAMES, NEVER, NOTHING
from regulars.simulator.reacting.run import Run

LADDER_DAYS, LADDER_STEPS = 365, 9


@dataclass(frozen=True)
class Account:
    """profit: margin less all cost, horizon and run-off; profit_horizon: the horizon alone. contacts: done, by_play with
    remedies; most_contacted: mean contacts of the most-contacted 1 %; unsubscribed, disturbed (sleeping dogs woken), wronged (left with a grudge): customers. costs: by kind of
    COSTS, horizon and run-off; discount_anyway: share of the discounts given to orders that would have come without.
    alive: at the end; ladder: see `ladder`; exposure: see `exposure`."""

    profit: float
    profit_horizon: float
    contacts: int
    most_contacted: float
    by_play: dict[str, int]
    unsubscribed: int
    disturbed: int
    wronged: int
    costs: dict[str, float]
    gifts: int
    discount_anyway: float
    alive: int
    ladder: tuple[float, ...]
    exposure: "Exposure"
    breaches: Breaches

    @property
    def cost(self) -> float:
        """Of all kinds."""
        return sum(self.costs.values())


@dataclass(frozen=True)
class Exposure:
    """How often the hidden group was reached, over how often the others were; NaN when one of them never was."""

    ratio: float
    low: float
    high: float


def account(run: Run) -> Account:
    """The figures of a run."""
    world, hidden = run.world, run.hidden
    begin, end = world.burn_in, world.plays_end
    costs = {kind: float(run.costs[kind][begin:].sum()) for kind in COSTS}
    in_horizon = sum(float(run.costs[kind][begin:end].sum()) for kind in COSTS)
    done = run.decisions.play[(run.decisions.layer == NOTHING) & ~run.decisions.refused]
    came = run.orders.day >= begin
    cut = (run.orders.full_margin - run.orders.margin)[came]
    return Account(
        profit=float(run.full_margin[begin:].sum()) - sum(costs.values()),
        profit_horizon=float(run.full_margin[begin:end].sum()) - in_horizon,
        contacts=int(CONTACT[done].sum()),
        most_contacted=float(np.sort(run.facts.contacts)[-max(1, len(run.facts.contacts) // 100) :].mean()),
        by_play=dict(zip(NAMES, np.bincount(done, minlength=len(NAMES)).tolist(), strict=True)),
        unsubscribed=int((run.facts.unsubscribed_day != NEVER).sum()),
        disturbed=int((hidden.fate == DISTURBED).sum()),
        wronged=int((hidden.fate == WRONGED).sum()),
        costs=costs,
        gifts=int((done == GIFT).sum()),
        discount_anyway=float(cut[run.orders.anyway[came]].sum() / cut.sum()) if cut.any() else 0.0,
        alive=int((hidden.fate == STAYS).sum()),
        ladder=ladder(run),
        exposure=exposure(run),
        breaches=breaches(run.decisions, world.gift_stock),
    )  # fmt: skip


def ladder(run: Run, *, since: int = 0) -> tuple[float, ...]:
    """P(2nd order), P(3rd, given a 2nd), ... within a year of the first; of those who came from day `since` on and at
    least a year before the end. NaN where nobody got so far."""
    whose = rows_of(run, run.orders.customer)
    first = run.facts.first_day
    judged = (first >= since) & (first + LADDER_DAYS <= run.world.days)
    in_time = run.orders.day - first[whose] < LADDER_DAYS
    orders = np.bincount(whose[in_time], minlength=len(first))[judged]
    reached = np.array([(orders >= step).sum() for step in range(1, LADDER_STEPS + 2)], float)
    with np.errstate(invalid="ignore"):
        return tuple((reached[1:] / reached[:-1]).tolist())


def exposure(run: Run) -> Exposure:
    """Of those who ever agreed to be written to and came in time: reached at all. With its 95 % interval."""
    done = (run.decisions.layer == NOTHING) & CONTACT[run.decisions.play] & ~run.decisions.refused
    reached = np.zeros(len(run.facts.customer), bool)
    reached[rows_of(run, run.decisions.customer[done])] = True
    agreed = run.facts.consent | (run.facts.unsubscribed_day != NEVER)
    asked = agreed & (run.facts.first_day < run.world.plays_end)
    return _ratio(*((int((reached & part).sum()), int(part.sum())) for part in _parts(asked, run.hidden.group)))


def _parts(asked: Booleans, group: Booleans) -> tuple[Booleans, Booleans]:
    return asked & group, asked & ~group


def _ratio(of_group: tuple[int, int], of_others: tuple[int, int]) -> Exposure:
    """Katz's interval of a ratio of two shares."""
    (reached, n), (reached_others, n_others) = of_group, of_others
    if not (reached and reached_others):
        return Exposure(*[float("nan")] * 3)
    share, share_others = reached / n, reached_others / n_others
    ratio = share / share_others
    spread = 1.96 * ((1 - share) / reached + (1 - share_others) / reached_others) ** 0.5
    return Exposure(ratio, ratio * float(np.exp(-spread)), ratio * float(np.exp(spread)))


def rows_of(run: Run, customer: Integers) -> Integers:
    """The rows of these customer numbers among facts and hidden."""
    order = np.argsort(run.facts.customer)
    return np.asarray(order[np.searchsorted(run.facts.customer, customer, sorter=order)])


def within(run: Run, since: Integers, days: int, *, outcome: str = "margin") -> Floats:
    """Of each row: orders (outcome "orders"), or their "margin", "full_margin" or "net", in the `days` days from day
    `since` (one a row) on; refunds not counted."""
    whose = rows_of(run, run.orders.customer)
    after = run.orders.day - since[whose]
    counted = (after >= 0) & (after < days)
    amount = None if outcome == "orders" else getattr(run.orders, outcome)[counted]
    return np.bincount(whose[counted], weights=amount, minlength=len(since)).astype(float)
