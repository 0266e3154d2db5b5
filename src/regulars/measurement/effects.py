"""What did it change, against those held out of it? Who came back, how often, what they spent and what was earned, by
campaign or play.

One entry a person, from the first time they were meant to be reached; only those whose days are over count. Where a lot is
drawn anew each year, one in each year.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Q

from regulars.decisions.models import Decision
from regulars.insight.lift import harm
from regulars.insight.lift.aipw import CHANCE_MAX, CHANCE_MIN
from regulars.insight.lift.aipw import Drawn as Arms
from regulars.insight.lift.effect import judge
from regulars.insight.lift.forecasting import running_line
from regulars.insight.valid import counting, net_orders
from regulars.measurement import outlooks, seasons
from regulars.measurement.outlooks import Ahead
from regulars.measurement.path import path
from regulars.measurement.windows import Drawn, after
from regulars.plays.models import Campaign
from regulars.policy.hold_out import PLAY
from regulars.policy.reasons import AFTER_THE_LOT
from regulars.profiles.refresh import Asked

WINDOW_DAYS = 60
ENDED_DAYS = 150
"""So long after its launch a campaign is looked at again."""
CAP_QUANTILE = 0.99
TREATED, HELD_OUT = 1, 0
NO_CAP = 2**53
COLUMNS = ("customer_id", "identifier_id", "arm", "chance", "likely", "margin", "year", "orders", "net")
MEANT = Q(arm=Decision.Arm.TREATED) | Q(arm=Decision.Arm.REFUSED, reason__in=AFTER_THE_LOT)
"""Meant to be reached, though a slot or the hour refused it afterwards: that is part of what it does."""


@dataclass(frozen=True)
class Fixed:
    """What is fixed before anybody looks. began: the day of the launch, or on which it was switched on; planned: people
    expected (another number would be another test); days: of the window; margin_rate: of net revenue; versions: the first
    days of each version of its text."""

    began: dt.date
    planned: int
    days: int = WINDOW_DAYS
    margin_rate: float = 0.0
    versions: tuple[dt.date, ...] = ()


@dataclass(frozen=True)
class Beside:
    """What is known of people beside their orders. costs: by customer and year, what was spent on them meanwhile, in minor units;
    ahead: by identifier, what was forecast of them when their days were over."""

    costs: Mapping[tuple[int, int], float] = field(default_factory=dict)
    ahead: Mapping[int, Ahead] | None = None


def found(campaign: Campaign, asked: Asked) -> dict[str, Any] | None:
    """What a campaign changed; None without a hold-out that can be compared, or when it is long over."""
    share = 1 - campaign.hold_out / 100
    launched = campaign.launched_at and campaign.launched_at.date()
    if not CHANCE_MIN <= share <= CHANCE_MAX or launched is None or (asked.dates.complete - launched).days > ENDED_DAYS:
        return None
    # Who is held out of everything is no comparison for one campaign.
    rows = Decision.objects.filter(MEANT | Q(arm=Decision.Arm.HELD_OUT, facts__layer=PLAY), source=campaign.source)
    drawn = (
        Drawn(identifier, HELD_OUT if arm == Decision.Arm.HELD_OUT else TREATED, at, share)
        for identifier, arm, at in rows.values_list("identifier_id", "arm", "not_before").iterator()
    )
    return compared(asked, drawn, Fixed(launched, max(1, campaign.audience)))


def compared(asked: Asked, drawn: Iterable[Drawn], fixed: Fixed, beside: Beside | None = None) -> dict[str, Any]:
    """came_back, orders, net_revenue and margin (minor units of the shop's currency, a person), each a Judged; cap, cap_orders:
    what one person counts for at most, fixed by the year before; long_run: as in `outlooks`; seasons: as in `seasons`; path: as in `path`."""
    everybody = list(drawn)
    told = _told(asked, everybody, fixed.days)
    first = min((one.at.date() for one in everybody), default=None)
    caps = caps_of(asked, fixed) if len(told["arm"]) else (NO_CAP, NO_CAP)
    found: dict[str, Any] = {
        "window_days": fixed.days, "cap": caps[0], "cap_orders": caps[1], "planned": fixed.planned,
        "first": first.isoformat() if first else None,
    }  # fmt: skip
    beside = beside or Beside()
    for name, (outcome, known) in _outcomes(told, fixed, caps, beside).items():
        people = _arms(told, outcome, known)
        plain = _plain(outcome, people.treated)
        found[name] = asdict(judge(people, planned=fixed.planned)) | {"plain": plain}
        if name == "came_back":
            back, held = outcome > 0, ~people.treated
            found[name]["fewer"] = harm.among_those_it_happened_to(
                list(held[back]), list(1 - told["chance"][back]), times=harm.TIMES_FEWER
            )
            found["path"] = path(
                people, told["day"], planned=fixed.planned, window=fixed.days, until=asked.dates.complete
            )
            found["seasons"] = seasons.split(people, told["day"], seasons.begins(told["day"], fixed.versions))
        if name == "margin" and beside.ahead is not None:
            ahead = outlooks.ahead_of(beside.ahead, told["identifier_id"], told["day"], fixed.days)
            found["long_run"] = outlooks.long_run(told, outcome, ahead, planned=fixed.planned)
    return found


def _outcomes(told: dict[str, Any], fixed: Fixed, caps: tuple[int, int], beside: Beside) -> dict[str, tuple[Any, Any]]:
    """By name: what each person did, and what was expected of them then. The margin only where a rate is known."""
    import numpy as np

    net, orders = (told[name].clip(max=cap).astype(float) for name, cap in zip(("net", "orders"), caps, strict=True))
    found = {
        "came_back": ((told["orders"] > 0).astype(float), told["likely"]),
        "orders": (orders, told["likely"]), "net_revenue": (net, told["margin"]),
    }  # fmt: skip
    if fixed.margin_rate:
        people = zip(told["customer_id"].tolist(), told["year"].tolist(), strict=True)
        spent = np.array([beside.costs.get(key, 0.0) for key in people])
        found["margin"] = (net * fixed.margin_rate - spent, told["margin"])
    return found


def _arms(told: dict[str, Any], outcome: Any, known: Any) -> Arms:
    return Arms(outcome, told["arm"] == TREATED, told["chance"], running_line(told["day"], known, outcome))


def _told(asked: Asked, drawn: list[Drawn], days: int) -> dict[str, Any]:
    """Whose days are over, as columns. While nobody's are, the engine is not asked."""
    import numpy as np

    over = asked.dates.complete - dt.timedelta(days=days - 1)
    if not any(one.at.date() <= over for one in drawn):
        return {name: np.empty(0, bool if name == "arm" else float) for name in (*COLUMNS, "day")}
    one = after(asked, drawn, days=days)
    table = one.filter(one.over).order_by("customer_id", "day").select("day", *COLUMNS).to_pyarrow()
    return {name: table[name].to_numpy() for name in COLUMNS} | {"day": table["day"].cast("int32").to_numpy()}


def _plain(outcome: Any, treated: Any) -> dict[str, Any]:
    """The means of both arms as they are; a comparison only while the share stays the same."""
    some = [float(outcome[side].mean()) if side.any() else None for side in (treated, ~treated)]
    return {"treated": some[0], "held_out": some[1]}


def caps_of(asked: Asked, fixed: Fixed) -> tuple[int, int]:
    """The 99th percentiles of what buyers spent, and how often they ordered, in such a stretch of days, in the year before it
    began."""
    import ibis

    dates = asked.dates
    orders = counting(net_orders(asked.facts, as_of=dates.as_of, known_by=dates.known_by, rule=asked.choices.rule))
    age = orders.day.delta(ibis.literal(fixed.began), unit="day")
    past = orders.mutate(age=age).filter(age.between(-365, -1))
    spent = past.group_by(["customer_id", (past.age // fixed.days).name("stretch")]).aggregate(
        net=past.net.sum(), orders=past.count()
    )
    most = spent.aggregate(net=spent.net.quantile(CAP_QUANTILE), orders=spent.orders.quantile(CAP_QUANTILE))
    row = most.to_pyarrow().to_pylist()[0]
    net, often = (int(row[name]) if row[name] else NO_CAP for name in ("net", "orders"))
    return net, often
