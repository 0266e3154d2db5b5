"""What will each customer do next? P(order), expected orders and net revenue over 90 and 365 days.

BG/NBD on distinct histories, gamma-gamma for the value of an order; scores join back inside the engine, so memory
grows with distinct histories and not with customers. Where the shop cannot be forecast yet, the reason is returned
and no number is shown. Definition: docs/numbers.md#forecast.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.insight.facts import Engine

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from regulars.insight.lifetime import bgnbd, gamma_gamma
    from regulars.insight.lifetime.histories import Histories

NEAR_DAYS = 90
FAR_DAYS = 365
SPEND_SAMPLE_MAX = 200_000
COLUMNS = ("p_order_90d", "orders_next_90d", "orders_next_365d", "p_alive")
VALUES = ("net_next_90d", "net_next_365d")


@dataclass(frozen=True)
class Forecast:
    """How the shop was forecast: the fits, or the reason why not (`why_not`, with `have` of `need`).

    left_truncated: the history begins in the middle of the shop's life, and too few customers are surely new to fit
    on them alone; the fit took everybody.
    """

    churn: "bgnbd.Fit | None"
    spend: "gamma_gamma.Fit | None"
    why_not: str = ""
    have: float = 0.0
    need: float = 0.0
    left_truncated: bool = False


def fit(base: "ir.Table", *, as_of: dt.date, history_days: int, opened: bool = False) -> Forecast:
    """How these customers order and spend.

    `base` has customer_id, order_days, first_day, last_day, net_total, net_first_day. history_days: from the first
    day of the data to `as_of`, both included. opened: whether that is the shop's opening; if not, the fit leaves out
    who may be an old customer.
    """
    seen = _seen(base, as_of)
    return _fitted(_histories(seen), seen, history_days=history_days, opened=opened)


def forecast(engine: Engine, base: "ir.Table", model: Forecast, *, as_of: dt.date, history_days: int) -> "ir.Table":
    """Scores a customer: customer_id and the forecast columns, NULL when it cannot be told.

    Columns: p_order_90d, orders_next_90d, orders_next_365d, p_alive, and net_next_90d, net_next_365d in minor units
    (float64, not rounded, so that sums stay right). p_alive, and what lies further ahead than the history is long,
    are NULL while the history does not show who leaves. `base` as for `fit`, any part of the customers.
    """
    import ibis

    if model.churn is None or model.why_not:
        return base.select("customer_id", **{name: ibis.null("float64") for name in (*COLUMNS, *VALUES)})
    seen = _seen(base, as_of)
    table = engine.stage(ibis.memtable(_scores(model.churn, _histories(seen), history_days)), "scores")
    joined = seen.join(table, ["x", "t_x", "age"])
    known = {name: joined[name].isnan().ifelse(ibis.null("float64"), joined[name]) for name in COLUMNS}
    joined = joined.mutate(**known)
    value = _order_value(joined, model.spend)
    near, far = joined.orders_next_90d * value, joined.orders_next_365d * value
    return joined.select("customer_id", *COLUMNS, net_next_90d=near, net_next_365d=far)


def _seen(base: "ir.Table", as_of: dt.date) -> "ir.Table":
    """Adds x (repeat order days), t_x and age (days from the first order to the last one, and to `as_of`)."""
    import ibis

    age = ibis.literal(as_of).delta(base.first_day, unit="day")
    return base.mutate(x=base.order_days - 1, t_x=base.last_day.delta(base.first_day, unit="day"), age=age)


def _histories(seen: "ir.Table") -> "Histories":
    from regulars.insight.lifetime.histories import Histories

    grouped = seen.group_by(["x", "t_x", "age"]).aggregate(count=seen.count())
    rows = grouped.order_by(["x", "age", "t_x"]).to_pyarrow()
    return Histories(*(rows.column(name).to_numpy() for name in ("x", "t_x", "age", "count")))


def _fitted(histories: "Histories", seen: "ir.Table", *, history_days: int, opened: bool) -> Forecast:
    from regulars.insight.lifetime import bgnbd, enough

    if not histories.customers:
        return Forecast(None, None, "no_customers")
    shortage = enough.cannot_tell_yet(histories, history_days=history_days)
    if shortage is not None:
        return Forecast(None, None, shortage.reason.name.lower(), shortage.have, shortage.need)
    chosen, truncated = histories, None
    if not opened:
        # The first day of the history is day 0 of those first seen on it.
        chosen, truncated = enough.choose_base(histories, history_days=history_days - 1)
    churn, spend = bgnbd.fit(chosen), _spend_fit(seen)
    if churn.state is bgnbd.State.NOT_CONVERGED:
        return Forecast(churn, spend, "not_converged", churn.slope, bgnbd.SLOPE_MAX)
    return Forecast(churn, spend, left_truncated=truncated is not None)


def _scores(churn: "bgnbd.Fit", histories: "Histories", history_days: int) -> "pa.Table":
    """One row a distinct history: x, t_x, age and COLUMNS, NaN for what is not known."""
    import numpy as np
    import pyarrow as pa

    from regulars.insight.lifetime import bgnbd

    # Where the history does not show who has left for good, say nothing of it, nor of times longer than the history.
    leaving_known = churn.state is not bgnbd.State.CHURN_NOT_IDENTIFIABLE
    far_known = leaving_known or history_days >= FAR_DAYS
    unknown = np.full(histories.x.size, np.nan)
    scores: dict[str, Any] = {"x": histories.x, "t_x": histories.t_x, "age": histories.T}
    scores["p_order_90d"] = bgnbd.p_order_within(churn, histories, days=NEAR_DAYS)
    scores["orders_next_90d"] = bgnbd.expected_orders(churn, histories, days=NEAR_DAYS)
    scores["orders_next_365d"] = bgnbd.expected_orders(churn, histories, days=FAR_DAYS) if far_known else unknown
    scores["p_alive"] = bgnbd.p_alive(churn, histories) if leaving_known else unknown
    return pa.table(scores)


def _spend_fit(seen: "ir.Table") -> "gamma_gamma.Fit":
    """Fitted on at most SPEND_SAMPLE_MAX customers, chosen by a hash of their number: no luck, no bias by age."""
    from regulars.insight.lifetime import gamma_gamma
    from regulars.insight.lifetime.histories import Spend

    repeat = seen.net_total - seen.net_first_day
    paid = seen.filter((seen.x > 0) & (repeat > 0))
    mean = (paid.net_total - paid.net_first_day).cast("float64") / paid.x.cast("float64")
    chosen = paid.select("customer_id", "x", m=mean, lot=paid.customer_id.cast("string").hexdigest("md5"))
    rows = chosen.order_by(["lot", "customer_id"]).limit(SPEND_SAMPLE_MAX).to_pyarrow()
    return gamma_gamma.fit(Spend.of(rows.column("x").to_numpy(), rows.column("m").to_numpy()))


def _order_value(joined: "ir.Table", spend: "gamma_gamma.Fit | None") -> "ir.FloatingValue":
    """Expected net value of an order, minor units: p (v + x m) / (p x + q - 1) (Fader & Hardie, note 025, equation 5).

    Without a population mean: the own mean of those who came back, the shop's median for the others; without any
    repeat spend the own mean of all orders.
    """
    import ibis

    x = joined.x.cast("float64")
    repeat = ibis.greatest(joined.net_total - joined.net_first_day, 0).cast("float64")
    if spend is None or spend.state.name == "NO_SPEND":
        return ibis.greatest(joined.net_total, 0).cast("float64") / joined.order_days.cast("float64")
    if spend.q <= 1 or spend.state.name == "NOT_CONVERGED":
        return ibis.ifelse(joined.x > 0, repeat / x.nullif(0), ibis.literal(spend.median))
    return (repeat + spend.v) * spend.p / (x * spend.p + (spend.q - 1))
