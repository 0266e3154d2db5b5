"""Ask the gate once more, mark what is about to leave, and afterwards write what came of it.

One transaction records the last outcomes and admits the next messages: on disk before the first byte leaves. A worker
that is killed leaves at most one message per lane of which nobody knows.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, F, Value, When

from regulars.actions.messaging.channels.port import FAILED, OURS, SENT, UNKNOWN, Item, Outcome
from regulars.actions.messaging.claim import LEASE
from regulars.actions.messaging.models import Account, Message
from regulars.customers.models import Identifier, Suppression
from regulars.customers.suppressing import Because, suppress
from regulars.decisions import gate
from regulars.decisions.standing import Question
from regulars.policy.contact import Answer, Wish
from regulars.policy.reasons import Reason
from regulars.shop import current
from regulars.shop.models import the_shop
from regulars.words import letters
from regulars.words.fields import values
from regulars.words.models import Version
from regulars.words.sandbox import WordsRefused

ATTEMPTS_MAX = 8
BACK_OFF = dt.timedelta(minutes=1)
PAUSE_OURS = dt.timedelta(minutes=15)
State = Message.State
ENDS = {
    Reason.EXPIRED: State.EXPIRED, Reason.LOWER_PRIORITY: State.CANCELLED, Reason.CANCELLED: State.CANCELLED,
    Reason.MERGED: State.CANCELLED, Reason.ALREADY_DONE: State.CANCELLED,
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A message that was handed over, and what the other side said."""

    message: Message
    outcome: Outcome


def turn(ids: Sequence[int], worker: str, given: Sequence[Given], *, now: dt.datetime) -> list[Message]:
    """Record what was handed over, and admit these messages; returns those that are now being sent."""
    with current.atomic():
        record(given, worker, now=now)
        return admit(ids, worker, now=now)


def admit(ids: Sequence[int], worker: str, *, now: dt.datetime) -> list[Message]:
    """Of these claimed messages, those that may leave now, marked as being sent. In a transaction of the caller."""
    mine = list(Message.objects.filter(pk__in=ids, state=State.READY, claimed_by=worker))
    if not mine:
        return []
    paused = dict(Account.objects.filter(paused_until__gt=now).values_list("channel", "paused_until"))
    if paused:
        mine = _wait_for_account(mine, paused)
    answers = gate.confirm([_question(message) for message in mine], now=now)
    # The customers are held now; what changed while waiting for them counts.
    still = set(Message.objects.filter(pk__in=ids, state=State.READY, claimed_by=worker).values_list("pk", flat=True))
    leaving = [message for message, answer in zip(mine, answers, strict=True) if answer.yes and message.pk in still]
    Message.objects.filter(pk__in=[message.pk for message in leaving]).update(
        state=State.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1, reason=""
    )
    for message, answer in zip(mine, answers, strict=True):
        if not answer.yes:
            _hold_back(message, answer)
    return _put_into_inboxes(leaving, now)


def _put_into_inboxes(leaving: Sequence[Message], now: dt.datetime) -> list[Message]:
    """What is shown on the customer's page has arrived with this very transaction; returns the others."""
    inbox = [message.pk for message in leaving if message.channel == "inbox"]
    if inbox:
        Message.objects.filter(pk__in=inbox).update(state=State.SENT, sent_at=now, lease_until=None)
    return [message for message in leaving if message.channel != "inbox"]


def _wait_for_account(mine: Sequence[Message], paused: Mapping[str, dt.datetime | None]) -> list[Message]:
    """Those whose account is in order; the others wait until it is tried again."""
    for channel, until in paused.items():
        waiting = Message.objects.filter(pk__in=[message.pk for message in mine if message.channel == channel])
        waiting.update(state=State.PLANNED, reason=Reason.RATE, not_before=until, claimed_by="", lease_until=None)
    return [message for message in mine if message.channel not in paused]


def _question(message: Message) -> Question:
    wish = Wish(
        message.channel, message.purpose, message.source, message.occurrence, message.not_before, message.expires_at,
        message.priority,
    )  # fmt: skip
    return Question(message.identifier_id, wish, message.decision_id)


def _hold_back(message: Message, answer: Answer) -> None:
    """It waits, or it ends; with its reason."""
    mine = Message.objects.filter(pk=message.pk, state=State.READY)
    if answer.final:
        end = ENDS.get(Reason(answer.reason), State.REFUSED)
        mine.update(state=end, reason=answer.reason, claimed_by="", lease_until=None)
    else:
        mine.update(state=State.PLANNED, reason=answer.reason, not_before=answer.at, claimed_by="", lease_until=None)


def record(given: Sequence[Given], worker: str, *, now: dt.datetime) -> None:
    """Write what came of the last hand-overs. A late answer still settles a message that had become unknown."""
    sent = [each for each in given if each.outcome.state == SENT]
    if sent:
        ids = [each.message.pk for each in sent]
        known = [When(pk=each.message.pk, then=Value(each.outcome.provider_id)) for each in sent]
        rows = Message.objects.filter(pk__in=ids, claimed_by=worker, state__in=(State.SENDING, State.UNKNOWN))
        rows.update(state=State.SENT, sent_at=now, lease_until=None, detail="", provider_id=Case(*known))
    for each in given:
        if each.outcome.state != SENT:
            _record_one(each, worker, now)


def _record_one(each: Given, worker: str, now: dt.datetime) -> None:
    message, outcome = each.message, each.outcome
    mine = Message.objects.filter(pk=message.pk, claimed_by=worker, state__in=(State.SENDING, State.UNKNOWN))
    detail = outcome.detail[:300]
    if outcome.state == UNKNOWN:
        mine.update(state=State.UNKNOWN, detail=detail, lease_until=None, sent_at=now)
    elif outcome.state == FAILED or message.attempts + 1 >= ATTEMPTS_MAX:
        mine.update(state=State.FAILED, detail=detail, lease_until=None)
        _release(message, now)
        if outcome.gone:
            _no_such_address(message, detail, now)
    else:
        wait = BACK_OFF * 2 ** min(message.attempts, 8)
        mine.update(state=State.PLANNED, not_before=now + wait, detail=detail, claimed_by="", lease_until=None)
        if outcome.state == OURS:
            Account.objects.filter(pk=message.channel).update(paused_until=now + PAUSE_OURS, paused_why=detail)


def refuse_words(message: Message, why: str, *, now: dt.datetime) -> None:
    """Its words cannot be filled for this person: it is not sent, and says why."""
    Message.objects.filter(pk=message.pk).update(
        state=State.REFUSED, reason=Reason.CONTENT_REFUSED, detail=why[:300], lease_until=None
    )
    if message.decision_id is not None:
        gate.release([message.decision_id], why=Reason.CONTENT_REFUSED, at=now)


def _release(message: Message, now: dt.datetime) -> None:
    if message.decision_id is not None:
        gate.release([message.decision_id], why="failed", at=now)


def _no_such_address(message: Message, detail: str, now: dt.datetime) -> None:
    address = Identifier.objects.filter(pk=message.identifier_id).values_list("value", flat=True).first()
    if address:
        suppress(message.channel, address, Because(Suppression.Why.BOUNCE, "mail server", detail), at=now)


def items(messages: Sequence[Message]) -> tuple[list[Item], dict[int, str]]:
    """The filled letters of these messages, and of which the words cannot be filled, why."""
    shop = the_shop().name
    people = values({message.person_id for message in messages}, shop_name=shop)
    addresses = dict(
        Identifier.objects.filter(pk__in=[message.identifier_id for message in messages]).values_list("pk", "value")
    )
    versions: dict[int, Mapping[str, Version]] = {}
    made, refused = [], {}
    for message in messages:
        number = message.letter_id or 0
        if number not in versions:
            versions[number] = letters.newest(number)
        about = people[message.person_id]
        try:
            version = letters.chosen(versions[number], str(about["customer"].get("language", "en")))
            letter = letters.filled(version, about | message.data)
        except WordsRefused as error:
            refused[message.pk] = str(error)
            continue
        name = str(about["customer"].get("name", ""))
        made.append(
            Item(message.pk, message.purpose, message.marketing, addresses.get(message.identifier_id, ""), name, letter)
        )
    return made, refused
