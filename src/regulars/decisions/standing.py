"""What is known of these people, for the gate: a handful of set-wise queries for as many people as are asked about.

Call it inside the transaction that holds their customers, after the lock, so that it sees whatever was written while
waiting. Only consent, suppressions, pauses, reservations, stops and rules are read, never events.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from regulars.customers.consenting import SILENCE, Word, attested, words
from regulars.customers.models import Attestation, Identifier, Pause
from regulars.customers.suppressing import suppressed
from regulars.decisions.left_out import year_began
from regulars.decisions.models import ContactRules, Decision, Reservation, contact_rules
from regulars.decisions.stopping import stopped
from regulars.decisions.zones import Place, Quiet, allowed_hours, preferences_of, quiet_of
from regulars.policy.contact import ASKED_CHANNELS, Held, Rules, Standing, Wish
from regulars.policy.hold_out import EVERYTHING, PLAY
from regulars.policy.reasons import AFTER_THE_LOT, Reason
from regulars.policy.zones import Whereabouts
from regulars.shop.among import among
from regulars.shop.models import Shop, the_shop

KINDS = {"email": "email", "sms": "phone", "phone": "phone"}
"""Which kind of identifier is the address of a channel; the others go to the person as such."""
CONTACT_DAYS = 61
KEPT_DRAWN = dt.timedelta(days=400)
"""So long nobody changes sides in a play, whatever becomes of its share or of them: longer than any window of measuring."""
EVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Question:
    """A wish about the person who has this identifier; `decision`: the one it was decided by, when it is asked again."""

    identifier_id: int
    wish: Wish
    decision: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The standing of a person towards one question, and through which address, by which consent."""

    standing: Standing
    address_id: int
    consent_id: int | None


@dataclass(frozen=True, slots=True)
class Address:
    """One identifier of a person."""

    id: int
    kind: str
    value: str
    bad: bool
    street: str
    place: Place


@dataclass(frozen=True)
class Terms:
    """What the shop said about contacts in general. Whoever asks often may keep it for a second, but never the stops."""

    shop: Shop
    rules: ContactRules
    claimed: frozenset[str]
    soft: frozenset[str]
    hours: Callable[[Whereabouts, str], Quiet]


@dataclass
class People:
    """Everything read for some customers; `owner` by identifier, the rest by customer or by identifier. `decided`: (id, ended).
    `drawn`: by customer and play, the arm that the lot gave them first, while its days are not over; `drawn_of_all`: by customer,
    the arm that this year's lot of everything gave them first."""

    owner: dict[int, int] = field(default_factory=dict)
    addresses: dict[int, list[Address]] = field(default_factory=lambda: defaultdict(list))
    words: Mapping[tuple[int, str, str], Word] = field(default_factory=dict)
    suppressed: dict[str, dict[str, tuple[str, bool]]] = field(default_factory=dict)
    pauses: dict[int, list[tuple[Reason, dt.datetime | None]]] = field(default_factory=lambda: defaultdict(list))
    held: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))
    decided: dict[tuple[int, str, str], list[tuple[int, bool]]] = field(default_factory=lambda: defaultdict(list))
    drawn: dict[tuple[int, str], str] = field(default_factory=dict)
    drawn_of_all: dict[int, str] = field(default_factory=dict)
    quiet: Callable[[int, str], Quiet | None] = lambda _person, _channel: None
    soft: frozenset[str] = frozenset()
    less_often: frozenset[int] = frozenset()
    rules: ContactRules = field(default_factory=ContactRules)

    def known(self, question: Question, *, exact: bool = False) -> Known:
        """What is known towards one question. exact: the address is chosen already, so no other one's yes counts."""
        wish, person = question.wish, self.owner[question.identifier_id]
        address, word = self._address(person, wish, question.identifier_id if exact else None)
        text = "" if address is None else address.street if wish.channel == "card" else address.value
        found = self.suppressed.get(wish.channel, {}).get(address.value if address else "", ("", False))
        others = self.decided.get((person, wish.source, wish.occurrence), ())
        done = bool(others) and any(one != question.decision and not ended for one, ended in others)
        held = self.held.get(person, ())
        standing = Standing(
            person=person, said=word.said, suppressed=found[0], all_mail=found[1],
            address=text, address_bad=bool(address and address.bad), done=done,
            pauses=tuple(self.pauses.get(person, ())),
            held=tuple([each for each in held if each.reservation != question.decision]) if held else (),
            drawn=self.drawn.get((person, wish.play), ""), drawn_of_all=self.drawn_of_all.get(person, ""),
            less_often=person in self.less_often, quiet=self.quiet(person, wish.channel),
        )  # fmt: skip
        return Known(standing, address.id if address else question.identifier_id, word.consent_id)

    def is_ended(self, question: Question) -> bool:
        """Whether the decision that is asked about again has come to nothing meanwhile."""
        key = (self.owner[question.identifier_id], question.wish.source, question.wish.occurrence)
        return (question.decision or 0, True) in self.decided.get(key, ())

    def _address(self, person: int, wish: Wish, chosen: int | None) -> tuple[Address | None, Word]:
        """The address of the channel that may be used, newest first; else the newest one, with its word."""
        everything = self.addresses[person]
        kind = KINDS.get(wish.channel)
        usable = [one for one in everything if (one.kind == kind if kind else wish.channel != "card" or one.street)]
        told = _as_one([(one, self._word(one, wish)) for one in usable])
        if kind and chosen is not None:
            told = [(one, word) for one, word in told if one.id == chosen]
        here = self.suppressed.get(wish.channel, {})
        for one, word in told:
            if word.said == "yes" and not one.bad and one.value not in here:
                return one, word
        if told and kind:
            return told[0]
        # A word about a channel that needs no address of its own may stand with any identifier.
        spoken = _as_one([(one, self._word(one, wish)) for one in everything])
        word = next((word for _one, word in spoken if word != SILENCE), SILENCE)
        return (None if kind or not usable else usable[0]), word

    def _word(self, address: Address, wish: Wish) -> Word:
        found = self.words.get((address.id, wish.channel, wish.purpose)) or self.words.get(
            (address.id, wish.channel, "")
        )
        if found is None and wish.channel in self.soft:
            return Word("yes")
        return found or SILENCE


def _as_one(told: list[tuple[Address, Word]]) -> list[tuple[Address, Word]]:
    """A person has one will: who said no under one address also said it about those that agreed before."""
    noes = [word for _one, word in told if word.said == "no" and word.at]
    if not noes:
        return told
    last = max(noes, key=_when)
    return [(one, last if word.said != "no" and _when(word) < _when(last) else word) for one, word in told]


def _when(word: Word) -> dt.datetime:
    return word.at or EVER


def ended(people: People, question: Question) -> None:
    """This decision came to nothing, so neither it nor its slot stands in anybody's way any more."""
    person = people.owner[question.identifier_id]
    key = (person, question.wish.source, question.wish.occurrence)
    people.decided[key] = [(one, gone or one == question.decision) for one, gone in people.decided[key]]
    people.held[person] = [each for each in people.held[person] if each.reservation != question.decision]


def owners(identifiers: Iterable[int]) -> dict[int, int]:
    """Whose these identifiers are now."""
    return dict(Identifier.objects.filter(among(pk=identifiers)).values_list("pk", "customer_id"))


def terms(*, now: dt.datetime) -> Terms:
    """The shop's terms as they stand now."""
    shop, rules, vouched = the_shop(), contact_rules(), attested(now)
    soft = frozenset(vouched.get(Attestation.Kind.SOFT_OPT_IN, ())) & ASKED_CHANNELS
    claimed = frozenset(vouched.get(Attestation.Kind.CLAIMED, ()))
    return Terms(shop, rules, claimed, soft, allowed_hours(shop, rules, on=now.date()))


def read(
    questions: Sequence[Question], owner: dict[int, int], *, now: dt.datetime, kept: Terms | None = None
) -> People:
    """Everything that is known of the people asked about. kept: the shop's terms, where they were read just now."""
    kept = kept or terms(now=now)
    people = People(owner=owner, rules=kept.rules, soft=kept.soft)
    channels = sorted({question.wish.channel for question in questions})
    _read_addresses(people, set(owner.values()))
    person_of = {one.id: person for person, found in people.addresses.items() for one in found}
    people.words = words(person_of, channels=channels, attested=kept.claimed, at=now)
    for channel in channels:
        values = [
            one.value
            for found in people.addresses.values()
            for one in found
            if one.kind == KINDS.get(channel, one.kind)
        ]
        people.suppressed[channel] = suppressed(channel, values, salt=kept.shop.salt)
    _read_pauses(people, person_of)
    _read_held(people, person_of, now)
    _read_decided(people, questions, person_of, now, _lot_began(kept, now))
    places = {person: [one.place for one in found] for person, found in people.addresses.items()}
    chosen = preferences_of(person_of)
    people.less_often = frozenset(person for person, (_zone, less_often) in chosen.items() if less_often)
    zones = {person: zone for person, (zone, _less_often) in chosen.items()}
    people.quiet = quiet_of(places, zones, kept.hours)
    return people


def rules(people: People) -> Rules:
    """What the shop said, as it stands now."""
    return Rules(budget=people.rules.budget, stopped=stopped())


def _read_addresses(people: People, persons: set[int]) -> None:
    fields = ("id", "customer_id", "kind", "value", "blocked", "address", "country", "region", "postcode")
    rows = Identifier.objects.filter(among(customer_id=persons)).order_by("-seen_at", "id").values_list(*fields)
    for pk, person, kind, value, blocked, street, *rest in rows:
        bad = bool(blocked) or (kind == "phone" and value.startswith("~"))
        country, region, postcode = rest
        place = Place(country, region, postcode, value if kind == "phone" and not bad else "")
        people.addresses[person].append(Address(pk, kind, value, bad, street, place))


def _read_pauses(people: People, person_of: Mapping[int, int]) -> None:
    rows = Pause.objects.filter(among(identifier_id=person_of), ended_at=None)
    for identifier, why, until in rows.values_list("identifier_id", "why", "until"):
        people.pauses[person_of[identifier]].append((Reason(why), until))


def _read_held(people: People, person_of: Mapping[int, int], now: dt.datetime) -> None:
    rows = Reservation.objects.filter(
        among(identifier_id=person_of), counts_at__gt=now - dt.timedelta(days=CONTACT_DAYS)
    ).exclude(state=Reservation.State.RELEASED)
    fields = ("decision_id", "identifier_id", "counts_at", "priority", "state")
    for pk, identifier, at, priority, state in rows.values_list(*fields):
        held = Held(at=at, priority=priority, movable=state == Reservation.State.HELD, reservation=pk)
        people.held[person_of[identifier]].append(held)


def _lot_began(kept: Terms, now: dt.datetime) -> dt.datetime:
    """From when on the lot holds that leaves people out of everything."""
    zone = ZoneInfo(kept.shop.zone)
    day = year_began(kept.rules, now.astimezone(zone).date())
    return dt.datetime.combine(day, dt.time(), zone) if day else EVER


def _read_decided(
    people: People,
    questions: Sequence[Question],
    person_of: Mapping[int, int],
    now: dt.datetime,
    lot_began: dt.datetime,
) -> None:
    """Decisions with the same source and occurrence, by any identifier that is this person's now, open ones first; and on
    which side of a play, and of everything, they were drawn."""
    plays = {question.wish.play for question in questions}
    keys = {(question.wish.source, question.wish.occurrence) for question in questions}
    # Not narrowed by source: a database without statistics would then walk through everybody's decisions of a campaign.
    decisions = Decision.objects.filter(among(identifier_id=person_of))
    fields = ("id", "identifier_id", "source", "occurrence", "ended_at", "at", "share_of_all", "arm", "reason", "facts",
              "share")  # fmt: skip
    rows = decisions.order_by("-ended_at", "at").values_list(*fields)
    first: dict[tuple[int, str], dt.datetime] = {}
    for pk, identifier, source, occurrence, ended, at, of_all, *drawn in rows:
        person, play = person_of[identifier], source.rsplit("/", 1)[0]
        if (source, occurrence) in keys:
            people.decided[person, source, occurrence].append((pk, ended is not None))
        early = at > now - KEPT_DRAWN and first.get((person, play), at) >= at
        if play in plays and early and (side := _side(*drawn)):
            first[person, play], people.drawn[person, play] = at, side
        early = at >= lot_began and first.get((person, EVERYTHING), at) >= at
        if of_all and early and (side := _side_of_all(*drawn[:3])):
            first[person, EVERYTHING], people.drawn_of_all[person] = at, side


def _side(arm: str, reason: str, facts: Mapping[str, Any], share: float | None) -> str:
    """The arm that the lot of a play gave; "" where no lot of its own was drawn."""
    if not share:
        return ""
    if arm == Decision.Arm.HELD_OUT:
        return "held_out" if facts.get("layer") == PLAY else ""
    return "" if arm == Decision.Arm.REFUSED and reason not in AFTER_THE_LOT else "treated"


def _side_of_all(arm: str, reason: str, facts: Mapping[str, Any]) -> str:
    """The arm that the lot of everything gave; "" where none was drawn. Who is held out of one play is in everything else."""
    if arm == Decision.Arm.HELD_OUT:
        return "held_out" if facts.get("layer") == EVERYTHING else "treated"
    return "" if arm == Decision.Arm.REFUSED and reason not in AFTER_THE_LOT else "treated"
