"""The product as a policy of the invented shop: shown what a shop could know, it lives its day and says whom it wrote to.

What it did on a day is kept in a file before anybody reacts. A run that was killed begins anew: the invented shop is stepped
through the days that are kept, which takes moments, and the product goes on where it ended.
"""

import datetime as dt
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from regulars import day as product
from regulars.actions.messaging import claim, looking
from regulars.actions.messaging.accounts import Way, account_of, sender_of
from regulars.actions.messaging.channels.port import SENT, Outcome, Parcel
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Message
from regulars.decisions.models import Decision
from regulars.living import opening
from regulars.living.calendar import MORNING, Calendar
from regulars.living.exports import News, identifiers
from regulars.living.opening import PLAYS, Terms
from regulars.living.telling import tell
from regulars.policy.hold_out import EVERYTHING
from regulars.simulator.arrays import Integers
from regulars.simulator.reacting.books import Books
from regulars.simulator.reacting.luck import Luck
from regulars.simulator.reacting.plays import OF_EVERYTHING, OF_PLAY, withheld
from regulars.simulator.reacting.policies.policy import nothing_for, remedied_first
from regulars.simulator.reacting.seen import Seen
from regulars.simulator.reacting.troubles import Troubles

WORKER, LANES = "living", 4
NO_TROUBLES = Troubles(Luck(0))
Did = list[tuple[int, int]]
"""(customer of the invented shop, code of `plays`), once each."""


@dataclass(frozen=True)
class Postbox:
    """A hand that takes every letter and keeps its number in a file before it says so."""

    path: Path

    def give(self, parcel: Parcel) -> Outcome:
        """Take it."""
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(file, f"{parcel.message_id}\n".encode())
        finally:
            os.close(file)
        return Outcome(SENT)

    def close(self) -> None:
        """Nothing to end."""

    def taken(self) -> set[int]:
        """The messages that arrived here; a last line that was cut short did not."""
        if not self.path.exists():
            return set()
        return {int(line) for line in self.path.read_text().split("\n")[:-1]}


@dataclass(frozen=True)
class Settings:
    """rounds: when letters are sent, beginning with the morning; countries: where customers live, in turn; troubles: how
    the orders reach the product."""

    calendar: Calendar
    terms: Terms
    folder: Path
    rounds: tuple[dt.time, ...] = (MORNING, dt.time(15), dt.time(21))
    countries: tuple[str, ...] = ("DE", "CN", "US")
    troubles: Troubles = NO_TROUBLES
    say: product.Say = lambda _line: None


@dataclass
class Life:
    """A `Policy`. books: what the invented shop wrote down of orders and returns; first: the day on which plays begin."""

    books: Books
    first: int
    settings: Settings
    _customer: dict[int, int] = field(default_factory=dict)
    _met: int = 0

    def __call__(self, seen: Seen, day: int) -> Integers:
        """What the product did on this day."""
        path = self.settings.folder / "did" / f"{day:05}.json"
        if not path.exists():
            _replace(path, json.dumps(self._live(seen, day)))
        codes = dict(json.loads(path.read_text()))
        choice = nothing_for(seen)
        for row, customer in enumerate(seen.customer.tolist()):
            choice[row] = codes.get(customer, choice[row])
        return remedied_first(seen, choice, day)

    def _live(self, seen: Seen, day: int) -> Did:
        """The product's day, and what came of it."""
        settings = self.settings
        now = settings.calendar.at(day, MORNING)
        news = News(self.books, seen, settings.calendar, settings.troubles, self.first, day)
        if day == self.first:
            opening.open_shop(settings.calendar, settings.terms)
        tell(news, countries=settings.countries, folder=settings.folder / "facts", now=now)
        if day == self.first:
            product.refresh(now=now, say=settings.say)
            opening.switch_on(settings.terms, now=now)
        product.run(now=now, say=settings.say)
        for time in self._rounds_left(day):
            self._send(settings.calendar.at(day, time))
        return self._did(seen, day)

    def _rounds_left(self, day: int) -> Iterator[dt.time]:
        """The rounds of this day that are not over; a clock that was killed does not go back."""
        path = self.settings.folder / "clock"
        kept = json.loads(path.read_text()) if path.exists() else [day, 0]
        begun = kept[1] if kept[0] == day else 0
        for number, time in enumerate(self.settings.rounds):
            if number >= begun:
                _replace(path, json.dumps([day, number]))
                yield time

    def _send(self, now: dt.datetime) -> None:
        box = Postbox(self.settings.folder / "letters")
        self._settle(box, now)
        worker = Worker(
            WORKER, lambda: now, LANES, lambda channel: Way(sender_of(account_of(channel)), make_hand=lambda: box)
        )
        product.send(worker, say=self.settings.say)

    def _settle(self, box: Postbox, now: dt.datetime) -> None:
        """Of letters that were on their way when we were killed, the postbox knows which arrived."""
        claim.settle(now=now, left_by=[WORKER])
        arrived = box.taken() if looking.unknown() else set()
        while unknown := looking.unknown():
            for message in unknown:
                if message.pk in arrived:
                    looking.arrived(message.pk)
                else:
                    looking.send_again(message.pk, now=now)

    def _did(self, seen: Seen, day: int) -> Did:
        """Letters that left today, and plays that the lot withheld."""
        new = seen.customer[self._met :].tolist()
        self._met = len(seen)
        self._customer |= {who: customer for customer in new for who in identifiers(customer)}
        begins, ends = self.settings.calendar.span(day)
        sent = Message.objects.filter(state=Message.State.SENT, sent_at__gte=begins, sent_at__lt=ends)
        held = Decision.objects.filter(arm=Decision.Arm.HELD_OUT, at__gte=begins, at__lt=ends)
        did = {self._customer[who]: _withheld(source, facts["layer"]) for who, source, facts in
               held.values_list("person_id", "source", "facts")}  # fmt: skip
        did |= {self._customer[who]: _play(source) for who, source in sent.values_list("person_id", "source")}
        return sorted(did.items())


def _play(source: str) -> int:
    return PLAYS[source.removeprefix("play:").rsplit("/", 1)[0]]


def _withheld(source: str, layer: str) -> int:
    play = np.array([_play(source)])
    return int(withheld(play, np.array([OF_EVERYTHING if layer == EVERYTHING else OF_PLAY]))[0])


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(text)
    partial.replace(path)
