"""What did a campaign change, against those held out of it? Who came back, and what they spent, in the 60 days after."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.db.models import Q

from regulars.decisions.models import Decision
from regulars.insight.lift.aipw import Drawn
from regulars.insight.lift.effect import judge
from regulars.insight.valid import counting, net_orders
from regulars.measurement.windows import after
from regulars.plays.models import Campaign
from regulars.policy.hold_out import PLAY
from regulars.policy.reasons import AFTER_THE_LOT
from regulars.profiles.refresh import Asked

WINDOW_DAYS = 60
ENDED_DAYS = 150
"""So long after its launch it is looked at again."""
CAP_QUANTILE = 0.99
TREATED, HELD_OUT = 1, 0


def found(campaign: Campaign, asked: Asked) -> dict[str, Any] | None:
    """came_back and net_revenue (minor units of the shop's currency, a person), each a Judged; cap: what one person counts
    for at most, fixed by the year before. None without a hold-out, or when it is long over."""
    share = 1 - campaign.hold_out / 100
    launched = campaign.launched_at and campaign.launched_at.date()
    if not campaign.hold_out > 0 or launched is None or (asked.dates.complete - launched).days > ENDED_DAYS:
        return None
    one = after(asked, _drawn(campaign), days=WINDOW_DAYS)
    rows = one.filter(one.over).order_by("customer_id").select("arm", "orders", "net").to_pyarrow()
    arm, orders, net = (rows[name].to_numpy() for name in ("arm", "orders", "net"))
    planned = max(1, campaign.audience)  # as known at the launch; another number would be another test
    cap = _cap(campaign, asked)
    outcomes = {"came_back": (orders > 0).astype(float), "net_revenue": net.clip(max=cap).astype(float)}
    judged = {
        name: asdict(judge(_people(y, arm == TREATED, share), share=share, planned=planned))
        for name, y in outcomes.items()
    }
    return {"window_days": WINDOW_DAYS, "cap": cap, "planned": planned} | judged


def _people(y: Any, treated: Any, share: float) -> Drawn:
    """With the mean of all as everybody's forecast."""
    import numpy as np

    mean = y.mean() if len(y) else 0.0
    return Drawn(y, treated, np.full(len(y), share), np.full(len(y), mean))


def _drawn(campaign: Campaign) -> Iterator[tuple[int, int, dt.datetime]]:
    """Everybody who was drawn: meant to be reached, though a slot or the hour refused it afterwards, or held out. Who is
    held out of everything is no comparison for one campaign."""
    meant = Q(arm=Decision.Arm.TREATED) | Q(arm=Decision.Arm.REFUSED, reason__in=AFTER_THE_LOT)
    held = Q(arm=Decision.Arm.HELD_OUT, facts__layer=PLAY)
    rows = Decision.objects.filter(meant | held, source=campaign.source)
    for identifier, arm, at in rows.values_list("identifier_id", "arm", "not_before").iterator():
        yield identifier, HELD_OUT if arm == Decision.Arm.HELD_OUT else TREATED, at


def _cap(campaign: Campaign, asked: Asked) -> int:
    """The 99th percentile of what buyers spent in such a stretch of days, in the year before the launch."""
    import ibis

    assert campaign.launched_at is not None
    dates = asked.dates
    orders = counting(net_orders(asked.facts, as_of=dates.as_of, known_by=dates.known_by, rule=asked.choices.rule))
    age = orders.day.delta(ibis.literal(campaign.launched_at.date()), unit="day")
    past = orders.mutate(age=age).filter(age.between(-365, -1))
    spent = past.group_by(["customer_id", (past.age // WINDOW_DAYS).name("stretch")]).aggregate(net=past.net.sum())
    value = spent.net.quantile(CAP_QUANTILE).to_pyarrow().as_py()
    return int(value) if value else 2**53
