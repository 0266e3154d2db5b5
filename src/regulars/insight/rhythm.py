"""How often does each customer come, when is the next order due, and who is late by their own rhythm?

Gaps between a customer's order days are taken as lognormal around the customer's own level. The level is shrunk
towards that of the product bought last, which is shrunk towards the shop's (empirical Bayes with the variances
estimated from the shop itself). "Late" means later than three of four such gaps, so it adapts to everybody.
Formula: docs/numbers/rhythm.md.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

LATE_Z = 0.6744897501960817  # 75th percentile of the normal distribution
LOST_Z = 1.6448536269514722  # 95th percentile
PRODUCT_WEIGHT = 20.0  # gaps of a product that weigh as much as the shop's own level
DEFAULT_LEVEL = 4.499809670330265  # ln 90 days, when the shop has no gap at all
DEFAULT_SPREAD = 0.9
GAPS_MIN = 20
LOYAL_DAYS_MIN = 4
LOST_FACTOR = 1


@dataclass(frozen=True)
class ShopRhythm:
    """The shop's gaps: mean of ln(days), spread within a customer, and how many gaps the prior weighs."""

    level: float
    within: float
    prior_gaps: float
    gaps: int

    @property
    def usual_days(self) -> float:
        """The shop's median gap in days."""
        import math

        return math.exp(self.level)


def gaps(days: "ir.Table") -> "ir.Table":
    """Gaps between consecutive order days: customer_id, day (the later one), gap, log_gap."""
    import ibis

    by_customer = ibis.window(group_by="customer_id", order_by="day")
    previous = days.mutate(previous_day=days.day.lag().over(by_customer))
    seen = previous.filter(previous.previous_day.notnull())
    gap = seen.day.delta(seen.previous_day, unit="day")
    return seen.select("customer_id", "day", "previous_day", gap=gap, log_gap=gap.cast("float64").ln())


def gap_sums(gap_table: "ir.Table") -> "ir.Table":
    """Per customer: gaps, log_sum, log_squares, longest, last_gap."""
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
    """The shop's level and the two variances by analysis of variance (Searle, Casella & McCulloch 1992, 3.6)."""
    mean = sums.log_sum / sums.gaps
    row = sums.aggregate(
        n=sums.gaps.sum(), people=sums.count(), total=sums.log_sum.sum(), squares=sums.log_squares.sum(),
        between=(sums.gaps * mean * mean).sum(), n2=(sums.gaps * sums.gaps).cast("float64").sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    n, people = int(row["n"] or 0), int(row["people"] or 0)
    if n < GAPS_MIN or n <= people:
        return ShopRhythm(DEFAULT_LEVEL, DEFAULT_SPREAD, 1.0, n)
    level = row["total"] / n
    within = max(1e-6, (row["squares"] - row["between"]) / (n - people))
    between = (row["between"] - n * level**2) / max(1, people - 1)
    size = (n - row["n2"] / n) / max(1, people - 1)
    among = max(0.0, (between - within) / size) if size > 0 else 0.0
    return ShopRhythm(level, within**0.5, min(50.0, within / among) if among > 0 else 50.0, n)


def product_levels(gap_table: "ir.Table", shop: ShopRhythm) -> "ir.Table":
    """The level of the gaps that follow each variant: variant_id, product_level. `gap_table` has variant_id, log_gap,
    the leading product of the order day before the gap."""
    each = (
        gap_table.filter(gap_table.variant_id.notnull())
        .group_by("variant_id")
        .aggregate(product_gaps=lambda table: table.count(), log_total=lambda table: table.log_gap.sum())
    )
    level = (each.log_total + PRODUCT_WEIGHT * shop.level) / (each.product_gaps + PRODUCT_WEIGHT)
    return each.select("variant_id", product_level=level)


def with_rhythm(customers: "ir.Table", shop: ShopRhythm, *, as_of: dt.date) -> "ir.Table":
    """Adds usual_gap_days, late_after_days, due_on, days_late, lateness, stage.

    `customers` has gaps, log_sum, product_level (both may be NULL), last_day, first_day, days_since_last_order,
    order_days and last_gap.
    """
    import ibis

    own = customers.gaps.fill_null(0).cast("float64")
    prior = customers.product_level.fill_null(shop.level)
    weight = own + shop.prior_gaps
    level = (customers.log_sum.fill_null(0.0) + shop.prior_gaps * prior) / weight
    spread = shop.within * (1 + 1 / weight).sqrt()
    late = ((level + LATE_Z * spread).exp()).ceil().cast("int64")
    lost = ((level + LOST_Z * spread).exp() * LOST_FACTOR).ceil().cast("int64")
    usual = ibis.greatest(level.exp().round().cast("int64"), 1)
    table = customers.mutate(usual_gap_days=usual, late_after_days=late, lost_after_days=lost)
    since = table.days_since_last_order
    return table.mutate(
        due_on=(table.last_day + table.usual_gap_days * ibis.interval(days=1)).cast("date"),
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
