"""The product as it is in life: with hold-outs, and learning from them once a month what its plays truly bring.

One entry a customer and play, from the first time it would have been done, on either side; what they brought in the days after
is compared (AIPW with the forecast of that time), divided by what a lift of 1 would have brought, and believed a little more:
the same `policy.learning` that a shop's month calls.
"""

from dataclasses import dataclass, field

import numpy as np

from regulars.insight.lift.aipw import Drawn, scores
from regulars.insight.lift.forecasting import running_line
from regulars.policy.hold_out import HoldOut
from regulars.policy.learning import Found, learn, ratio
from regulars.policy.value import FADES, HORIZON_DAYS, PULLED_FORWARD, Belief
from regulars.simulator.arrays import Floats, Integers
from regulars.simulator.reacting.plays import NOTHING, OF_EVERYTHING, REMEDY, read
from regulars.simulator.reacting.policies.hold_outs import HeldOut
from regulars.simulator.reacting.policies.product import LIFTS, Product
from regulars.simulator.reacting.seen import Seen

LEARN_EVERY_DAYS = 30
WINDOW_DAYS = 60
PEOPLE_MIN = 50
"""In each arm, before anything is learned of a play."""
SPREADS = dict.fromkeys(LIFTS, 0.25) | {2: 0.30, 4: 0.35, 5: 0.50}
"""How sure the assumed lifts are (docs/decisions.md)."""
UNKNOWN = -1


@dataclass
class Met:
    """Whom one play met, in columns that grow: row, day of the first time, treated, margin until then, forecast, dose."""

    row: list[Integers] = field(default_factory=list)
    day: list[Integers] = field(default_factory=list)
    treated: list[Integers] = field(default_factory=list)
    before: list[Floats] = field(default_factory=list)
    forecast: list[Floats] = field(default_factory=list)
    known: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    dose: Floats = field(default_factory=lambda: np.empty(0))
    after: Floats = field(default_factory=lambda: np.empty(0))

    def grow(self, size: int) -> None:
        """Room for so many customers."""
        more = size - len(self.known)
        if more > 0:
            self.known = np.concatenate([self.known, np.full(more, UNKNOWN)])
            self.dose = np.concatenate([self.dose, np.zeros(more)])
            self.after = np.concatenate([self.after, np.full(more, np.nan)])


class Proven:
    """One object for one run. rule: shares held out, of everything and of each play."""

    def __init__(self, rule: HoldOut, *, discounts: bool = True) -> None:
        self._product = Product(discounts=discounts)
        self._held, self._chance = HeldOut(self._product, rule), 1 - rule.play
        self._met = {play: Met() for play in LIFTS}
        self._learned = 0

    def __call__(self, seen: Seen, day: int) -> Integers:
        """The day's choice, with what is withheld; and once a month what was learned."""
        self._mature(seen, day)
        if day - self._learned >= LEARN_EVERY_DAYS:
            self._learn(day)
        choice = self._held(seen, day)
        self._note(seen, day, choice)
        return choice

    def _note(self, seen: Seen, day: int, choice: Integers) -> None:
        rows = np.flatnonzero(choice != NOTHING)
        plays, layers = read(choice[rows])
        mine = (plays != REMEDY) & (layers != OF_EVERYTHING)
        rows, plays, layers = rows[mine], plays[mine], layers[mine]
        for play in np.unique(plays):
            self._note_play(seen, day, int(play), (rows[plays == play], layers[plays == play] == NOTHING))

    def _note_play(self, seen: Seen, day: int, play: int, who: tuple[Integers, Integers]) -> None:
        met, (rows, treated) = self._met[play], who
        met.grow(len(seen))
        new = met.known[rows] == UNKNOWN
        met.known[rows[new]] = day
        forecast = self._product.forecast(rows)
        met.row.append(rows[new])
        met.day.append(np.full(int(new.sum()), day))
        met.treated.append(treated[new])
        met.before.append(seen.margin[rows[new]].copy())
        met.forecast.append(forecast[new])
        fresh = rows[treated & (day - met.known[rows] < WINDOW_DAYS)]
        heard = np.exp(-FADES * seen.remembered[fresh])
        met.dose[fresh] += self._product.forecast(fresh) * LIFTS[play][1] / HORIZON_DAYS * heard * (1 - PULLED_FORWARD)

    def _mature(self, seen: Seen, day: int) -> None:
        """What has been earned from those whose days are over today."""
        for met in self._met.values():
            over = np.flatnonzero((met.known != UNKNOWN) & (day - met.known >= WINDOW_DAYS) & np.isnan(met.after))
            met.after[over] = seen.margin[over]

    def _learn(self, day: int) -> None:
        self._learned = day
        found = {}
        for play, met in self._met.items():
            told = self._estimate(met)
            if told is not None and LIFTS[play][0]:
                found[str(play)] = Found(Belief(LIFTS[play][0], SPREADS[play]), *told)
        if found:
            self._product.lifts = {int(play): belief.mean for play, belief in learn(found).beliefs.items()}

    def _estimate(self, met: Met) -> tuple[float, float] | None:
        """Lift and its error; None while there are too few."""
        if not met.row:
            return None
        row, day, treated, before, forecast = (
            np.concatenate(column) for column in (met.row, met.day, met.treated, met.before, met.forecast)
        )
        over = ~np.isnan(met.after[row])
        row, day, before, forecast = row[over], day[over], before[over], forecast[over]
        treated = treated[over].astype(bool)
        if min(treated.sum(), (~treated).sum()) < PEOPLE_MIN:
            return None
        outcome = met.after[row] - before
        phi = scores(Drawn(outcome, treated, np.full(len(row), self._chance), running_line(day, forecast, outcome)))
        dose = float(met.dose[row[treated]].mean())
        return ratio(float(phi.mean()), float(phi.std() / np.sqrt(len(phi))), dose) if dose > 0 else None
