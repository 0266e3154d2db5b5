"""Two plays that take from each other are told; two that do not, and cells that are not split as drawn, are not."""

import random

import numpy as np
import pytest
from measurement_shops import ordered

from cast import MORNING
from plays.play_shops import DAY, customers, on, play
from regulars.decisions.models import Decision
from regulars.insight.lift.pairs import scores
from regulars.measurement import interactions, nightly, told_pairs
from regulars.measurement.models import Lift
from regulars.shop.keys import key_id

PEOPLE = 1_000
APART, TOGETHER = (0.30, 0.50, 0.50, 0.70), (0.30, 0.60, 0.60, 0.60)
"""Chances to come back: neither play, the second, the first, both."""


@pytest.fixture(autouse=True)
def cells(monkeypatch):
    """A small shop will do: 200 to a cell instead of 1,000."""
    monkeypatch.setattr(interactions, "CELL_MIN", 200)
    monkeypatch.setattr(interactions, "YES_MIN", 20)


def lived(chances, *, gap=3, lost=0):
    """Two plays met everybody, some days apart, and people came back with these chances; of those given the first play, `lost`
    were never met by the second."""
    lot = random.Random(5)
    for name in ("one", "two"):
        on(play(name, share=0.5))
    ids = customers(PEOPLE)
    sides = {pk: (lot.random() < 0.5, lot.random() < 0.5) for pk in ids}
    gone = set([pk for pk in ids if sides[pk][0]][:lost])
    Decision.objects.bulk_create(
        made(pk, name, arm, MORNING + days * DAY)
        for pk, arms in sides.items() for name, arm, days in zip(("one", "two"), arms, (0, gap), strict=True)
        if name == "one" or pk not in gone
    )  # fmt: skip
    back = [pk for pk, (one, two) in sides.items() if lot.random() < chances[2 * one + two]]
    ordered(back, MORNING + (gap + 5) * DAY)


def made(pk, name, treated, at):
    held = {} if treated else {"reason": "held_out", "facts": {"layer": "play"}}
    return Decision(
        pk=key_id("decision", str(pk), name), person_id=pk, identifier_id=pk, channel="email", purpose="care", source=f"play:{name}/1",
        occurrence="x", priority=4, arm="treated" if treated else "held_out", share=0.5, at=at, not_before=at, **held,
    )  # fmt: skip


def measured():
    nightly.measure(now=MORNING + 80 * DAY)
    return Lift.objects.get(source="play:", question=told_pairs.PAIRS).data


def test_two_plays_that_take_from_each_other_are_told(shop):
    lived(TOGETHER)
    found = measured()
    pair = found["pairs"][0]
    assert (found["looked_at"], pair["plays"], pair["n"], pair["claimed"]) == (1, ["one", "two"], PEOPLE, True)
    assert pair["low"] < -0.30 < pair["high"] < 0
    told = told_pairs.sentences(str.upper)
    assert told[0].startswith("“ONE” and “TWO” take from each other: given both, ")


def test_two_plays_whose_effects_add_up_are_not(small_shop):
    lived(APART)
    pair = measured()["pairs"][0]
    assert pair["low"] < 0 < pair["high"]
    assert not pair["claimed"]
    assert told_pairs.sentences(str) == []


@pytest.mark.parametrize("rest", [{"gap": 70}, {"lost": 240}])
def test_people_met_far_apart_and_cells_not_split_as_drawn_say_nothing(small_shop, rest):
    lived(TOGETHER, **rest)
    assert measured() == {"pairs": [], "looked_at": 0}


def test_the_score_is_the_interaction_whatever_the_chances_and_the_forecast():
    lot = np.random.default_rng(3)
    n, chances = 200_000, np.array(TOGETHER)
    one, two = lot.random(n) < 0.8, lot.random(n) < 0.6
    cell = 2 * one + two
    outcome = (lot.random(n) < chances[cell]).astype(float)
    chance = np.where(one, 0.8, 0.2) * np.where(two, 0.6, 0.4)
    for line in (np.zeros(n), np.full(n, 0.5), lot.random(n)):
        phi = scores(outcome, one == two, chance, line)
        assert abs(phi.mean() + 0.30) < 4 * phi.std() / n**0.5
    with pytest.raises(ValueError, match="chance of a cell"):
        scores(np.ones(1), np.ones(1, bool), np.ones(1), np.ones(1))
