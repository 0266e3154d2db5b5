"""What a channel is to the outbox: it makes a parcel of a message, and hands it over. It knows no consent, budget or play."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from regulars.words.letters import Filled

SENT, LATER, FAILED, UNKNOWN, OURS = "sent", "later", "failed", "unknown", "ours"
"""What a hand-over can come to. later: certainly not taken, may be tried again. ours: our fault, not the person's;
the account pauses. unknown: it may have been taken."""


class ParcelRefused(ValueError):
    """A message cannot be made for this channel; the text says why."""


@dataclass(frozen=True, slots=True)
class Item:
    """One message to be handed over: its number, purpose and address, the filled letter, and the market (as DE). told: why
    they get it, in words for them; "" where nobody wrote any."""

    message_id: int
    purpose: str
    marketing: bool
    address: str
    name: str
    letter: Filled
    country: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message as it leaves: to whom, and the raw bytes; headers and letter for providers that build their own."""

    message_id: int
    address: str
    envelope_from: str
    raw: bytes
    headers: Mapping[str, str]
    letter: Filled
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the other side said. gone: the address does not exist, so it is not tried again for anything.

    stop: the other side wants nothing more from us at all, so the account pauses for a day.
    """

    state: str
    detail: str = ""
    provider_id: str = ""
    gone: bool = False
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One event in a provider's report: the texts in which our token may stand; its kind, "delivered" or one of `reports.KINDS`;
    what tells it from the others of that message and provider; and the receiver's words."""

    tokens: tuple[str, ...]
    kind: str
    event: str
    text: str


class Hand(Protocol):
    """One kept connection; one thread uses it at a time."""

    def give(self, parcel: Parcel) -> Outcome:
        """Hand over one parcel. Never raises for what the network or the other side does."""

    def close(self) -> None:
        """End the connection."""


@dataclass
class Sink:
    """A hand that only remembers: for tests and for measuring what everything else costs."""

    given: list[Parcel] = field(default_factory=list)

    def give(self, parcel: Parcel) -> Outcome:
        """Keep it."""
        self.given.append(parcel)
        return Outcome(SENT)

    def close(self) -> None:
        """Nothing to end."""
