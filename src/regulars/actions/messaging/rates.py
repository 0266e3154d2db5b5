"""How many of the claimed messages may leave now? As many as their account's bucket holds; the others wait a moment.

Buckets are rows, so any number of workers share one speed. Marketing also keeps below the ceiling of the day while an
address is new; letters about orders know no ceiling, and take from marketing's speed when their own share is used up.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from regulars.actions.messaging import braking
from regulars.actions.messaging.models import Account, Bucket, Message
from regulars.policy import rates as policy
from regulars.policy.reasons import Reason
from regulars.shop import current
from regulars.shop.models import the_shop

DAYS_LOOKED_AT = 30
NEVER = dt.timedelta(hours=1)
"""After which an account that may send nothing at all is looked at again."""
ASK_AGAIN = dt.timedelta(minutes=1)
USED_UP = -1.0
State = Message.State


def within(claimed: Sequence[int], *, marketing: bool, now: dt.datetime) -> list[int]:
    """Those of these claimed messages that may leave now, oldest first; the others are given back with a time and a reason."""
    limited = {account.pk: account for account in Account.objects.exclude(way=Account.Way.VIEWER)} if claimed else {}
    if not limited or current.alias() != current.OWN:
        return list(claimed)
    kept: dict[str, list[int]] = defaultdict(list)
    rows = Message.objects.filter(pk__in=claimed).order_by("not_before", "pk")
    for pk, channel in rows.values_list("pk", "channel"):
        kept[channel].append(pk)
    with current.atomic():
        for channel in sorted(limited.keys() & kept.keys()):
            kept[channel] = _granted(limited[channel], kept[channel], marketing, now)
    return [pk for found in kept.values() for pk in found]


def _granted(account: Account, ids: list[int], marketing: bool, now: dt.datetime) -> list[int]:
    """Those that the account lets leave."""
    may, reason, until = len(ids), "", now
    if marketing and account.warm_up:
        may, until = _below_the_ceiling(account.channel, may, now)
        reason = Reason.WARM_UP
    granted, free = _tokens(account, may, marketing, now)
    if granted < may:
        if marketing and account.warm_up:
            _put_back(account.channel, may - granted, now)
        reason, until = Reason.RATE, free
    if ids[granted:]:
        waiting = Message.objects.filter(pk__in=ids[granted:], state=State.READY)
        waiting.update(state=State.PLANNED, reason=reason, not_before=until, claimed_by="", lease_until=None)
    return ids[:granted]


def _tokens(account: Account, wanted: int, marketing: bool, now: dt.datetime) -> tuple[int, dt.datetime]:
    """How many tokens there are, now taken, and when there will be another."""
    granted, free = 0, None
    for kind in (True,) if marketing else (False, True):
        speed = policy.speed(account.per_minute, marketing=kind)
        row = _row(
            f"{account.channel}:{'marketing' if kind else 'other'}",
            partial(float, speed.burst if speed.per_minute else 0),
            now,
        )
        more, bucket = policy.take(policy.Bucket(row.tokens, row.at), wanted - granted, speed=speed, now=now)
        Bucket.objects.filter(pk=row.pk).update(tokens=bucket.tokens, at=bucket.at)
        granted += more
        free = free or policy.next_token(bucket, speed=speed)
    return granted, max(now, free) if free else now + NEVER


def _below_the_ceiling(channel: str, wanted: int, now: dt.datetime) -> tuple[int, dt.datetime]:
    """How many may still leave today, now taken, and when to ask about the others.

    Before the day is over for marketing, what was granted and did not leave is let in; other workers may still have some.
    """
    row = _row(_day_key(channel, now), lambda: _room_of_today(channel, now), now)
    tokens, others = row.tokens, 0
    if 0 <= tokens < wanted:
        in_hand = Message.objects.filter(channel=channel, marketing=True, state__in=(State.READY, State.SENDING))
        others = in_hand.count() - wanted
        tokens = max(tokens, _room_of_today(channel, now) - others)
    granted = max(0, min(wanted, int(tokens)))
    over = tokens < wanted and not others
    Bucket.objects.filter(pk=row.pk).update(tokens=USED_UP if over else tokens - granted, at=now)
    return granted, now + ASK_AGAIN if others else _day(now)[1]


def _room_of_today(channel: str, now: dt.datetime) -> float:
    """The ceiling without what left today."""
    ceiling = _row(f"{_day_key(channel, now)}:ceiling", partial(_ceiling, channel, now), now).tokens
    left = Message.objects.filter(channel=channel, marketing=True, sent_at__gt=_day(now)[0]).count()
    return max(0.0, ceiling - left)


def _ceiling(channel: str, now: dt.datetime) -> float:
    """From the days before today; asked once a day."""
    begins, one = _day(now)[0], dt.timedelta(days=1)
    days = [(begins - one * back, begins - one * (back - 1)) for back in range(DAYS_LOOKED_AT, 0, -1)]
    return float(policy.ceiling(braking.days_of(channel, days)))


def _put_back(channel: str, tokens: int, now: dt.datetime) -> None:
    """What the ceiling granted and the speed did not."""
    row = _row(_day_key(channel, now), float, now)
    Bucket.objects.filter(pk=row.pk).update(tokens=max(0.0, row.tokens) + tokens)


def _row(key: str, full: Callable[[], float], now: dt.datetime) -> Bucket:
    """A bucket, made when absent, and locked until the transaction ends."""
    locked = Bucket.objects.select_for_update().filter(pk=key)
    found = locked.first()
    if found is None:
        Bucket.objects.get_or_create(pk=key, defaults={"tokens": full(), "at": now})
        found = locked.get()
    return found


def _day_key(channel: str, now: dt.datetime) -> str:
    return f"{channel}:{now.astimezone(ZoneInfo(the_shop().zone)).date()}"


def _day(now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """When the shop's day began and when it ends."""
    begins = now.astimezone(ZoneInfo(the_shop().zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return begins.astimezone(dt.UTC), (begins + dt.timedelta(days=1)).astimezone(dt.UTC)
