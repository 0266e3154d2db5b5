"""What did all plays together change? Everybody any of them would have reached, against those left out of everything.

Who is left out is drawn anew each year, and each year's lot is an experiment of its own: a customer counts once in each, on
the side of that year, from the first time any play would have reached them in it. What the year before left behind is not
counted: the first WINDOW_DAYS days after others were drawn are left out, of everybody met before and on both sides alike.
Were only those left out who changed sides, those who stayed left out twice would stand against those reached twice, which is
another chance than the one they were drawn with (0.95 would become 0.997). Leaving out days, not people, is the wash-out of
cross-over trials (Senn, Cross-over Trials in Clinical Research, 2002).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import Coalesce

from regulars.customers.owners import owner_of
from regulars.decisions import left_out
from regulars.decisions.models import ContactRules, Decision, contact_rules
from regulars.insight.lift.aipw import CHANCE_MAX, CHANCE_MIN
from regulars.measurement.effects import HELD_OUT, MEANT, TREATED, WINDOW_DAYS, Beside, Fixed, compared
from regulars.measurement.kept_lifts import EFFECT
from regulars.measurement.models import Lift
from regulars.measurement.windows import Drawn
from regulars.policy.hold_out import EVERYTHING
from regulars.profiles.models import Profile
from regulars.profiles.refresh import Asked
from regulars.shop.models import the_shop

ALL = "play:"
"""What decisions of any play begin with, and the source of what all of them changed together."""
NO_SIDE = -1
FIELDS = ("identifier_id", "owner", "arm", "facts", "at", "not_before", "share_of_all", "weighed", "ended_at")


@dataclass(frozen=True, slots=True)
class Year:
    """The year of one lot. began: its first day, None for the very first year; ends: the day on which others are drawn, None
    while the years are not counted yet."""

    number: int
    began: dt.date | None
    ends: dt.date | None

    def counts_from(self, day: dt.date, *, met_before: bool) -> dt.date | None:
        """From which day on somebody counts whom any play would have reached on this day, for the first time this year: not in
        the first days after others were drawn, if they were met before. None where their days would reach into the next year,
        whose lot may put them on the other side."""
        days = dt.timedelta(days=WINDOW_DAYS)
        first = max(day, self.began + days) if self.began and met_before else day
        return None if self.ends and first + days > self.ends else first


@dataclass
class Everybody:
    """Whom any play met. drawn: their first time in each year; cost: by customer and year, what was spent on them within the
    days that count, in minor units."""

    drawn: list[Drawn] = field(default_factory=list)
    cost: dict[tuple[int, int], float] = field(default_factory=dict)
    met: dict[int, int] = field(default_factory=dict)
    first: dict[tuple[int, int], tuple[dt.date | None, int]] = field(default_factory=dict)

    def counts(self, person: int, year: Year, day: dt.date, side: int) -> tuple[dt.date | None, bool]:
        """From which day on they count this year, None for not at all; and whether this entry is needed: the first, or one on
        the other side (whoever has both, united later, is left out)."""
        met_before = self.met.setdefault(person, year.number) < year.number
        begun, before = self.first.setdefault(
            (person, year.number), (year.counts_from(day, met_before=met_before), NO_SIDE)
        )
        if before == NO_SIDE:
            self.first[person, year.number] = begun, side
        return begun, before != side


def of_all(asked: Asked, rate: float) -> dict[str, Any]:
    """What all plays together changed. rate: margin of net revenue."""
    found = _everybody()
    begins = min((one.at.date() for one in found.drawn), default=asked.dates.complete)
    return compared(asked, found.drawn, Fixed(begins, _planned(), margin_rate=rate), Beside(found.cost))


def _everybody() -> Everybody:
    found, rules, zone = Everybody(), contact_rules(), ZoneInfo(the_shop().zone)
    for identifier, person, arm, facts, at, due, share, weighed, ended in _rows():
        if not CHANCE_MIN <= 1 - share <= CHANCE_MAX:
            continue
        year, day = _year(rules, at.astimezone(zone).date()), due.astimezone(zone).date()
        side = HELD_OUT if arm == Decision.Arm.HELD_OUT and facts.get("layer") == EVERYTHING else TREATED
        begun, needed = found.counts(person, year, day, side)
        if begun is None:
            continue
        if needed:
            from_ = due if begun <= day else dt.datetime.combine(begun, dt.time(), zone)
            known = weighed.get("likely", 0.0), weighed.get("margin", 0.0)
            found.drawn.append(Drawn(identifier, side, from_, 1 - share, *known, year.number))
        if arm == Decision.Arm.TREATED and ended is None and 0 <= (day - begun).days < WINDOW_DAYS:
            key = person, year.number
            found.cost[key] = found.cost.get(key, 0.0) + weighed.get("cost", 0.0)
    return found


def _rows() -> Iterator[tuple[Any, ...]]:
    rows = Decision.objects.filter(MEANT | Q(arm=Decision.Arm.HELD_OUT), source__startswith=ALL, share_of_all__gt=0)
    rows = rows.annotate(owner=Coalesce(owner_of("identifier_id"), "person_id"))  # merges change it
    return rows.order_by("not_before", "pk").values_list(*FIELDS).iterator()


def _year(rules: ContactRules, day: dt.date) -> Year:
    """Of the lot from which was drawn on this day."""
    ends = left_out.next_draw(rules, day) if rules.held_out_since else None
    return Year(left_out.year(rules, day), left_out.year_began(rules, day), ends)


def _planned() -> int:
    """How many the plays together were expected to meet when it was first asked; another number would be another test."""
    before = Lift.objects.filter(source=ALL, question=EFFECT).first()
    return before.data["planned"] if before else max(1, Profile.objects.count())
