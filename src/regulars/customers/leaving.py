"""A person wants no more of us on a channel: by a link, by mail, by a reply, all the same deed."""

import datetime as dt

from regulars.customers.consenting import Proof, say
from regulars.customers.models import Identifier, Suppression
from regulars.customers.suppressing import Because, suppress
from regulars.shop import current


def leave(address: Identifier, channel: str, proof: Proof, *, at: dt.datetime) -> bool:
    """No more marketing to this address on this channel, at once. Returns whether that was new; twice changes nothing.

    Letters about orders still come. proof: in which words the person said so, and from where we know.
    """
    with current.atomic():
        because = Because(Suppression.Why.UNSUBSCRIBED, proof.actor, proof.provenance)
        new = suppress(channel, address.value, because, at=at)
        if new:
            say(address.pk, channel, {"": False}, proof=proof, at=at)
    return new
