"""What a policy may see is what a shop could know: nothing hidden can be reached from it, and nothing can be written."""

from dataclasses import fields

import numpy as np
import pytest

from regulars.simulator.reacting.policies import habits
from regulars.simulator.reacting.policies.policy import may_contact, nothing_for
from regulars.simulator.reacting.policies.rules import Rules
from regulars.simulator.reacting.run import run, step
from regulars.simulator.reacting.seen import Seen
from regulars.simulator.reacting.shop import opened
from simulator.reacting_case import small


def reachable(thing, found=None):
    """Every object that can be had from a thing by its attributes, items and bases of arrays."""
    found = {} if found is None else found
    if id(thing) in found or isinstance(thing, (str, int, float, bool, type(None), type, np.dtype)):
        return found
    found[id(thing)] = thing
    inner = [thing.base] if isinstance(thing, np.ndarray) else [*getattr(thing, "__dict__", {}).values()]
    for each in inner:
        reachable(each, found)
    return found


@pytest.fixture(scope="module")
def shown():
    """The shop in the middle of its plays, and what the policy was shown each day."""
    days = {}

    def watching(seen, day):
        days[day] = seen
        return Rules()(seen, day)

    shop = opened(small(), 3)
    for day in range(220):
        step(shop, watching, day)
    return shop, days


def test_nothing_hidden_can_be_reached_from_what_is_seen(shown):
    shop, days = shown
    hidden = [getattr(shop.crowd.hidden, each.name) for each in fields(shop.crowd.hidden)]
    for thing in reachable(days[219]).values():
        assert thing is not shop.crowd
        if isinstance(thing, np.ndarray):
            assert not any(np.shares_memory(thing, secret) for secret in hidden)


def test_nothing_seen_can_be_written(shown):
    for each in fields(Seen):
        column = getattr(shown[1][219], each.name)
        if isinstance(column, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                column[0] = 0


def test_who_comes_and_buys_today_is_seen_tomorrow():
    sizes, last = {}, {}

    def watching(seen, day):
        sizes[day], last[day] = len(seen), int(seen.last_day.max())
        assert (seen.first_day < day).all()
        return nothing_for(seen)

    found = run(small(), watching, seed=3)
    assert {day: int((found.facts.first_day < day).sum()) for day in sizes} == sizes
    assert all(day <= found.world.plays_end for day in sizes)
    assert max(last[day] - day for day in last) == -1


def test_contacts_are_remembered_to_the_day():
    asked, said = [], []

    def every_third(seen, day):
        """Customer 5 agrees to everything; what is seen of them is compared with what was done to them."""
        one = int(np.flatnonzero(seen.customer == 5)[0])
        ago = day - np.array(asked)
        said.append(seen.remembered[one] == pytest.approx(np.exp(-ago / 14).sum()))
        said.extend(seen.contacts_within(days)[one] == (ago <= days).sum() for days in (1, 7, 29, 30))
        asked.extend([day] if day % 3 == 0 else [])
        return np.where(seen.consent & (day % 3 == 0), 3, -1)

    run(small(consent=1.0, unsubscribe=0.0), every_third, seed=2)
    assert len(asked) == 50
    assert all(said)


def test_caps_leave_room_for_one_contact_in_seven_days_and_three_in_thirty():
    free = []

    def eager(seen, day):
        may = may_contact(seen)
        free.append(bool(may[0]))
        return np.where(may, 3, -1)

    run(small(consent=1.0, unsubscribe=0.0), eager, seed=1)
    assert [day for day, may in enumerate(free) if may][:6] == [0, 7, 14, 30, 37, 44]


def test_a_learner_given_ids_and_noise_learns_nothing():
    """Least squares on numbers and luck alone tells neither who belongs to the hidden group nor who will buy."""
    found = run(small(customers=4_000), habits.nothing, seed=9)
    number, n = found.facts.customer, len(found.facts.customer)
    bits = (number[:, None] >> np.arange(12)) & 1
    noise = np.random.default_rng(0).random((n, 5))
    features = np.column_stack([np.ones(n), np.arange(n) / n, bits, noise])
    half = np.arange(n) % 2 == 0
    came_before = found.facts.first_day < found.world.burn_in
    for target in (found.hidden.group, found.facts.orders > 1):
        learn, judge = half & came_before, ~half & came_before
        weights = np.linalg.lstsq(features[learn], target[learn].astype(float), rcond=None)[0]
        assert abs(area(features[judge] @ weights, target[judge]) - 0.5) < 0.045


def area(score, target):
    ranks = np.argsort(np.argsort(score)) + 1
    ones = target.sum()
    return (ranks[target].sum() - ones * (ones + 1) / 2) / (ones * (len(target) - ones))


def test_proxies_tell_something_of_what_they_stand_for():
    found = run(small(customers=2_000), habits.nothing, seed=1)
    for name in ("price", "message", "gift"):
        seen, truth = getattr(found.facts, f"{name}_seen"), getattr(found.hidden, name)
        assert 0.6 < np.corrcoef(seen, truth)[0, 1] < 0.95
