"""Why is revenue higher or lower than before? Every customer belongs to one part, and the parts add up exactly.

Revenue now = revenue then + new + unknown + returned + expanded - lost - shrunk, in whole minor units.
The parts of "recurring revenue movements" as shops without contracts can count them (Fader, Hardie and Ross, The
Customer-Base Audit, 2022, lens 2): a customer is kept who bought in both periods.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.insight.came_back import History
from regulars.insight.estimates import Estimate, ratio
from regulars.insight.periods import Period

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Part:
    """Customers of one part and the net revenue that they moved, minor units, never negative."""

    customers: int = 0
    net: int = 0


@dataclass(frozen=True)
class Growth:
    """Net revenue of two periods, minor units, and what lies between them.

    new: first order in `now`. unknown: the same, but so soon after the history begins that they may be old customers.
    returned: bought before, not in `then`, and now again. kept: bought in both; its net is what both periods share.
    expanded, shrunk: those of the kept who spend more or less, with the difference. lost: bought in `then` only.
    net_kept, customers_kept: of the revenue and of the customers of `then`, the share kept.
    """

    net_then: int
    net_now: int
    new: Part
    unknown: Part
    returned: Part
    kept: Part
    expanded: Part
    shrunk: Part
    lost: Part
    net_kept: Estimate
    customers_kept: Estimate

    @property
    def difference(self) -> int:
        """Net revenue now less then, minor units."""
        return self.net_now - self.net_then


def growth(valid: "ir.Table", began: "ir.Table", *, then: Period, now: Period, history: History) -> Growth:
    """The change of net revenue from `then` to `now`, part by part.

    `valid` has customer_id, day, net (minor units); `began` has customer_id, first_day. Raises ValueError when the
    periods overlap or stand the wrong way round.
    """
    if then.last >= now.first:
        raise ValueError(f"the periods overlap: {then.last} is not before {now.first}")
    people = moves(valid, began, then=then, now=now, history=history)
    sums = people.group_by("part").aggregate(
        customers=people.count(), then=people.net_then.sum(), now=people.net_now.sum(), shared=people.shared.sum()
    )
    rows = {row["part"]: row for row in sums.to_pyarrow().to_pylist()}
    earlier = people.filter(people.bought_then == 1)
    return Growth(
        net_then=sum(row["then"] for row in rows.values()),
        net_now=sum(row["now"] for row in rows.values()),
        **_parts(rows),
        net_kept=ratio(earlier, "shared", "net_then"),
        customers_kept=ratio(earlier, "bought_now", "bought_then"),
    )


def moves(valid: "ir.Table", began: "ir.Table", *, then: Period, now: Period, history: History) -> "ir.Table":
    """One row a customer of either period: customer_id, part, net_then, net_now, shared, bought_then, bought_now.

    part: new, unknown, returned, expanded, shrunk, steady or lost. shared: the smaller of the two sums.
    """
    import ibis

    in_then, in_now = then.holds(valid.day), now.holds(valid.day)
    each = valid.filter(in_then | in_now).group_by("customer_id").aggregate(
        net_then=valid.net.sum(where=in_then).fill_null(0),
        net_now=valid.net.sum(where=in_now).fill_null(0),
        bought_then=in_then.cast("int64").max(),
        bought_now=in_now.cast("int64").max(),
    )  # fmt: skip
    people = each.join(began.select("customer_id", "first_day"), "customer_id")
    first, both = people.first_day, (people.bought_then == 1) & (people.bought_now == 1)
    part = ibis.cases(
        (both & (people.net_now > people.net_then), "expanded"),
        (both & (people.net_now < people.net_then), "shrunk"),
        (both, "steady"),
        (people.bought_now == 0, "lost"),
        (first < ibis.literal(now.first), "returned"),
        (first < ibis.literal(history.first_known_new()), "unknown"),
        else_="new",
    )
    return people.mutate(part=part, shared=ibis.least(people.net_then, people.net_now))


def _parts(rows: dict[str, dict[str, int]]) -> dict[str, Part]:
    """The parts of Growth from the sums of each part of `moves`."""
    nothing = {"customers": 0, "then": 0, "now": 0, "shared": 0}
    found = {name: Part(row["customers"], abs(row["now"] - row["then"])) for name, row in rows.items()}
    both = [rows.get(name, nothing) for name in ("expanded", "shrunk", "steady")]
    kept = Part(sum(row["customers"] for row in both), sum(row["shared"] for row in both))
    names = ("new", "unknown", "returned", "expanded", "shrunk", "lost")
    return {"kept": kept, **{name: found.get(name, Part()) for name in names}}
