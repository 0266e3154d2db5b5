"""What did each play change, and all of them together? Kept for the pages; a play that does harm is stopped."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from regulars.decisions.models import Decision
from regulars.insight.lift.aipw import CHANCE_MAX, CHANCE_MIN
from regulars.measurement import harms, learning
from regulars.measurement.effects import HELD_OUT, MEANT, TREATED, Fixed, compared
from regulars.measurement.kept_lifts import EFFECT
from regulars.measurement.models import Lift
from regulars.measurement.windows import Drawn
from regulars.plays.form import Form
from regulars.plays.models import Play, PlayVersion
from regulars.plays.reading import read
from regulars.policy.hold_out import EVERYTHING, PLAY
from regulars.profiles import people
from regulars.profiles.margins import margin_rate
from regulars.profiles.models import Profile
from regulars.profiles.refresh import Asked

ALL = "play:"
"""What decisions of any play begin with, and the source of what all of them changed together."""


@dataclass
class Met:
    """Whom a play met. drawn: every decision; first: by customer, when and on which side; dose: what a lift of 1 would have
    brought the treated; cost: what was spent on them, in minor units."""

    drawn: list[Drawn] = field(default_factory=list)
    first: dict[int, Drawn] = field(default_factory=dict)
    dose: dict[int, float] = field(default_factory=dict)
    cost: dict[int, float] = field(default_factory=dict)


def measure(asked: Asked, *, now: dt.datetime) -> int:
    """Ask about every play that ever acted, and about all together; returns how many answers were kept."""
    kept = 0
    rate = margin_rate()
    found: dict[str, tuple[Play, Form, Met, dict[str, Any]]] = {}
    for play in Play.objects.exclude(began=None).order_by("pk"):
        made = form_of(play)
        met = _met(play.scope, made.goal.within)
        assert play.began is not None
        fixed = Fixed(play.began, play.planned, made.goal.within, rate)
        data = compared(asked, met.drawn, fixed, costs=met.cost) | {"harm": harms.of(play, met.first, now=now)}
        harms.stop(play, data, now=now)
        _keep(play.scope, asked, data)
        found[play.name] = (play, made, met, data)
        kept += 1
    if found:
        _keep(ALL, asked, _together(asked, rate))
        learning.learn(found, asked.dates.complete, now=now)
    return kept


def form_of(play: Play) -> Form:
    """What a play says in the version in force."""
    version = PlayVersion.objects.get(play=play, number=play.version)
    return read(version.text, minor_per_major=people.minor_per_major())


def _keep(source: str, asked: Asked, data: dict[str, Any]) -> None:
    told = {"as_of": asked.dates.complete, "data": data}
    Lift.objects.update_or_create(source=source, question=EFFECT, defaults=told)


def _met(scope: str, days: int) -> Met:
    """Everybody a play would have reached, on either side; the first time counts, later ones add to the dose."""
    mine = Q(arm=Decision.Arm.HELD_OUT, facts__layer=PLAY) | MEANT
    rows = Decision.objects.filter(mine, source__startswith=f"{scope}/", share__gt=0).order_by("not_before", "pk")
    fields = ("identifier_id", "person_id", "arm", "not_before", "share", "weighed")
    found = Met()
    for identifier, person, arm, at, share, weighed in rows.values_list(*fields).iterator():
        chance = 1 - share
        if not CHANCE_MIN <= chance <= CHANCE_MAX:
            continue
        one = _drawn(identifier, arm, at, chance, weighed)
        found.drawn.append(one)
        first = found.first.setdefault(person, one)
        if arm == Decision.Arm.TREATED and (at - first.at).days < days:
            lift, belief = weighed.get("lift", 0.0), weighed.get("belief", 0.0)
            found.dose[person] = found.dose.get(person, 0.0) + (lift / belief if belief else 0.0)
            found.cost[person] = found.cost.get(person, 0.0) + weighed.get("cost", 0.0)
    return found


def _drawn(identifier: int, arm: str, at: dt.datetime, chance: float, weighed: dict[str, Any]) -> Drawn:
    side = HELD_OUT if arm == Decision.Arm.HELD_OUT else TREATED
    return Drawn(identifier, side, at, chance, weighed.get("likely", 0.0), weighed.get("margin", 0.0))


def _together(asked: Asked, rate: float) -> dict[str, Any]:
    """Everybody any play would have reached, against those who are held out of everything."""
    rows = Decision.objects.filter(MEANT | Q(arm=Decision.Arm.HELD_OUT), source__startswith=ALL, share_of_all__gt=0)
    fields = ("identifier_id", "person_id", "arm", "facts", "not_before", "share_of_all", "weighed")
    drawn: list[Drawn] = []
    cost: dict[int, float] = {}
    for identifier, person, arm, facts, at, share, weighed in (
        rows.order_by("not_before", "pk").values_list(*fields).iterator()
    ):
        if not CHANCE_MIN <= 1 - share <= CHANCE_MAX:
            continue
        left_out = arm == Decision.Arm.HELD_OUT and facts.get("layer") == EVERYTHING
        drawn.append(_drawn(identifier, Decision.Arm.HELD_OUT if left_out else "", at, 1 - share, weighed))
        if arm == Decision.Arm.TREATED:
            cost[person] = cost.get(person, 0.0) + weighed.get("cost", 0.0)
    first = min((one.at.date() for one in drawn), default=asked.dates.complete)
    return compared(asked, drawn, Fixed(first, max(1, Profile.objects.count()), margin_rate=rate), costs=cost)
