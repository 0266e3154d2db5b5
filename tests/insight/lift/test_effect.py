"""What being written to changed: found where it is, silent where it is not, quiet where nobody can know."""

import numpy as np
import pytest

from regulars.insight.lift.aipw import Drawn
from regulars.insight.lift.effect import judge


def drawn(n, *, base=0.25, lift=0.0, share=0.9, seed=1, chance=None):
    draw = np.random.default_rng(seed)
    treated = draw.random(n) < (chance or share)
    y = (draw.random(n) < base + lift * treated).astype(float)
    return Drawn(y, treated, np.full(n, share), np.full(n, y.mean() if n else 0.0))


def judged(n, *, share=0.9, planned=None, **rest):
    return judge(drawn(n, share=share, **rest), planned=planned or max(n, 1))


@pytest.mark.parametrize(("lift", "state"), [(0.06, "works"), (-0.06, "harms"), (0.0, "no_verdict")])
def test_a_change_is_named_by_its_direction(lift, state):
    found = judged(20_000, lift=lift)
    assert found.state == state
    assert found.low < lift < found.high


def test_nothing_is_said_before_a_hundred_of_the_held_out_ordered():
    assert judged(3_000, planned=30_000).state == "collecting"
    few = judged(3_000)
    assert (few.state, few.value) == ("too_small", None)
    assert few.visible > 0.2


def test_groups_that_are_not_split_as_planned_silence_everything():
    found = judged(20_000, chance=0.93)
    assert (found.state, found.value, found.low) == ("do_not_trust", None, None)


def test_nobody_is_nothing():
    assert (judged(0).state, judged(0).n, judged(0).visible) == ("collecting", 0, None)


def test_daily_looks_at_nothing_rarely_find_something_and_at_something_keep_it_inside():
    alarms, missed, runs = 0, 0, 120
    for seed in range(runs):
        whole, lifted = (drawn(12_000, seed=seed, share=0.5, lift=lift) for lift in (0.0, 0.04))
        for people, truth in ((whole, 0.0), (lifted, 0.04)):
            looks = []
            for n in range(600, 12_001, 600):
                y = people.outcome[:n]
                part = Drawn(y, people.treated[:n], people.chance[:n], np.full(n, y.mean()))
                looks.append(judge(part, planned=12_000))
            out = any(look.low is not None and not look.low <= truth <= look.high for look in looks)
            alarms += out and not truth
            missed += out and bool(truth)
    assert alarms / runs <= 0.05
    assert missed / runs <= 0.05
