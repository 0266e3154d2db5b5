"""What a newcomer costs and brings, by channel: every unit of cost is spent once."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples
from insight.shops import ADA, BEN, CLEO, DAN, day, table
from regulars.insight.acquisition import Terms, acquisition
from regulars.insight.came_back import History
from regulars.insight.periods import Period

VALID = {"order_id": "int64", "customer_id": "int64", "day": "date", "net": "int64", "channel": "string"}
COSTS = {"channel": "string", "day": "date", "cost": "int64", "aim": "string"}
SPRING = Period(day(200), day(290))


def ask(orders, costs, *, margin=50, last=1000, opened=True, horizon=365):
    """orders: (customer, day, net, channel), numbered as they come. costs: (channel, day, cost, aim)."""
    valid = table(VALID, [(at, who, day(when), net, name) for at, (who, when, net, name) in enumerate(orders)])
    first = {who: min(when for other, when, *_rest in orders if other == who) for who, *_rest in orders}
    began = table({"customer_id": "int64", "first_day": "date"}, [(who, day(when)) for who, when in first.items()])
    paid = table(COSTS, [(name, day(when), cost, aim) for name, when, cost, aim in costs])
    terms = Terms(day(last), History(day(0), opened=opened), margin, horizon)
    return {one.name: one for one in acquisition(valid, began, paid, period=SPRING, terms=terms)}


def test_costs_without_an_aim_are_shared_by_first_and_other_orders():
    orders = [(ADA, 10, 500, "ads"), (ADA, 210, 500, "ads"), (BEN, 220, 500, "ads"), (BEN, 230, 500, "ads"), (CLEO, 240, 500, "ads")]  # fmt: skip
    found = ask(
        orders, [("ads", 200, 1001, ""), ("ads", 201, 300, "new"), ("ads", 290, 80, "kept"), ("ads", 291, 999, "")]
    )
    ads = found["ads"]
    assert (ads.new, ads.kept, ads.cost) == (2, 1, 1381)
    assert (ads.cost_new, ads.cost_kept) == (300 + 501, 80 + 500)
    assert (ads.per_new, ads.per_kept) == (400.5, 580)


def test_a_channel_that_brought_nobody_still_cost_its_money():
    found = ask([(ADA, 210, 500, "web")], [("radio", 250, 700, "")])
    assert (found["radio"].cost_new, found["radio"].new, found["radio"].per_new) == (700, 0, None)
    assert (found["web"].cost, found["web"].new, found["web"].per_new) == (0, 1, 0)
    assert list(found) == ["radio", "web"]


def test_who_may_be_an_old_customer_is_neither_new_nor_kept():
    orders = [(ADA, 100, 5, "web"), (ADA, 205, 5, "web"), (BEN, 210, 5, "web")]
    found = ask(orders, [], opened=False)["web"]
    assert (found.new, found.kept) == (1, 1)
    early = ask([(DAN, 210, 5, "web")], [], opened=False)["web"]
    assert (early.new, early.kept) == (1, 0)


def crowd(n=100):
    """Newcomers who spend 1000 at once and, every second one, 1000 after 30 days."""
    orders = [(who, 210 + who % 50, 1000, "ads") for who in range(n)]
    return orders + [(who, 240 + who % 50, 1000, "ads") for who in range(0, n, 2)]


def test_value_is_contribution_over_newcomers_and_payback_the_day_they_have_paid():
    ads = ask(crowd(), [("ads", 200, 60_000, "new")], margin=50)["ads"]
    spread = statistics.stdev([1000] * 50 + [500] * 50) / 10
    assert (ads.value.value, ads.value.n) == (pytest.approx(750), 100)
    assert (ads.value.low, ads.value.high) == pytest.approx((750 - 1.959964 * spread, 750 + 1.959964 * spread))
    assert (ads.per_new, ads.ratio.value, ads.payback_days) == (600, pytest.approx(1.25), 30)
    cheap = ask(crowd(), [("ads", 200, 50_000, "new")])["ads"]
    dear = ask(crowd(), [("ads", 200, 75_001, "new")])["ads"]
    assert (cheap.payback_days, dear.payback_days) == (0, None)
    assert dear.ratio.value < 1


def test_without_margin_without_costs_or_with_too_few_there_is_no_ratio():
    costs = [("ads", 200, 60_000, "new")]
    none = ask(crowd(), costs, margin=None)["ads"]
    assert (none.value.why_not, none.ratio.value, none.payback_days) == ("no_margin", None, None)
    assert ask(crowd(), [])["ads"].ratio.why_not == "no_cost"
    few = ask(crowd(99), costs)["ads"]
    assert (few.value.why_not, few.payback_days, few.per_new) == ("too_few", None, 60_000 / 99)
    young = ask(crowd(), costs, last=500)["ads"]
    assert (young.value.n, young.new) == (0, 100)
    assert ask([], []) == {}


orders_ = st.lists(st.tuples(st.integers(1, 5), st.integers(150, 320), st.integers(0, 900), st.sampled_from(["web", "ads"])), max_size=15)  # fmt: skip
costs_ = st.lists(st.tuples(st.sampled_from(["web", "ads", "radio"]), st.integers(190, 300), st.integers(0, 999), st.sampled_from(["", "new", "kept", "brand"])), max_size=6)  # fmt: skip


@given(orders_, costs_)
@examples(6)
def test_counts_equal_the_slow_ones_and_costs_add_up(orders, costs):
    found = ask(orders, costs)
    inside = [(at, *order) for at, order in enumerate(orders) if 200 <= order[1] <= 290]
    for name in {name for _at, _who, _when, _net, name in inside}:
        first = {}
        for who in {who for _at, who, *_rest in inside}:
            began = min(when for other, when, *_rest in orders if other == who)
            starts = [(at, channel) for at, other, when, _net, channel in inside if other == who and when == began]
            first[who] = min(starts)[1] if starts else None
        old = {who for _at, who, _when, _net, channel in inside if channel == name and first[who] is None}
        assert (found[name].new, found[name].kept) == (sum(channel == name for channel in first.values()), len(old))
    for name, one in found.items():
        assert one.cost == one.cost_new + one.cost_kept
        assert one.cost == sum(cost for channel, when, cost, _aim in costs if channel == name and 200 <= when <= 290)
