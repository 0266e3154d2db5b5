"""What is a play worth to do for a customer today? In margin: what it brings beyond what comes anyway, less what it costs.

Lift on the forecast margin, goodwill, a bigger basket; less the hand-over or gift, the discount that people would not have
needed, the habit it makes, the chance to lose somebody's ear, and the contact slot. Where the figures come from and how
sure they are: docs/decisions.md. A remedy is owed and never valued.
"""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Amount = float | NDArray[np.float64]

FADES = 0.30
"""psi: how fast people stop listening with each contact they still remember."""
REMEMBERED_DAYS = 14.0
PULLED_FORWARD = 0.40
UNSUBSCRIBES, UNSUBSCRIBES_GROW = 0.0015, 0.35
LOST_SHARE = 0.08
"""What is lost of somebody's remaining value when they may no longer be written to."""
HORIZON_DAYS = 60.0
COST_SHARES = {"email": 0.0014, "inbox": 0.0, "webhook": 0.0014, "sms": 0.006, "card": 0.11, "phone": 0.21}
"""What one contact usually costs, as a share of the margin of a usual order: .02 of 14 for an e-mail, 1.50 for a card, three
minutes of somebody's time for a call. Assumed; a play may say its own cost."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """One customer, or many: each a number, or an array with one for each. margin: forecast for the next HORIZON_DAYS if nothing is done; remaining: what is still to come;
    contacts: remembered ones, each fading by half in ten days; situation: 1 inside the play's own moment, less outside."""

    margin: "Amount"
    remaining: "Amount"
    contacts: "Amount" = 0.0
    situation: "Amount" = 1.0


@dataclass(frozen=True, slots=True)
class Terms:
    """One play. lift: relative, of buying while it lasts (days); goodwill: share of the remaining value; basket: share of
    the margin meanwhile; cost: of doing it; worth: what comes of it besides orders (an answer); discount and margin_rate: where a price is cut; habit: later loss, as a share
    of the margin; slot: what the contact is worth elsewhere."""

    lift: float
    days: float
    cost: float = 0.0
    goodwill: float = 0.0
    basket: float = 0.0
    discount: float = 0.0
    margin_rate: float = 1.0
    habit: float = 0.0
    pulled: float = PULLED_FORWARD
    slot: float = 0.10
    worth: float = 0.0


@dataclass(frozen=True, slots=True)
class Worth:
    """The parts of a value, each in margin; the last four are subtracted. Of many customers: arrays."""

    worth: "Amount"
    lift: "Amount"
    goodwill: "Amount"
    basket: "Amount"
    cost: "Amount"
    discount: "Amount"
    annoyance: "Amount"
    slot: "Amount"

    @property
    def total(self) -> "Amount":
        """Above 0, it is worth doing."""
        return (
            self.worth
            + self.lift
            + self.goodwill
            + self.basket
            - self.cost
            - self.discount
            - self.annoyance
            - self.slot
        )


def worth(prospect: Prospect, terms: Terms) -> Worth:
    """The value of doing this play for this customer today.

    >>> found = worth(Prospect(12.0, 48.0, contacts=.8), Terms(.9, 10, cost=.02))
    >>> round(found.lift, 6), round(found.annoyance, 6), round(found.total, 6)
    (0.849558, 0.007621, 0.721937)
    """
    meanwhile = prospect.margin * terms.days / HORIZON_DAYS
    heard = _exp(-FADES * prospect.contacts)
    leak = (
        terms.discount / terms.margin_rate * meanwhile * (1 + terms.lift) + terms.habit * prospect.margin
        if terms.discount
        else 0.0
    )
    return Worth(
        worth=terms.worth,
        lift=terms.lift * prospect.situation * meanwhile * heard * (1 - terms.pulled),
        goodwill=terms.goodwill * prospect.remaining,
        basket=terms.basket * meanwhile * heard,
        cost=terms.cost,
        discount=leak,
        annoyance=annoyed(prospect.contacts) * LOST_SHARE * prospect.remaining,
        slot=terms.slot,
    )


def annoyed(contacts: "Amount") -> "Amount":
    """The chance that one more contact makes somebody leave."""
    return UNSUBSCRIBES * _exp(UNSUBSCRIBES_GROW * contacts)


def remembered(contacts: "Amount", days: "Amount") -> "Amount":
    """What is left of remembered contacts after so many days."""
    return contacts * _exp(-days / REMEMBERED_DAYS)


def _exp(power: "Amount") -> Any:
    if isinstance(power, (int, float)):
        return math.exp(power)
    import numpy as np

    return np.exp(power)


@dataclass(frozen=True, slots=True)
class Belief:
    """What is thought of a play's lift: a normal distribution."""

    mean: float
    spread: float

    def learned(self, estimate: float, error: float) -> "Belief":
        """After the shop's own hold-outs said `estimate`, give or take `error`.

        >>> found = Belief(.35, .25).learned(.10, .10)
        >>> round(found.mean, 6), round(found.spread, 6)
        (0.134483, 0.092848)
        """
        before, new = 1 / self.spread**2, 1 / error**2
        return replace(
            self, mean=(self.mean * before + estimate * new) / (before + new), spread=math.sqrt(1 / (before + new))
        )
