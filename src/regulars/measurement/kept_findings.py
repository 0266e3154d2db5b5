"""What was found at night, for the pages; and before a launch, what could be found at all."""

import math
from dataclasses import dataclass

from regulars.insight.lift.sequence import smallest_visible
from regulars.insight.lift.versions import YES_MIN
from regulars.measurement.models import Finding
from regulars.plays.campaigns import rows_of
from regulars.plays.models import Campaign
from regulars.profiles.models import Profile

VERSIONS, EFFECT = "versions", "effect"
WINDOW_DAYS = 14


def of(campaign: Campaign, question: str) -> Finding | None:
    """What was found. Of VERSIONS: window_days, versions [{drawn, n, yes, left}], pairs [Compared of the first with each other];
    of EFFECT: as `effects.found` says."""
    return Finding.objects.filter(source=campaign.source, question=question).first()


@dataclass(frozen=True)
class Promise:
    """What can be seen before anything is sent. people: in two versions. base: share of them who ordered in the last
    WINDOW_DAYS. visible: the smallest difference of shares that will be seen (80 % chance); None where it never will."""

    people: int
    base: float
    visible: float | None


def promise(campaign: Campaign, *, reached: float) -> Promise:
    """How large a difference between two versions must be to be seen. reached: share of the audience that would get a
    letter. Raises ConditionMistake."""
    everybody = rows_of(campaign)
    people = everybody.count()
    drawn = round(people * reached * 2 / len(campaign.letters))
    lately = Profile.objects.filter(days_since_last_order__lt=WINDOW_DAYS, pk__in=everybody.values("customer_id"))
    base = lately.count() / people if people else 0.0
    if not 0 < base < 1 or base * drawn / 2 < YES_MIN:
        return Promise(drawn, base, None)
    relative = smallest_visible(drawn, held_out=0.5, variation=math.sqrt((1 - base) / base))
    return Promise(drawn, base, base * relative)
