"""Which products are bought together, in twos and threes? Sets in one basket, more often than their parts explain.

A basket is all that a customer bought on one day. Sets are grown from frequent smaller ones (R. Agrawal, R. Srikant,
1994, Proc. 20th VLDB, 487-499). Lift of a set: how much more often than if its best split, a product and the rest, came
together by chance; a three is worth a name only beyond what its twos say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING

from regulars.insight.shares import Z_95, wilson

if TYPE_CHECKING:
    import ibis.expr.types as ir

SUPPORT_MIN = 10
PRODUCTS_MAX = 30
Counted = dict[tuple[int, ...], int]


@dataclass(frozen=True)
class Bundle:
    """Variants bought together in `baskets` of `n`; share with its 95 % interval (share_low, share_high).

    lift with low and high (95 %): baskets x n / (baskets of the one part x those of the other), for the split into two
    parts that explains the set best.
    """

    variants: tuple[int, ...]
    baskets: int
    n: int
    share_low: float
    share_high: float
    lift: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """Of all baskets."""
        return self.baskets / self.n


def bundles(bought: "ir.Table", *, support_min: int = SUPPORT_MIN) -> tuple[Bundle, ...]:
    """Pairs and triples in at least `support_min` baskets, surely (low above 1) more often than by chance; those with
    most baskets first. `bought` has customer_id, day, variant_id. Baskets of more than 30 variants are left out."""
    baskets = _baskets(bought)
    n = int(baskets.select("customer_id", "day").distinct().count().to_pyarrow().as_py())
    singles = _counted(baskets.group_by("variant_id").aggregate(baskets=baskets.count()), ["variant_id"], support_min)
    pairs = _pairs(baskets)
    twos = _counted(pairs.group_by(["a", "b"]).aggregate(baskets=pairs.count()), ["a", "b"], support_min)
    threes: Counted = {}
    if len(twos) >= 3:
        triples = pairs.join(pairs.select("customer_id", "day", b="a", c="b"), ["customer_id", "day", "b"])
        counted = triples.group_by(["a", "b", "c"]).aggregate(baskets=triples.count())
        threes = _counted(counted, ["a", "b", "c"], support_min)
    found = [_bundle(variants, singles | twos | threes, n) for variants in (*twos, *threes)]
    return tuple(sorted((one for one in found if one.low > 1), key=lambda one: (-one.baskets, one.variants)))


def _baskets(bought: "ir.Table") -> "ir.Table":
    lines = bought.select("customer_id", "day", "variant_id").distinct()
    sizes = lines.group_by(["customer_id", "day"]).aggregate(variants=lines.count())
    return lines.anti_join(sizes.filter(sizes.variants > PRODUCTS_MAX), ["customer_id", "day"])


def _pairs(baskets: "ir.Table") -> "ir.Table":
    """customer_id, day, a, b with a < b."""
    first = baskets.select("customer_id", "day", a="variant_id")
    second = baskets.select("customer_id", "day", b="variant_id")
    met = first.join(second, ["customer_id", "day"])
    return met.filter(met.a < met.b).select("customer_id", "day", "a", "b")


def _counted(table: "ir.Table", columns: list[str], support_min: int) -> Counted:
    rows = table.filter(table.baskets >= support_min).to_pyarrow().to_pylist()
    return {tuple(row[name] for name in columns): row["baskets"] for row in rows}


def _bundle(variants: tuple[int, ...], counts: Counted, n: int) -> Bundle:
    both = counts[variants]
    one, other = max(_splits(variants, counts), key=lambda parts: parts[0] * parts[1])
    lift = both * n / (one * other)
    # The error of ln lift, as in insight.affinity.
    error = sqrt(max(0.0, 1 / both + 2 * both / (one * other) - 1 / one - 1 / other - 1 / n))
    low, high = lift * exp(-Z_95 * error), lift * exp(Z_95 * error)
    return Bundle(variants, both, n, *wilson(both, n), lift, low, high)


def _splits(variants: tuple[int, ...], counts: Counted) -> Iterable[tuple[int, int]]:
    """Baskets of each product and of the others of the set; a part of a frequent set is frequent."""
    for place, variant in enumerate(variants):
        yield counts[(variant,)], counts[variants[:place] + variants[place + 1 :]]
