"""What is worth knowing that was not so before? Facts found by looking everywhere, with the false alarms kept rare.

Products, channels, countries, cohorts, grades, months of the year and discounts are all asked the same few questions;
what remains after Holm's correction over all of them is shown. So in a shop where nothing happens, at most one look in
twenty shows anything at all (`alarm`). A month is compared with the same month last year where the history allows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from regulars.insight.change_counts import YEAR, Look, counts
from regulars.insight.contrasts import fisher, holm, mantel_haenszel
from regulars.insight.discount_habits import habits
from regulars.insight.findings import Finding, Subject, nearest, of_shares, of_strata
from regulars.insight.seasons import MONTHS, seasons

if TYPE_CHECKING:
    import ibis.expr.types as ir

ALARM = 0.05
N_MIN = 30
NAMES_MAX = 50
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Changes:
    """What was found, the largest first, in how many tests; by chance anything in at most the share `alarm` of looks."""

    findings: tuple[Finding, ...]
    tested: int
    alarm: float
    look: Look


def changes(valid: "ir.Table", began: "ir.Table", bought: "ir.Table", *, look: Look, alarm: float = ALARM) -> Changes:
    """The interesting changes of a shop as of the last complete day.

    `valid` has order_id, customer_id, day, month, net, discounted, channel, country; `began` has customer_id,
    first_day, second_day; `bought` has customer_id, day, variant_id. Unfinished months are not looked at.
    """
    tables = counts(valid, began, bought, look=look)
    return judged({name: table.to_pyarrow().to_pylist() for name, table in tables.items()}, look=look, alarm=alarm)


def judged(rows: Mapping[str, Rows], *, look: Look, alarm: float = ALARM) -> Changes:
    """The same from the rows of `change_counts.counts`."""
    asked = [*_who_comes_back(rows, look), *_cohorts(rows, look), *_mix(rows, look), *_grades(rows, look)]
    asked += [*_seasons(rows, look), *habits(rows["discounts"])]
    adjusted = holm([one.p for one in asked])
    found = [replace(one, p_adjusted=p) for one, p in zip(asked, adjusted, strict=True) if p <= alarm]
    ranked = sorted(found, key=lambda one: (-one.at_least, one.p_adjusted, one.about, one.name))
    return Changes(tuple(ranked), len(asked), alarm, look)


def _who_comes_back(rows: Mapping[str, Rows], look: Look) -> Iterator[Finding]:
    """Of the newcomers of the last mature year: does a product, channel or country of the first order bring people back
    more or less often than the others of the same month?"""
    recent = [row for row in rows["newcomers"] if row["first_month"] > look.mature_month - YEAR]
    goods = [row for row in rows["newcomers_by_product"] if row["first_month"] > look.mature_month - YEAR]
    all_ = _by_month(recent)
    for about, column, table in (("product", "variant_id", goods), *_places(recent)):
        for name, months in _frequent(table, column):
            strata = [(k, n, all_[at][0] - k, all_[at][1] - n) for at, (k, n) in months.items()]
            if sum(n for _k, _n, _rest, n in strata):
                yield of_strata(Subject("comes_back", about, str(name)), strata, p=mantel_haenszel(strata))


def _cohorts(rows: Mapping[str, Rows], look: Look) -> Iterator[Finding]:
    """Does a monthly cohort of the last mature year come back as often as that of the same month last year?"""
    all_ = _by_month(rows["newcomers"])
    for at in range(look.mature_month - YEAR + 1, look.mature_month + 1):
        own, basis = all_.get(at, (0, 0)), "same month last year"
        before = all_.get(at - YEAR, (0, 0))
        if not look.history.opened or not look.begins_by(at - YEAR):
            known = look.history.first_known_new()
            before = before if known.year * YEAR + known.month - 1 < at - YEAR else (0, 0)
        if before[1] < N_MIN:
            others = [pair for other, pair in all_.items() if other != at and other > look.mature_month - YEAR]
            before, basis = _sum(others), "other months"
        if own[1] >= N_MIN and before[1] >= N_MIN:
            yield of_shares(Subject("comes_back", "cohort", str(at), basis), own, before, p=fisher(own, before))


def _mix(rows: Mapping[str, Rows], look: Look) -> Iterator[Finding]:
    """Of the last finished month's buyers: is the share of a product, channel, country or of discounts a new one?"""
    same = look.begins_by(look.month - YEAR)
    then, basis = (look.month - YEAR, "same month last year") if same else (look.month - 1, "month before")
    all_ = _by_month(rows["buyers"])
    now_n, then_n = all_.get(look.month, (0, 0))[1], all_.get(then, (0, 0))[1]
    if min(now_n, then_n) < N_MIN or not look.begins_by(then):
        return
    discounts = all_[look.month], all_[then]
    yield of_shares(Subject("discounted", "shop", "", basis), *discounts, p=fisher(*discounts))
    people = [{**row, "k": row["n"]} for row in rows["buyers"] if row["month"] in (look.month, then)]
    goods = [{**row, "n": row["k"]} for row in rows["buyers_by_product"] if row["month"] in (look.month, then)]
    for about, column, table in (("product", "variant_id", goods), *_places(people)):
        for name, months in _frequent(table, column, month="month"):
            pair = ((months.get(look.month, (0, 0))[0], now_n), (months.get(then, (0, 0))[0], then_n))
            yield of_shares(Subject("share_of_buyers", about, str(name), basis), *pair, p=fisher(*pair))


def _grades(rows: Mapping[str, Rows], look: Look) -> Iterator[Finding]:
    """Did as many of a grade, at equal tenure, buy in the month as in the same month last year?

    The earlier month's grades need a year of history before it, and a second one for tenure to be known.
    """
    if not look.begins_by(look.month - 2 * YEAR):
        return
    for grade in "ABC":
        own = {(row["month"], row["tenure"]): (row["k"], row["n"]) for row in rows["grades"] if row["grade"] == grade}
        tenures = sorted({tenure for _month, tenure in own})
        strata = [(*own.get((look.month, t), (0, 0)), *own.get((look.month - YEAR, t), (0, 0))) for t in tenures]
        strata = [one for one in strata if one[1] and one[3]]
        if min(sum(one[1] for one in strata), sum(one[3] for one in strata)) >= N_MIN:
            what = Subject("active", "grade", grade, "same month last year")
            yield of_strata(what, strata, p=mantel_haenszel(strata))


def _seasons(rows: Mapping[str, Rows], look: Look) -> Iterator[Finding]:
    """Does a month of the year stand out in both of the last two years?"""
    import numpy as np

    first = look.month - MONTHS + 1
    if not look.begins_by(first):
        return
    totals, cross = np.zeros(MONTHS), np.zeros((MONTHS, MONTHS))
    for row in rows["order_days"]:
        totals[row["month"] - first] = row["n"]
    for row in rows["order_days_together"]:
        cross[row["month"] - first, row["other_month"] - first] = row["n"]
    if totals.min() < N_MIN:
        return
    for one in seasons(first, totals, cross):
        ends = (one.low, one.high)
        yield Finding(
            "season", "month_of_year", str(one.calendar_month), one.usual + one.extra, one.usual, *ends,
            int(totals.sum()), "both years", one.p, unit="order days a day", at_least=30 * nearest(*ends),
        )  # fmt: skip


def _places(table: Rows) -> Iterable[tuple[str, str, Rows]]:
    """Channel and country, where known."""
    return [(name, name, [row for row in table if row[name]]) for name in ("channel", "country")]


def _by_month(table: Rows) -> dict[int, tuple[int, int]]:
    """k and n of each month."""
    found: dict[int, tuple[int, int]] = {}
    for row in table:
        at = row["first_month"] if "first_month" in row else row["month"]
        k, n = found.get(at, (0, 0))
        found[at] = k + row["k"], n + row["n"]
    return found


def _frequent(table: Rows, column: str, month: str = "first_month") -> list[tuple[Any, dict[int, tuple[int, int]]]]:
    """k and n by month of each name that at least 30 people have, the 50 with most people."""
    names: dict[Any, list[Mapping[str, Any]]] = {}
    for row in table:
        names.setdefault(row[column], []).append({"month": row[month], "k": row["k"], "n": row["n"]})
    months = [(name, _by_month(own)) for name, own in names.items()]
    large = [(name, own) for name, own in months if _sum(own.values())[1] >= N_MIN]
    return sorted(large, key=lambda item: (-_sum(item[1].values())[1], str(item[0])))[:NAMES_MAX]


def _sum(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    found = list(pairs)
    return sum(k for k, _n in found), sum(n for _k, n in found)
