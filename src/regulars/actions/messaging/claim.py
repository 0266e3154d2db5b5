"""Who hands over what? A worker claims messages whose time has come, with a lease; what a dead one left is settled.

A claimed message has not been touched, so it goes back. One that was being sent may have left, so nobody knows:
marketing stays unknown (once is better than twice), a letter about an order goes again with the same Message-ID.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from regulars.actions.messaging.models import Message
from regulars.shop import current

LEASE = dt.timedelta(minutes=5)
State = Message.State


def claim(worker: str, *, marketing: bool, most: int, now: dt.datetime) -> list[int]:
    """Up to `most` messages whose time has come, now this worker's; oldest first."""
    skip = "FOR UPDATE SKIP LOCKED" if current.connection().vendor == "postgresql" else ""
    # Ordered by exactly the columns of the partial index: any other order walks past every message ever sent.
    sql = f"""UPDATE messaging_message SET state = 'ready', claimed_by = %s, lease_until = %s WHERE id IN
        (SELECT id FROM messaging_message WHERE state = 'planned' AND marketing = %s AND not_before <= %s
         ORDER BY not_before, id LIMIT %s {skip}) RETURNING id"""
    with current.atomic(), current.connection().cursor() as cursor:
        cursor.execute(sql, [worker, stored(now + LEASE), marketing, stored(now), most])
        return [row[0] for row in cursor.fetchall()]


def settle(*, now: dt.datetime, left_by: Iterable[str] = ()) -> int:
    """Put in order what workers left behind whose lease has run out, or who are known to be gone; returns how many."""
    gone = list(left_by)
    behind = Message.objects.filter(state__in=(State.READY, State.SENDING))
    behind = behind.filter(claimed_by__in=gone) if gone else behind.filter(lease_until__lt=now)
    with current.atomic():
        back = behind.filter(state=State.READY).update(state=State.PLANNED, claimed_by="", lease_until=None)
        orders = behind.filter(state=State.SENDING, marketing=False)
        again = orders.update(state=State.PLANNED, claimed_by="", lease_until=None, detail="sent again: nobody knew")
        unknown = behind.filter(state=State.SENDING).update(
            state=State.UNKNOWN, lease_until=None, detail="the worker ended while it was being sent", sent_at=now
        )
    return back + again + unknown


def give_back(worker: str) -> int:
    """Whatever this worker has claimed and not begun."""
    mine = Message.objects.filter(state=State.READY, claimed_by=worker)
    return mine.update(state=State.PLANNED, claimed_by="", lease_until=None)


def stored(at: dt.datetime) -> Any:
    """A time as Django stores it, for SQL of our own."""
    return current.connection().ops.adapt_datetimefield_value(at)
