"""Yes and no to being contacted: written under the customer's lock, kept for ever, the newest word counts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from regulars.customers.locking import hold_owner
from regulars.customers.models import Attestation, Consent
from regulars.shop import current
from regulars.shop.among import among
from regulars.shop.keys import key_id


@dataclass(frozen=True)
class Proof:
    """How a word was given: the text that was shown, from where, by whom, and until when it holds."""

    wording: str
    provenance: str
    actor: str
    basis: str = Consent.Basis.EXPRESS
    valid_until: dt.datetime | None = None


def say(identifier: int, channel: str, answers: Mapping[str, bool], *, proof: Proof, at: dt.datetime) -> None:
    """The word of one address about purposes of a channel ("" for all). The same word at the same time is one row."""
    with current.atomic():
        hold_owner(identifier)
        rows = [_row(identifier, channel, answer, proof, at) for answer in answers.items()]
        Consent.objects.bulk_create(rows, ignore_conflicts=True)


def _row(identifier: int, channel: str, answer: tuple[str, bool], proof: Proof, at: dt.datetime) -> Consent:
    purpose, yes = answer
    state = Consent.State.GRANTED if yes else Consent.State.DENIED
    return Consent(
        id=key_id("consent", str(identifier), channel, purpose, state, at.isoformat()), identifier_id=identifier,
        channel=channel, purpose=purpose, state=state, basis=proof.basis if yes else "", wording=proof.wording[:1000],
        provenance=proof.provenance[:300], actor=proof.actor, at=at, valid_until=proof.valid_until if yes else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """What counts now for one address: "yes", "no", "claimed" or "", and the row that proves it. at: when the person said
    it; None for what others claim."""

    said: str = ""
    consent_id: int | None = None
    at: dt.datetime | None = None


SILENCE = Word()
SAID = {Consent.State.GRANTED.value: "yes", Consent.State.CLAIMED.value: "claimed", Consent.State.DENIED.value: "no",
        Consent.State.CLAIMED_NO.value: "no"}  # fmt: skip
SAID_BY_THEM = frozenset({Consent.State.GRANTED.value, Consent.State.DENIED.value})


def words(
    identifiers: Iterable[int], *, channels: Iterable[str], attested: Iterable[str], at: dt.datetime
) -> dict[tuple[int, str, str], Word]:
    """The newest word by (identifier, channel, purpose); purpose "" is that about all of marketing.

    A yes that a list claims changes nothing of what the person said: the next list still claims it. attested: the channels
    whose claimed yes the owner has vouched for.
    """
    rows = Consent.objects.filter(among(identifier_id=identifiers), channel__in=list(channels))
    found: dict[tuple[int, str, str], Word] = {}
    own: set[tuple[int, str, str]] = set()
    single: dict[tuple[int, str], list[tuple[int, str, str]]] = defaultdict(list)
    vouched = set(attested)
    fields = ("id", "identifier_id", "channel", "purpose", "state", "valid_until", "at")
    for pk, identifier, channel, purpose, state, until, when in rows.order_by("at", "purpose", "id").values_list(
        *fields
    ):
        key, said = (identifier, channel, purpose), SAID[state]
        claimed = said == "claimed"
        if claimed and key in own:
            continue
        said = "yes" if claimed and channel in vouched else said
        if said != "yes" or until is None or at < until:
            by_them = state in SAID_BY_THEM
            found[key] = Word(said, pk, when if by_them else None)
            if by_them:
                own.add(key)
            if purpose:
                single[identifier, channel].append(key)
            elif not claimed:  # a later word about everything overrides earlier ones about single purposes
                for one in single.pop((identifier, channel), ()):
                    found.pop(one, None)
        elif found.get(key, SILENCE).said != "no":
            found.pop(key, None)  # a "no" before it stands again
    return found


def attested(at: dt.datetime) -> dict[str, set[str]]:
    """Which channels the owner vouched for, by kind."""
    rows = Attestation.objects.filter(at__lte=at, ended_at=None)
    found: dict[str, set[str]] = {}
    for kind, channel in rows.values_list("kind", "channel"):
        found.setdefault(kind, set()).add(channel)
    return found
