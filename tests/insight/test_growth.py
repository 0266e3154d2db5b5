"""Every customer is in one part, and the parts make up the whole difference to the minor unit."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples, habits
from insight.shops import ADA, BEN, CLEO, DAN, EVE, beginnings, day, valid_orders
from regulars.insight.came_back import History
from regulars.insight.growth import Part, growth
from regulars.insight.periods import Period, month, month_number

THEN, NOW = Period(day(100), day(199)), Period(day(200), day(299))
OPENED = History(day(0), opened=True)


def ask(found, then=THEN, now=NOW, history=OPENED):
    return growth(valid_orders(found), beginnings(found), then=then, now=now, history=history)


def test_each_customer_is_in_the_part_that_says_what_they_did():
    spent = {
        ADA: {day(110): 500, day(210): 800},
        BEN: {day(120): 700},
        CLEO: {day(220): 300},
        DAN: {day(10): 100, day(230): 150},
        EVE: {day(130): 400, day(240): 250, day(299): 50},
        6: {day(150): 90, day(250): 90},
    }
    found = ask(spent)
    assert (found.net_then, found.net_now, found.difference) == (1690, 1640, -50)
    assert (found.new, found.returned, found.lost) == (Part(1, 300), Part(1, 150), Part(1, 700))
    assert (found.expanded, found.shrunk, found.kept) == (Part(1, 300), Part(1, 100), Part(3, 890))
    assert found.unknown == Part()


def test_who_is_first_seen_soon_after_the_history_begins_may_be_an_old_customer():
    found = ask({CLEO: {day(220): 300}, EVE: {day(290): 40}}, history=History(day(60)))
    assert (found.unknown, found.new) == (Part(1, 300), Part(1, 40))


def parts(found, then, now, history):
    """The parts again, customer by customer."""
    sums = dict.fromkeys(("new", "unknown", "returned", "kept", "expanded", "shrunk", "lost"), (0, 0))

    def add(name, net):
        sums[name] = (sums[name][0] + 1, sums[name][1] + net)

    for days in found.values():
        before = [net for when, net in days.items() if then.first <= when <= then.last]
        after = [net for when, net in days.items() if now.first <= when <= now.last]
        if before and after:
            add("kept", min(sum(before), sum(after)))
            if sum(before) != sum(after):
                add("expanded" if sum(after) > sum(before) else "shrunk", abs(sum(after) - sum(before)))
        elif before:
            add("lost", sum(before))
        elif after:
            first = min(days)
            sure = history.opened or (first - history.begins).days >= 180
            add("returned" if first < now.first else "new" if sure else "unknown", sum(after))
    return sums


@given(habits(last=400), st.integers(0, 150), st.integers(1, 120), st.integers(1, 120), st.booleans())
@examples(15)
def test_parts_equal_the_slow_ones_and_add_up_exactly(spent, start, long_then, long_now, opened):
    middle, end = start + long_then, start + long_then + long_now
    then, now = Period(day(start), day(middle - 1)), Period(day(middle), day(end - 1))
    history = History(day(0), opened=opened)
    found = ask(spent, then, now, history)
    slow = parts(spent, then, now, history)
    assert {name: (getattr(found, name).customers, getattr(found, name).net) for name in slow} == slow
    gained = found.new.net + found.unknown.net + found.returned.net + found.expanded.net
    assert found.difference == gained - found.lost.net - found.shrunk.net
    assert found.net_then == found.kept.net + found.lost.net + found.shrunk.net


def test_shares_need_a_hundred_customers_and_then_have_an_interval():
    def some(n):
        return {who: {day(150): 100} | ({day(250): 60} if who % 2 else {}) for who in range(n)}

    few, enough = ask(some(99)), ask(some(100))
    assert (few.net_kept.value, few.net_kept.why_not, few.kept) == (None, "too_few", Part(49, 49 * 60))
    # Everybody spent 100 then; half kept 60 of it: variance of a mean of 0 and 60 over 100 people.
    half = 1.959964 * (100 / 99 * 30**2 / 100) ** 0.5 / 100
    assert enough.net_kept.value == pytest.approx(0.3)
    assert (enough.net_kept.low, enough.net_kept.high) == pytest.approx((0.3 - half, 0.3 + half))
    assert enough.customers_kept.value == pytest.approx(0.5)


def test_an_empty_shop_did_not_grow():
    found = ask({})
    assert (found.difference, found.kept, found.net_kept.why_not) == (0, Part(), "too_few")


def test_periods_that_overlap_are_refused():
    with pytest.raises(ValueError, match="overlap"):
        ask({}, then=NOW, now=NOW)
    with pytest.raises(ValueError, match="at least one day"):
        Period(day(2), day(1))


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_a_month_holds_its_days(when):
    found = month(month_number(when))
    assert found.first <= when <= found.last
    assert found.first.day == (found.last + dt.timedelta(days=1)).day == 1
