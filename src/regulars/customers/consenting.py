"""Yes and no to being contacted: written under the customer's lock, kept for ever, the newest word counts."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from regulars.customers.locking import hold_owner
from regulars.customers.models import Attestation, Consent
from regulars.shop import current
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
    """What counts now for one address: "yes", "no", "claimed" or "", and the row that proves it."""

    said: str = ""
    consent_id: int | None = None


SILENCE = Word()


def words(
    identifiers: Iterable[int], *, channels: Iterable[str], attested: Iterable[str], at: dt.datetime
) -> dict[tuple[int, str, str], Word]:
    """The newest word by (identifier, channel, purpose); purpose "" is that about all of marketing.

    A yes that a list claims changes nothing of what the person said: the next list still claims it. attested: the channels
    whose claimed yes the owner has vouched for.
    """
    rows = Consent.objects.filter(identifier_id__in=list(identifiers), channel__in=list(channels))
    found: dict[tuple[int, str, str], Word] = {}
    own: set[tuple[int, str, str]] = set()
    vouched = set(attested)
    fields = ("id", "identifier_id", "channel", "purpose", "state", "valid_until")
    for pk, identifier, channel, purpose, state, until in rows.order_by("at", "purpose", "id").values_list(*fields):
        claimed, held = state == Consent.State.CLAIMED, until is None or at < until
        if claimed and (identifier, channel, purpose) in own:
            continue
        yes = {
            Consent.State.GRANTED: "yes",
            Consent.State.CLAIMED: "yes" if channel in vouched else "claimed",
        }.get(state, "no")
        if yes != "yes" or held:
            found[identifier, channel, purpose] = Word(yes, pk)
            if state in (Consent.State.GRANTED, Consent.State.DENIED):
                own.add((identifier, channel, purpose))
            if (
                not purpose and not claimed
            ):  # a later word about everything overrides earlier ones about single purposes
                for key in [key for key in found if key[:2] == (identifier, channel) and key[2]]:
                    del found[key]
        elif found.get((identifier, channel, purpose), SILENCE).said != "no":
            found.pop((identifier, channel, purpose), None)  # a "no" before it stands again
    return found


def attested(at: dt.datetime) -> dict[str, set[str]]:
    """Which channels the owner vouched for, by kind."""
    rows = Attestation.objects.filter(at__lte=at, ended_at=None)
    found: dict[str, set[str]] = {}
    for kind, channel in rows.values_list("kind", "channel"):
        found.setdefault(kind, set()).add(channel)
    return found
