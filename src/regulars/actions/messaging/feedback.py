"""What comes back about a message: each report is written once, and acted on once, in whatever order reports come.

A bounce ends an address, a complaint ends all marketing to the person, what is our fault pauses our account and never
the person. Reports name the message by a token that we signed, so nobody can speak about another's.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from regulars.actions.messaging import links
from regulars.actions.messaging.channels.email.reports import Report
from regulars.actions.messaging.channels.port import Told
from regulars.actions.messaging.channels.sms.http import Callback, Reply
from regulars.actions.messaging.channels.sms.stop_words import says_stop
from regulars.actions.messaging.hand_over import PAUSE_OURS
from regulars.actions.messaging.models import Account, Message, MessageEvent
from regulars.customers import pausing
from regulars.customers.consenting import Proof
from regulars.customers.identifiers import phone
from regulars.customers.leaving import leave
from regulars.customers.models import Identifier, Pause, Suppression
from regulars.customers.suppressing import Because, suppress
from regulars.shop import current

FULL_TIMES = 3
FULL_WITHIN = dt.timedelta(days=30)
"""A mailbox that was full for this many messages within this time is given up."""
DELIVERED = "delivered"
RESULTS = {
    DELIVERED: Message.Result.DELIVERED, **dict.fromkeys(("hard", "full", "soft", "ours"), Message.Result.BOUNCED),
    "complaint": Message.Result.COMPLAINED,
}  # fmt: skip
PRECEDENCE = ("", Message.Result.DELIVERED, Message.Result.BOUNCED, Message.Result.COMPLAINED)
ACTOR = "returned mail"
CHINESE = ("+86", "+852", "+853", "+886")
"""Numbers from which a lone letter may mean stop."""


@dataclass(frozen=True)
class Taken:
    """What was made of a report. message: None when it is about none of ours. new: False when it was known already."""

    message: int | None = None
    new: bool = False
    ended: bool = False
    """Whether marketing to this address has ended with it."""


NOTHING = Taken()


@dataclass(frozen=True)
class News:
    """One thing that happened to a message; kind: "delivered" or one of reports.KINDS. raw_id: the same for a repetition."""

    kind: str
    raw_id: str
    detail: str = ""
    says_stop: bool | None = None
    via: str = "mail"


def take(report: Report, raw_id: str, *, at: dt.datetime) -> Taken:
    """Write and act on what a mail says; the same raw_id again changes nothing."""
    number = _message_of(report)
    news = News(report.kind, raw_id, f"{report.status} {report.text}".strip(), report.says_stop)
    return NOTHING if number is None else happened(number, news, at=at)


def arrived(callback: Callback, *, at: dt.datetime) -> Taken:
    """Write and act on what a text message's provider says of its arrival."""
    kinds = {"delivered": DELIVERED, "failed": "soft"}
    sent = Message.objects.filter(channel="sms", provider_id=callback.id).exclude(provider_id="")
    number = sent.values_list("pk", flat=True).first()
    if number is None or callback.state not in kinds:
        return NOTHING
    return happened(number, News(kinds[callback.state], f"sms:{callback.id}:{callback.state}", callback.text), at=at)


def reported(provider: str, told: Told, *, at: dt.datetime) -> Taken:
    """Write and act on one event in a report of a provider of e-mail; it may speak about letters alone, by a token of ours."""
    number = next((found for text in told.tokens if (found := _numbered(text, links.BOUNCE)) is not None), None)
    if number is None or not Message.objects.filter(pk=number, channel="email").exists():
        return NOTHING
    raw_id = f"{provider}:{hashlib.sha256(f'{number}|{told.event}'.encode()).hexdigest()}"
    return happened(number, News(told.kind, raw_id, told.text, via=f"a report of {provider}"), at=at)


def replied(reply: Reply, *, at: dt.datetime) -> Taken:
    """Write and act on a text message that a person sent: it is about the last one that their number got.

    A "stop" holds even when we know of no such message, and from a number that is nobody's.
    """
    number = phone(f"+{reply.sender.lstrip('+')}", "")
    if not number.startswith("+"):
        return NOTHING
    stop = says_stop(reply.text, "zh" if number.startswith(CHINESE) else "")
    address = Identifier.objects.filter(kind=Identifier.Kind.PHONE, value=number).first()
    theirs = (
        Message.objects.filter(channel="sms", sent_at__isnull=False).order_by("-sent_at").values_list("pk", flat=True)
    )
    last = theirs.filter(identifier_id=address.pk).first() if address else None
    if last is not None:
        told = reply.id or hashlib.sha256(f"{number}|{reply.text}|{at:%Y-%m-%d}".encode()).hexdigest()
        return happened(last, News("reply", f"sms-reply:{told}", reply.text, stop, via="text message"), at=at)
    if not stop:
        return NOTHING
    proof = Proof(reply.text, "reply by text message", "person")
    if address:
        return Taken(new=True, ended=leave(address, "sms", proof, at=at))
    because = Because(Suppression.Why.UNSUBSCRIBED, proof.actor, proof.provenance)
    return Taken(new=True, ended=suppress("sms", number, because, at=at))


def happened(number: int, news: News, *, at: dt.datetime) -> Taken:
    """One thing happened to a message of ours: an event, its result, and what follows for person or account."""
    news = replace(news, detail=news.detail.replace("\0", ""))  # no database takes it
    with current.atomic():
        # The message first, then its customer: the order in which the outbox takes them.
        message = Message.objects.select_for_update().filter(pk=number).first()
        if message is None:
            return NOTHING
        _event, new = MessageEvent.objects.get_or_create(
            raw_id=news.raw_id[:200],
            defaults={"message_id": number, "kind": news.kind, "detail": news.detail[:300], "at": at},
        )
        if not new:
            return Taken(number)
        _settle(message, news)
        return Taken(number, new=True, ended=_act(message, news, at))


def id_of(raw: bytes) -> str:
    """A raw_id for a mail: the same for the same mail, however often it is brought."""
    return f"mail:{hashlib.sha256(raw).hexdigest()}"


def _message_of(report: Report) -> int | None:
    """The message that a report is about. Its Message-ID holds a token too; one who leaves may use either token."""
    local = report.message_id.strip("<>").partition("@")[0]
    found = [_numbered(text, deed) for text in (report.token, local) for deed in (links.BOUNCE, links.UNSUBSCRIBE)]
    return next((number for number in found if number is not None), None)


def _numbered(text: str, deed: str) -> int | None:
    try:
        return links.message_of(text, deed)
    except links.BadLink:
        return None


def _settle(message: Message, news: News) -> None:
    """Whatever comes back proves that it left. A worse result replaces a better one, never the other way round."""
    changed = {}
    if message.state in (Message.State.UNKNOWN, Message.State.SENDING):
        changed = {"state": Message.State.SENT, "lease_until": None, "detail": ""}
    result = RESULTS.get(news.kind, "")
    if PRECEDENCE.index(result) > PRECEDENCE.index(message.result):
        changed["result"] = result
    if changed:
        Message.objects.filter(pk=message.pk).update(**changed)


def _act(message: Message, news: News, at: dt.datetime) -> bool:
    """What follows; returns whether marketing to the address has ended."""
    if news.kind == "ours":
        why = f"refused by a receiver: {news.detail}"[:300]
        Account.objects.filter(pk=message.channel).update(paused_until=at + PAUSE_OURS, paused_why=why)
        return False
    address = Identifier.objects.filter(pk=message.identifier_id).first()
    if address is None:  # erased meanwhile
        return False
    if news.kind == "hard" or (news.kind == "full" and _often_full(message, at)):
        because = Because(Suppression.Why.BOUNCE, ACTOR, f"message {message.pk}: {news.detail}")
        return suppress(message.channel, address.value, because, at=at)
    if news.kind == "complaint":
        because = Because(Suppression.Why.COMPLAINT, ACTOR, f"message {message.pk}: {news.detail}")
        pausing.pause(address.pk, pausing.Grounds(Pause.Why.COMPLAINT, ACTOR), at=at)
        return suppress(message.channel, address.value, because, at=at)
    if news.kind == "unsubscribe" or (news.kind == "reply" and news.says_stop):
        proof = Proof(news.detail or news.kind, f"{news.kind} by {news.via} to message {message.pk}", "person")
        return leave(address, message.channel, proof, at=at)
    return False


def _often_full(message: Message, at: dt.datetime) -> bool:
    theirs = Message.objects.filter(identifier_id=message.identifier_id, channel=message.channel).values("pk")
    full = MessageEvent.objects.filter(message_id__in=theirs, kind="full", at__gt=at - FULL_WITHIN, at__lte=at)
    return full.values("message_id").distinct().count() >= FULL_TIMES
