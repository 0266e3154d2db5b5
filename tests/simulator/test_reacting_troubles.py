"""A shop whose books are wrong at times: a policy sees orders late and customers under two names, and the world goes on as it is."""

from collections import defaultdict

import numpy as np
import pytest

from regulars.simulator.reacting.luck import Luck
from regulars.simulator.reacting.plays import NOTHING, WORDS
from regulars.simulator.reacting.policies import habits
from regulars.simulator.reacting.policies.oracle import Oracle
from regulars.simulator.reacting.policies.rules import Rules
from regulars.simulator.reacting.run import run
from regulars.simulator.reacting.troubles import Troubled, Troubles
from simulator.reacting_case import orders, small

SEED = 3


class Watch:
    """What a policy was shown each day, by number of the customer; it acts like `policy`."""

    def __init__(self, policy=habits.nothing):
        self.policy, self.days, self.choices = policy, {}, {}

    def __call__(self, seen, day):
        columns = ("orders", "net", "last_day", "consent", "contacts", "contacts_30", "margin")
        rows = zip(seen.customer.tolist(), *(getattr(seen, name).tolist() for name in columns), strict=True)
        self.days[day] = {who: dict(zip(columns, cells, strict=True)) for who, *cells in rows}
        choice = self.policy(seen, day)
        self.choices[day] = {int(seen.customer[row]): int(choice[row]) for row in np.flatnonzero(choice != NOTHING)}
        return choice


def watched(policy=habits.nothing, **changes):
    watch = Watch(policy)
    return watch, run(small(**changes), watch, seed=SEED)


def test_books_without_trouble_say_what_is():
    world = small()
    plain = run(world, Rules(), seed=SEED)
    through = run(world, Troubled(Rules(), Troubles(Luck(SEED)), world), seed=SEED)
    assert orders(plain) == orders(through)
    for column in ("day", "customer", "play", "layer"):
        assert (getattr(plain.decisions, column) == getattr(through.decisions, column)).all()


def test_what_happens_is_not_touched():
    _watch, told = watched(late=0.5, second_address=0.5, mistaken=0.1)
    assert orders(told) == orders(run(small(), habits.nothing, seed=SEED))


def test_half_of_the_orders_are_heard_of_within_a_week():
    watch, told = watched(late=0.5)
    first, last = min(watch.days), max(watch.days)
    made, late = defaultdict(list), 0
    for day, who, _net in orders(told):
        made[who].append(day)
    for day, rows in watch.days.items():
        for who, seen in rows.items():
            true = sum(each < day for each in made[who])
            assert sum(each < max(day - 7, first) for each in made[who]) <= seen["orders"] <= true
            late += seen["orders"] < true
            if seen["orders"] == true:
                assert seen["last_day"] == max(each for each in made[who] if each < day)
    again = sum(first <= each < last - 7 for days in made.values() for each in days[1:])
    assert late / again == pytest.approx(0.5 * 4, rel=0.15)  # four mornings on average


def test_a_second_address_is_a_customer_of_its_own_until_it_is_found_out():
    watch, told = watched(second_address=0.5, second_known=40)
    by_number = defaultdict(list)
    for day, who, _net in orders(told):
        by_number[who].append(day)
    since = {}
    for day, rows in watch.days.items():
        for who in rows:
            if who < 0:
                since.setdefault(~who, day)
    assert len(since) > 30
    for day, rows in watch.days.items():
        for who, begun in since.items():
            true = sum(each < day for each in by_number[who])
            if begun <= day < begun + 40:
                assert rows[who]["orders"] + rows[~who]["orders"] == true
                assert rows[~who]["consent"] == rows[who]["consent"]
            elif day >= begun + 40:
                assert rows[who]["orders"] == true
                assert not rows[~who]["consent"]


def test_contacts_are_known_by_address():
    def everybody(seen, day):
        return np.where(seen.consent & (day % 10 == 0), WORDS, NOTHING)

    watch, told = watched(everybody, second_address=0.5, second_known=3_000, complaints=0.0)
    seconds = {who for who in watch.days[max(watch.days)] if who < 0}
    counted = defaultdict(int)
    for day in sorted(watch.days):
        for who in seconds & watch.days[day].keys():
            assert watch.days[day][who]["contacts"] == counted[who]
        for who in watch.choices[day].keys() & seconds:
            counted[who] += ~who not in watch.choices[day]  # done once a day, under the first address if under both
    meant = defaultdict(set)
    for day, who in zip(told.decisions.day.tolist(), told.decisions.customer.tolist(), strict=True):
        assert day not in meant[who]
        meant[who].add(day)
    assert seconds


def test_who_is_taken_for_another_is_apart_again_after_thirty_days():
    watch, told = watched(mistaken=0.1)
    when = Troubles(Luck(SEED), mistaken=0.1).mistaken_from(np.arange(600), 150)
    begun = {who: 120 + day for who, day in enumerate(when.tolist()) if day >= 0}
    assert 30 < len(begun) < 90
    agreed = {
        who for who, consent in zip(told.facts.customer.tolist(), told.facts.consent.tolist(), strict=True) if consent
    }
    silent = [
        who
        for who in begun.keys() & agreed
        if who in watch.days[begun[who]] and not watch.days[begun[who]][who]["consent"]
    ]
    assert len(silent) > 10
    for who in silent:
        after = watch.days.get(begun[who] + 30)
        assert after is None or after[who]["consent"]


def test_whoever_knows_the_truth_is_not_told_what_the_books_say():
    troubled, plain = (run(small(**more), Oracle(), seed=SEED) for more in ({"late": 0.5, "second_address": 0.5}, {}))
    assert orders(troubled) == orders(plain)


def test_a_return_may_come_after_a_month():
    _watch, told = watched(returned=0.5, returned_within=90)
    made = {(who, round(net, 6)): day for day, who, net in orders(told)}
    back = told.refunds
    waits = [
        day - made[who, round(net, 6)]
        for day, who, net in zip(back.day.tolist(), back.customer.tolist(), back.net.tolist(), strict=True)
    ]
    assert 60 < max(waits) <= 90
