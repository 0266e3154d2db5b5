"""The big red button, and the brakes: stop everything, a channel or a play, at once; go on without doubling anything."""

import datetime as dt

from regulars.decisions.models import Stop
from regulars.shop import current

EVERYTHING = "everything"


def stop(scope: str, *, why: str, actor: str, at: dt.datetime) -> Stop:
    """Stop; twice is once. Asked by the gate before each hand-over, so the next message already stays."""
    with current.atomic():
        found, _made = Stop.objects.get_or_create(
            scope=scope, ended_at=None, defaults={"why": why[:300], "actor": actor, "at": at}
        )
    return found


def go_on(scope: str, *, actor: str, at: dt.datetime) -> int:
    """End a stop. What waited is asked again by the gate; what expired meanwhile stays undone."""
    return Stop.objects.filter(scope=scope, ended_at=None).update(ended_at=at, ended_by=actor)


def stopped() -> dict[str, str]:
    """What is stopped now, and why."""
    return dict(Stop.objects.filter(ended_at=None).values_list("scope", "why"))
