"""As of a past day, all facts give what the facts known by that day gave; what became known later changes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from insight.base_question import ask, assert_same
from insight.headlines import orders
from insight.random_shops import busy_shops, examples
from insight.shops import ADA, BEN, Order, Refund, at, dates, day, many, opened, rows, shop
from regulars.insight.profile import Choices
from regulars.insight.summary import count, summarise


@given(found=busy_shops(), cut=st.integers(10, 90))
@examples(6)
def test_a_past_profile_uses_only_what_was_known_by_that_day(found, cut):
    found = found.moved(69 - cut)
    now, then = ask(found, 69), ask(found.known_on(day(69)), 69)
    for name, table in now.items():
        assert_same(table, then[name])


def summary_of(found, when):
    with opened(found) as (engine, facts):
        answer = summarise(engine, facts, when, Choices())
        tables = {
            "profiles": rows(answer.profiles, "customer_id"),
            "cohorts": rows(answer.cohorts),
            "products": rows(answer.products.repeat, "variant_id"),
            "returned": rows(answer.products.returned, "variant_id"),
        }
    return tables, (answer.n1, answer.n2, answer.counts, answer.survival, answer.first_spend)


def long_shop():
    """Two hundred customers over three years, among them orders cancelled, refunded or found out about late."""
    cut = 800
    late = (
        Order(91, ADA, day(660), known=day(cut + 1)),
        Order(92, BEN, day(670), cancelled=day(cut + 9)),
        Order(93, BEN, day(640), status="cancelled", cancelled=day(cut + 1)),
        Order(94, BEN, day(650), status="voided", cancelled=day(cut + 1)),
    )
    back = (
        Refund(1, 1, 1000, day(cut + 1)),
        Refund(2, 2, 400, None, known=day(cut + 30), variant=1),
        Refund(3, 93, 300, day(645), known=day(cut + 2)),
        Refund(4, 94, 300, day(655), known=day(cut - 2), variant=1),
    )
    everybody = (*many(120, (30, 200, 640, 690)), *many(110, (620, 680, 900), first=3000), *at(650, 700, 850))
    found = shop(*everybody, *late, refunds=back, reviews=((ADA, day(cut), 5.0), (ADA, day(cut + 1), 1.0)))
    return found, cut


def test_a_past_summary_uses_only_what_was_known_by_that_day():
    found, cut = long_shop()
    now, then = summary_of(found, dates(cut)), summary_of(found.known_on(day(cut)), dates(cut))
    assert now[1] == then[1]
    assert (now[1][0].value, now[1][1].value) != (None, None)
    for name, table in now[0].items():
        assert_same(table, then[0][name])


def test_what_became_known_later_does_change_the_answer_of_later():
    found, cut = long_shop()
    counts = []
    for known in (None, cut + 30):
        orders(cut, known).ask(found)
        counts.append(count(orders(cut, known).table("orders")))
    then, later = counts
    assert later.orders == then.orders + 1
    assert later.refunded_total == then.refunded_total + 400 + 300
