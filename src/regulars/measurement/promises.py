"""What will be seen of a play at all? Said before it is switched on, from the shop's own figures, so that nobody hopes in vain."""

import math
from dataclasses import dataclass

from django.db.models import Avg
from django.utils.translation import gettext as _

from regulars.insight.lift.effect import TOO_SMALL
from regulars.insight.lift.sequence import smallest_visible
from regulars.plays.form import Form
from regulars.plays.models import Play
from regulars.plays.switching import planned_for
from regulars.profiles import people
from regulars.profiles.models import Profile
from regulars.profiles.segments import parse
from regulars.profiles.select import matching

FORECAST_DAYS = 90


@dataclass(frozen=True)
class Promise:
    """people: whom it will meet in a year; base: share of them who would come back anyway within its days; visible: the
    smallest relative change of that which will be seen (80 %, at any look); None where nobody is held out or comes back."""

    people: int
    base: float
    visible: float | None

    @property
    def told(self) -> str:
        """In a sentence."""
        if self.visible is None:
            return _(
                "What it changes cannot be seen: nobody is held out, or nobody it is meant for is expected to order."
            )
        change = f"{self.visible:.0%}"
        if self.visible > TOO_SMALL:
            text = _(
                "With about {n} customers a year it can only be seen if it changes how many come back by more than {change}. It will be judged together with similar plays."
            )
        else:
            text = _(
                "With about {n} customers a year it will be seen if it changes how many come back by more than {change}."
            )
        return text.format(n=f"{self.people:,}", change=change)


def of_play(form: Form, play: Play | None) -> Promise:
    """The promise of a play, on or not. Raises ConditionMistake for an audience that fits no more."""
    condition = parse(form.audience, minor_per_major=people.minor_per_major()) if form.audience.strip() else None
    audience = Profile.objects.all() if condition is None else matching(condition)
    likely = audience.aggregate(likely=Avg("p_order_90d"))["likely"] or 0.0
    base = 1 - (1 - min(likely, 0.999)) ** (form.goal.within / FORECAST_DAYS)
    count = play.planned if play and play.planned else planned_for(form, audience.count())
    share = form.share if form.share is not None else play.share if play else 0.5
    if not base > 0 or not share or form.owed:
        return Promise(count, base, None)
    variation = math.sqrt((1 - base) / base)
    return Promise(count, base, smallest_visible(count, held_out=share, variation=variation))
