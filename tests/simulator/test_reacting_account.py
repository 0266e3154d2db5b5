"""The account of a run adds up, and the independent count of breaches finds what was planted."""

import numpy as np
import pytest

from regulars.simulator.reacting.account import account, rows_of
from regulars.simulator.reacting.books import Books, Decisions
from regulars.simulator.reacting.breaches import breaches
from regulars.simulator.reacting.compare import compare
from regulars.simulator.reacting.plays import CONTACT, GIFT, NOTHING, REMEDY, WORDS
from regulars.simulator.reacting.policies import habits
from regulars.simulator.reacting.policies.known import POLICIES
from regulars.simulator.reacting.run import run
from regulars.simulator.reacting.traits import FRIEND_FROM
from simulator.reacting_case import small


@pytest.mark.parametrize("name", POLICIES)
def test_the_profit_is_the_sum_of_orders_refunds_and_costs_in_the_tables(name):
    world = small(referral=0.1)
    found = run(world, POLICIES[name](), seed=7)
    since = world.burn_in
    sold = found.orders.margin[found.orders.day >= since].sum()
    back = found.refunds.margin[found.refunds.day >= since].sum()
    done = found.decisions.play[(found.decisions.layer == NOTHING) & ~found.decisions.refused]
    cost = 0.02 * CONTACT[done].sum() + 4.0 * (done == GIFT).sum() + 5.0 * (done == REMEDY).sum()
    brought = found.facts.customer[found.facts.customer >= FRIEND_FROM]
    cost += 10.0 * len(brought)
    assert account(found).profit == pytest.approx(sold - back - cost, abs=1e-6)


def test_the_totals_of_customers_are_those_of_the_orders():
    found = run(small(), POLICIES["rules"](), seed=7)
    whose = rows_of(found, found.orders.customer)
    net = np.bincount(whose, found.orders.net, len(found.facts.net))
    late = found.refunds.day < found.world.days
    net -= np.bincount(rows_of(found, found.refunds.customer[late]), found.refunds.net[late], len(net))
    assert found.facts.net == pytest.approx(net)
    assert (found.facts.orders == np.bincount(whose)).all()


@pytest.mark.parametrize(
    "name", ["nothing", "risk", "rules", "rules-without-discounts", "regulars", "regulars-held-out", "oracle"]
)
def test_policies_with_house_rules_break_no_hard_limit(name):
    found = account(run(small(gift_stock=1), POLICIES[name](), seed=2))
    assert found.breaches.total == 0
    assert found.gifts <= 150


def test_every_kind_of_breach_is_counted():
    rows = [  # day, customer, play, layer, refused
        (1, 7, WORDS, -1, False), (8, 7, WORDS, -1, False), (14, 7, WORDS, -1, False),  # the third: within 7 days
        (30, 7, WORDS, -1, False),  # the fourth in 30 days
        (31, 7, WORDS, 0, False), (31, 7, WORDS, -1, True),  # withheld; without consent
        (60, 8, GIFT, -1, False), (60, 9, GIFT, -1, False), (60, 7, REMEDY, -1, False), (61, 7, REMEDY, -1, False),
    ]  # fmt: skip
    day, customer, play, layer, refused = (np.array(column) for column in zip(*rows, strict=True))
    found = breaches(Decisions(day, customer, play, layer, refused), gift_stock=1)
    assert (found.caps, found.consent, found.stock, found.total) == (2, 1, 1, 4)


def test_a_hidden_group_that_differs_in_nothing_is_reached_alike():
    found = account(run(small(customers=3_000), POLICIES["rules"](), seed=1)).exposure
    assert found.low < 1 < found.high
    assert 0.9 < found.ratio < 1.1


def test_comparing_pairs_each_seed_with_doing_nothing():
    told = []
    kinds = {name: POLICIES[name] for name in ("nothing", "blast")}
    none, mail = compare(small(), kinds, (3, 4), told=lambda *what: told.append(what))
    assert told == [("nothing", 3), ("blast", 3), ("nothing", 4), ("blast", 4)]
    assert (none.profit.value, none.profit.error, none.contacts.value) == (0, 0, 0)
    gains = [100 * (one / other - 1) for one, other in zip(mail.profits, none.profits, strict=True)]
    assert mail.profit.value == pytest.approx(np.mean(gains))
    assert mail.profit.error == pytest.approx(np.std(gains, ddof=1) / np.sqrt(2))
    assert mail.breaches > 0
    assert np.isnan(compare(small(), {"nothing": lambda: habits.nothing}, (3,))[0].profit.error)


def test_the_books_can_be_read_while_they_are_written():
    books = Books(days=9)
    for day in (1, 2, 5):
        number = np.array([day, day + 10])
        books.refunds.add(day, customer=number, net=number, margin=number)
    found = books.refunds.between(2, 5)
    assert found.day.tolist() == [2, 2, 5, 5]
    assert found.customer.tolist() == [2, 12, 5, 15]
    assert len(books.refunds.between(3, 4).day) == 0
    assert len(books.refunds.whole().day) == 6
