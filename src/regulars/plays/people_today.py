"""What is known of the candidates as numbers for `policy.choose`: forecast margin, what is still to come, contacts remembered."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Sum

from regulars.customers.owners import owner_of
from regulars.decisions.models import Reservation
from regulars.plays.candidates import Candidates
from regulars.policy.choose import REMAINING_DAYS, People
from regulars.policy.value import HORIZON_DAYS, remembered
from regulars.profiles.margins import margin_rate
from regulars.profiles.models import Profile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REMEMBERED_DAYS_MAX = 60
ORDERS_MIN = 1
MARGIN_ASSUMED = 0.40
"""Of net revenue, in a shop of which no cost and no margin is known: else nothing would ever seem worth doing."""


def order_margin() -> float:
    """The margin of a usual order of the shop, in minor units; 0 for a shop without orders."""
    sums = Profile.objects.aggregate(margin=Sum("margin_total"), net=Sum("net_total"), orders=Sum("orders"))
    margin = (sums["net"] or 0) * MARGIN_ASSUMED if sums["margin"] is None else sums["margin"]
    return max(0.0, float(margin)) / max(ORDERS_MIN, int(sums["orders"] or 0))


def people_of(found: Candidates, now: dt.datetime) -> People:
    """The candidates as policy sees them. In a shop too young or too small for a forecast, the last year is expected again."""
    import numpy as np

    net_90, net_365, known, last_year = (found.figures[:, place] for place in (0, 1, 2, 4))
    last_year = np.nan_to_num(last_year)
    net_90 = np.where(np.isnan(net_90), last_year * 90 / 365, net_90)
    net_365 = np.where(np.isnan(net_365), last_year, net_365)
    margin_365 = np.where(np.isnan(known), net_365 * (margin_rate() or MARGIN_ASSUMED), known)
    rate = np.divide(margin_365, net_365, out=np.zeros_like(net_365), where=net_365 > 0).clip(0, 1)
    return People(
        person=found.person,
        margin=np.maximum(net_90, 0) * rate * HORIZON_DAYS / 90,
        remaining=np.maximum(margin_365, 0) * REMAINING_DAYS / 365,
        contacts=_contacts(found.person, now),
    )


def _contacts(person: "NDArray[np.int64]", now: dt.datetime) -> "NDArray[np.float64]":
    """Remembered contacts of each, those that are planned too."""
    import numpy as np

    rows = Reservation.objects.filter(counts_at__gt=now - dt.timedelta(days=REMEMBERED_DAYS_MAX))
    rows = rows.exclude(state=Reservation.State.RELEASED)
    pairs = list(rows.annotate(person=owner_of("identifier_id")).values_list("person", "counts_at").iterator())
    total = np.zeros(len(person))
    who = np.array([-1 if one is None else one for one, _at in pairs], np.int64)
    days = np.array([max(0.0, (now - at).total_seconds() / 86_400) for _identifier, at in pairs])
    if len(person) and len(who):
        place = np.searchsorted(person, who).clip(max=len(person) - 1)
        known = person[place] == who
        np.add.at(total, place[known], np.asarray(remembered(np.ones(known.sum()), days[known])))
    return total
