"""Reference "metrics", section 8: when only acquisition changes, N1 must not move; the refused headlines do."""

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import sqrt
from typing import Any

import ibis
import pytest

from insight.shops import START, connection, day, rows
from regulars.insight.came_back import CameBack, History, came_back
from regulars.insight.kept import Kept, kept
from regulars.insight.valid import customer_days, starts
from regulars.simulator.growth import HORIZON_DAYS, grow

SEED = 7
SHRINKING, FLAT, GROWING = 0.96, 1.00, 1.04
WORLDS = (SHRINKING, FLAT, GROWING)
PAIRS = tuple(combinations(WORLDS, 2))
LAST = HORIZON_DAYS - 1


@dataclass(frozen=True)
class World:
    n1: CameBack
    n2: Kept
    began: Any
    days: Any


@cache
def world(growth: float, **boost: float) -> World:
    orders = grow(SEED, monthly_growth=growth, **boost).select(["customer", "day", "net"])
    con, name = connection(), f"world_{int(growth * 100)}_{len(boost)}"
    con.con.register("grown", orders.rename_columns(["customer_id", "number", "net"]))
    con.con.execute(f"CREATE TABLE {name} AS SELECT customer_id, DATE '{START}' + number AS day, net FROM grown")
    con.con.unregister("grown")
    days = con.create_table(f"{name}_days", customer_days(con.table(name)))
    began = con.create_table(f"{name}_began", starts(days))
    asked = {"as_of": day(LAST), "history": History(day(0), opened=True)}
    return World(came_back(began, **asked), kept(days, began, **asked), began, days)


def standard_error(n1: CameBack) -> float:
    return sqrt(n1.value * (1 - n1.value) / n1.n)


def returning_share(found: World) -> float:
    """The refused headline: of the buyers of the last 30 days, those who had bought before."""
    buyers = found.days.filter(found.days.day > day(LAST - 30)).select("customer_id").distinct()
    old = found.began.first_day <= day(LAST - 30)
    row = found.began.semi_join(buyers, "customer_id").aggregate(n=ibis._.count(), old=old.cast("int64").sum())
    return rows(row)[0]["old"] / rows(row)[0]["n"]


def all_time_repeat_rate(found: World) -> float:
    row = rows(
        found.began.aggregate(n=found.began.count(), again=found.began.second_day.notnull().cast("int64").sum())
    )[0]
    return row["again"] / row["n"]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_n1_does_not_move_when_only_acquisition_changes(one, other):
    a, b = world(one).n1, world(other).n1
    assert abs(a.value - b.value) < 3 * sqrt(standard_error(a) ** 2 + standard_error(b) ** 2)


@pytest.mark.parametrize("growth", WORLDS)
def test_n1_stays_within_its_interval_when_only_acquisition_changes(growth):
    found = [world(one).n1 for one in WORLDS]
    all_alike = sum(n1.k for n1 in found) / sum(n1.n for n1 in found)
    assert world(growth).n1.low < all_alike < world(growth).n1.high
    assert 0.225 < all_alike < 0.245


def test_the_returning_share_moves_by_more_than_twenty_points_so_this_test_can_see_a_bad_number():
    shares = [returning_share(world(growth)) for growth in WORLDS]
    assert shares == pytest.approx([0.786, 0.620, 0.481], abs=0.025)
    assert shares[0] - shares[2] > 0.20


def test_the_all_time_repeat_rate_moves_although_nothing_changed():
    rates = [all_time_repeat_rate(world(growth)) for growth in WORLDS]
    assert rates == pytest.approx([0.401, 0.376, 0.344], abs=0.008)


@pytest.mark.parametrize("growth", WORLDS)
def test_the_early_read_is_within_one_and_a_half_points_of_n1(growth):
    n1 = world(growth).n1
    assert abs(n1.early_read - n1.value) < 0.015


@pytest.mark.parametrize("growth", WORLDS)
def test_the_parts_of_n2_recombine_exactly(growth):
    n2 = world(growth).n2
    assert n2.rebuy_rate * n2.spend_now / n2.spend_then == pytest.approx(n2.value, rel=1e-12)
    assert n2.low < n2.value < n2.high


@pytest.mark.parametrize(
    ("growth", "whole", "new", "old"),
    [(SHRINKING, 0.495, 0.388, 0.583), (FLAT, 0.474, 0.411, 0.571), (GROWING, 0.467, 0.438, 0.547)],
)
def test_n2_drifts_a_little_and_its_split_by_tenure_shows_why(growth, whole, new, old):
    n2 = world(growth).n2
    assert (n2.value, n2.new_last_year, n2.already_old) == (
        pytest.approx(whole, abs=0.015), pytest.approx(new, abs=0.03), pytest.approx(old, abs=0.03),
    )  # fmt: skip


def test_n1_rises_when_late_customers_order_a_quarter_more_often():
    plain, boosted = world(FLAT).n1, world(FLAT, boost_last_days=200, boost=1.25).n1
    assert boosted.n == plain.n
    assert boosted.value - plain.value > 2 * standard_error(plain)


def test_the_season_before_reads_the_same_so_the_verdict_is_noise():
    assert [world(growth).n1.verdict for growth in WORLDS] == ["noise"] * 3
