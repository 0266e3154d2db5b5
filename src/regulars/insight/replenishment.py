"""How long does a product last? Days between two purchases of a consumable by one customer, in all and a unit.

Quartiles, not means: gaps are skewed. Interval of the median from order statistics (ranks n/2 -+ z sqrt(n)/2; W. J.
Conover, Practical Nonparametric Statistics, 3rd ed., 3.2). Nothing says which products are consumed but the purchases.
"""

import datetime as dt
from typing import TYPE_CHECKING

from regulars.insight.estimates import wilson_columns
from regulars.insight.shares import Z_95

if TYPE_CHECKING:
    import ibis.expr.types as ir

GAPS_MIN = 20
WATCHED_DAYS = 180
AGAIN_SHARE_MIN = 0.2


def replenishment(bought: "ir.Table", *, as_of: dt.date) -> "ir.Table":
    """One row a consumable: a variant bought again by surely more than a fifth of its buyers, with at least 20 gaps.

    Columns: variant_id; buyers (first purchase at least 180 days before `as_of`), again (of them, within 180 days),
    again_share with again_low and again_high (Wilson; a consumable has again_low > 0.2); gaps, gap_p25, gap_median,
    gap_p75 (days) with median_low and median_high; unit_p25, unit_median, unit_p75 (days a unit lasts: the gap over the
    units of the purchase before it). `bought` has customer_id, day, variant_id, units (insight.products.product_days),
    without subscription renewals, which do not count as orders.
    """
    gaps = _gaps(bought, as_of)
    table = _quartiles(gaps).join(_medians(gaps), "variant_id").join(_again(bought, as_of), "variant_id")
    low, high = wilson_columns(table.again, table.buyers)
    share = table.again.cast("float64") / table.buyers.cast("float64")
    table = table.mutate(again_share=share, again_low=low, again_high=high)
    return table.filter((table.gaps >= GAPS_MIN) & (table.again_low > AGAIN_SHARE_MIN))


def _gaps(bought: "ir.Table", as_of: dt.date) -> "ir.Table":
    """variant_id, gap (days), a_unit (days), rank (from 1) and n among the variant's gaps."""
    import ibis

    until = bought.filter((bought.day <= ibis.literal(as_of)) & (bought.units > 0))
    in_time = ibis.window(group_by=["variant_id", "customer_id"], order_by="day")
    seen = until.mutate(before=until.day.lag().over(in_time), units_before=until.units.lag().over(in_time))
    seen = seen.filter(seen.before.notnull())
    gap = seen.day.delta(seen.before, unit="day")
    gaps = seen.select("variant_id", gap=gap, a_unit=gap.cast("float64") / seen.units_before.cast("float64"))
    return gaps.mutate(
        rank=ibis.row_number().over(ibis.window(group_by="variant_id", order_by="gap")) + 1,
        n=gaps.count().over(ibis.window(group_by="variant_id")),
    )


def _quartiles(gaps: "ir.Table") -> "ir.Table":
    days = gaps.gap.cast("float64")
    return gaps.group_by("variant_id").aggregate(
        gaps=gaps.count(), gap_p25=days.quantile(0.25), gap_median=days.quantile(0.5), gap_p75=days.quantile(0.75),
        unit_p25=gaps.a_unit.quantile(0.25), unit_median=gaps.a_unit.quantile(0.5), unit_p75=gaps.a_unit.quantile(0.75),
    )  # fmt: skip


def _medians(gaps: "ir.Table") -> "ir.Table":
    """Between which of the ordered gaps the median surely lies: variant_id, median_low, median_high."""
    import ibis

    n = gaps.n.cast("float64")
    reach = n.sqrt() * (Z_95 / 2)
    lowest = ibis.greatest((n / 2 - reach).floor().cast("int64"), 1)
    highest = ibis.least((n / 2 + reach + 1).ceil().cast("int64"), gaps.n)
    return gaps.group_by("variant_id").aggregate(
        median_low=gaps.gap.min(where=gaps["rank"] == lowest), median_high=gaps.gap.max(where=gaps["rank"] == highest)
    )


def _again(bought: "ir.Table", as_of: dt.date) -> "ir.Table":
    """Of the buyers watched long enough, those who bought the variant again in that time: variant_id, buyers, again."""
    import ibis

    until = bought.filter((bought.day <= ibis.literal(as_of)) & (bought.units > 0))
    one = ["variant_id", "customer_id"]
    begun = until.group_by(one).aggregate(begun=until.day.min())
    begun = begun.filter(ibis.literal(as_of).delta(begun.begun, unit="day") >= WATCHED_DAYS)
    since = until.join(begun, one)
    days = since.day.delta(since.begun, unit="day")
    each = since.group_by(one).aggregate(again=((days > 0) & (days <= WATCHED_DAYS)).cast("int64").max())
    return each.group_by("variant_id").aggregate(buyers=each.count(), again=each.again.sum())
