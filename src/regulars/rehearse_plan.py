"""Rehearse a whole plan: all plays that are on together, on the shop's own past and forward in an invented shop like it.

On a real day value decides who gets which play; the past has no values, so the more important play goes first. Whoever is
meant by several gets one, and nobody more than the contact rules allow.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import ceil
from typing import Any

from regulars.decisions.models import contact_rules
from regulars.plays import running
from regulars.plays.candidates import reachable
from regulars.plays.form import Form
from regulars.plays.people_today import order_margin
from regulars.policy.budget import Budget
from regulars.profiles import lake
from regulars.profiles.refresh import Asked, asked_of
from regulars.rehearse import BACK_DAYS, STEP_DAYS, Say, cost_of, look_ahead, meant_on
from regulars.shop.models import the_shop


@dataclass
class Together:
    """days: looked back; met: different people; contacts: how often; plays: contacts by play; cost: minor units; several: how
    often somebody was meant by more than one play; enough: how often the contact rules left somebody in peace."""

    days: int = BACK_DAYS
    met: int = 0
    contacts: int = 0
    cost: float = 0.0
    plays: dict[str, int] = field(default_factory=dict)
    several: int = 0
    enough: int = 0


def rehearse(*, now: dt.datetime, say: Say = lambda _step: None, forward: bool = True) -> dict[str, Any]:
    """Both halves: {"back": ..., "ahead": ... or None, "why_not": ...}. Plays that wait for a day or an event are only in the
    second."""
    forms = [one.form for one in running.running(order_margin())]
    daily = sorted((form for form in forms if form.on == "daily"), key=lambda form: (form.priority, form.name))
    with lake.alone(), asked_of(the_shop(), now=now) as asked:
        if asked is None:
            return {"back": asdict(Together()), "ahead": None, "why_not": "no_orders"}
        say("looking back")
        back = look_back(daily, asked, now=now)
    a_day = {name: max(1, ceil(count / back.days)) for name, count in back.plays.items()}
    ahead, why = look_ahead(forms, now=now, say=say, a_day=a_day) if forward else (None, "not_asked")
    return {"back": asdict(back), "ahead": asdict(ahead) if ahead else None, "why_not": why}


def look_back(forms: Sequence[Form], asked: Asked, *, now: dt.datetime) -> Together:
    """Whom these plays would have met on the days that are looked at, the more important ones first."""
    may = {form.name: reachable(form.contact.channel, now) for form in forms}
    allowed = {name: None if some is None else set(some.tolist()) for name, some in may.items()}
    budget, found = contact_rules().budget, Together(plays=dict.fromkeys((form.name for form in forms), 0))
    last: dict[tuple[str, int], dt.date] = {}
    heard: dict[int, list[dt.date]] = defaultdict(list)
    for ago in range(BACK_DAYS, -1, -STEP_DAYS) if forms else ():
        day = asked.dates.as_of - dt.timedelta(days=ago)
        if day <= asked.dates.history.begins:
            continue
        wanted: dict[int, list[Form]] = defaultdict(list)
        for form, people in zip(forms, meant_on(forms, asked, day), strict=True):
            some = allowed[form.name]
            for pk in people.tolist():
                rested = (day - last.get((form.name, pk), dt.date.min)).days >= form.once_every
                if rested and (some is None or form.owed or pk in some):
                    wanted[pk].append(form)
        _meet(wanted, day, budget, (found, last, heard))
    found.met, found.contacts = len(heard), sum(found.plays.values())
    found.cost = sum(found.plays[form.name] * cost_of(form) for form in forms)
    return found


Kept = tuple[Together, dict[tuple[str, int], dt.date], dict[int, list[dt.date]]]


def _meet(wanted: dict[int, list[Form]], day: dt.date, budget: Budget, kept: Kept) -> None:
    """One day: each person at most one play, each play at most as many people as it may meet in so many days."""
    found, last, heard = kept
    room = Counter(
        {form.name: (form.limits.per_day or len(wanted)) * STEP_DAYS for forms in wanted.values() for form in forms}
    )
    for pk, forms in sorted(wanted.items()):
        found.several += len(forms) > 1
        form = next((each for each in forms if room[each.name] > 0), None)
        if form is None:
            continue
        if not form.owed and _enough(heard[pk], day, budget):
            found.enough += 1
            continue
        room[form.name] -= 1
        last[form.name, pk] = day
        heard[pk].append(day)
        found.plays[form.name] += 1


def _enough(heard: Sequence[dt.date], day: dt.date, budget: Budget) -> bool:
    """Whether one more contact would be too many in any stretch of days."""
    return any(sum((day - each).days < window.days for each in heard) >= window.contacts for window in budget)
