"""What a play says of itself: who, when, what, how often at most, what it should change, and who is held out.

The same form in a folder of the product, in a folder of the merchant's and in the database. docs/plays.md explains every key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LANGUAGES = ("en", "zh-hans")
EVENTS = ("daily", "once", "order", "refund", "review", "bad_review", "occasion", "festival", "complaint", "visit")
"""on what a play acts; complaint and visit: nothing in the shop tells of them yet."""
EVENTS_LATER = frozenset({"complaint", "visit"})
MODES = ("ask first", "automatic")
WAYS: Mapping[str, tuple[str, ...]] = {"message": ("email", "sms", "inbox", "webhook"), "task": ("card", "phone")}
KINDS_LATER = ("gift", "points", "offer", "placement", "invitation", "introduction")
"""Kinds of action that a play may name, and that nothing carries out yet."""
KINDS = (*WAYS, *KINDS_LATER)
ANSWERED = "answered"
OUTCOMES = ("came_back", "net_revenue", "margin", ANSWERED)
OCCASIONS = ("birthday", "wedding", "name_day", "child", "custom", "first_order")


@dataclass(frozen=True)
class Said:
    """A sentence in one or more languages; `of` gives the one to read."""

    texts: Mapping[str, str]

    def of(self, language: str) -> str:
        """In this language, its base language, English, or whatever there is."""
        for code in (language, language.split("-", maxsplit=1)[0], "en"):
            if code in self.texts:
                return self.texts[code]
        return next(iter(self.texts.values()), "")


@dataclass(frozen=True)
class Action:
    """One thing to do. words: the names of the files in `words/` (letter -> letter.en.md), two to four where versions
    compete; cost: of one, in the shop's currency, None for what the way costs as a rule."""

    kind: str
    channel: str = ""
    words: tuple[str, ...] = ()
    cost: float | None = None

    @property
    def available(self) -> bool:
        """Whether something carries it out today."""
        return self.kind in WAYS


@dataclass(frozen=True)
class Goal:
    """What should change: an outcome, within so many days."""

    outcome: str = "came_back"
    within: int = 60


@dataclass(frozen=True)
class Limits:
    """per_day: people at most on one day; budget: money a month; stock: of the thing given, in all. None: as the shop says."""

    per_day: int | None = None
    budget: float | None = None
    stock: int | None = None


@dataclass(frozen=True)
class Value:
    """What the play is assumed to change until the shop's own hold-outs say otherwise (docs/decisions.md).

    lift: of buying while it lasts (days), relative; spread: its standard deviation; worth: of an answer or a kind goodbye, as
    a share of the margin of a usual order; like: the play of the invented shop that rehearses it; goodwill: share of what is still to
    come; basket: share of the margin meanwhile; discount: share of the price; habit: share of the margin lost later.
    """

    lift: float = 0.25
    spread: float = 0.25
    days: int = 14
    goodwill: float = 0.0
    basket: float = 0.0
    discount: float = 0.0
    habit: float = 0.0
    worth: float = 0.0
    like: str = ""


@dataclass(frozen=True)
class Evidence:
    """What the expectation rests on, and what may honestly be expected."""

    source: str = ""
    expect: Said = field(default_factory=lambda: Said({}))


@dataclass(frozen=True)
class Form:
    """One play as it is written. name: lower case with hyphens; because: why these people, for the merchant; told: why, for
    the people themselves; on: what makes it act; occasions, festivals and
    days_before: for those two events; once_every: days in which nobody meets it twice; goodbye: whoever got it is left in peace afterwards; share: held out, None for
    "auto"."""

    name: str
    title: Said
    because: Said
    on: str
    actions: tuple[Action, ...]
    told: Said = field(default_factory=lambda: Said({}))
    audience: str = ""
    once_every: int = 365
    priority: int = 4
    purpose: str = "care"
    mode: str = "ask first"
    family: str = ""
    occasions: tuple[str, ...] = ()
    festivals: tuple[str, ...] = ()
    days_before: int = 0
    goodbye: bool = False
    goal: Goal = Goal()
    share: float | None = None
    limits: Limits = Limits()
    value: Value = Value()
    evidence: Evidence = field(default_factory=Evidence)

    @property
    def scope(self) -> str:
        """What decisions, stops and hold-outs call it."""
        return f"play:{self.name}"

    @property
    def contact(self) -> Action:
        """The action that reaches the person; the others go with it."""
        return self.actions[0]

    @property
    def owed(self) -> bool:
        """Whether it is service: never held out, never valued."""
        return self.purpose == "service"

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Kinds of actions, and an event, that are not available yet."""
        later = [action.kind for action in self.actions if not action.available]
        return tuple(dict.fromkeys(later + ([self.on] if self.on in EVENTS_LATER else [])))
