"""Rehearsals that somebody asked for in the console: a worker carries them out."""

import datetime as dt
import logging
from typing import Any

from regulars import rehearse, rehearse_plan
from regulars.plays import switching
from regulars.plays.models import Rehearsal
from regulars.plays.models.rehearsal import WHOLE_PLAN
from regulars.rehearse import Say


def carry_out(*, now: dt.datetime, say: Say = lambda _step: None) -> int:
    """Those that wait; returns how many. One that fails says so and is not tried again."""
    done = 0
    for waiting in Rehearsal.objects.filter(state=Rehearsal.State.WAITING).order_by("at"):
        try:
            data = _found(waiting.play_name, now, say)
            state = Rehearsal.State.DONE if data else Rehearsal.State.FAILED
        except Exception:  # whatever it is, the worker goes on; it is logged
            logging.getLogger("regulars.rehearse").exception("the rehearsal of %s failed", waiting.play_name or "all")
            data, state = {}, Rehearsal.State.FAILED
        Rehearsal.objects.filter(pk=waiting.pk).update(state=state, data=data, done_at=now)
        done += 1
    return done


def _found(name: str, now: dt.datetime, say: Say) -> dict[str, Any]:
    if name == WHOLE_PLAN:
        return rehearse_plan.rehearse(now=now, say=say)
    known = switching.known(name)
    return rehearse.rehearse(known.form, now=now, say=say) if known else {}
