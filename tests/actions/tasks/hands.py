"""A shop with cards to write and calls to make."""

import datetime as dt

from actions.messaging.post import letter
from cast import MORNING, PROOF, person, wish
from regulars.actions.tasks.models import Batch, Task
from regulars.actions.tasks.plan import plan
from regulars.customers.consenting import say
from regulars.decisions.gate import Request, decide
from regulars.shop.keys import key_id

HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR
WORDS = [{"kind": "text", "words": "Dear {{ customer.first_name }}, thank you."}]


def decided(name="Ada Lovelace", *, channel="card", todo=None, **rest):
    """The task of a decision about this person."""
    phone = f"+49151{12340000 + sum(map(ord, name)) % 10_000}"
    who = person(name, phone=phone)
    say(key_id("phone", phone), "phone", {"": True}, proof=PROOF, at=MORNING - DAY)
    found = decide(
        [Request(who, wish(channel=channel, **rest), "It is time.", todo or {"letter": letter(blocks=WORDS)})],
        now=MORNING,
    )
    assert found[0].arm == "treated", found[0].reason
    plan(now=MORNING)
    return Task.objects.get(decision_id=found[0].pk)


def paper(by="mia"):
    """How cards are printed."""
    return Batch(by=by, at=MORNING, profile="a6_postcard", sheet="a4_3x7")
