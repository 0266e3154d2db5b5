"""How the gate is asked for a play and a person: with what is held out, which limits it takes from, and until when."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from regulars.decisions import gate
from regulars.plays import running
from regulars.plays.running import Running
from regulars.policy.contact import Wish
from regulars.policy.hold_out import HoldOut


@dataclass(frozen=True)
class Meeting:
    """One play meets one person. day: for which it was planned; occurrence: what makes it happen once."""

    person: int
    day: dt.date
    occurrence: str
    not_before: dt.datetime
    expires_at: dt.datetime
    weighed: Mapping[str, Any] = field(default_factory=dict)


def request(one: Running, met: Meeting, lots: HoldOut) -> gate.Request:
    """As it is decided: with the lot, and what it takes of the limits. lots: the shop's, as they stand now."""
    hold_out = None if one.form.owed else replace(lots, play=running.share_of(one))
    return _request(one, met, hold_out, running.takes(one, met.day))


def look(one: Running, met: Meeting) -> gate.Request:
    """As it is asked before a plan is made: may it be at all? Nobody is drawn by being looked at."""
    return _request(one, met, None, ())


def _request(one: Running, met: Meeting, hold_out: HoldOut | None, takes: tuple[tuple[str, int], ...]) -> gate.Request:
    wish = Wish(
        one.form.contact.channel, one.form.purpose, one.play.source, met.occurrence, met.not_before, met.expires_at,
        priority=one.form.priority, hold_out=hold_out, takes=takes,
    )  # fmt: skip
    return gate.Request(
        met.person, wish, one.form.because.of("en"), {"letters": list(one.letters)}, weights=_chances(one, met), weighed=met.weighed
    )  # fmt: skip


def _chances(one: Running, met: Meeting) -> tuple[float, ...]:
    """Of the day it was planned, so that a plan that is carried out later, or twice, draws the same."""
    planned = tuple(met.weighed.get("chances", ()))
    return planned if len(planned) == len(one.letters) else one.chances
