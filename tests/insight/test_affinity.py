"""What goes with what, against slow counts; and a next product that the customer has not bought."""

import math

import pytest
from hypothesis import given

from insight import oracle
from insight.questions import Question
from insight.random_shops import examples, shops
from insight.shops import ADA, BEN, CLEO, day, rows, table
from regulars.insight.affinity import affinity, next_best
from regulars.insight.products import product_days
from regulars.insight.shares import wilson
from regulars.insight.valid import counting, net_orders

TEA, CUP, POT = 1, 2, 3
LAST = day(70)


def build(engine, facts):
    bought = engine.stage(product_days(facts, counting(net_orders(facts, as_of=LAST))), "bought")
    return {"pairs": affinity(bought, support_min=1)}


QUESTION = Question(build)


def owned_in(found):
    known = {"as_of": LAST, "known_by": LAST}
    owned: dict = {}
    for order in oracle.known_orders(found, **known):
        who = found.customer(order.who)
        if who is not None and not oracle.reasons(found, order, **known, rule=oracle.Rule()):
            owned.setdefault(who, set()).update(v for v, _units, _net in order.goods if v is not None)
    return {who: variants for who, variants in owned.items() if variants}


def log_error(n, own, other, both):
    """Delta method cell by cell: the variance of the gradient of ln lift under the multinomial."""
    cells = {"both": both, "own": own - both, "other": other - both, "none": n - own - other + both}
    gradient = {
        "both": n / both - n / own - n / other, "own": -n / own, "other": -n / other, "none": 0.0,
    }  # fmt: skip
    mean = sum(gradient[c] * k / n for c, k in cells.items())
    return math.sqrt(max(0.0, sum((gradient[c] - mean) ** 2 * k / n for c, k in cells.items()) / n))


@given(found=shops(min_orders=4))
@examples(15)
def test_pairs_equal_the_slow_ones(found):
    owned = owned_in(found)
    pairs = {(row["variant_id"], row["other_id"]): row for row in QUESTION.ask(found)["pairs"]}
    variants = {v for some in owned.values() for v in some}
    sets = {v: {who for who, some in owned.items() if v in some} for v in variants}
    assert set(pairs) == {(a, b) for a in variants for b in variants if a != b and sets[a] & sets[b]}
    for (a, b), row in pairs.items():
        n, own, other, both = len(owned), len(sets[a]), len(sets[b]), len(sets[a] & sets[b])
        assert (row["customers"], row["buyers"], row["other_buyers"], row["both"]) == (n, own, other, both)
        lift, error = both * n / (own * other), log_error(n, own, other, both)
        assert row["lift"] == pytest.approx(lift)
        assert (row["low"], row["high"]) == pytest.approx((lift * math.exp(-1.959964 * error), lift * math.exp(1.959964 * error)), rel=1e-5)  # fmt: skip
        assert (row["share"], row["share_low"]) == pytest.approx((both / own, wilson(both, own)[0]))


def who_bought(*owners):
    """Customers from 100 on who bought these variants, besides the named ones."""
    named = {ADA: {TEA}, BEN: {TEA, CUP}, CLEO: {POT}}
    owned = named | {100 + place: variants for place, variants in enumerate(owners)}
    return table(
        {"customer_id": "int64", "variant_id": "int64"}, [(who, v) for who, some in owned.items() for v in some]
    )


def test_the_next_product_is_new_to_the_customer_and_says_because_of_what():
    bought = who_bought(*[{TEA, CUP}] * 60, *[{POT}] * 60, *[{CUP}] * 5)
    found = {row["customer_id"]: row for row in rows(next_best(bought, affinity(bought)))}
    assert (found[ADA]["variant_id"], found[ADA]["because_id"], found[ADA]["both"], found[ADA]["buyers"]) == (
        CUP,
        TEA,
        61,
        62,
    )
    assert (found[220]["variant_id"], found[220]["because_id"]) == (TEA, CUP)
    assert BEN not in found
    assert CLEO not in found


def test_products_bought_by_chance_together_are_not_suggested():
    bought = who_bought(*[{TEA, CUP}] * 25, *[{TEA}] * 25, *[{CUP}] * 25, *[{POT}] * 25)
    assert rows(next_best(bought, affinity(bought))) == []


def test_pairs_below_the_support_and_buyers_of_everything_are_left_out():
    wide = [set(range(1, 202))] * 3
    assert rows(affinity(who_bought(*[{TEA, CUP}] * 8, *wide))) == []
    (one, _other) = rows(affinity(who_bought(*[{TEA, CUP}] * 9, *wide)), "variant_id")
    assert (one["both"], one["customers"]) == (10, 12)
    assert rows(affinity(who_bought().filter(lambda t: t.customer_id < 0))) == []
