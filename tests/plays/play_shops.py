"""A shop with people at every stage, and plays to care for them."""

import datetime as dt
import json

from cast import MORNING, people
from regulars.decisions.models import ContactRules, Decision
from regulars.plays import deciding, planning, switching
from regulars.plays.folders import Written
from regulars.plays.models import Proposal
from regulars.profiles.models import Profile
from regulars.shop.models import Shop, the_shop

DAY = dt.timedelta(days=1)
TODAY = MORNING.date()


def play(name="hello", *, audience="orders > 0", **rest):
    """The text of a play that writes one letter, and its words; versions: how many letters compete."""
    given = {"on": "daily", "once_every": 30, "purpose": "care", "priority": 4} | rest
    lift, per_day, share = given.pop("lift", 0.5), given.pop("per_day", None), given.pop("share", '"auto"')
    names = ["letter", "second", "third", "fourth"][: given.pop("versions", 1)]
    words = json.dumps(names if len(names) > 1 else names[0])
    cost = f"cost = {given.pop('cost')}\n" if "cost" in given else ""
    lines = [
        f"{key} = {value if not isinstance(value, str) else chr(34) + value + chr(34)}" for key, value in given.items()
    ]
    limits = "" if per_day is None else f"[limits]\nper_day = {per_day}\n"
    text = (
        f'[play]\nname = "{name}"\ntitle = "Say {name}"\nbecause = "They have not heard from us."\naudience = "{audience}"\n'
        + "\n".join(lines)
        + f'\n[[action]]\nkind = "message"\nchannel = "email"\nwords = {words}\n'
        + cost
        + f"[hold_out]\nshare = {share}\n{limits}[value]\nlift = {lift}\n"
    )
    return Written(text, {f"{name}.en.md": "Subject: Hello\n\nHello, we thought of you.\n" for name in names})


def on(written, *, mode="automatic", now=MORNING):
    """Kept and switched on; its name."""
    made = switching.keep(written, by="owner", now=now)
    switching.switch_on(made.name, by="owner", now=now, mode=mode)
    return made.name


def customers(count, *, net=10_000, **rest):
    """So many who said yes, with a forecast; their numbers."""
    ids = people(count)
    given = {"orders": 3, "order_days": 3, "stage": "active", "net_next_90d": net, "net_next_365d": 4 * net, "margin_next_365d": 2 * net,
             "net_total": 9_000, "margin_total": 4_500, "country": "DE"} | rest  # fmt: skip
    Profile.objects.bulk_create([Profile(customer_id=pk, **given) for pk in ids])
    Shop.objects.filter(pk=the_shop().pk).update(zone="UTC", currency="EUR", salt="a shop for tests")
    ContactRules.objects.update_or_create(pk=1, defaults={"held_out_of_everything": 0.0})
    return ids


def a_day(now=MORNING):
    """Planned and decided; what the plan said."""
    deciding.clear(now=now)
    planned = planning.plan(now=now)
    while deciding.go_on(now=now):
        pass
    return planned


def arms(**rest):
    """How many decisions of each arm."""
    found = {}
    for arm in Decision.objects.filter(**rest).values_list("arm", flat=True):
        found[arm] = found.get(arm, 0) + 1
    return found


def proposals(**rest):
    """Proposals, by state."""
    found = {}
    for state in Proposal.objects.filter(**rest).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found
