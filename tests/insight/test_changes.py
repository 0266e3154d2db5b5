"""What is planted is found, what is not there is not, and each count is the slow one."""

import datetime as dt
from collections import Counter
from functools import cache

import pytest
from hypothesis import given

from insight import oracle
from insight.random_shops import examples, habits
from insight.shops import connection, day, rows, table
from regulars.insight.came_back import History
from regulars.insight.change_counts import Look, counts
from regulars.insight.changes import changes, judged
from regulars.insight.valid import customer_days, starts
from regulars.simulator.changing import PLANTS, change

NAMES = {
    "product": ("comes_back", "product", "4"), "cohort": ("comes_back", "cohort", str(2023 * 12 + 4)),
    "season": ("season", "month_of_year", "12"), "addicts": ("always_discounted", "shop", ""),
    "channel": ("share_of_buyers", "channel", "app"),
}  # fmt: skip
SEED = 7


@cache
def queries():
    """The questions as SQL, made once for all shops of `change`, which cover the same days."""
    con, first = connection(), change(SEED)
    register(first)
    began = str(con.compile(starts(customer_days(con.table("changing_valid")))))
    con.raw_sql(f"CREATE OR REPLACE TEMP TABLE changing_began AS {began}")
    tables = [con.table(f"changing_{name}") for name in ("valid", "began", "bought")]
    asked = counts(*tables, look=look_at(first))
    return began, {name: (str(con.compile(one)), one.schema().to_pyarrow()) for name, one in asked.items()}


def register(found):
    for name in ("valid", "bought"):
        connection().con.register(f"changing_{name}", getattr(found, name))


def look_at(found):
    return Look(found.last_day, History(found.first_day, opened=True))


def ask(seed, planted=(), newcomers_a_day=5.0):
    found, con = change(seed, planted=planted, newcomers_a_day=newcomers_a_day), connection().con
    began, asked = queries()
    register(found)
    con.execute(f"CREATE OR REPLACE TEMP TABLE changing_began AS {began}")
    answers = {name: con.sql(sql).to_arrow_table().cast(schema).to_pylist() for name, (sql, schema) in asked.items()}
    return judged(answers, look=look_at(found))


def named(answer):
    return {(one.kind, one.about, one.name) for one in answer.findings}


@pytest.mark.parametrize("fact", PLANTS)
def test_a_planted_fact_is_found_and_nothing_else(fact):
    answer = ask(SEED, [fact])
    assert named(answer) == {NAMES[fact]}
    (only,) = answer.findings
    assert only.p_adjusted <= answer.alarm
    assert only.low <= only.value - only.usual <= only.high
    assert not only.low <= 0 <= only.high


def test_facts_planted_together_are_ranked_by_how_many_they_concern():
    answer = ask(SEED, PLANTS)
    assert named(answer) >= {NAMES[fact] for fact in ("cohort", "season", "addicts", "channel")}
    assert [one.at_least for one in answer.findings] == sorted((f.at_least for f in answer.findings), reverse=True)


def test_in_shops_where_nothing_happens_alarms_are_as_rare_as_promised():
    """Of 20 shops with a promise of 5 % one shows something on average, more than three in one of sixty such runs."""
    answers = [ask(seed, newcomers_a_day=2.0) for seed in range(100, 120)]
    assert all(answer.tested > 50 for answer in answers)
    assert sum(bool(answer.findings) for answer in answers) <= 3


def test_a_season_is_no_change():
    """Where every December is busy, nothing but the season is found, whatever the month: last year's was the same."""
    for seed in range(200, 206):
        assert named(ask(seed, ["season"], newcomers_a_day=3.0)) <= {NAMES["season"]}


BOUGHT = {"customer_id": "int64", "day": "date", "variant_id": "int64"}
VALID = {
    "order_id": "int64", "customer_id": "int64", "day": "date", "month": "int64", "net": "int64",
    "discounted": "boolean", "channel": "string", "country": "string",
}  # fmt: skip


def facts_of(found):
    """Orders with a channel, a discount and a variant that follow from customer and day."""
    orders = sorted((who, when, net) for who, days in found.items() for when, net in days.items())
    return [
        (
            at,
            who,
            when,
            when.year * 12 + when.month - 1,
            net,
            net % 2 == 0,
            "web" if (who + when.day) % 3 else "shop",
            "DE",
        )
        for at, (who, when, net) in enumerate(orders)
    ]


@given(habits(last=1100))
@examples(4)
def test_the_counts_equal_the_slow_ones(found):
    orders = facts_of(found)
    look = Look(day(1120), History(day(0), opened=True))
    valid = table(VALID, orders)
    began = starts(customer_days(valid))
    bought = table(BOUGHT, [(who, when, 1 + net % 3) for _at, who, when, _month, net, *_rest in orders])
    answer = {name: rows(one) for name, one in counts(valid, began, bought, look=look).items()}
    assert answer["newcomers"] == unordered(newcomers(orders, look), answer["newcomers"])
    months: Counter = Counter()
    together: Counter = Counter()
    for days in found.values():
        mine = Counter(when.year * 12 + when.month - 1 for when in days)
        mine = {m: n for m, n in mine.items() if look.month - 24 < m <= look.month}
        months.update(mine)
        together.update({(a, b): n * m for a, n in mine.items() for b, m in mine.items()})
    assert {row["month"]: row["n"] for row in answer["order_days"]} == months
    assert {(row["month"], row["other_month"]): row["n"] for row in answer["order_days_together"]} == together
    assert {(r["month"], r["grade"]): r["n"] for r in merged(answer["grades"])} == graded(found, look)
    assert sum(row["n"] for row in answer["discounts"]) == sum(
        sum(0 <= (look.as_of - when).days < 365 for when in days) >= 4 for days in found.values()
    )


def unordered(expected, like):
    """The expected rows in the order of the given ones, when they hold the same rows."""
    return like if sorted(expected, key=repr) == sorted(like, key=repr) else expected


def newcomers(orders, look):
    counted: dict = {}
    people: dict = {}
    for _at, who, when, month, _net, _cut, channel, country in orders:
        people.setdefault(who, []).append((when, month, channel, country))
    for seen in people.values():
        first, month, channel, country = seen[0]
        after = dt.date((month + 1) // 12, (month + 1) % 12 + 1, 1)
        if (look.as_of - after).days + 1 < 90 + 14 or month <= look.mature_month - 24:
            continue
        cell = counted.setdefault((month, channel, country), [0, 0])
        cell[0] += any(0 < (when - first).days <= 90 for when, *_rest in seen)
        cell[1] += 1
    return [
        {"first_month": m, "channel": c, "country": place, "k": k, "n": n} for (m, c, place), (k, n) in counted.items()
    ]


def merged(table_):
    sums: Counter = Counter()
    for row in table_:
        sums[row["month"], row["grade"]] += row["n"]
    return [{"month": month, "grade": grade, "n": n} for (month, grade), n in sums.items()]


def graded(found, look):
    counted: Counter = Counter()
    for number in (look.month, look.month - 12):
        first = dt.date(number // 12, number % 12 + 1, 1)
        money = {
            who: sum(net for when, net in days.items() if 0 < (first - when).days <= 365) for who, days in found.items()
        }
        money = {who: net for who, net in money.items() if net > 0}
        counted.update((number, grade) for grade in oracle.grades(money).values())
    return counted


def test_an_empty_shop_shows_nothing():
    look = Look(day(400), History(day(0), opened=True))
    empty = changes(
        table(VALID, []),
        table({"customer_id": "int64", "first_day": "date", "second_day": "date"}, []),
        table(BOUGHT, []),
        look=look,
    )
    assert (empty.findings, empty.tested) == ((), 0)
