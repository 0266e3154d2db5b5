"""Once a month: what the hold-outs say about each play's lift is believed a little more, and a proven play holds out fewer."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regulars.decisions import models
from regulars.insight.lift.many import claimed
from regulars.measurement.models import Lift
from regulars.plays import switching
from regulars.plays.form import Form
from regulars.plays.models import Play
from regulars.policy.learning import Found, is_a_leap, next_share, ratio
from regulars.policy.learning import learn as learned
from regulars.policy.value import Belief

if TYPE_CHECKING:
    from regulars.measurement.plays import Met

CLAIMED = "claimed"
BY = "measurement"
PLAYS = "play:"
Everything = Mapping[str, tuple[Play, Form, "Met", dict[str, Any]]]


def learn(found: Everything, day: dt.date, *, now: dt.datetime) -> None:
    """In the first night of a month, or when nothing was ever learned; again in the same month it does nothing."""
    before = Lift.objects.filter(source=PLAYS, question=CLAIMED).first()
    if before is not None and (before.as_of.year, before.as_of.month) == (day.year, day.month):
        return
    names = _claimed(found)
    Lift.objects.update_or_create(
        source=PLAYS, question=CLAIMED, defaults={"as_of": day, "data": {"plays": names, "of": len(found)}}
    )
    _believe(found, day, now=now)
    for name, (play, form, _met, data) in found.items():
        if form.share is None and not form.owed and play.began is not None:
            people = data["came_back"]
            share = next_share(play.share, proven=name in names and people["state"] == "works",
                               too_small=people["state"] == "too_small", days=(day - play.began).days)  # fmt: skip
            switching.set_share(play, share, why=people["state"], by=BY, now=now)


def _claimed(found: Everything) -> list[str]:
    """Plays that may be said to bring people back, few of them falsely: from the evidence as it is now."""
    names = sorted(found)
    return (
        [names[place] for place in claimed([float(found[name][3]["came_back"]["e"]) for name in names])]
        if names
        else []
    )


def _believe(found: Everything, day: dt.date, *, now: dt.datetime) -> None:
    """The shop's own estimates move the assumed lifts."""
    said = {}
    for name, (_play, form, met, data) in found.items():
        money = data.get("margin")
        dose = _mean(met, met.dose)
        if money and money["estimate"] is not None and money["error"] and dose > 0:
            # The lift is of what comes in, before what was spent on it.
            lift, error = ratio(money["estimate"] + _mean(met, met.cost), money["error"], dose)
            said[name] = Found(Belief(form.value.lift, form.value.spread), lift, error)
    for name, belief in learned(said).beliefs.items() if said else ():
        _write(f"play:{name}", said[name], belief, day, now=now)


def _write(scope: str, said: Found, belief: Belief, day: dt.date, *, now: dt.datetime) -> None:
    before = models.Belief.objects.filter(pk=scope).first()
    old = Belief(before.mean, before.spread) if before else said.assumed
    waits = is_a_leap(old, belief)
    kept = [*(before.learned if before else []), {"day": day.isoformat(), "found": said.lift, "error": said.error,
            "mean": belief.mean, "spread": belief.spread, "waits": waits}]  # fmt: skip
    now_believed = old if waits else belief
    models.Belief.objects.update_or_create(
        pk=scope,
        defaults={"mean": now_believed.mean, "spread": now_believed.spread, "learned": kept[-36:], "at": now,
                  "assumed": {"mean": said.assumed.mean, "spread": said.assumed.spread}},
    )  # fmt: skip


def accept(scope: str, *, now: dt.datetime) -> bool:
    """Somebody has looked at a leap: from now on it counts."""
    row = models.Belief.objects.filter(pk=scope).first()
    if row is None or not row.learned or not row.learned[-1]["waits"]:
        return False
    row.learned[-1]["waits"] = False
    row.mean, row.spread, row.at = row.learned[-1]["mean"], row.learned[-1]["spread"], now
    row.save()
    return True


def _mean(met: "Met", of: Mapping[int, float]) -> float:
    """Of one treated person whose days are over."""
    treated = [person for person in met.over if met.first[person].arm]
    return sum(of.get(person, 0.0) for person in treated) / len(treated) if treated else 0.0
