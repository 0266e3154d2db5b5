"""One thing that may be worth knowing: what, of whom, how much, how sure."""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.insight.shares import newcombe


@dataclass(frozen=True)
class Finding:
    """`value` of what is named, against `usual`; the difference lies in [low, high] at 95 %, before any correction.

    kind: "comes_back" (within the horizon), "share_of_buyers", "discounted" (orders with a discount), "active" (bought
    in the month), "season" or "always_discounted". about and name: a "product" (variant), "channel", "country",
    "cohort" (month of the first order, year*12+month-1), "grade", "month_of_year" (1..12) or the "shop".
    n: customers of the named group (of a season: order days). basis: what `usual` is. at_least: how many customers (of a
    season: order days a month) the difference makes at least, by which findings are ranked. p: of this test alone;
    p_adjusted: after correction for all tests of the look.
    """

    kind: str
    about: str
    name: str
    value: float
    usual: float
    low: float
    high: float
    n: int
    basis: str
    p: float
    p_adjusted: float = 1.0
    at_least: float = 0.0
    unit: str = "share"


@dataclass(frozen=True)
class Subject:
    """What a finding is about: its kind, about, name and basis."""

    kind: str
    about: str
    name: str
    basis: str = "others of the same months"


def of_shares(what: Subject, own: tuple[int, int], usual: tuple[int, int], *, p: float) -> Finding:
    """From two shares (k, n); the interval of their difference is Newcombe's."""
    low, high = newcombe(own, usual)
    return Finding(
        what.kind, what.about, what.name, own[0] / own[1], usual[0] / usual[1], low, high, own[1], what.basis, p,
        at_least=own[1] * nearest(low, high),
    )  # fmt: skip


def of_strata(what: Subject, strata: Sequence[tuple[int, int, int, int]], *, p: float) -> Finding:
    """From k, n of the group and of the rest in each stratum: both shares and their difference over all strata."""
    k, n, k_rest, n_rest = (sum(one[place] for one in strata) for place in range(4))
    return of_shares(what, (k, n), (k_rest, n_rest), p=p)


def nearest(low: float, high: float) -> float:
    """The smallest difference from 0 that an interval holds."""
    return 0.0 if low <= 0 <= high else min(abs(low), abs(high))
