"""Ask the gate once more, mark what is about to leave, and afterwards write what came of it.

One transaction records the last outcomes and admits the next messages: on disk before the first byte leaves. A worker
that is killed leaves at most one message per lane of which nobody knows.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from regulars.actions.messaging import clicks
from regulars.actions.messaging.channels.port import FAILED, OURS, SENT, UNKNOWN, Item, Outcome
from regulars.actions.messaging.claim import LEASE, stored
from regulars.actions.messaging.models import Account, Message, MessageEvent
from regulars.customers.models import Identifier, Suppression
from regulars.customers.suppressing import Because, suppress
from regulars.decisions import gate, taking_back
from regulars.decisions.standing import Question, Terms
from regulars.policy.contact import Answer, Wish
from regulars.policy.reasons import Reason
from regulars.shop import current
from regulars.shop.models import Shop, the_shop
from regulars.words import letters
from regulars.words.fields import values
from regulars.words.models import Version
from regulars.words.sandbox import WordsRefused

ATTEMPTS_MAX = 8
BACK_OFF = dt.timedelta(minutes=1)
PAUSE_OURS = dt.timedelta(minutes=15)
PAUSE_STOPPED = dt.timedelta(days=1)
State = Message.State
ENDS = {
    Reason.EXPIRED: State.EXPIRED, Reason.LOWER_PRIORITY: State.CANCELLED, Reason.CANCELLED: State.CANCELLED,
    Reason.MERGED: State.CANCELLED, Reason.ALREADY_DONE: State.CANCELLED, Reason.OVERTAKEN: State.CANCELLED,
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A message that was handed over, and what the other side said."""

    message: Message
    outcome: Outcome


def turn(
    claimed: Sequence[Message], worker: str, given: Sequence[Given], *, now: dt.datetime, kept: Terms | None = None
) -> list[Message]:
    """Record what was handed over, and admit these messages; returns those that are now being sent."""
    with current.atomic():
        record(given, worker, now=now)
        return admit(claimed, worker, now=now, kept=kept)


def admit(claimed: Sequence[Message], worker: str, *, now: dt.datetime, kept: Terms | None = None) -> list[Message]:
    """Of these claimed messages, those that may leave now, marked as being sent. In a transaction of the caller."""
    if not claimed:
        return []
    people = gate.held([_question(message) for message in claimed], now=now, kept=kept)
    # The customers are held now; what changed while waiting for them counts.
    mine = Message.objects.filter(pk__in=[message.pk for message in claimed], state=State.READY, claimed_by=worker)
    still = set(mine.values_list("pk", flat=True))
    asked = _of_open_accounts([message for message in claimed if message.pk in still], now)
    answers = gate.confirm([_question(message) for message in asked], now=now, people=people)
    answered = list(zip(asked, answers, strict=True))
    _hold_back([(message, answer) for message, answer in answered if not answer.yes])
    leaving = [message for message, answer in answered if answer.yes]
    marked = mine.filter(pk__in=[message.pk for message in leaving]).update(
        state=State.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1, reason=""
    )
    if marked < len(leaving):  # somebody took one away at this very moment
        ids = [message.pk for message in leaving]
        ours = Message.objects.filter(pk__in=ids, state=State.SENDING, claimed_by=worker).values_list("pk", flat=True)
        leaving = [message for message in leaving if message.pk in set(ours)]
    return _put_into_inboxes(leaving, now)


def _put_into_inboxes(leaving: Sequence[Message], now: dt.datetime) -> list[Message]:
    """What is shown on the customer's page has arrived with this very transaction; returns the others."""
    inbox = [message.pk for message in leaving if message.channel == "inbox"]
    if inbox:
        Message.objects.filter(pk__in=inbox).update(state=State.SENT, sent_at=now, lease_until=None)
    return [message for message in leaving if message.channel != "inbox"]


def _of_open_accounts(asked: list[Message], now: dt.datetime) -> list[Message]:
    """Those whose account is in order; the others wait until it is tried again."""
    paused = dict(Account.objects.filter(paused_until__gt=now).values_list("channel", "paused_until"))
    for channel, until in paused.items():
        waiting = Message.objects.filter(pk__in=[message.pk for message in asked if message.channel == channel])
        waiting.update(state=State.PLANNED, reason=Reason.RATE, not_before=until, claimed_by="", lease_until=None)
    return [message for message in asked if message.channel not in paused]


def _question(message: Message) -> Question:
    wish = Wish(
        message.channel, message.purpose, message.source, message.occurrence, message.not_before, message.expires_at,
        message.priority,
    )  # fmt: skip
    return Question(message.identifier_id, wish, message.decision_id)


def _hold_back(answered: Sequence[tuple[Message, Answer]]) -> None:
    """These wait, or end; with their reasons."""
    alike: dict[tuple[str, dt.datetime | None], list[int]] = defaultdict(list)
    for message, answer in answered:
        alike[answer.reason, answer.at].append(message.pk)
    for (reason, at), ids in alike.items():
        rows = Message.objects.filter(pk__in=ids, state=State.READY)
        if at is None:
            end = ENDS.get(Reason(reason), State.REFUSED)
            rows.update(state=end, reason=reason, claimed_by="", lease_until=None)
        else:
            rows.update(state=State.PLANNED, reason=reason, not_before=at, claimed_by="", lease_until=None)


def record(given: Sequence[Given], worker: str, *, now: dt.datetime) -> None:
    """Write what came of the last hand-overs. A late answer still settles a message that had become unknown."""
    sent = [each for each in given if each.outcome.state == SENT]
    if sent:
        told = [part for each in sent for part in (each.message.pk, each.outcome.provider_id)]
        with current.connection().cursor() as cursor:
            cursor.execute(
                f"""WITH given(id, told) AS (VALUES {", ".join(["(%s, %s)"] * len(sent))})
                UPDATE messaging_message SET state = 'sent', sent_at = %s, lease_until = NULL, detail = '',
                provider_id = (SELECT told FROM given WHERE given.id = messaging_message.id)
                WHERE id IN (SELECT id FROM given) AND claimed_by = %s AND state IN ('sending', 'unknown')""",
                [*told, stored(now), worker],
            )
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
        if outcome.stop:
            Account.objects.filter(pk=message.channel).update(paused_until=now + PAUSE_STOPPED, paused_why=detail)
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
        taking_back.release([message.decision_id], why=Reason.CONTENT_REFUSED, at=now)


def _release(message: Message, now: dt.datetime) -> None:
    if message.decision_id is not None:
        taking_back.release([message.decision_id], why="failed", at=now)


def _no_such_address(message: Message, detail: str, now: dt.datetime) -> None:
    address = Identifier.objects.filter(pk=message.identifier_id).values_list("value", flat=True).first()
    if address:
        suppress(message.channel, address, Because(Suppression.Why.BOUNCE, "mail server", detail), at=now)
    bounce = {"message_id": message.pk, "kind": "hard", "detail": detail, "at": now}
    MessageEvent.objects.get_or_create(raw_id=f"hand-over:{message.pk}", defaults=bounce)


@dataclass(frozen=True)
class Filling:
    """What some messages are filled with, read once for all of them: by identifier and by letter; pages: HTML and text
    with counted links, by version."""

    about: Mapping[int, Mapping[str, Any]]
    address: Mapping[int, str]
    country: Mapping[int, str]
    versions: Mapping[int, Mapping[str, Version]]
    pages: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def filling(messages: Sequence[Message], *, shop: Shop) -> Filling:
    """What the letters of these messages are filled with. Whose an identifier is now counts, not whose it was."""
    wanted = {message.identifier_id for message in messages}
    rows = Identifier.objects.filter(pk__in=wanted).values_list("pk", "customer_id", "value", "country")
    owner, address, country = {}, {}, {}
    for pk, customer, value, theirs in rows:
        owner[pk], address[pk], country[pk] = customer, value, theirs or shop.country
    people = values(set(owner.values()), shop=shop)
    versions = {number: letters.newest(number) for number in {message.letter_id or 0 for message in messages}}
    about = {pk: people[customer] for pk, customer in owner.items()}
    return Filling(about, address, country, versions, _counted_pages(versions))


def _counted_pages(versions: Mapping[int, Mapping[str, Version]]) -> dict[int, tuple[str, str]]:
    """The letters whose clicks are counted, their links leading through us; none while the club has no public address."""
    counted = [each for theirs in versions.values() for each in theirs.values() if each.letter.count_clicks]
    base = Account.objects.filter(pk="email").values_list("public_url", flat=True).first() if counted else ""
    return {each.pk: clicks.page(each, base) for each in counted} if base else {}


def items(messages: Sequence[Message], known: Filling | None = None) -> tuple[list[Item], dict[int, str]]:
    """The filled letters of these messages, and of which the words cannot be filled, why."""
    known = known or filling(messages, shop=the_shop())
    made, refused = [], {}
    for message in messages:
        about = known.about.get(message.identifier_id, {"customer": {}})
        try:
            language = str(message.data.get("language") or about["customer"].get("language", "en"))
            version = letters.chosen(known.versions[message.letter_id or 0], language)
            page = known.pages.get(version.pk) if message.channel == "email" else None
            letter = letters.filled(version, {**about, **message.data}, page)
        except WordsRefused as error:
            refused[message.pk] = str(error)
            continue
        if letter.attachments and message.channel != "email":
            refused[message.pk] = "only e-mail carries files"
            continue
        address, name = known.address.get(message.identifier_id, ""), str(about["customer"].get("name", ""))
        country = known.country.get(message.identifier_id, "")
        told = letters.why_written(version.letter, version.language)
        made.append(Item(message.pk, message.purpose, message.marketing, address, name, letter, country, told))
    return made, refused
