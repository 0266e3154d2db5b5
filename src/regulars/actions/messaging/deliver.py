"""Send what waits: claim, ask, hand over, record, until nothing is due. Any number of workers may do so at once.

A worker has lanes, each with its own connection. Messages of all lanes are admitted in one transaction, so their marks
share one flush to disk; each lane then hands over one of them.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from regulars.actions.messaging import claim, hand_over, journal, rates
from regulars.actions.messaging.accounts import Way, show, way_of
from regulars.actions.messaging.channels import together
from regulars.actions.messaging.channels.email.mime import HeaderRefused
from regulars.actions.messaging.channels.port import Parcel, ParcelRefused
from regulars.actions.messaging.hand_over import Filling, Given
from regulars.actions.messaging.models import Message
from regulars.decisions import standing, stopping
from regulars.decisions.standing import Terms
from regulars.shop import current

LANES = 4
CLAIMED_AT_FIRST = 64
CLAIMED_AT_ONCE = 400
CLAIMED_SECONDS = 1.0
TERMS_SECONDS = 1.0
log = logging.getLogger("regulars.messaging")
Clock = Callable[[], dt.datetime]


@dataclass
class Worker:
    """One process that sends. name: told in the rows it claims. make_way: how a channel's messages leave. ended: asked
    between messages, whether to stop."""

    name: str
    clock: Clock
    lanes: int = LANES
    make_way: Callable[[str], Way] = way_of
    ended: Callable[[], bool] = lambda: False
    _ways: dict[str, Way] = field(default_factory=dict)
    _given: list[Given] = field(default_factory=list)
    _kept: tuple[float, Terms] | None = None
    _most: int = CLAIMED_AT_FIRST

    def run(self) -> int:
        """Send everything that is due; returns how many were handed over."""
        done = 0
        claim.settle(now=self.clock())
        try:
            with ThreadPoolExecutor(self.lanes, thread_name_prefix=self.name) as pool:
                while not self.ended() and (claimed := self._next()):
                    done += self._send(claimed, pool)
        finally:
            self._flush()
            claim.give_back(self.name)
            for way in self._ways.values():
                way.close()
            self._ways.clear()
        return done

    def _next(self) -> list[Message]:
        """Letters about orders first."""
        return self._claimed(marketing=False) or self._claimed(marketing=True)

    def _claimed(self, *, marketing: bool) -> list[Message]:
        if marketing and stopping.EVERYTHING in stopping.stopped():
            return []
        ids = claim.claim(self.name, marketing=marketing, most=self._most, now=self.clock())
        ids = rates.within(ids, marketing=marketing, now=self.clock())
        return list(Message.objects.filter(pk__in=ids).order_by("not_before", "pk"))

    def _send(self, claimed: Sequence[Message], pool: ThreadPoolExecutor) -> int:
        done, began = 0, time.monotonic()
        terms = self._terms()
        known = hand_over.filling(claimed, shop=terms.shop)
        for start in range(0, len(claimed), self.lanes):
            if self.ended():
                break
            group = claimed[start : start + self.lanes]
            leaving = hand_over.turn(group, self.name, self._given, now=self.clock(), kept=self._terms())
            self._given = []
            done += self._hand_over(leaving, known, pool) if leaving else 0
        # No more than a short while's work is claimed, so that letters about orders and other workers need not wait long.
        rate = len(claimed) / max(time.monotonic() - began, 0.001)
        self._most = int(min(CLAIMED_AT_ONCE, max(self.lanes, rate * CLAIMED_SECONDS)))
        return done

    def _terms(self) -> Terms:
        """What the shop said, at most a second ago."""
        if self._kept is None or time.monotonic() - self._kept[0] > TERMS_SECONDS:
            self._kept = time.monotonic(), standing.terms(now=self.clock())
        return self._kept[1]

    def _hand_over(self, leaving: Sequence[Message], known: Filling, pool: ThreadPoolExecutor) -> int:
        parcels = self._parcels(leaving, known)
        journal.note([message.pk for message, _parcel in parcels], now=self.clock())
        hands = [
            self._way(message.channel).hand(lane, parcel.address) for lane, (message, parcel) in enumerate(parcels)
        ]
        # What is only shown is written to the database, by this thread; what leaves waits for the network.
        leave = [(hand, parcel) for hand, (_message, parcel) in zip(hands, parcels, strict=True) if hand]
        given = iter(together.give(leave, pool))
        told = [next(given) if hand else show(parcel) for hand, (_message, parcel) in zip(hands, parcels, strict=True)]
        self._given = [Given(message, outcome) for (message, _parcel), outcome in zip(parcels, told, strict=True)]
        return len(parcels)

    def _parcels(self, leaving: Sequence[Message], known: Filling) -> list[tuple[Message, Parcel]]:
        """What can be made of these messages; what cannot is refused with its reason."""
        now = self.clock()
        items, refused = hand_over.items(leaving, known)
        by_id = {message.pk: message for message in leaving}
        parcels = []
        for item in items:
            message = by_id[item.message_id]
            try:
                parcels.append((message, self._way(message.channel).parcel(item, at=now)))
            except (HeaderRefused, ParcelRefused) as error:
                refused[message.pk] = str(error)
        if refused:
            with current.atomic():
                for pk, why in refused.items():
                    hand_over.refuse_words(by_id[pk], why, now=now)
        return parcels

    def _way(self, channel: str) -> Way:
        if channel not in self._ways:
            self._ways[channel] = self.make_way(channel)
        return self._ways[channel]

    def _flush(self) -> None:
        given, self._given = self._given, []
        if given:
            with current.atomic():
                hand_over.record(given, self.name, now=self.clock())
