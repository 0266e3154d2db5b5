"""Did a policy keep the hard limits? Counted from what was done, by other code than what keeps them."""

from dataclasses import dataclass

import numpy as np

from regulars.policy.budget import DEFAULT, Budget
from regulars.simulator.reacting.books import Decisions
from regulars.simulator.reacting.plays import CONTACT, GIFT, NOTHING


@dataclass(frozen=True)
class Breaches:
    """caps: contacts that overfilled a window; consent: plays wanted for somebody who had not agreed (none was done);
    stock: gifts beyond the day's."""

    caps: int
    consent: int
    stock: int

    @property
    def total(self) -> int:
        """Of all kinds; must be 0."""
        return self.caps + self.consent + self.stock


def breaches(decisions: Decisions, gift_stock: int, *, budget: Budget = DEFAULT) -> Breaches:
    """The breaches of these decisions."""
    wanted = decisions.layer == NOTHING
    done = wanted & ~decisions.refused
    contacts = done & CONTACT[decisions.play]
    customer, day = decisions.customer[contacts], decisions.day[contacts]
    order = np.lexsort((day, customer))
    customer, day = customer[order], day[order]
    over = np.zeros(len(day), bool)
    for window in budget:
        back = window.contacts
        same = customer[back:] == customer[: len(customer) - back]
        over[back:] |= same & (day[back:] - day[: len(day) - back] < window.days)
    gifts = np.bincount(decisions.day[done & (decisions.play == GIFT)])
    return Breaches(
        int(over.sum()), int((wanted & decisions.refused).sum()), int(np.maximum(gifts - gift_stock, 0).sum())
    )
