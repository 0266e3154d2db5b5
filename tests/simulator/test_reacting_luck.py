"""Luck has an address: the same numbers whoever asks, in whatever order, beside whomever."""

import numpy as np
import pytest

from regulars.simulator.reacting.luck import Luck, Process, mixed


def test_the_numbers_are_the_same_on_every_platform():
    found = Luck(7).uniform(Process.BUY, 3, mixed(np.array([0, 1, 2, 2**40, 2**62])))
    assert found.tolist() == GOLDEN


GOLDEN = [0.9180764853497314, 0.26043745891298464, 0.5091555476623281, 0.9768168506140181, 0.4383081940389273]


def test_a_number_depends_on_nothing_but_its_address():
    everybody = np.arange(1_000)
    luck, shuffled = Luck(5), np.random.default_rng(1).permutation(everybody)
    alone = luck.uniform(Process.LEAVE, 9, mixed(shuffled[:10]))
    luck.uniform(Process.BASKET, 9, mixed(everybody))
    assert (luck.uniform(Process.LEAVE, 9, mixed(everybody))[shuffled[:10]] == alone).all()


def test_numbers_are_even_and_without_memory():
    who = mixed(np.arange(50_000))
    days = np.array([Luck(3).uniform(Process.BUY, day, who) for day in range(8)])
    others = [Luck(4).uniform(Process.BUY, 0, who), Luck(3).uniform(Process.LEAVE, 0, who)]
    every = np.vstack([days, others, np.roll(days[0], 1)])
    counts = np.array([np.histogram(row, 100, (0, 1))[0] for row in every])
    chi_squares = ((counts - 500) ** 2 / 500).sum(axis=1)
    assert chi_squares.max() < 148.2  # 99.9 % of a chi-square of 99 degrees
    off = np.corrcoef(every)[np.triu_indices(len(every), 1)]
    assert np.abs(off).max() < 4.5 / np.sqrt(50_000)


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(ValueError, match="seed"):
        Luck(seed)
