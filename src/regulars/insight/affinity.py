"""Who bought this also bought what, and what should each customer be shown next?

Lift = share of the buyers of A who also bought B / share of all customers who bought B; 1 means that A says nothing of
B. Customers count once, however often they bought. Error of ln lift by the delta method for a multinomial (A. Agresti,
Categorical Data Analysis, 3rd ed., 16.1): 1/both + 2 both/(A B) - 1/A - 1/B - 1/n.
"""

from typing import TYPE_CHECKING

from regulars.insight.estimates import wilson_columns
from regulars.insight.shares import Z_95

if TYPE_CHECKING:
    import ibis.expr.types as ir

SUPPORT_MIN = 10
PRODUCTS_MAX = 200
SURE_Z = 3.290526731491926  # of ten thousand pairs that mean nothing, five seem to mean more


def affinity(bought: "ir.Table", *, support_min: int = SUPPORT_MIN) -> "ir.Table":
    """One row an ordered pair of variants that at least `support_min` customers bought both of.

    Columns: variant_id, other_id, buyers, other_buyers, both, customers (all), share (of the buyers who bought the
    other) with share_low and share_high (Wilson), lift with low and high (95 %), surely_low (99.9 %, for choosing among
    many pairs). `bought` has customer_id and variant_id. Who bought more than 200 different variants buys for others
    and is left out everywhere.
    """
    import ibis

    pairs = _pairs(_owned(bought), support_min)
    both, own = pairs.both.cast("float64"), pairs.buyers.cast("float64")
    other, all_ = pairs.other_buyers.cast("float64"), pairs.customers.cast("float64")
    lift = both * all_ / (own * other)
    one = ibis.literal(1.0)
    variance = one / both + both * 2.0 / (own * other) - one / own - one / other - one / all_
    # Rounding may leave a trace below 0 when everybody bought both.
    error = (variance * (variance > 0).cast("float64")).sqrt()
    share_low, share_high = wilson_columns(pairs.both, pairs.buyers)
    return pairs.mutate(
        share=both / own, share_low=share_low, share_high=share_high, lift=lift,
        low=lift * (error * -Z_95).exp(), high=lift * (error * Z_95).exp(), surely_low=lift * (error * -SURE_Z).exp(),
    )  # fmt: skip


def next_best(bought: "ir.Table", pairs: "ir.Table") -> "ir.Table":
    """For each customer the product to show next, with its reason; no row for whom there is none.

    Of the variants never bought that surely go with one bought (`surely_low` above 1), the one that the largest share
    of its buyers bought; ties by lift, then by number. Columns: customer_id, variant_id (to show), because_id (bought),
    both, buyers, share, share_low, share_high, lift. `pairs` is that of `affinity`.
    """
    import ibis

    owned = _owned(bought)
    sure = pairs.filter(pairs.surely_low > 1)
    reasons = owned.join(sure, "variant_id")
    known = owned.select("customer_id", other_id="variant_id")
    open_ = reasons.anti_join(known, ["customer_id", "other_id"])
    best = [open_.share.desc(), open_.lift.desc(), open_.other_id, open_.variant_id]
    placed = open_.mutate(place=ibis.row_number().over(ibis.window(group_by="customer_id", order_by=best)))
    return placed.filter(placed.place == 0).select(
        "customer_id", "both", "buyers", "share", "share_low", "share_high", "lift",
        variant_id="other_id", because_id="variant_id",
    )  # fmt: skip


def _owned(bought: "ir.Table") -> "ir.Table":
    """Each customer's variants once: customer_id, variant_id."""
    owned = bought.select("customer_id", "variant_id").distinct()
    wide = owned.group_by("customer_id").aggregate(variants=owned.count())
    return owned.anti_join(wide.filter(wide.variants > PRODUCTS_MAX), "customer_id")


def _pairs(owned: "ir.Table", support_min: int) -> "ir.Table":
    """variant_id, other_id, both, buyers, other_buyers, customers."""
    buyers = owned.group_by("variant_id").aggregate(buyers=owned.count())
    often = owned.semi_join(buyers.filter(buyers.buyers >= support_min), "variant_id")
    other = often.select("customer_id", other_id="variant_id")
    met = often.join(other, "customer_id")
    met = met.filter(met.variant_id != met.other_id)
    counted = met.group_by(["variant_id", "other_id"]).aggregate(both=met.count())
    counted = counted.filter(counted.both >= support_min)
    counted = counted.join(buyers, "variant_id")
    counted = counted.join(buyers.select(other_id="variant_id", other_buyers="buyers"), "other_id")
    return counted.cross_join(owned.aggregate(customers=owned.customer_id.nunique()))
