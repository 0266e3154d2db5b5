"""What will each customer do next? P(order), expected orders, net revenue and margin, the next order's day, and what is
still to come in all.

By whatever was chosen in the shop's back-test (candidates/), gamma-gamma for the value of an order. Scores join back
inside the engine, once for each distinct history where the candidates look at nothing else, so memory grows with
distinct histories and not with customers. Where the shop cannot be forecast yet, the reason is returned and no number
is shown. Definition: docs/numbers.md#forecast.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from regulars.insight.candidates.choice import UNWATCHED, Choice
from regulars.insight.facts import Engine

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from regulars.insight.candidates.registry import Learned
    from regulars.insight.candidates.scores import Scorer
    from regulars.insight.candidates.seen import Lesson, Past, Repeats, Seen
    from regulars.insight.lifetime import gamma_gamma

__all__ = ["COLUMNS", "FAR_DAYS", "NEAR_DAYS", "VALUES", "Forecast", "fit", "forecast"]

NEAR_DAYS = 90
FAR_DAYS = 365
YEARLY_RATE = 0.15
"""By so much an order a year away is worth less today."""
SPEND_SAMPLE_MAX = 200_000
ROWS_AT_ONCE = 200_000
MARGIN_ORDERS = 5
"""The shop's margin rate counts as much as so many of the customer's own orders."""
SCORES = (
    "p_order_90d", "orders_next_90d", "orders_next_365d", "p_alive", "orders_ahead", "next_order_early",
    "next_order_median", "next_order_late",
)  # fmt: skip
COLUMNS = ("p_order_90d", "orders_next_90d", "orders_next_365d", "p_alive")
VALUES = ("net_next_90d", "net_next_365d", "margin_next_365d", "value_ahead")
DAYS = ("next_order_from", "next_order_on", "next_order_to")


@dataclass(frozen=True)
class Forecast:
    """How the shop is forecast: what was learned by which choice, or the reason why not (`why_not`, `have` of `need`).

    leaving_known: the history shows who has left for good. margin: the shop's margin rate, None when not known.
    left_truncated: the history begins in the middle of the shop's life, and too few customers are surely new to fit
    on them alone; the fit took everybody.
    """

    choice: Choice
    learned: "Learned | None" = None
    spend: "gamma_gamma.Fit | None" = None
    margin: float | None = None
    leaving_known: bool = False
    why_not: str = ""
    have: float = 0.0
    need: float = 0.0
    left_truncated: bool = False


@dataclass(frozen=True)
class Told:
    """What a fit needs to be told: days of history, whether they reach back to the opening, the choice of the shop's
    back-test, and the lesson and the repeat
    order days by day for candidates that need them."""

    history_days: int
    opened: bool = False
    choice: Choice = field(default=UNWATCHED)
    lesson: "Lesson | None" = None
    repeats: "Repeats | None" = None


def fit(base: "ir.Table", told: Told, *, as_of: dt.date) -> Forecast:
    """How these customers order and spend.

    `base` has customer_id, order_days, first_day, last_day, log_sum, net_total, net_first_day, margin_total. In a
    history that does not reach back to the opening, whoever may be an old customer is left out of the fit.
    """
    from regulars.insight.lifetime import enough

    seen = _seen(base, as_of)
    past = _past(seen, told, as_of)
    if not past.histories.customers:
        return Forecast(told.choice, why_not="no_customers")
    shortage = enough.cannot_tell_yet(past.histories, history_days=told.history_days)
    if shortage is not None:
        return Forecast(told.choice, why_not=shortage.reason.name.lower(), have=shortage.have, need=shortage.need)
    return _fitted(past, seen, told)


def forecast(engine: Engine, base: "ir.Table", model: Forecast, *, as_of: dt.date, history_days: int) -> "ir.Table":
    """Scores a customer: customer_id, COLUMNS, VALUES and DAYS, NULL when it cannot be told.

    VALUES in minor units (float64, not rounded, so that sums stay right); value_ahead is all net revenue still to come,
    discounted at YEARLY_RATE. DAYS are the window of an order within 365 days, if there is one. `base` as for
    `fit`, with the columns of candidates.seen.FEATURES where the choice looks at them; any part of the customers.
    """
    import ibis

    if model.learned is None or model.why_not:
        empty = {name: ibis.null("float64") for name in (*COLUMNS, *VALUES)} | {
            name: ibis.null("date") for name in DAYS
        }
        return base.select("customer_id", **empty)
    seen = _seen(base, as_of)
    keys, scores = _scored(seen, _scorer(model, history_days))
    table = engine.stage(ibis.memtable(scores), "scores")
    joined = seen.join(table, keys)
    known = {name: joined[name].isnan().ifelse(ibis.null("float64"), joined[name]) for name in SCORES}
    return _named(joined.mutate(**known), model, as_of)


def _named(joined: "ir.Table", model: Forecast, as_of: dt.date) -> "ir.Table":
    import ibis

    value, today = _order_value(joined, model.spend), ibis.literal(as_of)
    far = joined.orders_next_365d * value
    parts = zip(DAYS, ("next_order_early", "next_order_median", "next_order_late"), strict=True)
    days = {name: today + joined[score].ceil().cast("int64").as_interval("D") for name, score in parts}
    return joined.select(
        "customer_id", *COLUMNS, net_next_90d=joined.orders_next_90d * value, net_next_365d=far,
        margin_next_365d=far * _margin_rate(joined, model.margin), value_ahead=joined.orders_ahead * value, **days,
    )  # fmt: skip


def _seen(base: "ir.Table", as_of: dt.date) -> "ir.Table":
    """Adds x (repeat order days), t_x and age (days from the first order to the last one, and to `as_of`)."""
    import ibis

    age = ibis.literal(as_of).delta(base.first_day, unit="day")
    return base.mutate(x=base.order_days - 1, t_x=base.last_day.delta(base.first_day, unit="day"), age=age)


def _past(seen: "ir.Table", told: Told, as_of: dt.date) -> "Past":
    from regulars.insight.candidates.seen import Past
    from regulars.insight.lifetime.histories import Histories

    grouped = seen.group_by(["x", "t_x", "age"]).aggregate(count=seen.count(), gaps=seen.log_sum.sum().fill_null(0))
    rows = grouped.order_by(["x", "age", "t_x"]).to_pyarrow()
    histories = Histories(*(rows.column(name).to_numpy() for name in ("x", "t_x", "age", "count")))
    gaps = rows.column("gaps").to_numpy()
    return Past(as_of, histories, gaps, told.history_days, told.opened, told.lesson, told.repeats)


def _fitted(past: "Past", seen: "ir.Table", told: Told) -> Forecast:
    from regulars.insight.candidates.lifetimes import Lifetime
    from regulars.insight.candidates.registry import learn
    from regulars.insight.candidates.scores import names_to_learn
    from regulars.insight.lifetime import verdict

    choice, spend = told.choice, _spend_fit(seen)
    learned = learn(past, names_to_learn(choice))
    if not learned.can_say((choice.orders, choice.chance)):
        choice = replace(UNWATCHED, rhythm=choice.rhythm)
        learned = learn(past, names_to_learn(choice))
    _histories, _gaps, truncated = past.to_fit()
    fits = {name: found.fit for name, found in learned.found.items() if isinstance(found, Lifetime)}
    wild = [found.slope for found in fits.values() if found.state.name == "NOT_CONVERGED"]
    if wild:
        return Forecast(choice, learned, spend, why_not="not_converged", have=max(wild), need=verdict.SLOPE_MAX)
    leaving = fits[choice.rhythm].state.name != "CHURN_NOT_IDENTIFIABLE"
    return Forecast(choice, learned, spend, _shop_margin(seen), leaving, left_truncated=truncated)


def _scorer(model: Forecast, history_days: int) -> "Scorer":
    from regulars.insight.candidates.scores import Scorer

    assert model.learned is not None
    return Scorer(model.learned, model.choice, model.leaving_known, history_days)


def _scored(seen: "ir.Table", scorer: "Scorer") -> "tuple[list[str], pa.Table]":
    """Scores, and the columns that say whose: those of distinct histories, or each customer's where more is looked at."""
    import pyarrow as pa

    from regulars.insight.candidates.seen import FEATURES

    if "features" in scorer.looks_at:
        looked_at = ("customer_id", "x", "t_x", "age", *RECENT, *FEATURES)
        rows = seen.select(*looked_at).order_by("customer_id").to_pyarrow()
        slices = [rows.slice(start, ROWS_AT_ONCE) for start in range(0, max(rows.num_rows, 1), ROWS_AT_ONCE)]
        return ["customer_id"], pa.concat_tables([_score(part, scorer, ["customer_id"]) for part in slices])
    keys = ["x", "t_x", "age"] + (["order_days_90d", "order_days_365d"] if "recent" in scorer.looks_at else [])
    rows = seen.select(*keys).distinct().order_by(keys).to_pyarrow()
    return keys, _score(rows, scorer, keys)


def _score(rows: "pa.Table", scorer: "Scorer", keys: list[str]) -> "pa.Table":
    import numpy as np
    import pyarrow as pa

    none = np.zeros(rows.num_rows, dtype=np.int64)
    recent = {name: rows.column(name).to_numpy() if name in rows.column_names else none for name in RECENT}
    found = scorer.scores(_customers(rows, recent[RECENT[0]]), recent[RECENT[1]])
    return pa.table({name: rows.column(name) for name in keys} | {name: pa.array(found[name]) for name in SCORES})


RECENT = ("order_days_90d", "order_days_365d")


def _customers(rows: "pa.Table", recent: Any) -> "Seen":
    import numpy as np

    from regulars.insight.candidates.seen import FEATURES, Seen, columns_of

    features = columns_of(rows) if set(FEATURES) <= set(rows.column_names) else np.zeros((rows.num_rows, 0))
    x, t_x, age = (rows.column(name).to_numpy() for name in ("x", "t_x", "age"))
    return Seen(NEAR_DAYS, x, t_x, age, recent, features)


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


def _shop_margin(seen: "ir.Table") -> float | None:
    """Margin by net revenue, of those whose margin is known."""
    known = seen.filter(seen.margin_total.notnull() & (seen.net_total > 0))
    row: dict[str, Any] = (
        known.aggregate(margin=known.margin_total.sum(), net=known.net_total.sum()).to_pyarrow().to_pylist()[0]
    )
    return row["margin"] / row["net"] if row["net"] else None


def _margin_rate(joined: "ir.Table", of_shop: float | None) -> "ir.FloatingValue":
    """The customer's own margin rate, shrunk to the shop's by the number of orders."""
    import ibis

    if of_shop is None:
        return ibis.null("float64")
    own = joined.margin_total.cast("float64") / joined.net_total.nullif(0).cast("float64")
    weight = joined.order_days.cast("float64")
    pulled = (own * weight + of_shop * MARGIN_ORDERS) / (weight + MARGIN_ORDERS)
    return pulled.fill_null(of_shop)
