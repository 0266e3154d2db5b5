"""How much more often something rare happens to the treated: exact, at every look, whatever became of the share held out."""

import numpy as np
import pytest

from regulars.insight.lift.rare import Counted, difference


def test_where_nothing_happened_neither_side_is_said_to_be_worse_and_more_people_tell_more():
    few, many = (difference([Counted(0.5, n, n, 0, 0)]) for n in (100, 2000))
    assert few[0] == pytest.approx(-few[1])
    assert 0 < many[1] < few[1] / 10


def test_swapping_the_sides_swaps_the_interval():
    low, high = difference([Counted(0.8, 800, 200, 30, 2)])
    assert difference([Counted(0.2, 200, 800, 2, 30)]) == pytest.approx((-high, -low))


def test_a_clear_difference_leaves_nothing_out():
    low, high = difference([Counted(0.5, 5000, 5000, 300, 100)])
    assert 0 < low < 0.04 < high


def test_without_people_anything_is_possible():
    assert difference([]) == (-1.0, 1.0)


@pytest.mark.parametrize("wrong", [(0.0, 1, 1, 0, 0), (1.0, 1, 1, 0, 0), (0.5, 1, 1, 2, 0), (0.5, 1, 1, 0, -1)])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"chance|cannot"):
        Counted(*wrong)


@pytest.mark.parametrize(("treated", "held_out"), [(0.01, 0.01), (0.03, 0.01), (0.002, 0.02)])
def test_the_truth_lies_within_at_all_looks_in_95_of_100_trials_while_the_share_changes(treated, held_out):
    luck, missed, trials = np.random.default_rng(5), 0, 120
    for _trial in range(trials):
        counts = {0.5: np.zeros(4, int), 0.8: np.zeros(4, int), 0.95: np.zeros(4, int)}
        outside = False
        for look in range(15):
            chance = (0.5, 0.8, 0.95)[look // 5]
            reached = int(luck.binomial(60, chance))
            of_each = luck.binomial(reached, treated), luck.binomial(60 - reached, held_out)
            counts[chance] += (reached, 60 - reached, *of_each)
            seen = [Counted(share, *map(int, each)) for share, each in counts.items() if each.any()]
            low, high = difference(seen)
            outside |= not low <= treated - held_out <= high
        missed += outside
    assert missed <= 0.05 * trials
