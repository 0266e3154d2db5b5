"""Send what waits: claim, ask, hand over, record, until nothing is due. Any number of workers may do so at once.

A worker has lanes, each with its own connection. Messages of all lanes are admitted in one transaction, so their marks
share one flush to disk; each lane then hands over one of them.
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from regulars.actions.messaging import claim, hand_over, journal
from regulars.actions.messaging.accounts import Way, show, way_of
from regulars.actions.messaging.channels.email.mime import HeaderRefused
from regulars.actions.messaging.channels.port import Parcel
from regulars.actions.messaging.hand_over import Given
from regulars.actions.messaging.models import Message
from regulars.decisions import stopping
from regulars.shop import current

LANES = 4
CLAIMED_AT_ONCE = 200
log = logging.getLogger("regulars.messaging")
Clock = Callable[[], dt.datetime]


@dataclass
class Worker:
    """One process that sends. name: told in the rows it claims. make_way: how a channel's messages leave."""

    name: str
    clock: Clock
    lanes: int = LANES
    make_way: Callable[[str], Way] = way_of
    _ways: dict[str, Way] = field(default_factory=dict)
    _given: list[Given] = field(default_factory=list)

    def run(self) -> int:
        """Send everything that is due; returns how many were handed over."""
        done = 0
        claim.settle(now=self.clock())
        try:
            with ThreadPoolExecutor(self.lanes, thread_name_prefix=self.name) as pool:
                for marketing in (False, True):
                    while (ids := self._claimed(marketing)) and not self._paused(marketing):
                        done += self._send(ids, pool)
        finally:
            self._flush()
            claim.give_back(self.name)
            for way in self._ways.values():
                way.close()
            self._ways.clear()
        return done

    def _paused(self, marketing: bool) -> bool:
        return marketing and stopping.EVERYTHING in stopping.stopped()

    def _claimed(self, marketing: bool) -> list[int]:
        if self._paused(marketing):
            return []
        return claim.claim(self.name, marketing=marketing, most=CLAIMED_AT_ONCE, now=self.clock())

    def _send(self, ids: Sequence[int], pool: ThreadPoolExecutor) -> int:
        done = 0
        for start in range(0, len(ids), self.lanes):
            leaving = hand_over.turn(ids[start : start + self.lanes], self.name, self._given, now=self.clock())
            self._given = []
            done += self._hand_over(leaving, pool) if leaving else 0
        return done

    def _hand_over(self, leaving: Sequence[Message], pool: ThreadPoolExecutor) -> int:
        parcels = self._parcels(leaving)
        journal.note([message.pk for message, _parcel in parcels], now=self.clock())
        hands = [
            self._way(message.channel).hand(lane, parcel.address) for lane, (message, parcel) in enumerate(parcels)
        ]
        # What is only shown is written to the database, by this thread; what leaves waits for the network, each in its own.
        begun = [
            pool.submit(hand.give, parcel) if hand else None
            for hand, (_message, parcel) in zip(hands, parcels, strict=True)
        ]
        told = [one.result() if one else show(parcel) for one, (_message, parcel) in zip(begun, parcels, strict=True)]
        self._given = [Given(message, outcome) for (message, _parcel), outcome in zip(parcels, told, strict=True)]
        return len(parcels)

    def _parcels(self, leaving: Sequence[Message]) -> list[tuple[Message, Parcel]]:
        """What can be made of these messages; what cannot is refused with its reason."""
        now = self.clock()
        items, refused = hand_over.items(leaving)
        by_id = {message.pk: message for message in leaving}
        parcels = []
        for item in items:
            message = by_id[item.message_id]
            try:
                parcels.append((message, self._way(message.channel).parcel(item, at=now)))
            except HeaderRefused as error:
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
