"""The shop's own brakes come before those of mailbox providers, and one complaint does not stop a small shop."""

import pytest

from regulars.policy.brakes import Counts, verdict

CASES = [
    (Counts(3000, complained=3), "stop", "complaints"),
    (Counts(3001, complained=3), "slow", "complaints"),
    (Counts(3750, complained=3), "slow", "complaints"),
    (Counts(3751, complained=3), "", ""),
    (Counts(500, complained=1), "slow", "complaints"),
    (Counts(500, complained=2), "slow", "complaints"),
    (Counts(200, complained=1, batch=True), "stop", "first_batch"),
    (Counts(201, complained=1, batch=True), "slow", "complaints"),
    (Counts(200, complained=1), "slow", "complaints"),
    (Counts(250, bounced=5), "stop", "bounces"),
    (Counts(251, bounced=5), "", ""),
    (Counts(20, bounced=4), "", ""),
    (Counts(0, bounced=5), "stop", "bounces"),
    (Counts(0), "", ""),
]


@pytest.mark.parametrize(("counts", "level", "cause"), CASES)
def test_each_rule_brakes_exactly_at_its_limit(counts, level, cause):
    found = verdict(counts)
    assert (found.level, found.cause) == (level, cause)
