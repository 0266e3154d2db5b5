"""Rehearse a play before it acts: on the shop's own past, and forward in an invented shop like this one.

The past tells whom it would have met, what that would have cost, who would have come back anyway, and how far it meets the
same people as other plays. The invented shop tells what may come of it if the assumptions hold, and how wide that is.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import ceil
from statistics import quantiles
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from regulars.decisions import gate
from regulars.insight.facts import Facts
from regulars.insight.forecast import Told
from regulars.insight.profile import base, score
from regulars.insight.summary import Dates
from regulars.insight.yardsticks import yardsticks
from regulars.measurement.effects import TREATED
from regulars.measurement.windows import Drawn, after
from regulars.plays import running
from regulars.plays.asking import Meeting, look
from regulars.plays.candidates import reachable
from regulars.plays.form import Form
from regulars.plays.models import Play
from regulars.plays.people_today import order_margin
from regulars.plays.running import Running
from regulars.policy.value import COST_SHARES
from regulars.profiles import lake, people
from regulars.profiles.margins import margin_rate
from regulars.profiles.models import Profile
from regulars.profiles.refresh import Asked, asked_of
from regulars.profiles.segments import parse
from regulars.shop.models import the_shop

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

BACK_DAYS, STEP_DAYS = 84, 14
ASKED_MAX = 500
SEEDS = 8
FORWARD = {"burn_in": 365, "horizon": 365, "run_off": 180}
EFFECT_SPREAD = 0.5
"""The lift that is assumed, times 1 give or take this: over the runs, so that the interval holds what is not known."""
Say = Callable[[str], None]


@dataclass
class Back:
    """days: looked back; meant: by day; met: different people; cost: of them, minor units; anyway and matured: of those whose
    days are over, who came back without it; refused: of those meant today, by reason (asked: how many were asked); overlap:
    with other plays, people of both; largest: on one day, without a limit; waits: for a day or an
    event, so only its condition was asked; once: it acts on one day only, and only the newest was looked at."""

    days: int = BACK_DAYS
    meant: dict[str, int] = field(default_factory=dict)
    met: int = 0
    cost: float = 0.0
    anyway: int = 0
    matured: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    overlap: dict[str, int] = field(default_factory=dict)
    largest: int = 0
    waits: bool = False
    once: bool = False


@dataclass(frozen=True)
class Ahead:
    """What may come of it in a year of an invented shop like this one, over seeds: low and high leave one of ten out on each
    side. profit: % of margin over doing nothing; contacts and unsubscribed: in a year, of `customers`."""

    customers: int
    profit: tuple[float, float, float]
    contacts: float
    unsubscribed: float
    seeds: int = SEEDS


def rehearse(form: Form, *, now: dt.datetime, say: Say = lambda _step: None, forward: bool = True) -> dict[str, Any]:
    """Both halves, as they are kept for the pages: {"back": ..., "ahead": ... or None, "why_not": ...}."""
    with lake.alone(), asked_of(the_shop(), now=now) as asked:
        if asked is None:
            return {"back": asdict(Back()), "ahead": None, "why_not": "no_orders"}
        say("looking back")
        back = look_back(form, asked, now=now)
    if not forward or (back.met == 0 and not back.waits):
        return {"back": asdict(back), "ahead": None, "why_not": "met_nobody" if forward else "not_asked"}
    ahead, why = look_ahead(
        [form], now=now, say=say, a_day={} if back.waits else {form.name: ceil(back.met / back.days)}
    )
    return {"back": asdict(back), "ahead": asdict(ahead) if ahead else None, "why_not": why}


def look_back(form: Form, asked: Asked, *, now: dt.datetime) -> Back:
    """The play as it would have met people on the days that are looked at; between them, nobody is invented."""
    import numpy as np

    others = [one for one in running.running(order_margin()) if one.form.name != form.name and one.form.on == "daily"]
    forms = [form, *(one.form for one in others)]
    may = reachable(form.contact.channel, now)
    once = form.on == "once"
    found, drawn = Back(waits=form.on not in ("daily", "once"), once=once), list[Drawn]()
    last_met: dict[int, dt.date] = {}
    today = now.astimezone(ZoneInfo(the_shop().zone)).date()
    most = None if once or form.limits.per_day is None else form.limits.per_day * STEP_DAYS
    for ago in (0,) if once else range(BACK_DAYS, -1, -STEP_DAYS):
        day = asked.dates.as_of - dt.timedelta(days=ago)
        if day <= asked.dates.history.begins:
            continue
        sets = meant_on(forms, asked, day)
        mine = sets[0] if may is None or form.owed else np.intersect1d(sets[0], may)
        found.meant[day.isoformat()] = len(mine)
        found.largest = max(found.largest, len(mine))
        new = [int(pk) for pk in mine if (day - last_met.get(int(pk), dt.date.min)).days >= form.once_every][:most]
        last_met |= dict.fromkeys(new, day)
        drawn += [Drawn(pk, TREATED, dt.datetime.combine(day, dt.time(12), dt.UTC)) for pk in new]
        for one, theirs in zip(others, sets[1:], strict=True):
            both = len(np.intersect1d(mine, theirs))
            found.overlap[one.form.name] = max(found.overlap.get(one.form.name, 0), both)
        if ago == 0:
            _ask(form, mine, found, today=today, now=now)
    found.met = len(last_met)
    found.cost = len(drawn) * cost_of(form)
    _anyway(form, asked, drawn, found)
    return found


def meant_on(forms: Sequence[Form], asked: Asked, day: dt.date) -> "list[Whole]":
    """Whose profile of that day fulfilled each condition, from what was known then."""
    import numpy as np

    dates = Dates(
        as_of=day, complete=day - dt.timedelta(days=1), history=asked.dates.history, known_by=asked.dates.known_by
    )
    table = _profiles(asked, asked.facts, dates)
    unit = people.minor_per_major()
    found = []
    for form in forms:
        condition = parse(form.audience, minor_per_major=unit).sql("duckdb") if form.audience.strip() else "true"
        # The condition was written by us from a checked tree (profiles/segments.py).
        rows = asked.engine.con.con.execute(f"SELECT customer_id FROM {table} WHERE {condition}").fetchnumpy()
        found.append(np.sort(np.asarray(rows["customer_id"], np.int64)))
    return found


def _profiles(asked: Asked, facts: Facts, dates: Dates) -> str:
    """The name of a table of the profiles of a past day, forecast by the plain model."""
    choices = type(asked.choices)(
        rule=asked.choices.rule, margin_percent=asked.choices.margin_percent, horizon=asked.choices.horizon
    )
    own = base(asked.engine, facts, dates=dates, choices=choices)
    told = Told(dates.history_days, dates.history.opened, choices.forecast, None)
    by = yardsticks(asked.engine, own.customers, own.gaps, dates=dates, told=told)
    return str(asked.engine.stage(score(asked.engine, facts, own.customers, by, dates=dates), "past").get_name())


def _ask(form: Form, meant: "Whole", found: Back, *, today: dt.date, now: dt.datetime) -> None:
    """What the gate says of those it is meant for today."""
    some = [int(pk) for pk in meant[:: max(1, len(meant) // ASKED_MAX)]][:ASKED_MAX]
    play = Running(Play(name=form.name, version=1, at=now), form, (), 0.0, form.value.lift)
    until = now + dt.timedelta(days=3)
    there = [pk for pk in some if Profile.objects.filter(pk=pk).exists()]
    answers = (
        gate.weigh([look(play, Meeting(pk, today, "rehearsal", now, until)) for pk in there], now=now)
        if form.contact.available
        else []
    )
    found.asked = len(answers)
    found.refused = dict(Counter(str(answer.reason) for answer in answers if answer.final).most_common())


def cost_of(form: Form) -> float:
    """Of one contact, in minor units."""
    usual = COST_SHARES.get(form.contact.channel, 0.0) * order_margin()
    return usual if form.contact.cost is None else form.contact.cost * people.minor_per_major()


def _anyway(form: Form, asked: Asked, drawn: Sequence[Drawn], found: Back) -> None:
    """Who came back within the play's days without it."""
    if not drawn:
        return
    one = after(asked, drawn, days=form.goal.within)
    told = (
        one.filter(one.over)
        .aggregate(n=one.filter(one.over).count(), back=(one.orders > 0).sum())
        .to_pyarrow()
        .to_pylist()[0]
    )
    found.matured, found.anyway = int(told["n"] or 0), int(told["back"] or 0)


def look_ahead(
    forms: Sequence[Form], *, now: dt.datetime, say: Say, a_day: Mapping[str, int] = MappingProxyType({})
) -> tuple[Ahead | None, str]:
    """These plays, through the product's own choice, in an invented shop fitted to this one; or why that cannot be. a_day: by
    play, people at most, as many as it met in this shop."""
    from regulars.simulator.reacting.account import account
    from regulars.simulator.reacting.fitted import world_like
    from regulars.simulator.reacting.plays import NAMES
    from regulars.simulator.reacting.policies.habits import nothing
    from regulars.simulator.reacting.policies.product import Product
    from regulars.simulator.reacting.run import run

    plays = {NAMES.index(form.value.like): form for form in forms if form.value.like in NAMES}
    if not plays:
        return None, "nothing_like_it"
    past = _past(now)
    if past is None or not (past.x > 0).any():
        return None, "too_young"
    lifts = {play: form.value.lift for play, form in plays.items()}
    limits = {
        play: [each for each in (a_day.get(form.name), form.limits.per_day) if each is not None]
        for play, form in plays.items()
    }
    most = {play: min(found) for play, found in limits.items() if found}
    profits, contacts, left = [], [], []
    for seed in range(1, SEEDS + 1):
        say(f"invented year {seed} of {SEEDS}")
        effect = max(0.0, 1 + EFFECT_SPREAD * (2 * (seed - 0.5) / SEEDS - 1) * 3**0.5)
        world = world_like(past, theta_scale=effect, **FORWARD)
        none = account(run(world, nothing, seed=seed))
        with_it = account(run(world, Product(plays=tuple(plays), lifts=lifts, most=most), seed=seed))
        profits.append(100 * (with_it.profit / none.profit - 1) if none.profit > 0 else 0.0)
        contacts.append(with_it.contacts)
        left.append(with_it.unsubscribed - none.unsubscribed)
    tenths = quantiles(profits, n=10, method="inclusive")
    middle = quantiles(profits, n=2, method="inclusive")[0]
    years = FORWARD["horizon"] / 365
    return Ahead(
        world.customers, (tenths[0], middle, tenths[-1]), sum(contacts) / SEEDS / years, sum(left) / SEEDS / years
    ), ""


def _past(now: dt.datetime) -> Any:
    """The shop's past as the simulator wants it; None for a shop without customers."""
    import numpy as np

    from regulars.simulator.reacting.fitted import Past

    fields = ("order_days", "days_since_first_order", "days_since_last_order", "net_total")
    rows = Profile.objects.filter(order_days__gt=0).values_list(*fields)
    table = np.array(list(rows.iterator()), float)
    if not len(table):
        return None
    orders, first, last, net = table.T
    year = Profile.objects.filter(days_since_first_order__lt=365).count()
    span = min(365.0, float(first.max()) or 1.0)
    may = reachable("email", now)
    consent = 1.0 if may is None else len(may) / len(table)
    return Past(
        (orders - 1).astype(np.int64), np.maximum(first - last, 0).astype(np.int64), first.astype(np.int64), net / orders,
        a_day=year / span, consent=float(min(1.0, consent)), margin_rate=margin_rate() or 0.4,
    )  # fmt: skip
