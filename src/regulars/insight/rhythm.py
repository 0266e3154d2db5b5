"""How often does each customer come, when is the next order due, and who is late by their own rhythm?

Gaps between a customer's order days are taken as lognormal around the customer's own level. The level is shrunk
towards that of the product bought last, which is shrunk towards the shop's (empirical Bayes with the variances
estimated from the shop itself). "Late" means later than three of four such gaps, so it adapts to everybody.
Formula: docs/numbers.md#rhythm.
"""

import datetime as dt
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

LATE_Z = 0.6744897501960817  # 75th percentile of the normal distribution
LOST_Z = 1.6448536269514722  # 95th percentile
PRODUCT_WEIGHT = 20.0  # gaps of a product that weigh as much as the shop's own level
DEFAULT_LEVEL = 4.499809670330265  # ln 90 days, when the shop has no gap at all
DEFAULT_SPREAD = 0.9
SPREAD_MIN = 1e-3
GAPS_MIN = 20
PRIOR_GAPS_MAX = 50.0
LOYAL_DAYS_MIN = 4


@dataclass(frozen=True)
class ShopRhythm:
    """The shop's gaps: mean of ln(days), spread (standard deviation of ln days) within a customer, how many own gaps
    weigh as much as the level customers are shrunk to, and how many gaps there are."""

    level: float
    within: float
    prior_gaps: float
    gaps: int

    @property
    def usual_days(self) -> float:
        """The shop's median gap in days."""
        return exp(self.level)


def gaps(days: "ir.Table") -> "ir.Table":
    """Gaps between consecutive order days: customer_id, day (the later one), previous_day, gap (days), log_gap.

    `days` has one row a customer and day (insight.valid.customer_days).
    """
    import ibis

    by_customer = ibis.window(group_by="customer_id", order_by="day")
    previous = days.mutate(previous_day=days.day.lag().over(by_customer))
    seen = previous.filter(previous.previous_day.notnull())
    gap = seen.day.delta(seen.previous_day, unit="day")
    return seen.select("customer_id", "day", "previous_day", gap=gap, log_gap=gap.cast("float64").ln())


def repeats_by_day(gap_table: "ir.Table", customers: "ir.Table", *, new_from: dt.date) -> "ir.Table":
    """Repeat order days of each day: day, repeats, and of_new, those of customers (first_day) who began on `new_from`
    or later."""
    import ibis

    began = gap_table.join(customers.select("customer_id", "first_day"), "customer_id")
    new = (began.first_day >= ibis.literal(new_from)).cast("int64")
    return began.group_by("day").aggregate(repeats=began.count(), of_new=new.sum()).order_by("day")


def gap_sums(gap_table: "ir.Table") -> "ir.Table":
    """Per customer: gaps, log_sum, log_squares, second_gap (the first one), last_gap, shortest_gap, longest_gap."""
    return gap_table.group_by("customer_id").aggregate(
        gaps=gap_table.count(),
        log_sum=gap_table.log_gap.sum(),
        log_squares=(gap_table.log_gap * gap_table.log_gap).sum(),
        second_gap=gap_table.gap.argmin(gap_table.day),
        last_gap=gap_table.gap.argmax(gap_table.day),
        shortest_gap=gap_table.gap.min(),
        longest_gap=gap_table.gap.max(),
    )


def shop_rhythm(sums: "ir.Table") -> ShopRhythm:
    """The shop's level and spread. `sums` has gaps, log_sum and log_squares, as `gap_sums`.

    With few gaps the level is filled up to GAPS_MIN gaps of 90 days; the spreads then, and while nobody has two gaps,
    are taken as given.
    """
    mean = sums.log_sum / sums.gaps.cast("float64")
    row = sums.aggregate(
        n=sums.gaps.sum(), people=sums.count(), total=sums.log_sum.sum(), squares=sums.log_squares.sum(),
        between=(sums.log_sum * mean).sum(), n2=(sums.gaps * sums.gaps).sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    n, people = int(row["n"] or 0), int(row["people"] or 0)
    missing = max(0, GAPS_MIN - n)
    level = ((row["total"] or 0.0) + missing * DEFAULT_LEVEL) / (n + missing)
    if missing or n <= people:
        return ShopRhythm(level, DEFAULT_SPREAD, 1.0, n)
    within, among = _variances(row, n, people)
    prior_gaps = min(PRIOR_GAPS_MAX, within / among) if among > 0 else PRIOR_GAPS_MAX
    return ShopRhythm(level, within**0.5, prior_gaps, n)


def _variances(row: dict[str, Any], n: int, people: int) -> tuple[float, float]:
    """Of ln gaps within a customer and among customers: analysis of variance of one random effect, unequal groups
    (Searle, Casella & McCulloch 1992, 3.6)."""
    within = max(SPREAD_MIN**2, (row["squares"] - row["between"]) / (n - people))
    groups = max(1, people - 1)
    size = (n - row["n2"] / n) / groups
    if size <= 0:
        return within, 0.0
    among = ((row["between"] - row["total"] ** 2 / n) / groups - within) / size
    return within, max(0.0, among)


def product_levels(gap_table: "ir.Table", shop: ShopRhythm) -> "ir.Table":
    """The level of the gaps that follow each variant, shrunk to the shop's: variant_id, product_level.

    `gap_table` has variant_id (the leading product of the order day before the gap) and log_gap.
    """
    named = gap_table.filter(gap_table.variant_id.notnull())
    each = named.group_by("variant_id").aggregate(product_gaps=named.count(), log_total=named.log_gap.sum())
    weight = each.product_gaps.cast("float64") + PRODUCT_WEIGHT
    return each.select("variant_id", product_level=(each.log_total + PRODUCT_WEIGHT * shop.level) / weight)


def with_rhythm(customers: "ir.Table", shop: ShopRhythm) -> "ir.Table":
    """Adds usual_gap_days, late_after_days, lost_after_days, due_on, days_late, lateness, stage.

    level = (sum of own ln gaps + prior_gaps x product level) / (own gaps + prior_gaps), its next ln gap spread by
    within x sqrt(1 + 1 / (own gaps + prior_gaps)). `customers` has gaps, log_sum, product_level (all may be NULL),
    last_day, days_since_last_order, order_days and last_gap.
    """
    import ibis

    prior = customers.product_level.fill_null(shop.level)
    weight = customers.gaps.fill_null(0).cast("float64") + shop.prior_gaps
    level = (customers.log_sum.fill_null(0.0) + prior * shop.prior_gaps) / weight
    spread = ((1 / weight + 1).sqrt()) * shop.within
    table = customers.mutate(
        usual_gap_days=ibis.greatest(level.exp().round().cast("int64"), 1),
        late_after_days=(level + spread * LATE_Z).exp().ceil().cast("int64"),
        lost_after_days=(level + spread * LOST_Z).exp().ceil().cast("int64"),
    )
    since = table.days_since_last_order
    return table.mutate(
        # By way of a time stamp: a date and an interval make one on every engine, though Ibis calls it a date.
        due_on=(table.last_day.cast("timestamp") + table.usual_gap_days * ibis.interval(days=1)).date(),
        days_late=ibis.greatest(since - table.late_after_days, 0),
        lateness=since.cast("float64") / table.late_after_days.cast("float64"),
        stage=stage(table),
    )


def stage(table: "ir.Table") -> "ir.StringValue":
    """new, active, loyal, slipping, lost or returned, each by the customer's own rhythm."""
    import ibis

    since = table.days_since_last_order
    return ibis.cases(
        (since > table.lost_after_days, "lost"),
        (since > table.late_after_days, "slipping"),
        (table.order_days == 1, "new"),
        (table.last_gap > table.lost_after_days, "returned"),
        (table.order_days >= LOYAL_DAYS_MIN, "loyal"),
        else_="active",
    )
