"""The choice of a day: whom, by value; the same however the rows lie; nobody for whom nothing is worth doing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.policy.allocation import NOTHING
from regulars.policy.choose import Option, People, choose, lots, parts, values
from regulars.policy.value import Prospect, Terms, worth

LETTER = Option("letter", Terms(0.35, 14, cost=2.0, slot=10.0))
GIFT = Option("gift", Terms(0.20, 14, cost=400.0, goodwill=0.035, slot=10.0), most=3)
OWED = Option("remedy", Terms(0.0, 1), owed=True)


def people(count, seed=1):
    luck = np.random.default_rng(seed)
    return People(
        person=luck.permutation(np.arange(1, count + 1)) * 7, margin=luck.gamma(0.6, 800, count), remaining=luck.gamma(1, 20_000, count),
        contacts=luck.random(count) * 3,
    )  # fmt: skip


def test_the_value_of_many_is_that_of_each():
    found = people(50)
    table = values(found, [LETTER, GIFT], np.ones((50, 2)))
    split = parts(found, GIFT, np.ones(50), np.arange(50))
    for row in range(50):
        prospect = Prospect(float(found.margin[row]), float(found.remaining[row]), float(found.contacts[row]))
        for place, option in enumerate((LETTER, GIFT)):
            assert table[row, place] == pytest.approx(float(worth(prospect, option.terms).total))
        assert split[row, :4].sum() - split[row, 4:].sum() == pytest.approx(table[row, 1])


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 60), st.integers(0, 10_000), st.integers(0, 400_000))
def test_rows_in_another_order_get_the_same_plays(count, seed, day):
    found = people(count, seed)
    situation = np.where(np.random.default_rng(seed).random((count, 3)) < 0.7, 1.0, np.nan)
    first = choose(found, [LETTER, GIFT, OWED], situation, day=day).play
    order = np.random.default_rng(seed + 1).permutation(count)
    other = People(*(getattr(found, name)[order] for name in ("person", "margin", "remaining", "contacts")))
    assert (choose(other, [LETTER, GIFT, OWED], situation[order], day=day).play == first[order]).all()


def test_equal_people_are_chosen_by_lot_and_another_day_falls_otherwise():
    count = 400
    same = People(np.arange(count), np.full(count, 900.0), np.full(count, 9e4), np.zeros(count))
    some = Option("card", Terms(0.5, 14, cost=1.0), most=40)
    first, second = (np.flatnonzero(choose(same, [some], np.ones((count, 1)), day=day).play == 0) for day in (1, 2))
    assert len(first) == len(second) == 40
    assert len(set(first) & set(second)) < 15
    assert first.max() > count * 0.8  # not the first rows


def test_what_is_owed_goes_first_and_to_all_whom_it_is_meant_for():
    found = people(30)
    situation = np.ones((30, 2))
    situation[10:, 1] = np.nan
    chosen = choose(found, [LETTER, OWED], situation, day=3)
    assert (chosen.play[:10] == 1).all()
    assert not (chosen.play[10:] == 1).any()
    few = Option("remedy", Terms(0.0, 1), owed=True, most=4)
    assert (choose(found, [LETTER, few], situation, day=3).play == 1).sum() == 4


def test_nothing_is_done_that_is_worth_less_than_nothing():
    poor = People(np.arange(5), np.zeros(5), np.zeros(5), np.zeros(5))
    assert (choose(poor, [LETTER, GIFT], np.ones((5, 2)), day=1).play == NOTHING).all()


def test_limits_hold_and_the_gap_is_told():
    found = people(3000)
    chosen = choose(found, [LETTER, GIFT], np.ones((3000, 2)), day=1, budget=1500.0)
    spent = 2.0 * (chosen.play == 0).sum() + 400.0 * (chosen.play == 1).sum()
    assert spent <= 1500
    assert (chosen.play == 1).sum() <= 3
    assert 0 <= chosen.gap < 0.01
    assert chosen.budget_price > 0


def test_nobody_and_nothing_are_a_choice_too():
    none = People(np.empty(0, np.int64), *(np.empty(0) for _part in range(3)))
    assert len(choose(none, [LETTER], np.empty((0, 1)), day=1).play) == 0
    assert (choose(people(4), [], np.empty((4, 0)), day=1).play == NOTHING).all()
    with pytest.raises(ValueError, match="shape"):
        choose(people(4), [LETTER], np.ones((4, 2)), day=1)


def test_a_lot_is_even_and_depends_on_the_day_alone():
    drawn = lots(np.arange(100_000), 739_000)
    assert abs((drawn % 2).mean() - 0.5) < 0.01
    assert (lots(np.arange(10), 5) == lots(np.arange(10), 5)).all()
