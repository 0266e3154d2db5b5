"""From what was planned to decisions: the gate is asked for everybody who is agreed, chunk by chunk, each chunk at once with
what became of it. Killed anywhere, it goes on there; asked twice, it is decided once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from regulars.decisions import gate, left_out
from regulars.decisions.standing import owners
from regulars.plays import running
from regulars.plays.asking import Meeting, request
from regulars.plays.models import Proposal
from regulars.plays.people_today import order_margin
from regulars.plays.running import Running
from regulars.shop import current
from regulars.shop.among import among
from regulars.shop.models import the_shop

State = Proposal.State


class Agreed(NamedTuple):
    """What is read of a proposal; from `play_id` on, what many have alike."""

    pk: int
    person_id: int
    weighed: dict[str, Any]
    play_id: str
    version: int
    day: dt.date
    occurrence: str
    not_before: dt.datetime
    expires_at: dt.datetime


def agree(proposals: Sequence[int], *, by: str, now: dt.datetime) -> int:
    """Somebody says yes to these; twice is once, and a day that has passed is not agreed to any more."""
    waiting = Proposal.objects.filter(among(pk=proposals), state=State.WAITING, expires_at__gt=now)
    return waiting.update(state=State.AGREED, by=by, at=now)


def decline(proposals: Sequence[int], *, by: str, now: dt.datetime) -> int:
    """Leave these people in peace today."""
    return Proposal.objects.filter(among(pk=proposals), state=State.WAITING).update(state=State.DECLINED, by=by, at=now)


def clear(*, now: dt.datetime) -> int:
    """What waited for a yes until its day was over is over; what was agreed to in time is still decided."""
    today = now.astimezone(ZoneInfo(the_shop().zone)).date()
    waiting = Proposal.objects.filter(Q(day__lt=today) | Q(expires_at__lte=now), state=State.WAITING)
    return waiting.update(state=State.OVER, at=now)


def go_on(*, now: dt.datetime) -> int:
    """Decide about the next people who are agreed; returns how many there were."""
    return len(_next(now, order_margin(), 0))


def everybody(*, now: dt.datetime) -> int:
    """Decide about all who are agreed, chunk by chunk; returns how many there were."""
    margin, done, after = order_margin(), 0, 0  # the margin is of everybody's whole past: not added up for each chunk
    while True:
        chunk = _next(now, margin, after)
        if not chunk and not after:
            return done
        done += len(chunk)
        after = max(chunk, default=0)  # at the end once more from the beginning: somebody may have agreed meanwhile


def _next(now: dt.datetime, margin: float, after: int) -> list[int]:
    """Decide about the next proposals behind this number (a database walks long through those that are decided); theirs."""
    with current.atomic():
        agreed = Proposal.objects.filter(state=State.AGREED, pk__gt=after).order_by("pk")
        if current.connection().features.has_select_for_update_skip_locked:
            agreed = agreed.select_for_update(skip_locked=True)
        chunk = list(agreed.values_list(*Agreed._fields)[: gate.PEOPLE_AT_ONCE])
        if chunk:
            _decide([Agreed(*row) for row in chunk], now, margin)
        return [pk for pk, *_rest in chunk]


def _decide(chunk: Sequence[Agreed], now: dt.datetime, margin: float) -> None:
    """Those whose play still stands as it was when they were chosen; the others came to nothing."""
    plays = {(one.play.name, one.play.version): one for one in running.running(margin)}
    there = owners(one.person_id for one in chunk)
    stands = [one for one in chunk if (one.play_id, one.version) in plays and one.person_id in there]
    gate.decide(_requests(stands, plays, now), now=now)
    decided = {one.pk for one in stands}
    Proposal.objects.filter(among(pk=decided)).update(state=State.DECIDED)
    Proposal.objects.filter(among(pk=[one.pk for one in chunk if one.pk not in decided])).update(state=State.OVER)


def _requests(
    stands: Sequence[Agreed], plays: Mapping[tuple[str, int], Running], now: dt.datetime
) -> list[gate.Request]:
    """What is asked for each; the same play asks the same for all whom it meets at the same moment, with words drawn by the same
    chances."""
    lots = left_out.lots(now)
    same: dict[Any, gate.Request] = {}
    found = []
    for one in stands:
        key = (*one[Agreed._fields.index("play_id") :], *one.weighed.get("chances", ()))
        if key not in same:
            met = Meeting(one.person_id, one.day, one.occurrence, one.not_before, one.expires_at, one.weighed)
            same[key] = request(plays[one.play_id, one.version], met, lots)
        found.append(replace(same[key], identifier_id=one.person_id, weighed=one.weighed))
    return found


def waiting() -> dict[str, int]:
    """How many wait for a yes, by play."""
    rows = Proposal.objects.filter(state=State.WAITING).values("play_id").annotate(n=Count("pk")).order_by("play_id")
    return dict(rows.values_list("play_id", "n"))
