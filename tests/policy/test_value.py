"""What a play is worth: the published value, and what makes it worth less."""

import pytest

from regulars.policy.value import Belief, Prospect, Terms, annoyed, remembered, worth

ADA = Prospect(12.0, 48.0, contacts=0.8)
REFILL = Terms(0.9, 10, cost=0.02)


def test_the_published_value():
    found = worth(ADA, REFILL)
    assert found.lift == pytest.approx(0.849558, rel=1e-6)
    assert annoyed(0.8) == pytest.approx(0.00198469, rel=1e-5)
    assert found.annoyance == pytest.approx(0.007621, rel=1e-4)
    assert found.total == pytest.approx(0.721937, rel=1e-6)


@pytest.mark.parametrize(
    ("before", "estimate", "error", "after"),
    [((0.35, 0.25), 0.90, 0.87, (0.391951, 0.240276)), ((0.35, 0.25), 0.10, 0.10, (0.134483, 0.092848)),
     ((0.90, 0.50), 3.0, 1.21, (1.206283, 0.462101)), ((0.35, 0.25), 0.0, 0.25, (0.175, 0.176777))],
)  # fmt: skip
def test_a_belief_moves_with_the_shops_own_hold_outs(before, estimate, error, after):
    found = Belief(*before).learned(estimate, error)
    assert (found.mean, found.spread) == pytest.approx(after, rel=1e-5)


def test_whoever_heard_from_us_lately_is_worth_less_to_write_to():
    values = [worth(Prospect(12.0, 48.0, contacts=heard), REFILL).total for heard in (0.0, 1.0, 3.0)]
    assert values == sorted(values, reverse=True)


def test_a_discount_costs_what_people_would_have_paid_anyway():
    plain, cut = Terms(0.5, 21), Terms(0.5, 21, discount=0.10, margin_rate=0.4, habit=0.03)
    leak = 0.10 / 0.4 * 12 * 21 / 60 * 1.5 + 0.03 * 12
    assert worth(ADA, plain).total - worth(ADA, cut).total == pytest.approx(leak)


def test_out_of_its_moment_a_reminder_is_not_worth_its_slot():
    assert worth(Prospect(12.0, 48.0, situation=0.1), REFILL).total < 0 < worth(ADA, REFILL).total


def test_contacts_are_forgotten():
    assert remembered(2.0, 0) == 2
    assert remembered(1.0, 14) == pytest.approx(0.367879, rel=1e-5)
