"""The chain ladder against Mack's own example, and a triangle made of finished cells only."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.random_shops import examples, habits
from insight.shops import beginnings, day, valid_orders
from regulars.insight.audit import cells
from regulars.insight.came_back import History
from regulars.insight.triangle import Triangle, chain_ladder, triangle

# Taylor and Ashe (1983), used by Mack (1993), table 1: increments.
INCREMENTS = [
    [357848, 766940, 610542, 482940, 527326, 574398, 146342, 139950, 227229, 67948],
    [352118, 884021, 933894, 1183289, 445745, 320996, 527804, 266172, 425046],
    [290507, 1001799, 926219, 1016654, 750816, 146923, 495992, 280405],
    [310608, 1108250, 776189, 1562400, 272482, 352053, 206286],
    [443160, 693190, 991983, 769488, 504851, 470639],
    [396132, 937085, 847498, 805037, 705960],
    [440832, 847631, 1131398, 1063269],
    [359480, 1061648, 1443370],
    [376686, 986608],
    [344014],
]
# The reserves and standard errors printed there, in thousands.
RESERVES = [0, 95, 470, 710, 985, 1419, 2178, 3920, 4279, 4626]
ERRORS = [0, 76, 122, 134, 261, 411, 558, 875, 971, 1363]


def running(rows):
    return Triangle(
        tuple(range(len(rows))),
        tuple(
            tuple(sum(row[: age + 1]) if age < len(row) else None for age in range(len(rows[0]))) for row in rows
        ),
    )  # fmt: skip


def test_macks_example_gives_macks_numbers():
    found = chain_ladder(running(INCREMENTS))
    assert [round((one.in_the_end - one.so_far) / 1000) for one in found.cohorts] == RESERVES
    assert [round(one.error / 1000) for one in found.cohorts] == ERRORS
    assert round(found.total.in_the_end - found.total.so_far) == 18_680_856
    assert round(found.total.error) == 2_447_095
    assert found.factors[0] == pytest.approx(3.4906, abs=1e-4)


def test_known_cells_stay_and_the_bounds_hold_the_forecast():
    found = chain_ladder(running(INCREMENTS))
    for row, own, errors in zip(INCREMENTS, found.cells, found.errors, strict=True):
        assert own[: len(row)] == tuple(float(sum(row[: age + 1])) for age in range(len(row)))
        assert set(errors[: len(row)]) == {0.0}
        assert all(error > 0 for error in errors[len(row) :])
    for one in (*found.cohorts[1:], found.total):
        assert one.so_far < one.low < one.in_the_end < one.high


def test_cohorts_that_all_grow_alike_leave_no_doubt():
    rows = [[100 * size, 50 * size, 25 * size, 5 * size] for size in (1, 2, 3, 4)]
    found = chain_ladder(running([row[: 4 - place] for place, row in enumerate(rows)]))
    assert [one.in_the_end for one in found.cohorts] == pytest.approx([180, 360, 540, 720])
    assert found.total.error == pytest.approx(0, abs=1e-6)


def test_three_cohorts_are_too_few_and_nothing_cannot_grow():
    assert chain_ladder(running(INCREMENTS[:3])).why_not == "too_short"
    assert chain_ladder(Triangle((), ())).why_not == "too_short"
    assert chain_ladder(running([[0, 0, 0, 0], [0, 0, 0], [0, 0], [0]])).why_not == "nothing_spent"


@given(habits(last=700), st.integers(0, 900), st.booleans())
@examples(6)
def test_the_triangle_holds_the_finished_sums_of_new_customers(spent, last, opened):
    history, as_of = History(day(0), opened=opened), day(last)
    table = cells(valid_orders(spent), beginnings(spent), as_of=as_of)
    found = triangle(table, as_of=as_of, history=history)
    quarters = {}
    for days in spent.values():
        first = min(days)
        start = dt.date(first.year, 1 + (first.month - 1) // 3 * 3, 1)
        if opened or (start - day(0)).days >= 180:
            quarters.setdefault(start.year * 12 + start.month - 1, []).append(days)

    def finished(number):
        """Whether the quarter from this month is over, and the grace after it."""
        after = dt.date((number + 3) // 12, (number + 3) % 12 + 1, 1)
        return (after - day(0)).days + 13 <= last

    assert list(found.cohorts) == sorted(start for start in quarters if finished(start))
    for start, sums in zip(found.cohorts, found.sums, strict=True):
        for age, total in enumerate(sums):
            end = start + 3 * age
            upto = sum(
                net
                for days in quarters[start]
                for when, net in days.items()
                if when.year * 12 + when.month - 1 < end + 3
            )
            assert total == (upto if finished(end) else None)
