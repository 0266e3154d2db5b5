"""Stop a campaign, or all marketing, when too many complain or too many addresses do not exist; a person lets it go on.

The counts are of the last WINDOW, over marketing messages alone. What a person let go on is stopped again only when
something bad came since.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Max, Q, QuerySet

from regulars.actions.messaging.models import Message, MessageEvent
from regulars.decisions import stopping
from regulars.decisions.models import Stop
from regulars.policy.brakes import Counts, Verdict, verdict
from regulars.policy.rates import SentDay

WINDOW = dt.timedelta(days=14)
ACTOR = "brakes"
AT_ONCE = 800
SENTENCES = {
    "complaints": "{complained:,} of {sent:,} messages were reported as spam ({complaint_share:.2%}) in {days} days.",
    "first_batch": "{complained:,} of the first {sent:,} messages was reported as spam: look at it before more leave.",
    "bounces": "{bounced:,} of {sent:,} messages went to addresses that do not exist ({bounce_share:.1%}) in {days} days.",
}


@dataclass
class Bad:
    """What came back badly for one scope: messages by kind, those that never left, and when the newest came."""

    kinds: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    unsent: set[int] = field(default_factory=set)
    newest: dt.datetime | None = None

    def add(self, message: int, kind: str, at: dt.datetime, *, left: bool) -> None:
        """One more event; a message counts once for each kind."""
        self.kinds[kind].add(message)
        if not left:
            self.unsent.add(message)
        self.newest = at if self.newest is None else max(self.newest, at)


def brake(*, now: dt.datetime) -> list[Stop]:
    """Judge each campaign, and everything together; returns what was stopped now. Twice changes nothing."""
    found = _bad(since=now - WINDOW, now=now)
    stopped, let_go = stopping.stopped(), _let_go(found)
    made = []
    for scope, bad in sorted(found.items()):
        assert bad.newest is not None
        if scope in stopped or (scope in let_go and bad.newest <= let_go[scope]):
            continue
        judged = verdict(_counts(scope, bad, since=now - WINDOW))
        if judged.level == "stop":
            made.append(stopping.stop(scope, why=sentence(judged), actor=ACTOR, at=now))
    return made


def sentence(judged: Verdict) -> str:
    """Why something was stopped, with its figures."""
    counts = judged.counts
    return SENTENCES[judged.cause].format(
        sent=counts.sent, bounced=counts.bounced, complained=counts.complained, days=WINDOW.days,
        complaint_share=counts.share(counts.complained), bounce_share=counts.share(counts.bounced),
    )  # fmt: skip


def days_of(channel: str, days: Iterable[tuple[dt.datetime, dt.datetime]]) -> list[SentDay]:
    """For each span (from, to): marketing messages of the channel that left in it, and whether it went badly."""
    found = []
    for begins, ends in days:
        bad = _bad(since=begins, now=ends, channel=channel).get(stopping.EVERYTHING, Bad())
        left = _left().filter(channel=channel, sent_at__gt=begins, sent_at__lte=ends).count()
        counts = Counts(left + len(bad.unsent), len(bad.kinds["hard"]), len(bad.kinds["complaint"]))
        found.append(SentDay(left, bad=bool(verdict(counts).level)))
    return found


def _bad(*, since: dt.datetime, now: dt.datetime, channel: str = "") -> dict[str, Bad]:
    """Hard bounces and complaints by scope: each play, and everything; of one channel, or all."""
    events = MessageEvent.objects.filter(kind__in=("hard", "complaint"), at__gt=since, at__lte=now)
    rows = list(events.values_list("message_id", "kind", "at"))
    about = _about({message for message, _kind, _at in rows}, channel)
    found: dict[str, Bad] = defaultdict(Bad)
    for message, kind, at in rows:
        if message in about:
            play, left = about[message]
            for scope in (play, stopping.EVERYTHING):
                found[scope].add(message, kind, at, left=left)
    return found


def _about(messages: Iterable[int], channel: str) -> dict[int, tuple[str, bool]]:
    """The play of each of these that is marketing, and whether it left."""
    ids, found = sorted(messages), {}
    for start in range(0, len(ids), AT_ONCE):
        rows = Message.objects.filter(pk__in=ids[start : start + AT_ONCE], marketing=True)
        rows = rows.filter(channel=channel) if channel else rows
        for pk, source, sent_at in rows.values_list("pk", "source", "sent_at"):
            found[pk] = (source.rsplit("/", 1)[0], sent_at is not None)
    return found


def _left() -> "QuerySet[Message]":
    return Message.objects.filter(marketing=True, sent_at__isnull=False)


def _counts(scope: str, bad: Bad, *, since: dt.datetime) -> Counts:
    everything = scope == stopping.EVERYTHING
    left = _left().filter(sent_at__gt=since)
    if not everything:
        left = left.filter(Q(source=scope) | Q(source__startswith=f"{scope}/"))
    handed = left.count() + len(bad.unsent)
    return Counts(handed, len(bad.kinds["hard"]), len(bad.kinds["complaint"]), batch=not everything)


def _let_go(scopes: Iterable[str]) -> Mapping[str, dt.datetime]:
    """When each of these was last let go on."""
    ended = Stop.objects.filter(scope__in=list(scopes), ended_at__isnull=False)
    return dict(ended.values_list("scope").annotate(Max("ended_at")))
