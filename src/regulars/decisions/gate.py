"""The one gate: whoever wants to contact a person asks here, at planning and again at the hand-over.

Everything is asked in one short transaction that holds the customers: two who ask at once wait for each other, so a
budget of one stays one. Each answer is written: a Decision with its Reservation, or with the first reason why not.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from regulars.customers.locking import hold
from regulars.decisions import left_out, limits, taking_back
from regulars.decisions.models import Decision, Reservation
from regulars.decisions.standing import Known, People, Question, Terms, ended, owners, read, rules, terms
from regulars.policy.contact import NOT_MARKETING, WEIGHTLESS, Answer, Held, Rules, Wish, ask
from regulars.policy.hold_out import variant
from regulars.policy.reasons import Reason
from regulars.shop import current
from regulars.shop.among import among
from regulars.shop.inserting import insert_all
from regulars.shop.keys import key_id

PEOPLE_AT_ONCE = 1_000
"""Held in one transaction, which is over in a fraction of a second."""
READ_AT_ONCE = 20_000
"""Of those who are only looked at."""


@dataclass(frozen=True, slots=True)
class Request:
    """A wish for the person who has this identifier; because: one sentence; todo: what actions shall do.

    weights: chances of the versions of the words that compete, drawn anew for each occurrence; weighed: what it is worth,
    for whoever asks later.
    """

    identifier_id: int
    wish: Wish
    because: str = ""
    todo: Mapping[str, Any] = field(default_factory=dict)
    weights: tuple[float, ...] = (1.0,)
    weighed: Mapping[str, Any] = field(default_factory=dict)


def decide(requests: Sequence[Request], *, now: dt.datetime) -> list[Decision]:
    """The decision for each request, in order; what was decided before is returned as it was. One transaction for each
    PEOPLE_AT_ONCE requests."""
    found: list[Decision] = []
    for start in range(0, len(requests), PEOPLE_AT_ONCE):
        with current.atomic():
            found += _decided(requests[start : start + PEOPLE_AT_ONCE], now)
    return found


def weigh(requests: Sequence[Request], *, now: dt.datetime) -> list[Answer]:
    """What the answers would be now; nothing is written, held or displaced. For previews."""
    kept, found = terms(now=now), []
    left = limits.room((request.wish for request in requests), lock=False)
    for start in range(0, len(requests), READ_AT_ONCE):
        questions = [Question(one.identifier_id, one.wish) for one in requests[start : start + READ_AT_ONCE]]
        people = read(questions, owners(each.identifier_id for each in questions), now=now, kept=kept)
        shop = rules(people)
        for each in questions:
            found.append(_within(each.wish, ask(each.wish, people.known(each).standing, shop, now=now), left))
    return found


def confirm(questions: Sequence[Question], *, now: dt.datetime, people: People | None = None) -> list[Answer]:
    """Ask again just before the hand-over, in the caller's transaction, and write the answers: a yes makes the
    reservation used, now; a final no releases it and says why. Contacts of one person are taken in order.

    people: who was held for these questions, if the caller has done so.
    """
    people = people or held(questions, now=now)
    shop = rules(people)
    slots = _slots(questions, people)
    answers: dict[int, Answer] = {}
    used: list[Reservation | None] = []
    for place in sorted(range(len(questions)), key=lambda place: questions[place].wish.priority):
        each = questions[place]
        answer = answers[place] = _again(each, people, slots.get(each.decision or 0), shop, now)
        if answer.yes and each.decision is not None:
            person = people.owner[each.identifier_id]
            _give_up(people, person, answer.displaced, slots)
            used.append(_use(people, person, each, now))
        elif answer.final and each.identifier_id in people.owner:
            ended(people, each)
    _write_used([one for one in used if one is not None], set(slots), now)
    _write_again([(each, answers[place]) for place, each in enumerate(questions)], now)
    return [answers[place] for place in range(len(questions))]


def held(questions: Sequence[Question], *, now: dt.datetime, kept: Terms | None = None) -> People:
    """Lock whom these questions are about, in the caller's transaction, and read what is known of them. Identifiers that
    nobody has any more are not among the owners. kept: the shop's terms, where they were read within the last second."""
    identifiers = [question.identifier_id for question in questions]
    owner = owners(identifiers)
    while True:
        hold(owner.values())
        people = read(questions, owner, now=now, kept=kept)
        found = {one.id: person for person, theirs in people.addresses.items() for one in theirs}
        if all(found.get(identifier) == person for identifier, person in owner.items()):
            return people
        owner = owners(identifiers)  # merged while we waited for the lock


def happened(decision: int, *, at: dt.datetime) -> None:
    """A contact that has taken place, whatever was decided meanwhile: it counts in the person's budget, now."""
    found = Decision.objects.get(pk=decision)
    if found.purpose in NOT_MARKETING or found.channel in WEIGHTLESS:
        return
    counts = {"identifier_id": found.identifier_id, "priority": found.priority, "counts_at": at, "why": "",
              "state": Reservation.State.USED}  # fmt: skip
    with current.atomic():
        hold([found.person_id])
        Reservation.objects.update_or_create(pk=decision, defaults=counts)


def _decided(requests: Sequence[Request], now: dt.datetime) -> list[Decision]:
    questions = [Question(request.identifier_id, request.wish) for request in requests]
    people = held(questions, now=now)
    owner, shop, earlier = people.owner, rules(people), _earlier(questions, people)
    missing = {question.identifier_id for question in questions} - owner.keys()
    if missing:
        raise LookupError(f"nobody has these identifiers: {sorted(missing)[:5]}")
    if people.rules.held_out_since is None and any(
        each.wish.hold_out and each.wish.hold_out.everything for each in requests
    ):
        left_out.begin(now)
    made: dict[int, Decision] = {}
    slots: dict[int, Reservation] = {}
    left, took = limits.room(request.wish for request in requests), []
    for place in sorted(range(len(requests)), key=lambda place: requests[place].wish.priority):
        request, question = requests[place], questions[place]
        person = owner[request.identifier_id]
        key = (person, request.wish.source, request.wish.occurrence)
        if key in earlier:
            made[place] = earlier[key]
            continue
        known = people.known(question)
        answer = _within(request.wish, ask(request.wish, known.standing, shop, now=now), left)
        decision = made[place] = earlier[key] = _decision(request, known, answer, now)
        if request.wish.takes and not answer.final:
            took.append((decision, request.wish))
        if answer.yes:
            _give_up(people, person, answer.displaced, slots)
            if request.wish.marketing and request.wish.channel not in WEIGHTLESS:
                slots[decision.pk] = _reserve(people, decision)
    fresh = {decision.pk: decision for decision in made.values() if decision._state.adding}
    insert_all(list(fresh.values()))
    insert_all(list(slots.values()))
    limits.write(took)
    return [made[place] for place in range(len(requests))]


def _within(wish: Wish, answer: Answer, left: dict[str, int]) -> Answer:
    """The same answer, unless a limit has no room for it any more: asked last, of those who would get it."""
    if answer.final or not (reached := limits.take(wish, left)):
        return answer
    return Answer(Reason.LIMIT_REACHED, facts={"limit": reached})


def _earlier(questions: Sequence[Question], people: People) -> dict[tuple[int, str, str], Decision]:
    """What was decided before, by person, source and occurrence; of several (after a merge) one that still stands.

    A decision about somebody who was this person then, and was taken apart since, stands too: rather none than twice.
    """
    first = {}
    for question in questions:
        person = people.owner.get(question.identifier_id)
        if person is not None:
            key = (person, question.wish.source, question.wish.occurrence)
            first[key] = decision_id(*key)
    first |= {key: min(found, key=lambda one: one[1])[0] for key, found in people.decided.items()}
    known = {one.pk: one for one in Decision.objects.filter(among(pk=first.values()))}
    return {key: known[pk] for key, pk in first.items() if pk in known}


def decision_id(person: int, source: str, occurrence: str) -> int:
    """The number of a decision, the same however often it is asked."""
    return key_id("decision", str(person), source, occurrence)


def _decision(request: Request, known: Known, answer: Answer, now: dt.datetime) -> Decision:
    wish, person = request.wish, known.standing.person
    held_out = answer.reason == Reason.HELD_OUT
    arm = Decision.Arm.TREATED if answer.yes else Decision.Arm.HELD_OUT if held_out else Decision.Arm.REFUSED
    later = bool(answer.reason) and not answer.final
    if later:  # not yet is a yes that waits: it is asked again at the hand-over
        arm = Decision.Arm.TREATED
    chosen, drawn = _drawn(person, request)
    return Decision(
        pk=decision_id(person, wish.source, wish.occurrence), person_id=person, identifier_id=known.address_id,
        channel=wish.channel, purpose=wish.purpose, source=wish.source, occurrence=wish.occurrence, priority=wish.priority,
        arm=arm, reason=answer.reason, facts=dict(answer.facts), because=request.because[:300], todo=dict(request.todo),
        variant=chosen, share=wish.hold_out.play if wish.hold_out else None,
        share_of_all=wish.hold_out.everything if wish.hold_out else 0.0, weighed=dict(request.weighed) | drawn, at=now, not_before=(answer.at if answer.yes else None) or wish.not_before, expires_at=wish.expires_at,
        consent_id=known.consent_id, ended_at=now if arm == Decision.Arm.REFUSED else None,
    )  # fmt: skip


def _drawn(person: int, request: Request) -> tuple[int, dict[str, float]]:
    """Which version of the words, and with what chance it was drawn, to be kept where several compete."""
    wish, weights = request.wish, request.weights
    if len(weights) < 2:
        return 0, {}
    salt = wish.hold_out.salt if wish.hold_out else ""
    place = variant(person, wish.play, weights, salt=salt, occasion=wish.occurrence)
    return place, {"version_chance": weights[place] / sum(weights)}


def _reserve(people: People, decision: Decision) -> Reservation:
    held = Held(decision.not_before, decision.priority, movable=True, reservation=decision.pk)
    people.held[decision.person_id].append(held)
    return Reservation(
        decision_id=decision.pk,
        identifier_id=decision.identifier_id,
        counts_at=decision.not_before,
        priority=decision.priority,
    )


def _give_up(people: People, person: int, gone: Sequence[int], slots: dict[int, Reservation]) -> None:
    """Lesser contacts lose their slots: those written before, and those at hand."""
    if not gone:
        return
    people.held[person] = [each for each in people.held[person] if each.reservation not in gone]
    for pk in gone:
        if pk in slots:
            slots[pk].state, slots[pk].why = Reservation.State.RELEASED, Reason.LOWER_PRIORITY
    Reservation.objects.filter(pk__in=gone).update(state=Reservation.State.RELEASED, why=Reason.LOWER_PRIORITY)


def _use(people: People, person: int, question: Question, now: dt.datetime) -> Reservation | None:
    """The slot that is used now, by a contact that counts; written with the others."""
    wish, pk = question.wish, question.decision
    assert pk is not None
    if not wish.marketing or wish.channel in WEIGHTLESS:
        return None
    people.held[person] = [each for each in people.held[person] if each.reservation != pk]
    people.held[person].append(Held(now, wish.priority, movable=False, reservation=pk))
    return Reservation(decision_id=pk, identifier_id=question.identifier_id, priority=wish.priority,
                       counts_at=now, state=Reservation.State.USED)  # fmt: skip


def _slots(questions: Sequence[Question], people: People) -> dict[int, Reservation]:
    """The slots of these decisions. Those that count were read with their people; the others were given up."""
    counted = {each.reservation for theirs in people.held.values() for each in theirs}
    wanted = {each.decision for each in questions if each.decision is not None}
    found = {pk: Reservation(pk=pk, state=Reservation.State.HELD) for pk in wanted & counted}
    return found | (Reservation.objects.in_bulk(wanted - counted) if wanted - counted else {})


def _again(question: Question, people: People, slot: Reservation | None, shop: Rules, now: dt.datetime) -> Answer:
    if question.identifier_id not in people.owner:
        return Answer(Reason.NO_ADDRESS)
    if slot is not None and slot.state == Reservation.State.RELEASED:
        return Answer(slot.why or Reason.CANCELLED)
    if people.is_ended(question):
        return Answer(Reason.CANCELLED)
    wish = replace(question.wish, hold_out=None)  # the arm was drawn when it was decided
    answer = ask(wish, people.known(question, exact=True).standing, shop, now=now)
    if answer.yes and answer.at is not None and answer.at > now:
        return Answer(str(answer.facts.get("waited_for") or Reason.BUDGET_USED), at=answer.at)
    return answer


def _write_used(used: Sequence[Reservation], reserved: set[int], now: dt.datetime) -> None:
    """What waited for a stop to end has no slot yet: it takes one."""
    known = [one.pk for one in used if one.pk in reserved]
    Reservation.objects.filter(pk__in=known).update(counts_at=now, state=Reservation.State.USED)
    Reservation.objects.bulk_create([one for one in used if one.pk not in reserved])


def _write_again(answered: Sequence[tuple[Question, Answer]], now: dt.datetime) -> None:
    over: dict[str, list[int]] = defaultdict(list)
    later: dict[dt.datetime, list[int]] = defaultdict(list)
    for question, answer in answered:
        if question.decision is None or answer.yes:
            continue
        if answer.at is None:
            over[answer.reason].append(question.decision)
        else:
            later[answer.at].append(question.decision)
    for why, ids in over.items():
        taking_back.release(ids, why=why, at=now)
    for at, ids in later.items():
        Reservation.objects.filter(pk__in=ids).update(counts_at=at)
