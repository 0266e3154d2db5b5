"""What was found at night, for the pages; and before a launch, what could be found at all."""

import math
from dataclasses import dataclass

from regulars.insight.lift.sequence import ALPHA, YES_MIN, half_width, smallest_visible
from regulars.measurement.models import Lift
from regulars.plays.campaigns import rows_of
from regulars.plays.models import Campaign
from regulars.profiles.models import Profile

VERSIONS, EFFECT = "versions", "effect"
WINDOW_DAYS = 14


def of(campaign: Campaign, question: str) -> Lift | None:
    """What was found. Of VERSIONS: window_days, versions [{drawn, n, yes, left}], pairs [Compared of the first with each other];
    of EFFECT: as `effects.found` says."""
    return Lift.objects.filter(source=campaign.source, question=question).first()


def alpha_of(count: int) -> float:
    """How rarely one of so many versions may be named falsely, for each that is compared with the first."""
    return ALPHA / max(1, count - 1)


@dataclass(frozen=True)
class Promise:
    """What can be seen before anything is sent. people: in two versions. base: share of them who ordered in the last
    WINDOW_DAYS. visible: the smallest difference of shares that will be seen (80 % chance); None where it never will."""

    people: int
    base: float
    visible: float | None


def promise(campaign: Campaign, *, reached: float) -> Promise | None:
    """How large a difference between two versions must be to be seen; None where the last days do not tell, since the
    audience was chosen by them. reached: share of the audience that would get a letter. Raises ConditionMistake."""
    everybody = rows_of(campaign)
    people = everybody.count()
    drawn = round(people * reached * 2 / len(campaign.letters))
    lately = Profile.objects.filter(days_since_last_order__lt=WINDOW_DAYS, pk__in=everybody.values("customer_id"))
    base = lately.count() / people if people else 0.0
    if drawn / 2 >= YES_MIN and base in (0, 1):
        return None
    if base * drawn / 2 < YES_MIN:
        return Promise(drawn, base, None)
    reach = half_width(drawn, drawn, alpha=alpha_of(len(campaign.letters)))
    relative = smallest_visible(drawn, held_out=0.5, variation=math.sqrt((1 - base) / base), reach=reach)
    return Promise(drawn, base, base * relative)
