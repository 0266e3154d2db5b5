"""How long a product lasts: quartiles in days and in days a unit, for what is surely bought again."""

import random
import statistics

import pytest

from insight.shops import day, rows, table
from regulars.insight.replenishment import replenishment
from regulars.insight.shares import wilson

TEA, POT = 1, 2
BOUGHT = {"customer_id": "int64", "day": "date", "variant_id": "int64", "units": "int64", "net": "int64"}


def ask(found, last=1000):
    """found: (customer, day, variant, units)."""
    return rows(
        replenishment(table(BOUGHT, [(who, day(at), v, units, 9) for who, at, v, units in found]), as_of=day(last))
    )


def test_a_gap_belongs_to_the_units_bought_before_it():
    habit = [(who, at, TEA, units) for who in range(20) for at, units in ((0, 2), (60, 1), (90, 1))]
    (tea,) = ask(habit)
    assert (tea["gaps"], tea["gap_p25"], tea["gap_median"], tea["gap_p75"]) == (40, 30, 45, 60)
    assert (tea["unit_p25"], tea["unit_median"], tea["unit_p75"]) == (30, 30, 30)
    assert (tea["buyers"], tea["again"], tea["again_share"]) == (20, 20, 1.0)
    assert (tea["median_low"], tea["median_high"]) == (30, 60)


def test_what_few_buy_again_is_no_consumable():
    pots = [(who, 0, POT, 1) for who in range(100)]
    again = [(who, 50, POT, 1) for who in range(28)]
    assert wilson(27, 100)[0] < 0.2 < wilson(28, 100)[0]
    assert ask(pots + again[:27]) == []
    assert [row["variant_id"] for row in ask(pots + again)] == [POT]


def test_nineteen_gaps_are_too_few():
    habit = [(who, at, TEA, 1) for who in range(20) for at in (0, 30)]
    assert ask(habit[:-1]) == []
    assert len(ask(habit)) == 1


def test_buyers_who_had_no_time_to_come_back_are_not_held_against_the_product():
    habit = [(who, at, TEA, 1) for who in range(30) for at in (0, 100)]
    young = [(1000 + who, 120, TEA, 1) for who in range(500)]
    (tea,) = ask(habit + young, last=200)
    assert (tea["buyers"], tea["again"]) == (30, 30)
    assert ask(habit, last=179) == []


def test_returns_and_later_days_are_no_purchases_and_an_empty_shop_has_none():
    habit = [(who, at, TEA, 1) for who in range(30) for at in (0, 100)]
    odd = [(who, 50, TEA, 0) for who in range(30)] + [(who, 300, TEA, 1) for who in range(30)]
    assert ask(habit + odd, last=250) == ask(habit, last=250)
    assert ask([]) == []


def test_the_interval_holds_the_true_median_about_as_often_as_it_says():
    luck, held = random.Random(7), 0
    habit = []
    for variant in range(200):
        for who in range(41):
            habit += [(who, 0, variant, 1), (who, luck.randint(1, 199), variant, 1)]
    found = ask(habit)
    assert len(found) == 200
    for row in found:
        gaps = [at for _who, at, v, _units in habit if v == row["variant_id"] and at]
        assert row["gap_median"] == statistics.median(gaps)
        held += row["median_low"] <= 100 <= row["median_high"]
    # Ranks 14 and 28 of 41 hold the median with probability 0.9725; three standard errors of 200 tries are 0.035.
    assert held / 200 == pytest.approx(0.9725, abs=0.035)
