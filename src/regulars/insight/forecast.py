"""What will each customer do next? P(order), expected orders and net revenue over 90 and 365 days.

BG/NBD on distinct histories, gamma-gamma for the value of an order; scores join back inside the engine, so memory
grows with distinct histories and not with customers. Where the shop cannot be forecast yet, the reason is returned
and no number is shown. Definition: docs/numbers/forecast.md.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.insight.facts import Engine

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from regulars.insight.lifetime import bgnbd, gamma_gamma

NEAR_DAYS = 90
FAR_DAYS = 365
SPEND_SAMPLE_MAX = 200_000
COLUMNS = ("p_order_90d", "orders_next_90d", "orders_next_365d", "p_alive")


@dataclass(frozen=True)
class Forecast:
    """How the shop was forecast: the fits, or the reason why not (`why_not`, with `have` of `need`)."""

    churn: "bgnbd.Fit | None"
    spend: "gamma_gamma.Fit | None"
    why_not: str = ""
    have: float = 0.0
    need: float = 0.0


def forecast(engine: Engine, base: "ir.Table", *, as_of: dt.date, history_days: int) -> tuple["ir.Table", Forecast]:
    """Scores a customer (customer_id and the forecast columns, NULL when it cannot be told), and how they came about.

    `base` has customer_id, order_days, first_day, last_day, net_total, net_first_day.
    """
    import ibis

    age = ibis.literal(as_of).delta(base.first_day, unit="day")
    seen = base.mutate(x=base.order_days - 1, t_x=base.last_day.delta(base.first_day, unit="day"), age=age)
    grouped = seen.group_by(["x", "t_x", "age"]).aggregate(count=seen.count()).order_by(["x", "age", "t_x"])
    rows = grouped.to_pyarrow()
    model, scores = _scored(rows, seen, history_days)
    if scores is None:
        empty = {name: ibis.null("float64") for name in (*COLUMNS, "net_next_90d", "net_next_365d")}
        return base.select("customer_id", **empty), model
    table = engine.stage(ibis.memtable(scores), "scores")
    joined = seen.join(table, ["x", "t_x", "age"])
    joined = joined.mutate(**{name: joined[name].isnan().ifelse(ibis.null("float64"), joined[name]) for name in COLUMNS})
    value = _order_value(joined, model.spend)
    return joined.select(
        "customer_id", *COLUMNS,
        net_next_90d=joined.orders_next_90d * value,
        net_next_365d=joined.orders_next_365d * value,
    ), model  # fmt: skip


def _scored(rows: "pa.Table", seen: "ir.Table", history_days: int) -> tuple[Forecast, "pa.Table | None"]:
    import numpy as np
    import pyarrow as pa

    from regulars.insight.lifetime import bgnbd, enough
    from regulars.insight.lifetime.histories import Histories

    if not len(rows):
        return Forecast(None, None, "no_customers"), None
    x, t_x, age, count = (rows.column(name).to_numpy() for name in ("x", "t_x", "age", "count"))
    histories = Histories(x, t_x, age, count)
    shortage = enough.cannot_tell_yet(histories, history_days=history_days)
    if shortage is not None:
        return Forecast(None, None, shortage.reason.name.lower(), shortage.have, shortage.need), None
    churn, spend = bgnbd.fit(histories), _spend_fit(seen)
    shortage = enough.cannot_tell_yet(histories, history_days=history_days, churn=churn)
    if shortage is not None and shortage.reason is enough.Reason.NOT_CONVERGED:
        return Forecast(churn, spend, "not_converged", shortage.have, shortage.need), None
    scores: dict[str, Any] = {"x": x, "t_x": t_x, "age": age}
    scores["p_order_90d"] = bgnbd.p_order_within(churn, histories, days=NEAR_DAYS)
    scores["orders_next_90d"] = bgnbd.expected_orders(churn, histories, days=NEAR_DAYS)
    # Where the history does not show who has left for good, say nothing of it, nor of times longer than the history.
    leaving_known = churn.state is not bgnbd.State.CHURN_NOT_IDENTIFIABLE
    far_known = leaving_known or history_days >= FAR_DAYS
    unknown = np.full(len(x), np.nan)
    scores["orders_next_365d"] = bgnbd.expected_orders(churn, histories, days=FAR_DAYS) if far_known else unknown
    scores["p_alive"] = bgnbd.p_alive(churn, histories) if leaving_known else unknown
    return Forecast(churn, spend), pa.table(scores)


def _spend_fit(seen: "ir.Table") -> "gamma_gamma.Fit":
    from regulars.insight.lifetime import gamma_gamma
    from regulars.insight.lifetime.histories import Spend

    repeaters = seen.filter(seen.x > 0)
    mean = (repeaters.net_total - repeaters.net_first_day).cast("float64") / repeaters.x.cast("float64")
    chosen = repeaters.select("customer_id", "x", m=mean).filter(lambda table: table.m > 0)
    rows = chosen.order_by(chosen.customer_id % 1_000_003).limit(SPEND_SAMPLE_MAX).to_pyarrow()
    return gamma_gamma.fit(Spend.of(rows.column("x").to_numpy(), rows.column("m").to_numpy()))


def _order_value(joined: "ir.Table", spend: "gamma_gamma.Fit | None") -> "ir.FloatingValue":
    """Expected net value of an order, p (v + x m) / (p x + q - 1); own mean or the shop's median without a population."""
    import ibis

    x = joined.x.cast("float64")
    repeat = ibis.greatest((joined.net_total - joined.net_first_day).cast("float64"), 0.0)
    own = ibis.greatest(joined.net_total.cast("float64"), 0.0) / joined.order_days.cast("float64")
    if spend is None or spend.state.name == "NO_SPEND":
        return own
    if spend.q <= 1:
        return ibis.ifelse(joined.x > 0, repeat / x.nullif(0), ibis.literal(float(spend.median)))
    p, q, v = (ibis.literal(float(number)) for number in (spend.p, spend.q, spend.v))
    return p * (v + repeat) / (p * x + (q - 1))
