"""May this person be contacted now? Every question in its order, the first "no" told; "not yet" comes last.

Pure: what is wished (`Wish`), what is known of the person (`Standing`) and of the shop (`Rules`) goes in, one `Answer`
comes out. Purposes: docs/messages.md#purposes. Order of questions: docs/messages.md#gate.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from regulars.policy.budget import DEFAULT, Budget, earliest, fits, halved
from regulars.policy.hold_out import EVERYTHING, PLAY, HoldOut, held_out
from regulars.policy.reasons import Reason

PURPOSES = ("order", "service", "care", "news", "offers", "club", "survey", "referral")
CHANNELS = ("email", "sms", "card", "phone", "inbox", "webhook")
ASKED_CHANNELS = frozenset({"email", "sms", "phone", "webhook"})
"""Where a "yes" is needed before; a card and the inbox need only the absence of a "no"."""
NOT_MARKETING = frozenset({"order", "service"})
WEIGHTLESS = frozenset({"inbox"})
RETRY_AFTER = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Wish:
    """One contact that somebody wishes for. source and occurrence: what makes it happen once ("campaign:spring/1", "once").

    priority: 1 (apology) to 5 (news); the lower number gets the slot. hold_out: None where nobody is held out. takes: of
    which limits (stock, a budget, how many people at most) it takes how much, as (("campaign:3", 1),).
    """

    channel: str
    purpose: str
    source: str
    occurrence: str
    not_before: dt.datetime
    expires_at: dt.datetime | None = None
    priority: int = 5
    hold_out: HoldOut | None = None
    takes: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS or self.purpose not in PURPOSES:
            raise ValueError(f"no such channel or purpose: {self.channel}, {self.purpose}")
        if self.marketing and self.expires_at is None:
            raise ValueError("a contact that is no reply and no receipt must expire")

    @property
    def marketing(self) -> bool:
        """Whether it is more than what an order or a request needs."""
        return self.purpose not in NOT_MARKETING

    @property
    def play(self) -> str:
        """The source without its step."""
        return self.source.rsplit("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Held:
    """Another contact of the person that counts: when, how important, and whether it can still give up its slot."""

    at: dt.datetime
    priority: int
    movable: bool
    reservation: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a person when asked. `said`: the newest word about channel and purpose: yes, no, claimed or "".

    suppressed: why this address gets nothing ("" for not so); `all_mail` when that holds for letters about orders too.
    less_often: they asked for half as much. drawn, drawn_of_all: the arm ("treated", "held_out") that the play's lot, and this
    year's of everything, gave them before, kept.
    pauses: reason and end (None: for good). held: the other contacts that count. quiet: when this channel may first be
    used from a time on, with the reason for waiting; None when never before the wish expires.
    """

    person: int
    said: str = ""
    suppressed: str = ""
    all_mail: bool = False
    address: str = ""
    address_bad: bool = False
    done: bool = False
    pauses: tuple[tuple[Reason, dt.datetime | None], ...] = ()
    held: tuple[Held, ...] = ()
    less_often: bool = False
    drawn: str = ""
    drawn_of_all: str = ""
    quiet: "Callable[[dt.datetime, dt.datetime | None], tuple[dt.datetime | None, str]] | None" = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the shop said: its budget; plays, channels or "everything" that are stopped (with why)."""

    budget: Budget = DEFAULT
    stopped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """reason "" is a yes. at: when it may happen (yes), or be asked again (not yet). facts: numbers for the sentence.

    displaced: reservations of lesser contacts that must give up their slots for this one.
    """

    reason: str = ""
    at: dt.datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    displaced: tuple[int, ...] = ()

    @property
    def yes(self) -> bool:
        """Whether it may happen."""
        return not self.reason

    @property
    def final(self) -> bool:
        """Whether waiting would not help: a no without a time to ask again."""
        return bool(self.reason) and self.at is None


YES = Answer()


def ask(wish: Wish, known: Standing, rules: Rules, *, now: dt.datetime) -> Answer:
    """The answer for one wish; at planning and again at the hand-over, by the same rules.

    What only waits (a stop, which may end) is told where nothing else says no: were it the answer at once, whoever the lot
    leaves out would be reached when it ends.
    """
    waits = None
    for question in QUESTIONS:
        answer = question(wish, known, rules, max(now, wish.not_before))
        if answer is not None and answer.final:
            return answer
        waits = waits or answer
    return waits or _time(wish, known, rules, max(now, wish.not_before))


def _expired(wish: Wish, _known: Standing, _rules: Rules, at: dt.datetime) -> Answer | None:
    return Answer(Reason.EXPIRED) if wish.expires_at is not None and at >= wish.expires_at else None


def _done(_wish: Wish, known: Standing, _rules: Rules, _at: dt.datetime) -> Answer | None:
    return Answer(Reason.ALREADY_DONE) if known.done else None


def _stopped(wish: Wish, _known: Standing, rules: Rules, at: dt.datetime) -> Answer | None:
    if not wish.marketing:
        return None
    for scope in ("everything", f"channel:{wish.channel}", wish.play):
        if scope in rules.stopped:
            reason = Reason.PAUSED_SHOP if scope == "everything" else Reason.STOPPED
            facts = {"scope": scope, "why": rules.stopped[scope]}
            return Answer(reason, at=at + RETRY_AFTER, facts=facts)
    return None


def _suppressed(wish: Wish, known: Standing, _rules: Rules, _at: dt.datetime) -> Answer | None:
    if known.suppressed and (wish.marketing or known.all_mail):
        return Answer(Reason.SUPPRESSED, facts={"why": known.suppressed})
    return None


def _consent(wish: Wish, known: Standing, _rules: Rules, _at: dt.datetime) -> Answer | None:
    """A "no" holds for everything but letters about one's own orders; a "yes" is needed for marketing where asked."""
    if wish.purpose == "order":
        return None
    if known.said == "no":
        return Answer(Reason.OBJECTED)
    if not wish.marketing or wish.channel not in ASKED_CHANNELS or known.said == "yes":
        return None
    return Answer(Reason.CLAIMED_ONLY if known.said == "claimed" else Reason.NO_BASIS)


def _address(wish: Wish, known: Standing, _rules: Rules, _at: dt.datetime) -> Answer | None:
    if wish.channel == "inbox":
        return None
    if not known.address:
        return Answer(Reason.NO_ADDRESS)
    return Answer(Reason.BAD_ADDRESS) if known.address_bad else None


def _paused(wish: Wish, known: Standing, _rules: Rules, at: dt.datetime) -> Answer | None:
    if wish.purpose == "order":
        return None
    for reason, until in known.pauses:
        silent = wish.marketing or reason in (Reason.PAUSED_PERSON, Reason.PAUSED_BEREAVEMENT)
        if silent and (until is None or at < until):
            return Answer(reason, facts={"until": until.isoformat() if until else ""})
    return None


def _held_out(wish: Wish, known: Standing, _rules: Rules, _at: dt.datetime) -> Answer | None:
    if wish.hold_out is None or not wish.marketing:
        return None
    lot = wish.hold_out
    if known.drawn_of_all and lot.everything:
        lot = replace(lot, everything=float(known.drawn_of_all == "held_out"))
    layer = held_out(known.person, wish.play, lot)
    if layer == EVERYTHING:
        until = {"until": lot.until.isoformat()} if lot.until else {}
        return Answer(Reason.HELD_OUT, facts={"layer": layer} | until)
    if known.drawn:
        layer = PLAY if known.drawn == "held_out" else ""
    return Answer(Reason.HELD_OUT, facts={"layer": layer}) if layer else None


QUESTIONS = (_expired, _done, _stopped, _suppressed, _consent, _address, _paused, _held_out)


def _time(wish: Wish, known: Standing, rules: Rules, at: dt.datetime) -> Answer:
    """When? Slot and quiet hours move each other, so they are asked in turn until both agree."""
    counts = wish.marketing and wish.channel not in WEIGHTLESS
    waiting = ""
    for _round in range(8):
        if counts:
            moved = _slot(wish, known, rules, at)
            if moved.reason or moved.displaced:
                return moved if moved.reason else _quietly(wish, known, moved)
            assert moved.at is not None
            at = moved.at
        quiet, reason = _quiet(wish, known, at)
        if quiet is None:
            return Answer(reason or Reason.NO_ALLOWED_TIME)
        if quiet == at:
            return Answer(at=at, facts={"waited_for": waiting} if waiting else {})
        at, waiting = quiet, reason
    return Answer(Reason.NO_ALLOWED_TIME)


def _slot(wish: Wish, known: Standing, rules: Rules, at: dt.datetime) -> Answer:
    """The first time with room in the budget; else the slots of lesser contacts that have not begun."""
    budget = halved(rules.budget) if known.less_often else rules.budget
    times = sorted(each.at for each in known.held)
    free = earliest(at, times, budget, until=wish.expires_at)
    if free == at:
        return Answer(at=at)
    lesser = sorted((each for each in known.held if each.movable and each.priority > wish.priority), key=_least)
    kept = list(known.held)
    for number, each in enumerate(lesser, 1):
        kept.remove(each)
        if fits(at, sorted(one.at for one in kept), budget):
            return Answer(at=at, displaced=_in_the_way(at, kept, lesser[:number], budget))
    if free is not None:
        return Answer(at=free)
    near = [each.at for each in known.held]
    return Answer(Reason.BUDGET_USED, facts={"contacts": len(near), "last": max(near).isoformat() if near else ""})


def _in_the_way(at: dt.datetime, kept: list[Held], gone: list[Held], budget: Budget) -> tuple[int, ...]:
    """Of those that would give up their slots, only the ones without which it does not fit; the weightiest stay first."""
    needed = []
    for each in reversed(gone):
        if fits(at, sorted(one.at for one in (*kept, each)), budget):
            kept.append(each)
        else:
            needed.append(each.reservation)
    return tuple(needed)


def _least(each: Held) -> tuple[int, float]:
    return -each.priority, -each.at.timestamp()


def _quietly(wish: Wish, known: Standing, found: Answer) -> Answer:
    """The displacing contact, moved into the allowed hours."""
    assert found.at is not None
    quiet, reason = _quiet(wish, known, found.at)
    if quiet is None:
        return Answer(reason or Reason.NO_ALLOWED_TIME)
    return Answer(at=quiet, displaced=found.displaced)


def _quiet(wish: Wish, known: Standing, at: dt.datetime) -> tuple[dt.datetime | None, str]:
    if known.quiet is None or wish.purpose == "order":
        return at, ""
    return known.quiet(at, wish.expires_at)
