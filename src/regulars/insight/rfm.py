"""Recency, frequency, money: in which fifth is each customer, and what do we call the corner?

Equal values get equal scores: a score is 1 + floor(5 (rank - 1) / n) with the lowest rank of the tie, so no score
depends on the order of rows. Named corners after the usual grid of recency against frequency and money.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIFTHS = 5
# (name, lowest and highest recency score, lowest and highest mean of frequency and money score); first match wins.
CORNERS = (
    ("champions", 4, 5, 4.0, 5.0),
    ("loyal", 3, 5, 3.5, 5.0),
    ("promising", 4, 5, 2.0, 3.4),
    ("newcomers", 4, 5, 1.0, 1.9),
    ("need_attention", 3, 3, 2.0, 3.4),
    ("cooling", 3, 3, 1.0, 1.9),
    ("must_not_lose", 1, 2, 4.0, 5.0),
    ("at_risk", 1, 2, 2.5, 3.9),
    ("asleep", 1, 2, 1.0, 2.4),
)


def fifth(value: "ir.NumericValue", count: "ir.IntegerValue") -> "ir.IntegerValue":
    """The score 1..5 of a value among `count` rows; the largest values score 5."""
    return (value.rank() * FIFTHS // count).cast("int64") + 1


def scored(customers: "ir.Table") -> "ir.Table":
    """Adds rfm_recency, rfm_frequency, rfm_money (1..5, 5 = best), rfm_score (three digits) and rfm_segment.

    `customers` has days_since_last_order, order_days and net_total.
    """
    import ibis

    counted = customers.mutate(n_=customers.count().over(ibis.window()))
    with_scores = counted.mutate(
        rfm_recency=fifth(-counted.days_since_last_order, counted.n_),
        rfm_frequency=fifth(counted.order_days, counted.n_),
        rfm_money=fifth(counted.net_total, counted.n_),
    ).drop("n_")
    score = with_scores.rfm_recency * 100 + with_scores.rfm_frequency * 10 + with_scores.rfm_money
    return with_scores.mutate(rfm_score=score, rfm_segment=corner(with_scores))


def corner(scores: "ir.Table") -> "ir.StringValue":
    """The name of the corner of the grid."""
    import ibis

    both = scores.rfm_frequency + scores.rfm_money
    branches = [
        (
            (scores.rfm_recency >= low_recency) & (scores.rfm_recency <= high_recency)
            & (both * 10 >= int(low * 20)) & (both * 10 < int(high * 20) + 2),
            name,
        )
        for name, low_recency, high_recency, low, high in CORNERS
    ]  # fmt: skip
    return ibis.cases(*branches, else_="asleep")
