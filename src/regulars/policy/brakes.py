"""Does it go well with what we send? From counts of a rolling window: go on, slow down, or stop.

Mailbox providers and services review senders at 0.1 % complaints and 5 % bounces, and pause them at 0.5 % and 10 %
(docs.aws.amazon.com/ses, sending review); these brakes come earlier. In a small shop one complaint is a large share, so a
stop needs several, but for one in a first batch, where somebody should look before the rest leaves.
"""

from dataclasses import dataclass

COMPLAINTS_STOP_MIN = 3
COMPLAINT_SHARE_STOP = 0.001
COMPLAINT_SHARE_SLOW = 0.0008
FIRST_BATCH_MESSAGES = 200
BOUNCES_STOP_MIN = 5
BOUNCE_SHARE_STOP = 0.02


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened in the window: messages handed over, hard bounces and complaints, each message once.

    batch: about one campaign alone; a first complaint in its first messages is worth a look.
    """

    sent: int
    bounced: int = 0
    complained: int = 0
    batch: bool = False

    def share(self, bad: int) -> float:
        """The share of the messages; of none sent, everything."""
        return bad / self.sent if self.sent else float(bad > 0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """level: "" (go on), "slow" or "stop"; cause: "", "complaints", "first_batch" or "bounces"; the counts it comes from."""

    level: str
    cause: str
    counts: Counts


def verdict(counts: Counts) -> Verdict:
    """The strictest of the rules that hold."""
    bounces, complaints = counts.bounced, counts.complained
    if complaints >= COMPLAINTS_STOP_MIN and counts.share(complaints) >= COMPLAINT_SHARE_STOP:
        return Verdict("stop", "complaints", counts)
    if counts.batch and complaints and counts.sent <= FIRST_BATCH_MESSAGES:
        return Verdict("stop", "first_batch", counts)
    if bounces >= BOUNCES_STOP_MIN and counts.share(bounces) >= BOUNCE_SHARE_STOP:
        return Verdict("stop", "bounces", counts)
    if complaints and counts.share(complaints) >= COMPLAINT_SHARE_SLOW:
        return Verdict("slow", "complaints", counts)
    return Verdict("", "", counts)
