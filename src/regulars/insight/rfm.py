"""Recency, frequency, money: in which fifth is each customer, and what do we call the corner?

Equal values get equal scores: a score is 1 + floor(5 (rank - 1) / n) with the lowest rank of the tie, so no score
depends on the order of rows. Named corners after the usual grid of recency against frequency and money.
"""

from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIFTHS = 5
# (name, lowest and highest recency score, lowest and highest sum of frequency and money score); first match wins.
CORNERS = (
    ("champions", 4, 5, 8, 10),
    ("loyal", 3, 5, 7, 10),
    ("promising", 4, 5, 4, 6),
    ("newcomers", 4, 5, 2, 3),
    ("need_attention", 3, 3, 4, 6),
    ("cooling", 3, 3, 2, 3),
    ("must_not_lose", 1, 2, 8, 10),
    ("at_risk", 1, 2, 5, 7),
    ("asleep", 1, 2, 2, 4),
)


def fifth(value: "ir.NumericValue", count: "ir.IntegerValue") -> "ir.IntegerValue":
    """The score 1..5 of a value among `count` rows; the largest values score 5.

    Integers only: the floor counts the fifths already passed, since engines disagree on how to divide.
    """
    below = value.rank() * FIFTHS
    passed = [(below >= count * place).cast("int64") for place in range(1, FIFTHS)]
    return reduce(lambda total, one: total + one, passed) + 1


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
    """The name of the corner of the grid. `scores` has rfm_recency, rfm_frequency and rfm_money."""
    import ibis

    recency, both = scores.rfm_recency, scores.rfm_frequency + scores.rfm_money
    branches = [
        (recency.between(low_recency, high_recency) & both.between(low, high), name)
        for name, low_recency, high_recency, low, high in CORNERS
    ]
    return ibis.cases(*branches)
