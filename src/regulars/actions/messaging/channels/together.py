"""Hand over many parcels at once, each by a connection of its own, in one thread that goes wherever an answer has come.

Only for hands that tell their steps; a new connection is opened in a thread, since that may take long.
"""

import selectors
import time
from collections.abc import Generator, Sequence
from concurrent.futures import Executor
from typing import Protocol, TypeGuard

from regulars.actions.messaging.channels.port import Hand, Outcome, Parcel

Steps = Generator[int, None, Outcome]
"""Yields the file descriptor on which the next answer will come; returns what came of the parcel."""


class Stepwise(Hand, Protocol):
    """A hand that need not be waited for. timeout: seconds after which no answer is one."""

    connected: bool
    timeout: float

    def steps(self, parcel: Parcel) -> Steps:
        """Hand over one parcel, stopping before each answer. TimeoutError may be thrown in; nothing comes out."""


def give(pairs: Sequence[tuple[Hand, Parcel]], pool: Executor) -> list[Outcome]:
    """What came of each parcel, in order; every hand is given one."""
    begun = {}
    stepping: dict[int, tuple[Stepwise, Steps]] = {}
    for place, (hand, parcel) in enumerate(pairs):
        if _stepwise(hand) and hand.connected:
            stepping[place] = hand, hand.steps(parcel)
        else:
            begun[place] = pool.submit(hand.give, parcel)
    told = _stepped(stepping) if stepping else {}
    told |= {place: future.result() for place, future in begun.items()}
    return [told[place] for place in range(len(pairs))]


def _stepwise(hand: Hand) -> TypeGuard[Stepwise]:
    return hasattr(hand, "steps")


def _stepped(waiting: dict[int, tuple[Stepwise, Steps]]) -> dict[int, Outcome]:
    told: dict[int, Outcome] = {}
    with selectors.DefaultSelector() as ready:

        def go_on(place: int, *, late: bool = False) -> None:
            steps = waiting[place][1]
            try:
                where = steps.throw(TimeoutError("no answer")) if late else next(steps)
                ready.register(where, selectors.EVENT_READ, place)
            except StopIteration as end:
                told[place] = end.value

        for place in waiting:
            go_on(place)
        until = time.monotonic() + max(hand.timeout for hand, _steps in waiting.values())
        while len(told) < len(waiting):
            answered = ready.select(max(0.0, until - time.monotonic()))
            for key, _events in answered:
                ready.unregister(key.fd)
                go_on(key.data)
            if not answered:
                for key in list(ready.get_map().values()):
                    ready.unregister(key.fd)
                    go_on(key.data, late=True)
    return told
