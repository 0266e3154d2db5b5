"""Letters and cards that wait for their hour, of people who ordered meanwhile: what no longer fits them is taken back."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from regulars.customers.owners import owners_of
from regulars.decisions import taking_back
from regulars.decisions.models import Decision
from regulars.decisions.taking_back import NOT_GONE
from regulars.plays.running import Running
from regulars.policy.reasons import Reason
from regulars.profiles import people
from regulars.profiles.models import Profile
from regulars.profiles.segments import parse
from regulars.profiles.select import matching
from regulars.shop.among import among
from regulars.shop.models import the_shop


def take_back(plays: Sequence[Running], *, now: dt.datetime) -> int:
    """Of plays that act every day; returns how many. Whoever ordered and is still meant keeps what was decided."""
    gone = [pk for one in plays if one.form.on == "daily" and one.form.audience.strip() for pk in _no_more(one, now)]
    return taking_back.take_back(gone, why=Reason.OVERTAKEN, at=now)


def _no_more(one: Running, now: dt.datetime) -> list[int]:
    zone = ZoneInfo(the_shop().zone)
    waiting = Decision.objects.filter(NOT_GONE, source__startswith=f"{one.play.scope}/")
    rows = list(waiting.values_list("pk", "identifier_id", "at"))
    owner = owners_of(identifier for _pk, identifier, _at in rows)
    theirs = among(customer_id=set(owner.values()))
    ordered = dict(Profile.objects.filter(theirs).values_list("customer_id", "days_since_last_order"))
    condition = parse(one.form.audience, minor_per_major=people.minor_per_major())
    still = set(matching(condition).filter(theirs).values_list("customer_id", flat=True))
    today = now.astimezone(zone).date()
    gone = []
    for pk, identifier, at in rows:
        who = owner.get(identifier, identifier)
        ago = ordered.get(who)
        if who not in still and ago is not None and ago <= (today - at.astimezone(zone).date()).days:
            gone.append(pk)
    return gone
