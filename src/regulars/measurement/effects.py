"""What did it change, against those held out of it? Who came back, what they spent and what was earned, by campaign or play.

One entry a person, from the first time they were meant to be reached; only those whose days are over count.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q

from regulars.decisions.models import Decision
from regulars.insight.lift import harm
from regulars.insight.lift.aipw import CHANCE_MAX, CHANCE_MIN
from regulars.insight.lift.aipw import Drawn as Arms
from regulars.insight.lift.effect import judge
from regulars.insight.lift.forecasting import running_line
from regulars.insight.valid import counting, net_orders
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
COLUMNS = ("customer_id", "arm", "chance", "likely", "margin", "orders", "net")
MEANT = Q(arm=Decision.Arm.TREATED) | Q(arm=Decision.Arm.REFUSED, reason__in=AFTER_THE_LOT)
"""Meant to be reached, though a slot or the hour refused it afterwards: that is part of what it does."""


@dataclass(frozen=True)
class Fixed:
    """What is fixed before anybody looks. began: the day of the launch, or on which it was switched on; planned: people
    expected (another number would be another test); days: of the window; margin_rate: of net revenue."""

    began: dt.date
    planned: int
    days: int = WINDOW_DAYS
    margin_rate: float = 0.0


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


def compared(
    asked: Asked, drawn: Iterable[Drawn], fixed: Fixed, *, costs: dict[int, float] | None = None
) -> dict[str, Any]:
    """came_back, net_revenue and margin (minor units of the shop's currency, a person), each a Judged; cap: what one person
    counts for at most, fixed by the year before. costs: by customer, what was spent on them meanwhile."""
    import numpy as np

    everybody = list(drawn)
    told = _told(asked, everybody, fixed.days)
    first = min((one.at.date() for one in everybody), default=None)
    cap = cap_of(asked, fixed) if len(told["arm"]) else NO_CAP
    treated = told["arm"] == TREATED
    net = told["net"].clip(max=cap).astype(float)
    spent = np.array([(costs or {}).get(int(pk), 0.0) for pk in told["customer_id"]])
    outcomes = {"came_back": ((told["orders"] > 0).astype(float), told["likely"]), "net_revenue": (net, told["margin"])}
    if fixed.margin_rate:
        outcomes["margin"] = (net * fixed.margin_rate - spent, told["margin"])
    judged = {}
    for name, (outcome, known) in outcomes.items():
        people = Arms(outcome, treated, told["chance"], running_line(told["day"], known, outcome))
        judged[name] = asdict(judge(people, planned=fixed.planned)) | {"plain": _plain(outcome, treated)}
    back = told["orders"] > 0
    fewer = harm.among_those_it_happened_to(
        list(~treated[back]), list(1 - told["chance"][back]), times=harm.TIMES_FEWER
    )
    judged["came_back"]["fewer"] = fewer
    kept = {
        "window_days": fixed.days,
        "cap": cap,
        "planned": fixed.planned,
        "first": first.isoformat() if first else None,
    }
    return kept | judged


def _told(asked: Asked, drawn: list[Drawn], days: int) -> dict[str, Any]:
    """Whose days are over, as columns. While nobody's are, the engine is not asked."""
    import numpy as np

    over = asked.dates.complete - dt.timedelta(days=days - 1)
    if not any(one.at.date() <= over for one in drawn):
        return {name: np.empty(0, bool if name == "arm" else float) for name in (*COLUMNS, "day")}
    one = after(asked, drawn, days=days)
    table = one.filter(one.over).order_by("customer_id").select("day", *COLUMNS).to_pyarrow()
    return {name: table[name].to_numpy() for name in COLUMNS} | {"day": table["day"].cast("int32").to_numpy()}


def _plain(outcome: Any, treated: Any) -> dict[str, Any]:
    """The means of both arms as they are; a comparison only while the share stays the same."""
    some = [float(outcome[side].mean()) if side.any() else None for side in (treated, ~treated)]
    return {"treated": some[0], "held_out": some[1]}


def cap_of(asked: Asked, fixed: Fixed) -> int:
    """The 99th percentile of what buyers spent in such a stretch of days, in the year before it began."""
    import ibis

    dates = asked.dates
    orders = counting(net_orders(asked.facts, as_of=dates.as_of, known_by=dates.known_by, rule=asked.choices.rule))
    age = orders.day.delta(ibis.literal(fixed.began), unit="day")
    past = orders.mutate(age=age).filter(age.between(-365, -1))
    spent = past.group_by(["customer_id", (past.age // fixed.days).name("stretch")]).aggregate(net=past.net.sum())
    value = spent.net.quantile(CAP_QUANTILE).to_pyarrow().as_py()
    return int(value) if value else NO_CAP
