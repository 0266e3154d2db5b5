"""Who tells, who stays quiet, who shares; and a score that is the sum of what is shown."""

import math

from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples
from insight.shops import ADA, BEN, CLEO, DAN, EVE, day, opened, rows, shop, table
from regulars.insight.voices import voices

LAST = 800


def ask(ordered, reviewed, shared, last=LAST):
    """Days of each customer; reviews as (customer, day, rating)."""
    pairs = {"customer_id": "int64", "day": "date"}
    found = shop(reviews=tuple((who, day(at), rating) for who, at, rating in reviewed))
    with opened(found) as (_engine, facts):
        days = table(pairs, [(who, day(at)) for who, ats in ordered.items() for at in sorted(set(ats))])
        told = table(pairs, [(who, day(at)) for who, ats in shared.items() for at in ats])
        return {row["customer_id"]: row for row in rows(voices(facts, days, told, as_of=day(last)))}


def test_each_voice_has_its_evidence():
    found = ask(
        {ADA: [700, 750, 800], BEN: [500, 600, 700], CLEO: [0, 10, 20], DAN: [790], EVE: [700, 710, 720]},
        [(ADA, 710, 5.0), (ADA, 760, 2.0), (ADA, 760, 4.0), (ADA, 799, 5.0), (DAN, 801, 1.0)],
        {DAN: [791, 795], EVE: [730]},
    )
    assert {who for who, row in found.items() if row["good_reviewer"]} == {ADA}
    assert {who for who, row in found.items() if row["quiet"]} == {BEN}
    assert {who for who, row in found.items() if row["sharer"]} == {DAN}
    assert (found[ADA]["reviews"], found[ADA]["review_days"], found[ADA]["rating_mean"]) == (4, 3, 4.0)
    assert (found[DAN]["reviews"], found[DAN]["rating_mean"], found[DAN]["last_day"]) == (0, None, day(790))


def test_the_parts_are_shown_and_make_up_the_score():
    found = ask({ADA: [800 - 30 * at for at in range(8)], BEN: [710]}, [(ADA, 800, 5.0)] * 2, {ADA: [790] * 9})
    parts = [found[ADA][f"part_{name}"] for name in ("recent", "orders", "reviews", "shares")]
    assert (parts, found[ADA]["engagement"]) == ([25, 25, 13, 25], 88)
    assert (found[BEN]["part_recent"], found[BEN]["part_orders"], found[BEN]["engagement"]) == (13, 4, 17)


def test_nobody_in_an_empty_shop_and_nothing_of_the_future():
    assert ask({}, [], {}) == {}
    assert ask({ADA: [LAST + 1]}, [(BEN, LAST + 1, 5.0)], {CLEO: [LAST + 1]}) == {}


when = st.lists(st.integers(400, 820), max_size=7)
people = st.dictionaries(st.integers(1, 4), when, max_size=4)


@given(people, st.lists(st.tuples(st.integers(1, 4), st.integers(400, 820), st.sampled_from([1.0, 5.0])), max_size=8), people)  # fmt: skip
@examples(8)
def test_the_counts_equal_the_slow_ones(ordered, reviewed, shared):
    found = ask(ordered, reviewed, shared)
    events = {
        "order": {who: sorted({at for at in ats if at <= LAST}) for who, ats in ordered.items()},
        "review": {who: [at for other, at, _rating in reviewed if other == who and at <= LAST] for who in range(1, 5)},
        "share": {who: [at for at in ats if at <= LAST] for who, ats in shared.items()},
    }
    everybody = {who for by_who in events.values() for who, ats in by_who.items() if ats}
    assert set(found) == everybody
    for who, row in found.items():
        orders, reviews, shares = (events[name].get(who, []) for name in ("order", "review", "share"))
        recent = [sum(LAST - at < 365 for at in ats) for ats in (orders, reviews, shares)]
        assert (row["order_days"], row["reviews"], row["shares"]) == (len(orders), len(reviews), len(shares))
        assert [row["orders_365d"], row["reviews_365d"], row["shares_365d"]] == recent
        parts = [math.floor(25 * min(n, most) / most + 0.5) for n, most in zip(recent, (6, 4, 4), strict=True)]
        ago = LAST - max([*orders, *reviews, *shares])
        assert row["engagement"] == sum(parts) + row["part_recent"]
        assert abs(row["part_recent"] - 25 * 0.5 ** (ago / 90)) <= 0.5 + 1e-9
        assert row["quiet"] == (len(orders) >= 3 and recent[0] > 0 and not reviews and not shares)
        assert (row["good_reviewer"], row["sharer"]) == (len(set(reviews)) >= 3, len(set(shares)) >= 2)
