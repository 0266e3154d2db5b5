"""Launch a campaign, decide about its people chunk by chunk, pause it, stop it; killed anywhere, it goes on there."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F
from django.utils.translation import gettext as _

from regulars.customers.models import Customer, Identifier
from regulars.decisions import gate, left_out, limits, stopping, taking_back
from regulars.decisions.models import Decision
from regulars.decisions.taking_back import NOT_GONE
from regulars.decisions.zones import zones_of
from regulars.plays.models import Campaign
from regulars.policy.contact import NOT_MARKETING, Wish
from regulars.profiles import people, segments
from regulars.profiles.select import matching
from regulars.shop import current
from regulars.words import lint
from regulars.words.letters import newest
from regulars.words.models import Letter

if TYPE_CHECKING:
    from django.db.models import QuerySet

PEOPLE_AT_ONCE = 500
PREVIEW_PEOPLE_MAX = 2_000
State = Campaign.State


class CannotLaunch(Exception):
    """Why a campaign cannot start; the message says what to do."""


@dataclass(frozen=True)
class Preview:
    """audience: people in all. asked: how many of them the counts are about. reasons: how many would get nothing, and why.
    most: so many of the audience at most, where the campaign has a limit."""

    audience: int
    asked: int
    reasons: dict[str, int]
    most: int | None = None

    @property
    def would_get(self) -> int:
        """Of those asked."""
        free = self.asked - sum(self.reasons.values())
        if self.most is None or not self.audience:
            return free
        return min(free, round(self.most * self.asked / self.audience))


def audience(campaign: Campaign) -> list[int]:
    """The customers it is meant for. Raises segments.ConditionMistake."""
    return list(rows_of(campaign).order_by("customer_id").values_list("customer_id", flat=True))


def rows_of(campaign: Campaign) -> "QuerySet[Any]":
    """A row with `customer_id` for each of them, in no order: their profiles, or without a condition all customers, also
    those who asked for letters and have not ordered yet. Raises segments.ConditionMistake."""
    if not campaign.condition.strip():
        return Customer.objects.annotate(customer_id=F("pk"))
    return matching(segments.parse(campaign.condition, minor_per_major=people.minor_per_major()))


def preview(campaign: Campaign, *, now: dt.datetime) -> Preview:
    """Who would get it and who nothing, and why: of everybody, or of evenly chosen people of a large audience."""
    everybody = audience(campaign)
    step = max(1, -(-len(everybody) // PREVIEW_PEOPLE_MAX))
    some = everybody[::step]
    reasons: Counter[str] = Counter()
    for start in range(0, len(some), PEOPLE_AT_ONCE):
        requests = _requests(campaign, some[start : start + PEOPLE_AT_ONCE], now)
        reasons.update(answer.reason for answer in gate.weigh(requests, now=now) if answer.final)
    return Preview(len(everybody), len(some), dict(reasons.most_common()), campaign.most)


def findings(campaign: Campaign) -> list[tuple[Letter, str, lint.Finding]]:
    """What is wrong with its letters: letter, language, finding."""
    letters, marketing = Letter.objects.in_bulk(campaign.letters), campaign.purpose not in NOT_MARKETING
    return [
        (letters[pk], language, finding)
        for pk in campaign.letters if pk in letters
        for language, version in newest(pk).items()
        for finding in lint.check(version.subject, version.text, html=version.html, marketing=marketing)
    ]  # fmt: skip


def launch(campaign: Campaign, *, by: str, now: dt.datetime, seen: Sequence[str] = ()) -> None:
    """Start it. seen: codes of findings that a person says are in order. Raises CannotLaunch; twice is once."""
    with current.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if campaign.state != State.DRAFT:
            return
        _refuse(campaign, set(seen))
        campaign.audience = len(audience(campaign))
        if campaign.most is not None:
            limits.register(campaign.scope, campaign.most, actor=by, at=now)
        campaign.state, campaign.launched_at, campaign.launched_by = State.RUNNING, now, by
        campaign.save()


def _refuse(campaign: Campaign, seen: set[str]) -> None:
    if not campaign.letters or not all(newest(pk) for pk in campaign.letters):
        raise CannotLaunch(_("Write the letter first."))
    found = findings(campaign)
    if lint.stops([finding for _letter, _language, finding in found]):
        raise CannotLaunch(_("The letter cannot be sent as it is; see what is marked below."))
    open_ = {finding.code for _letter, _language, finding in found} - seen
    if open_:
        raise CannotLaunch(_("Look at what is marked below, and say that it is in order."))
    try:
        everybody = audience(campaign)
    except segments.ConditionMistake as mistake:
        raise CannotLaunch(str(mistake)) from mistake
    if not everybody:
        raise CannotLaunch(_("Nobody fulfils this condition."))


def go_on(*, now: dt.datetime) -> int:
    """Decide about the next people of every running campaign; returns how many decisions were asked for."""
    return sum(_chunk(campaign, now) for campaign in Campaign.objects.filter(state=State.RUNNING).order_by("pk"))


def _chunk(campaign: Campaign, now: dt.datetime) -> int:
    """The next chunk, in one transaction with the place reached."""
    with current.atomic():
        mine = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if mine.state != State.RUNNING:
            return 0
        if campaign.launched_at and now >= campaign.launched_at + campaign.lasts + dt.timedelta(days=1):
            Campaign.objects.filter(pk=mine.pk).update(state=State.DONE)
            return 0
        chunk = _after(mine, mine.reached)
        if not chunk:
            Campaign.objects.filter(pk=mine.pk).update(state=State.DONE)
            return 0
        gate.decide(_requests(mine, chunk, now), now=now)
        Campaign.objects.filter(pk=mine.pk).update(reached=chunk[-1])
        return len(chunk)


def _after(campaign: Campaign, reached: int) -> list[int]:
    rows = rows_of(campaign).filter(customer_id__gt=reached).order_by("customer_id")
    return list(rows.values_list("customer_id", flat=True)[:PEOPLE_AT_ONCE])


def _requests(campaign: Campaign, ids: Sequence[int], now: dt.datetime) -> list[gate.Request]:
    begin = campaign.launched_at or now
    hold_out = replace(left_out.lots(now), play=campaign.hold_out / 100)
    zones = zones_of(ids) if campaign.starts else {}
    # Before the launch nothing is registered: a look asks what the rules say, `Preview.most` what the limit does.
    takes = ((campaign.scope, 1),) if campaign.most is not None and campaign.launched_at else ()
    todo = {"letters": list(campaign.letters)}
    there = set(Identifier.objects.filter(pk__in=ids).values_list("pk", flat=True))
    found = []
    for pk in ids:
        if pk not in there:  # an import was undone, and the profiles are of before
            continue
        at = _local(campaign.starts, zones[pk]) if campaign.starts else begin
        wish = Wish(
            campaign.channel,
            campaign.purpose,
            campaign.source,
            "once",
            at,
            at + campaign.lasts,
            hold_out=hold_out,
            takes=takes,
        )
        found.append(gate.Request(pk, wish, campaign.because or campaign.name, todo, (1.0,) * len(campaign.letters)))
    return found


def _local(starts: dt.datetime | None, zone: str) -> dt.datetime:
    """The wall time (kept as if it were UTC) on a clock of this zone."""
    assert starts is not None
    return starts.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def pause(campaign: Campaign, *, by: str, now: dt.datetime) -> None:
    """Hold back what has not left; the next message already stays."""
    with current.atomic():
        stopping.stop(campaign.scope, why=_("The campaign is paused."), actor=by, at=now)
        Campaign.objects.filter(pk=campaign.pk, state=State.RUNNING).update(state=State.PAUSED)


def resume(campaign: Campaign, *, by: str, now: dt.datetime) -> None:
    """Let it go on: what waited is asked again, what expired meanwhile stays undone."""
    with current.atomic():
        stopping.go_on(campaign.scope, actor=by, at=now)
        Campaign.objects.filter(pk=campaign.pk, state__in=(State.PAUSED, State.DONE)).update(state=State.RUNNING)


def stop(campaign: Campaign, *, by: str, now: dt.datetime) -> None:
    """End it for good: whatever has not left is cancelled, and its slots are free."""
    with current.atomic():
        stopping.stop(campaign.scope, why=_("The campaign was stopped."), actor=by, at=now)
        Campaign.objects.filter(pk=campaign.pk).exclude(state=State.DRAFT).update(state=State.STOPPED)
        waiting = Decision.objects.filter(NOT_GONE, source=campaign.source)
        taking_back.take_back(waiting.values_list("pk", flat=True), why="cancelled", at=now)


def counts(campaign: Campaign) -> dict[str, int]:
    """What was decided: treated, held_out, and each reason why not."""
    found: Counter[str] = Counter()
    rows = Decision.objects.filter(source=campaign.source).values_list("arm", "reason").annotate(Count("pk")).order_by()
    for arm, reason, number in rows:
        found[reason if arm == Decision.Arm.REFUSED else arm] += number
    return dict(found.most_common())
