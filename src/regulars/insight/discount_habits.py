"""Are there customers who buy nearly only with a discount, and where do they come from?

If everybody took discounts alike, the number of customers whose every order was discounted would follow from the shop's
rate. More than that is a group of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from regulars.insight.contrasts import fisher
from regulars.insight.findings import Finding, Subject, nearest, of_shares
from regulars.insight.shares import wilson

N_MIN = 30
Rows = Sequence[Mapping[str, Any]]


def habits(table: Rows) -> Iterator[Finding]:
    """Findings on customers (rows: channel, country, orders, discounted, n) whose every order was discounted: in the
    whole shop against chance, and by channel and country against the others."""
    if sum(row["n"] for row in table) < N_MIN:
        return
    yield _against_chance(table)
    for about in ("channel", "country"):
        names = sorted({row[about] for row in table if row[about]})
        for name in names:
            own = _always([row for row in table if row[about] == name])
            rest = _always([row for row in table if row[about] != name])
            if min(own[1], rest[1]) >= N_MIN:
                yield of_shares(Subject("always_discounted", about, name, "others"), own, rest, p=fisher(own, rest))


def _always(table: Rows) -> tuple[int, int]:
    """Customers whose orders were all discounted, of all."""
    return sum(row["n"] for row in table if row["discounted"] == row["orders"]), sum(row["n"] for row in table)


def _against_chance(table: Rows) -> Finding:
    """As many as, or more than, were seen: a negative binomial tail with mean sum of rate^orders, widened by the error
    of the rate (its variance times the squared slope of the mean)."""
    from scipy.stats import nbinom, poisson

    k, n = _always(table)
    orders = sum(row["orders"] * row["n"] for row in table)
    rate = sum(row["discounted"] * row["n"] for row in table) / orders
    mean = sum(row["n"] * rate ** row["orders"] for row in table)
    slope = sum(row["n"] * row["orders"] * rate ** (row["orders"] - 1) for row in table)
    wider = slope**2 * rate * (1 - rate) / orders
    if wider > 0 and mean > 0:
        size = mean**2 / wider
        p = float(nbinom.sf(k - 1, size, size / (size + mean)))
    else:
        p = float(poisson.sf(k - 1, mean)) if rate < 1 else 1.0
    low, high = (end - mean / n for end in wilson(k, n))
    return Finding(
        "always_discounted", "shop", "", k / n, mean / n, low, high, n, "chance", p, at_least=n * nearest(low, high)
    )
