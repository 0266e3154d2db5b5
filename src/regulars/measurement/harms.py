"""Does a play do harm? More who leave or complain than among the held out, more than may be put up with, fewer who come back.

Each is exact for any number of people and looked at every day; an alarm stops the play until a person lets it go on.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from regulars.actions.messaging.models import Message, MessageEvent
from regulars.decisions.models import Stop
from regulars.insight.lift import harm
from regulars.measurement.effects import TREATED
from regulars.measurement.guardrails import GUARDED_DAYS, Said
from regulars.measurement.windows import Drawn
from regulars.plays import switching
from regulars.plays.models import Play

LEFT_DAYS = dt.timedelta(days=GUARDED_DAYS)
LEAVING_MAX, COMPLAINING_MAX = 0.005, 0.001
"""Of a hundred contacts of a play, so many who leave, or complain, are put up with; mail providers stop at 0.3 %."""
AGAIN = 2.0
"""A play that somebody let go on after an alarm is stopped again when the evidence has doubled."""
BY = "measurement"


def of(play: Play, first: Mapping[int, Drawn], gone: Said) -> dict[str, Any]:
    """Evidence of each harm (an alarm from harm.ALARM on), with what it was counted from."""
    treated, shares = [], []
    for person, drawn in first.items():
        if any(drawn.at <= at < drawn.at + LEFT_DAYS for at in gone.anything(person)):
            treated.append(drawn.arm == TREATED)
            shares.append(drawn.chance)
    sent = Message.objects.filter(source__startswith=f"{play.scope}/", state=Message.State.SENT)
    contacts = sent.count()
    said = MessageEvent.objects.filter(message_id__in=sent.values("pk"))
    left, complained = (
        said.filter(kind=kind).values("message_id").distinct().count() for kind in ("unsubscribe", "complaint")
    )
    left, complained = min(left, contacts), min(complained, contacts)
    return {
        "left": {"all": len(treated), "treated": sum(treated), "e": harm.among_those_it_happened_to(treated, shares)},
        "leaving": {"n": contacts, "k": left, "e": harm.against_limit(left, contacts, limit=LEAVING_MAX)},
        "complaining": {"n": contacts, "k": complained, "e": harm.against_limit(complained, contacts, limit=COMPLAINING_MAX)},
    }  # fmt: skip


def stop(play: Play, data: Mapping[str, Any], *, now: dt.datetime) -> str:
    """Stop the play where there is an alarm; returns why, "" for none."""
    why = _alarm(data)
    if not why or play.state != Play.State.ON:
        return ""
    worst = evidence(data)
    before = Stop.objects.filter(scope=play.scope, actor=BY).order_by("-at").first()
    if before is not None and (before.ended_at is None or worst < AGAIN * _told(before)):
        return ""
    switching.pause(play.name, why=f"{why} (E = {worst:.0f})", by=BY, now=now)
    return why


def evidence(data: Mapping[str, Any]) -> float:
    """The strongest evidence of any harm."""
    return max([float(data["came_back"]["fewer"]), *(float(each["e"]) for each in data["harm"].values())])


def _alarm(data: Mapping[str, Any]) -> str:
    sentences = {
        "left": _("More people left after it than among those held out."),
        "leaving": _("Too many left after hearing from this play."),
        "complaining": _("Too many reported it as unwanted."),
    }
    for name, sentence in sentences.items():
        if data["harm"][name]["e"] >= harm.ALARM:
            return sentence
    return _("Fewer came back than of those held out.") if data["came_back"]["fewer"] >= harm.ALARM else ""


def _told(stop: Stop) -> float:
    """The evidence that an earlier stop named."""
    digits = stop.why.rpartition("E = ")[2].rstrip(")")
    return float(digits) if digits.isdigit() else harm.ALARM
