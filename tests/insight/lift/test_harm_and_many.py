"""Published values of the harm monitors, of claims about many plays, and of pooled effects; and no alarm out of nothing."""

import numpy as np
import pytest

from regulars.insight.lift.harm import ALARM, TIMES_FEWER, against_held_out, against_limit
from regulars.insight.lift.many import claimed, pooled


@pytest.mark.parametrize(
    ("treated", "all_", "share", "e"),
    [(0, 0, 0.5, 1), (1, 1, 0.5, 1.348889), (12, 15, 0.5, 10.127670), (30, 40, 0.5, 91.299161), (50, 52, 0.9, 3.127784),
     (20, 40, 0.5, 0.264029)],
)  # fmt: skip
def test_harm_against_the_held_out(treated, all_, share, e):
    assert against_held_out(treated, all_, share=share) == pytest.approx(e, rel=1e-6)


@pytest.mark.parametrize(
    ("happened", "contacts", "e"),
    [(5, 1000, 0.281592), (10, 1000, 4.815306), (15, 1000, 317.053419), (12, 800, 93.603454)],
)
def test_harm_against_a_limit(happened, contacts, e):
    assert against_limit(happened, contacts, limit=0.005) == pytest.approx(e, rel=1e-6)


def test_daily_looks_without_harm_rarely_alarm_and_with_harm_do():
    draw, alarms, found, runs = np.random.default_rng(4), 0, 0, 400
    for _run in range(runs):
        for times in (1, 3):
            bad_treated = draw.binomial(150, 0.003 * times, 120).cumsum()
            bad_held = draw.binomial(150, 0.003, 120).cumsum()
            looks = (
                against_held_out(int(k), int(k + h), share=0.5) for k, h in zip(bad_treated, bad_held, strict=True)
            )
            alarm = any(look >= ALARM for look in looks)
            alarms += alarm and times == 1
            found += alarm and times == 3
    assert alarms / runs <= 0.05
    assert found / runs >= 0.95


def test_people_who_come_back_less_often_are_harm_too():
    assert against_held_out(1300, 2400, share=0.5, times=TIMES_FEWER) > ALARM
    assert against_held_out(1200, 2400, share=0.5, times=TIMES_FEWER) < 1


@pytest.mark.parametrize(
    ("evidence", "places"),
    [
        ([120, 3, 45, 0.2, 28, 60, 1, 0.9], [0, 2, 4, 5]), ([50] * 3 + [2] * 7, [0, 1, 2]), ([99] + [0.5] * 9, []),
        ([100] + [0.5] * 9, [0]), ([40, 40, 20, 20, 20], [0, 1, 2, 3, 4]), ([], []),
    ],
)  # fmt: skip
def test_claims_about_many_plays(evidence, places):
    assert claimed(evidence) == places


def test_effects_are_drawn_towards_their_mean():
    found = pooled([0.10, 0.30, -0.05, 0.22], [0.08, 0.12, 0.10, 0.15])
    assert (found.mean, found.error, found.spread) == pytest.approx((0.124111, 0.074195, 0.01012227), rel=2e-5)
    assert found.effects == pytest.approx((0.109340, 0.196714, 0.036527, 0.153864), rel=2e-5)
    assert found.errors == pytest.approx((0.062617, 0.077097, 0.070925, 0.083555), rel=2e-5)
    alike = pooled([0.1, 0.1], [0.2, 0.2])
    assert alike.spread == 0
    assert alike.effects == pytest.approx((0.1, 0.1))


@pytest.mark.parametrize("wrong", [([], []), ([0.1], [0.0]), ([0.1], [0.1, 0.2])])
def test_effects_without_errors_are_refused(wrong):
    with pytest.raises(ValueError, match="error"):
        pooled(*wrong)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="cannot be"):
        against_held_out(3, 2, share=0.5)
    with pytest.raises(ValueError, match="cannot be"):
        against_limit(1, 10, limit=0.5)
