"""Addresses that get nothing any more: kept as salted hashes, so that they outlive erasure, re-import and merges."""

import datetime as dt
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from regulars.customers.locking import hold
from regulars.customers.models import Identifier, Suppression
from regulars.shop import current
from regulars.shop.among import among_hashes
from regulars.shop.models import the_shop

STRONGER = (Suppression.Why.BEREAVEMENT, Suppression.Why.ERASED, Suppression.Why.COMPLAINT, Suppression.Why.BOUNCE)
"""Told first when an address is suppressed for several reasons."""


@dataclass(frozen=True)
class Because:
    """Why, who says so, and from where we know."""

    why: str
    actor: str
    provenance: str = ""


def hash_of(value: str, *, salt: str = "") -> str:
    """The salted hash of a normalised address; the salt is the shop's own."""
    return hmac.digest((salt or the_shop().salt).encode(), value.strip().lower().encode(), "sha256").hex()


def suppress(channel: str, value: str, because: Because, *, at: dt.datetime) -> bool:
    """No more messages to this address, at once. Returns whether that was new; doing it twice changes nothing."""
    with current.atomic():
        _hold_owners(value)
        _row, made = Suppression.objects.get_or_create(
            channel=channel, value_hash=hash_of(value), why=because.why, lifted_at=None,
            defaults={"all_mail": because.why in (Suppression.Why.BOUNCE, Suppression.Why.BEREAVEMENT), "at": at,
                      "provenance": because.provenance[:300], "actor": because.actor},
        )  # fmt: skip
    return made


def lift(channel: str, value: str, *, why: Iterable[str], because: str, at: dt.datetime) -> int:
    """End suppressions of these kinds: by a later, express word of the person, or by staff with a reason."""
    with current.atomic():
        _hold_owners(value)
        rows = Suppression.objects.filter(channel=channel, value_hash=hash_of(value), why__in=list(why), lifted_at=None)
        return rows.update(lifted_at=at, lifted_why=because[:300])


def suppressed(channel: str, values: Iterable[str], *, salt: str = "") -> dict[str, tuple[str, bool]]:
    """Which of these addresses get nothing: address -> (why, whether letters about orders too). salt: the shop's, if known."""
    salt = salt or the_shop().salt
    by_hash = {hash_of(value, salt=salt): value for value in values if value}
    rows = Suppression.objects.filter(channel=channel, lifted_at=None).filter(among_hashes(value_hash=by_hash))
    found: dict[str, tuple[str, bool]] = {}
    for value_hash, why, all_mail in rows.values_list("value_hash", "why", "all_mail"):
        value = by_hash[value_hash]
        known = found.get(value)
        first = known is None or _rank(why) < _rank(known[0])
        found[value] = (why if first or known is None else known[0], all_mail or bool(known and known[1]))
    return found


def _rank(why: str) -> int:
    return STRONGER.index(why) if why in STRONGER else len(STRONGER)


def _hold_owners(value: str) -> None:
    hold(Identifier.objects.filter(value=value).values_list("customer_id", flat=True))
