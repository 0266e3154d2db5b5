"""The outlook of a whole shop: nothing looks ahead, everybody is in it, and what it says comes about as often as said."""

import datetime as dt
from functools import cache

import numpy as np
import pytest

from insight.lifetime.lifetime_shops import order_days
from insight.shops import Order, Shop, dates, day, opened
from regulars.insight.backtest import backtest, outlook
from regulars.insight.candidates.registry import CANDIDATES
from regulars.insight.profile import Choices

LAST, HORIZON = 700, 90


@cache
def shop(until: int = LAST + HORIZON) -> Shop:
    """Two thousand customers who order as BG/NBD says, up to this day."""
    luck = np.random.default_rng(4)
    who, when = order_days(luck, 2000, (0.6, 45.0, 0.7, 2.2), LAST + HORIZON + 1)
    worth = luck.gamma(8, 500, who.size)
    orders = zip(who, when, worth, strict=True)
    return Shop(
        tuple(
            Order(number, int(one), day(int(at)), net=int(net), lines=())
            for number, (one, at, net) in enumerate(orders)
            if at <= until
        )
    )


def look(found: Shop):
    with opened(found) as (engine, facts):
        return outlook(engine, facts, dates(LAST), Choices(), horizon=HORIZON)


@pytest.fixture(scope="module")
def seen():
    return look(shop())


def arrays(found):
    yield found.customer
    for part in (found.p_order, found.orders, found.net):
        yield from (part.value, part.low, part.high)


def test_what_comes_after_the_day_changes_nothing(seen):
    blind = look(shop(LAST))
    for one, other in zip(arrays(seen), arrays(blind), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    assert (seen.total_orders, seen.total_net) == (blind.total_orders, blind.total_net)
    assert seen.backtest.choice == blind.backtest.choice


def test_everybody_who_ordered_by_then_is_in_it_once_and_inside_the_own_range(seen):
    ordered = {order.who for order in shop().orders if order.day <= day(LAST)}
    assert seen.customer.tolist() == sorted(ordered)
    for part in (seen.p_order, seen.orders, seen.net):
        assert np.isfinite(part.value).all()
        assert (part.low <= part.value).all()
        assert (part.value <= part.high).all()
    assert ((seen.p_order.low >= 0) & (seen.p_order.high <= 1)).all()


def test_the_totals_are_the_sums_and_the_actual_ones_lie_in_their_intervals(seen):
    assert seen.total_orders.value == pytest.approx(seen.orders.value.sum())
    assert seen.total_net.value == pytest.approx(seen.net.value.sum())
    known = {order.who for order in shop().orders if order.day <= day(LAST)}
    came = [o for o in shop().orders if day(LAST) < o.day <= day(LAST + HORIZON) and o.who in known]
    assert seen.total_orders.low < len({(o.who, o.day) for o in came}) < seen.total_orders.high
    assert seen.total_net.low < sum(o.net for o in came) < seen.total_net.high


def test_of_those_shown_a_chance_so_many_order(seen):
    came = {order.who for order in shop().orders if day(LAST) < order.day <= day(LAST + HORIZON)}
    did = np.isin(seen.customer, list(came))
    order = np.argsort(seen.p_order.value)
    for part in np.array_split(order, 5):
        expected, spread = seen.p_order.value[part].mean(), np.sqrt(0.25 / part.size)
        assert did[part].mean() == pytest.approx(expected, abs=3.5 * spread)


def test_every_past_day_had_its_history_and_every_candidate_was_asked(seen):
    test = seen.backtest
    assert len(test.days) == 5
    assert test.days[-1] == day(LAST - HORIZON)
    assert test.days[0] >= day(180)
    assert {trial.name for trial in test.trials} <= {candidate.name for candidate in CANDIDATES}
    assert {trial.actual for trial in test.of("BG/NBD")} == {trial.actual for trial in test.of("own rate")}
    assert sum(each.n for each in test.bins) == sum(trial.n for trial in test.of(test.choice.chance))


def test_a_shop_with_too_little_says_what_is_missing():
    few = Shop(tuple(order for order in shop().orders if order.who < 20))
    found = look(few)
    assert (found.why_not, found.have, found.need) == ("few_customers", pytest.approx(20, abs=8), 500)
    assert found.customer.size == 0


def test_a_short_history_has_no_trial_and_an_unproven_choice():
    with opened(shop()) as (engine, facts):
        test = backtest(engine, facts, dates(200), Choices(), horizon=HORIZON)
    assert (test.trials, test.why_not, test.choice.proven) == ((), "short_history", False)


def test_dates_of_trials_are_a_horizon_apart(seen):
    gaps = {later - earlier for earlier, later in zip(seen.backtest.days, seen.backtest.days[1:], strict=False)}
    assert gaps == {dt.timedelta(days=HORIZON)}


def test_the_margin_of_what_comes_is_between_the_customers_own_and_the_shops():
    with opened(shop()) as (engine, facts):
        known = outlook(engine, facts, dates(LAST), Choices(margin_percent=40), horizon=HORIZON)
    rate = known.margin.value / known.net.value
    assert rate == pytest.approx(np.full(rate.size, 0.4), abs=0.01)
    assert (known.margin.low <= known.margin.value).all()
    assert (known.margin.value <= known.margin.high).all()


def test_without_costs_there_is_no_margin(seen):
    assert np.isnan(seen.margin.value).all()
