"""Recency, frequency, money: in which fifth is each customer, and what do we call the corner?

Equal values get equal scores: a score is 1 + floor(5 (rank - 1) / n) with the lowest rank of the tie, so no score
depends on the order of rows. Named corners after the usual grid of recency against frequency and money.
"""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Cuts:
    """The four values with which the lower fifths end, of each measure: who is above k of them scores k + 1."""

    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    money: tuple[int, ...]


def cuts(customers: "ir.Table") -> Cuts:
    """Where the fifths of these customers end. `customers` has days_since_last_order, order_days and net_total."""
    return Cuts(
        recency=_ends(customers, -customers.days_since_last_order),
        frequency=_ends(customers, customers.order_days),
        money=_ends(customers, customers.net_total),
    )


def _ends(customers: "ir.Table", value: "ir.NumericValue") -> tuple[int, ...]:
    """The smallest values up to which one, two, three and four fifths of all rows reach; integers only."""
    import ibis

    each = customers.group_by(value=value).aggregate(n=customers.count())
    upward = ibis.window(order_by=each.value, preceding=None, following=0)
    reached = each.mutate(upto=each.n.sum().over(upward) * FIFTHS, all=each.n.sum().over(ibis.window()))
    ends = {f"end_{k}": reached.value.min(where=reached.upto >= reached["all"] * k) for k in range(1, FIFTHS)}
    row = reached.aggregate(**ends).to_pyarrow().to_pylist()[0]
    return tuple(row[name] for name in ends if row[name] is not None)


def scored(customers: "ir.Table", by: Cuts) -> "ir.Table":
    """Adds rfm_recency, rfm_frequency, rfm_money (1..5, 5 = best), rfm_score (three digits) and rfm_segment.

    `customers` has days_since_last_order, order_days and net_total.
    """
    with_scores = customers.mutate(
        rfm_recency=_fifth(-customers.days_since_last_order, by.recency),
        rfm_frequency=_fifth(customers.order_days, by.frequency),
        rfm_money=_fifth(customers.net_total, by.money),
    )
    score = with_scores.rfm_recency * 100 + with_scores.rfm_frequency * 10 + with_scores.rfm_money
    return with_scores.mutate(rfm_score=score, rfm_segment=corner(with_scores))


def _fifth(value: "ir.NumericValue", ends: tuple[int, ...]) -> "ir.IntegerValue":
    import ibis

    return reduce(lambda score, end: score + (value > end).cast("int64"), ends, ibis.literal(1, "int64"))


def corner(scores: "ir.Table") -> "ir.StringValue":
    """The name of the corner of the grid. `scores` has rfm_recency, rfm_frequency and rfm_money."""
    import ibis

    recency, both = scores.rfm_recency, scores.rfm_frequency + scores.rfm_money
    branches = [
        (recency.between(low_recency, high_recency) & both.between(low, high), name)
        for name, low_recency, high_recency, low, high in CORNERS
    ]
    return ibis.cases(*branches)
