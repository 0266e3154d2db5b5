"""What a person does about being written to, by a link from a letter: leave, choose, or ask for a rest."""

import datetime as dt
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from regulars.actions.messaging import links
from regulars.actions.messaging.models import Message, MessageEvent
from regulars.customers import leaving, pausing, suppressing
from regulars.customers.consenting import Proof, say, words
from regulars.customers.models import Identifier, Pause, Preference, Suppression
from regulars.plays import telling
from regulars.policy.contact import NOT_MARKETING, PURPOSES
from regulars.shop import current

CHOOSABLE = tuple(purpose for purpose in PURPOSES if purpose not in NOT_MARKETING)
RESTS_DAYS = {"1": 30, "3": 91, "12": 365}
LINK = "link in a letter"


@dataclass(frozen=True)
class Letter:
    """The letter that a link came from: in which shop, the message, and the address it went to."""

    alias: str
    message: Message
    address: Identifier


def letter_of(token: str, deed: str) -> Letter:
    """Whose link this is. Raises links.BadLink when it is nobody's."""
    for alias in (current.OWN, current.DEMO):
        with current.using(alias), suppress(links.BadLink):
            message = Message.objects.filter(pk=links.message_of(token, deed)).first()
            address = message and Identifier.objects.filter(pk=message.identifier_id).first()
            if message and address:
                return Letter(alias, message, address)
    raise links.BadLink("this letter is not known any more")


def leave(letter: Letter, *, wording: str, at: dt.datetime) -> None:
    """No more marketing to this address on this channel, at once. Doing it twice changes nothing."""
    proof = Proof(wording, f"{LINK} {letter.message.pk}", "person")
    leaving.leave(letter.address, letter.message.channel, proof, at=at)
    _note(letter, at)


def _note(letter: Letter, at: dt.datetime) -> None:
    """That this letter made them leave, once; with it the shop sees which words drive people away."""
    MessageEvent.objects.get_or_create(
        raw_id=f"left:{letter.message.pk}", defaults={"message_id": letter.message.pk, "kind": "unsubscribe", "at": at}
    )


def choose(letter: Letter, wanted: Collection[str], *, wording: str, at: dt.datetime) -> None:
    """Exactly these purposes from now on; any yes is a new, express one and lifts an earlier leaving."""
    channel, address = letter.message.channel, letter.address
    proof = Proof(wording, f"{LINK} {letter.message.pk}", "person")
    answers = {"": False} if not wanted else {purpose: purpose in wanted for purpose in CHOOSABLE}
    with current.atomic():
        say(address.pk, channel, answers, proof=proof, at=at)
        if not wanted:
            _note(letter, at)
        else:
            lifted = (Suppression.Why.UNSUBSCRIBED, Suppression.Why.COMPLAINT)
            suppressing.lift(channel, address.value, why=lifted, because=proof.provenance, at=at)
            pausing.end(address.pk, Pause.Why.COMPLAINT, at=at)


def chosen(letter: Letter, *, at: dt.datetime) -> set[str]:
    """To which purposes this address has said yes."""
    channel, address = letter.message.channel, letter.address
    if suppressing.suppressed(channel, [address.value]):
        return set()
    said = words([address.pk], channels=[channel], attested=[channel], at=at)
    everything = said.get((address.pk, channel, ""))
    return {
        purpose for purpose in CHOOSABLE
        if (word := said.get((address.pk, channel, purpose), everything)) is not None and word.said == "yes"
    }  # fmt: skip


def rest(letter: Letter, months: str, *, at: dt.datetime) -> dt.datetime:
    """Leave them alone, on every channel, for 1, 3 or 12 months. Returns until when."""
    until = at + dt.timedelta(days=RESTS_DAYS[months])
    pausing.pause(letter.address.pk, pausing.Grounds(Pause.Why.PERSON, "person"), at=at, until=until)
    return until


def end_rest(letter: Letter, *, at: dt.datetime) -> None:
    """They want to hear from the shop again."""
    pausing.end(letter.address.pk, Pause.Why.PERSON, at=at)


def resting_until(letter: Letter, *, at: dt.datetime) -> dt.datetime | None:
    """Until when they asked to be left alone; None when they did not."""
    members = Identifier.objects.filter(customer_id=letter.address.customer_id).values_list("pk", flat=True)
    rows = Pause.objects.filter(identifier_id__in=list(members), why=Pause.Why.PERSON, ended_at=None, until__gt=at)
    return rows.order_by("-until").values_list("until", flat=True).first()


def prefer(letter: Letter, *, zone: str, language: str, less_often: bool, at: dt.datetime) -> None:
    """How they want to be written to."""
    Preference.objects.update_or_create(
        pk=letter.address.pk, defaults={"zone": zone, "language": language, "less_often": less_often, "at": at}
    )


def preference_of(letter: Letter) -> Preference | None:
    """What they chose before."""
    return Preference.objects.filter(pk=letter.address.pk).first()


def why(letter: Letter, language: str) -> str:
    """Why this letter was written, in words for its reader, never in those that the merchant reads."""
    message = letter.message
    return telling.told_or_neutral([message.letter_id or 0], message.source, message.purpose, language)
