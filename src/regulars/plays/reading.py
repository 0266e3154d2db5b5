"""From the text of a `play.toml` to a play, or to every mistake in it, with line, column and what may have been meant."""

import difflib
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from regulars.plays import form, kind_words
from regulars.plays.form import Action, Evidence, Form, Goal, Limits, Said, Value
from regulars.plays.positions import Path, Place, nearest, places
from regulars.policy.chances import VERSIONS_MAX
from regulars.policy.contact import PURPOSES
from regulars.policy.festivals import CODES
from regulars.profiles import segments

NAME = re.compile(r"[a-z][a-z0-9-]{1,59}")
TEXT_CHARACTERS_MAX = 50_000
SENTENCE_CHARACTERS_MAX = 300
ACTIONS_MAX = 5


@dataclass(frozen=True, order=True)
class Mistake:
    """What is wrong, and where; suggestion: what may have been meant."""

    place: Place
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        """As one line for the terminal."""
        meant = _(" Did you mean {suggestion}?").format(suggestion=self.suggestion) if self.suggestion else ""
        return f"{self.place.line}:{self.place.column}: {self.message}{meant}"


class PlayMistakes(ValueError):
    """A play cannot be read; `mistakes` in the order of the text."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Key:
    """What may stand behind a key. type: text, said, texts, names, whole or number."""

    type: str = "text"
    required: bool = False
    among: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


LIKE = ("birthday", "gift", "discount", "words", "second_order", "refill", "bundle", "referral")
"""The plays that the invented shop answers to (simulator/reacting/plays.py)."""
KEYS: Mapping[str, Mapping[str, Key]] = {
    "play": {
        "name": Key(required=True), "title": Key("said", required=True), "because": Key("said", required=True),
        "told": Key("said"), "audience": Key(), "on": Key(required=True, among=form.EVENTS), "once_every": Key("whole", least=1, most=3660),
        "priority": Key("whole", least=1, most=5), "purpose": Key(among=tuple(purpose for purpose in PURPOSES if purpose != "order")), "mode": Key(among=form.MODES),
        "family": Key(), "occasions": Key("texts", among=form.OCCASIONS), "festivals": Key("texts", among=CODES),
        "days_before": Key("whole", least=0, most=60), "goodbye": Key("truth"),
    },
    "action": {
        "kind": Key(required=True, among=form.KINDS), "channel": Key(), "words": Key("names"), "cost": Key("number", least=0),
    },
    "goal": {"outcome": Key(among=form.OUTCOMES), "within": Key("whole", least=7, most=365)},
    "hold_out": {"share": Key("share", least=0, most=0.5)},
    "limits": {
        "per_day": Key("whole", least=1), "budget": Key("number", least=0), "stock": Key("whole", least=0),
    },
    "value": {
        "lift": Key("number", least=-1, most=5), "spread": Key("number", least=0.01, most=5), "days": Key("whole", least=1, most=90),
        "goodwill": Key("number", least=0, most=1), "basket": Key("number", least=0, most=2),
        "discount": Key("number", least=0, most=0.9), "worth": Key("number", least=0, most=1), "like": Key(among=LIKE), "habit": Key("number", least=0, most=1),
    },
    "evidence": {"source": Key(), "expect": Key("said")},
}  # fmt: skip
WRITTEN = {"text": "a text", "said": "a text, or one for each language", "texts": "a list of texts",
           "names": "a name, or a list of two to four different ones", "whole": "a whole number", "truth": "true or false",
           "number": "a number", "share": '"auto" or a number'}  # fmt: skip


def read(text: str, *, minor_per_major: int = 100) -> Form:
    """The play that a text describes. Raises PlayMistakes with all of them."""
    reader = _Reader(text, minor_per_major)
    made = reader.read()
    if reader.mistakes or made is None:
        raise PlayMistakes(sorted(reader.mistakes))
    return made


class _Reader:
    def __init__(self, text: str, minor_per_major: int) -> None:
        self.text, self.minor_per_major = text, minor_per_major
        self.mistakes: list[Mistake] = []
        self.places = places(text)

    def wrong(self, path: Path, message: str, suggestion: str = "", *, at: int = 0) -> None:
        """Note a mistake; at: the character of the value that is meant, from 1."""
        place = nearest(self.places, path)
        if at:
            place = Place(place.line, place.value + at, place.value)
        self.mistakes.append(Mistake(place, message, suggestion))

    def read(self) -> Form | None:
        if len(self.text) > TEXT_CHARACTERS_MAX:
            self.wrong((), _("The file is too long."))
            return None
        try:
            data = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            self.mistakes.append(_toml(str(error)))
            return None
        for name, table in data.items():
            self._table(name, table)
        for name in ("play", "action"):
            if name not in data:
                self.wrong((), _("[{name}] is missing.").format(name=name))
        if self.mistakes:
            return None
        made = _made(data)
        self._together(made)
        return made

    def _table(self, name: str, table: Any) -> None:
        if name not in KEYS:
            self.wrong((name,), _("There is no part called {name}.").format(name=repr(name)), _near(name, KEYS))
            return
        several = name == "action"
        if several != isinstance(table, list) or not all(
            isinstance(one, dict) for one in (table if several else [table])
        ):
            shape = "[[action]]" if several else f"[{name}]"
            self.wrong((name,), _("This part is written as {shape}.").format(shape=shape))
            return
        if several and len(table) > ACTIONS_MAX:
            self.wrong((name,), _("{number} actions at most.").format(number=ACTIONS_MAX))
        for place, one in enumerate(table) if several else [(None, table)]:
            self._keys(name, one, (name,) if place is None else (name, place))

    def _keys(self, name: str, table: Mapping[str, Any], path: Path) -> None:
        known = KEYS[name]
        for key, value in table.items():
            if key not in known:
                self.wrong((*path, key), _("There is no key {name}.").format(name=repr(key)), _near(key, known))
            else:
                self._value(known[key], value, (*path, key))
        for key, rule in known.items():
            if rule.required and key not in table:
                self.wrong(path, _("{name} is missing.").format(name=key))

    def _value(self, rule: Key, value: Any, path: Path) -> None:
        if not _fits(rule.type, value):
            self.wrong(path, _("{name} is {what}.").format(name=path[-1], what=WRITTEN[rule.type]))
            return
        for one in value if rule.type == "texts" else [value]:
            if rule.among and one not in rule.among:
                said = _("{value} is none of {known}.").format(value=repr(one), known=", ".join(rule.among))
                self.wrong(path, said, _near(str(one), rule.among))
        if isinstance(value, (int, float)):
            if rule.least is not None and value < rule.least:
                self.wrong(path, _("{name} is at least {number}.").format(name=path[-1], number=rule.least))
            if rule.most is not None and value > rule.most:
                self.wrong(path, _("{name} is at most {number}.").format(name=path[-1], number=rule.most))

    def _together(self, made: Form) -> None:
        """What only shows when the parts are seen together."""
        if not NAME.fullmatch(made.name):
            self.wrong(("play", "name"), _("A name has small letters, digits and hyphens, and begins with a letter."))
        for key in ("title", "because"):
            if any(len(text) > SENTENCE_CHARACTERS_MAX for text in getattr(made, key).texts.values()):
                self.wrong(("play", key), _("{number} characters at most.").format(number=SENTENCE_CHARACTERS_MAX))
        self._told(made)
        for number, action in enumerate(made.actions):
            self._action(number, action)
        self._event(made)
        if made.owed and made.share:
            self.wrong(("hold_out", "share"), _("What is owed is never held out."))
        try:
            if made.audience.strip():
                segments.parse(made.audience, minor_per_major=self.minor_per_major)
        except segments.ConditionMistake as mistake:
            self.wrong(("play", "audience"), mistake.message, mistake.suggestion, at=mistake.column)

    def _told(self, made: Form) -> None:
        for language, text in made.told.texts.items():
            path = ("play", "told", language)
            place = nearest(self.places, path)
            alone = self.text.splitlines()[place.line - 1][place.value - 1 : place.value] in ('"', "'")
            for at, why in kind_words.mistakes(text):
                self.wrong(path, why, at=at if alone else 0)

    def _action(self, number: int, action: Action) -> None:
        ways = form.WAYS.get(action.kind)
        if ways is None:
            return
        if number:
            self.wrong(("action", number), _("A play reaches a person in one way. Write another play for this."))
        if action.channel not in ways:
            said = _("{kind} needs a channel: {known}.").format(kind=action.kind, known=", ".join(ways))
            self.wrong(("action", number, "channel"), said, _near(action.channel, ways))
        if not action.words:
            self.wrong(("action", number), _("{name} is missing.").format(name="words"))

    def _event(self, made: Form) -> None:
        for event, key in (("occasion", "occasions"), ("festival", "festivals")):
            if made.on == event and not getattr(made, key):
                self.wrong(("play", "on"), _("{name} is missing.").format(name=key))
            if made.on != event and getattr(made, key):
                self.wrong(("play", key), _("{name} belongs to on = {event}.").format(name=key, event=repr(event)))


def _fits(kind: str, value: Any) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "said":
            texts = value.values() if isinstance(value, dict) else [value]
            return bool(texts) and all(isinstance(one, str) and one.strip() for one in texts)
        case "texts":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        case "names":
            return isinstance(value, str) or _competes(value)
        case "truth":
            return isinstance(value, bool)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool)
        case "share":
            return value == "auto" or _fits("number", value)
        case _:
            return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _competes(value: Any) -> bool:
    """Whether this names versions that compete."""
    texts = isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)
    return texts and 2 <= len(set(value)) == len(value) <= VERSIONS_MAX


def _made(data: Mapping[str, Any]) -> Form:
    play = dict(data["play"])
    for key in ("title", "because", "told"):
        play[key] = _said(play.get(key, {}))
    for key in ("occasions", "festivals"):
        play[key] = tuple(play.get(key, ()))
    share = data.get("hold_out", {}).get("share", "auto")
    evidence = data.get("evidence", {})
    return Form(
        **play, actions=tuple(_acts(one) for one in data["action"]), goal=Goal(**data.get("goal", {})),
        share=None if share == "auto" else float(share), limits=Limits(**data.get("limits", {})),
        value=Value(**data.get("value", {})),
        evidence=Evidence(evidence.get("source", ""), _said(evidence.get("expect", {}))),
    )  # fmt: skip


def _acts(table: Mapping[str, Any]) -> Action:
    words = table.get("words") or ()
    return Action(**{**table, "words": (words,) if isinstance(words, str) else tuple(words)})


def _said(value: Any) -> Said:
    return Said(dict(value) if isinstance(value, dict) else {"en": value})


def _toml(message: str) -> Mistake:
    """tomllib says "... (at line 3, column 7)"."""
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    place = Place(int(found[1]), int(found[2])) if found else Place()
    return Mistake(place, _("This is not TOML: {why}").format(why=message.split(" (at ", maxsplit=1)[0]))


def _near(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    return next(iter(difflib.get_close_matches(word, list(known), 1, 0.5)), "")


assert {field.name for field in fields(Value)} == set(KEYS["value"])
