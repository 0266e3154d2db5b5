"""What did each play change, and all of them together? Kept for the pages; a play that does harm is stopped."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce

from regulars.customers.owners import owner_of
from regulars.decisions.models import Decision
from regulars.insight.lift.aipw import CHANCE_MAX, CHANCE_MIN
from regulars.measurement import answers, guardrails, harms, interactions, learning, outlooks, pooling, together
from regulars.measurement.effects import HELD_OUT, MEANT, TREATED, Beside, Fixed, compared
from regulars.measurement.kept_lifts import EFFECT
from regulars.measurement.models import Lift
from regulars.measurement.told_pairs import PAIRS
from regulars.measurement.windows import Drawn
from regulars.plays.form import ANSWERED, Form
from regulars.plays.models import Play, PlayVersion
from regulars.plays.reading import PlayMistakes, read
from regulars.policy.hold_out import PLAY
from regulars.profiles import people
from regulars.profiles.margins import margin_rate
from regulars.profiles.refresh import Asked
from regulars.shop.models import the_shop


@dataclass
class Met:
    """Whom a play met. drawn: every decision; first: by customer, when and on which side; dose: what a lift of 1 would have
    brought the treated; cost: what was spent on them, in minor units; over: whose days are; begun: by version of its text,
    on which day it first met anybody."""

    drawn: list[Drawn] = field(default_factory=list)
    first: dict[int, Drawn] = field(default_factory=dict)
    dose: dict[int, float] = field(default_factory=dict)
    cost: dict[int, float] = field(default_factory=dict)
    over: set[int] = field(default_factory=set)
    begun: dict[str, dt.date] = field(default_factory=dict)


def measure(asked: Asked, *, now: dt.datetime) -> int:
    """Ask about every play that ever acted, and about all together; returns how many answers were kept."""
    kept = 0
    rate, said = margin_rate(), guardrails.said(asked)
    found: dict[str, tuple[Play, Form, Met, dict[str, Any]]] = {}
    for play in Play.objects.exclude(began=None).order_by("pk"):
        try:
            made = form_of(play)
        except PlayMistakes:  # its text fits this release no more; what was found before stays
            continue
        met = _met(play.scope, made.goal.within, asked.dates.complete)
        assert play.began is not None
        fixed = Fixed(play.began, play.planned, made.goal.within, rate, tuple(met.begun.values()))
        data = _asked_of(play, asked, met, fixed) | {"harm": harms.of(play, met.first, said)}
        data["guardrails"] = guardrails.of(asked, met.drawn, said)
        if made.goal.outcome == ANSWERED:
            data["answers"] = answers.of(play.scope, days=made.goal.within, complete=asked.dates.complete)
        harms.stop(play, data, now=now)
        _keep(play.scope, asked, data)
        found[play.name] = (play, made, met, data)
        kept += 1
    if found:
        _keep(together.ALL, asked, together.of_all(asked, rate))
        akin = {name: (form.family, data) for name, (_play, form, _met, data) in found.items() if not form.owed}
        _keep(together.ALL, asked, {"families": pooling.families(akin)}, question=pooling.POOLED)
        _keep(together.ALL, asked, interactions.found(asked, found), question=PAIRS)
        learning.learn(found, asked.dates.complete, now=now)
    return kept


def form_of(play: Play) -> Form:
    """What a play says in the version in force."""
    version = PlayVersion.objects.get(play=play, number=play.version)
    return read(version.text, minor_per_major=people.minor_per_major())


def _asked_of(play: Play, asked: Asked, met: Met, fixed: Fixed) -> dict[str, Any]:
    """What it changed; what is forecast of people whose days are over is kept first."""
    made = min(asked.dates.as_of, the_shop().refreshed_on or asked.dates.as_of)
    outlooks.note(play.scope, met.drawn, days=fixed.days, made=made)
    costs = {(person, 1): cost for person, cost in met.cost.items()}
    return compared(asked, met.drawn, fixed, Beside(costs, outlooks.of(play.scope)))


def _keep(source: str, asked: Asked, data: dict[str, Any], *, question: str = EFFECT) -> None:
    told = {"as_of": asked.dates.complete, "data": data}
    Lift.objects.update_or_create(source=source, question=question, defaults=told)


def _met(scope: str, days: int, complete: dt.date) -> Met:
    """Everybody a play would have reached, on either side; the first time counts, what was sent later within the days adds to
    the dose. Doses and costs are of those whose days are over, as the outcomes are."""
    mine = Q(arm=Decision.Arm.HELD_OUT, facts__layer=PLAY) | MEANT
    rows = Decision.objects.filter(mine, source__startswith=f"{scope}/", share__gt=0).order_by("not_before", "pk")
    rows = rows.annotate(owner=Coalesce(owner_of("identifier_id"), "person_id"))  # merges change it
    fields = ("identifier_id", "owner", "arm", "not_before", "share", "weighed", "ended_at", "source")
    found, over = Met(), complete - dt.timedelta(days=days - 1)
    for identifier, person, arm, at, share, weighed, ended, source in rows.values_list(*fields).iterator():
        chance = 1 - share
        if not CHANCE_MIN <= chance <= CHANCE_MAX:
            continue
        one = _drawn(identifier, arm, at, chance, weighed)
        found.drawn.append(one)
        found.begun.setdefault(source, at.date())
        first = found.first.setdefault(person, one)
        if first.at.date() <= over:
            found.over.add(person)
        if arm == Decision.Arm.TREATED and ended is None and (at - first.at).days < days:
            lift, belief = weighed.get("lift", 0.0), weighed.get("belief", 0.0)
            found.dose[person] = found.dose.get(person, 0.0) + (lift / belief if belief else 0.0)
            found.cost[person] = found.cost.get(person, 0.0) + weighed.get("cost", 0.0)
    return found


def _drawn(identifier: int, arm: str, at: dt.datetime, chance: float, weighed: dict[str, Any]) -> Drawn:
    side = HELD_OUT if arm == Decision.Arm.HELD_OUT else TREATED
    return Drawn(identifier, side, at, chance, weighed.get("likely", 0.0), weighed.get("margin", 0.0))
