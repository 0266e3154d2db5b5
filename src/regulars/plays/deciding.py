"""From what was planned to decisions: the gate is asked for everybody who is agreed, chunk by chunk, each chunk at once with
what became of it. Killed anywhere, it goes on there; asked twice, it is decided once."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from regulars.decisions import gate
from regulars.decisions.models import contact_rules
from regulars.decisions.standing import owners
from regulars.plays import running
from regulars.plays.asking import Meeting, request
from regulars.plays.models import Proposal
from regulars.plays.people_today import order_margin
from regulars.shop import current
from regulars.shop.among import among
from regulars.shop.models import the_shop

PEOPLE_AT_ONCE = 500
State = Proposal.State


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
    return _next(now, order_margin())


def everybody(*, now: dt.datetime) -> int:
    """Decide about all who are agreed, chunk by chunk; returns how many there were."""
    margin = order_margin()  # of everybody's whole past: not to be added up again for each chunk
    return sum(iter(lambda: _next(now, margin), 0))


def _next(now: dt.datetime, margin: float) -> int:
    with current.atomic():
        agreed = Proposal.objects.filter(state=State.AGREED).order_by("pk")
        if current.connection().features.has_select_for_update_skip_locked:
            agreed = agreed.select_for_update(skip_locked=True)
        chunk = list(agreed[:PEOPLE_AT_ONCE])
        if chunk:
            _decide(chunk, now, margin)
        return len(chunk)


def _decide(chunk: Sequence[Proposal], now: dt.datetime, margin: float) -> None:
    """Those whose play still stands as it was when they were chosen; the others came to nothing."""
    plays = {(one.play.name, one.play.version): one for one in running.running(margin)}
    there = owners([one.person_id for one in chunk])
    stands = [one for one in chunk if (one.play_id, one.version) in plays and one.person_id in there]
    shop, rules = the_shop(), contact_rules()
    requests = [
        request(plays[one.play_id, one.version],
                Meeting(one.person_id, one.day, one.occurrence, one.not_before, one.expires_at, one.weighed), shop, rules)
        for one in stands
    ]  # fmt: skip
    gate.decide(requests, now=now)
    decided = {one.pk for one in stands}
    Proposal.objects.filter(among(pk=decided)).update(state=State.DECIDED)
    Proposal.objects.filter(among(pk=[one.pk for one in chunk if one.pk not in decided])).update(state=State.OVER)


def waiting() -> dict[str, int]:
    """How many wait for a yes, by play."""
    rows = Proposal.objects.filter(state=State.WAITING).values("play_id").annotate(n=Count("pk")).order_by("play_id")
    return dict(rows.values_list("play_id", "n"))
