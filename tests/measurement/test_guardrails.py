"""Who said no, complained or gave something back within two weeks: counted for both sides, also where nothing is alarming."""

from measurement_shops import complained, gave_back, ordered, owned_by

from cast import MORNING, PROOF
from plays.play_shops import DAY, a_day, customers, on, play
from regulars.customers.consenting import say
from regulars.decisions.models import Decision, Stop
from regulars.measurement import kept_lifts, nightly
from regulars.measurement.models import Lift
from regulars.orders.models import Order
from regulars.plays.models import Play


def acted(count):
    customers(count)
    on(play(once_every=200, per_day=count // 2))
    a_day()
    return sides()


def sides():
    return [
        list(Decision.objects.filter(arm=arm).order_by("at", "person_id").values_list("person_id", flat=True))
        for arm in ("treated", "held_out")
    ]


def measured(after):
    nightly.measure(now=MORNING + after * DAY)
    return Lift.objects.get(source="play:hello", question=kept_lifts.EFFECT).data["guardrails"]


def test_each_side_is_counted_by_what_happened_within_two_weeks(shop):
    treated, held = acted(300)
    for pk in (*treated[:6], *held[:2]):
        say(pk, "email", {"": False}, proof=PROOF, at=MORNING + 3 * DAY)
    say(treated[9], "email", {"": False}, proof=PROOF, at=MORNING + 14 * DAY)
    complained(treated[7], MORNING + 13 * DAY)
    complained(held[7], MORNING - DAY)
    ordered([treated[20]], MORNING - 5 * DAY)
    gave_back([*treated[:2], *held[:4], *treated[:1]], MORNING + 2 * DAY)
    gave_back([held[8]], MORNING + 14 * DAY)
    ordered(held[30:31], MORNING + 40 * DAY)
    assert measured(13)["n"] == {"treated": 0, "held_out": 0}
    found = measured(14)
    assert found["n"] == {"treated": len(treated), "held_out": len(held)}
    for name, of_treated, of_held in (("unsubscribed", 6, 2), ("complained", 1, 0), ("returned", 2, 4)):
        one = found[name]
        assert (one["treated"], one["held_out"]) == (of_treated, of_held)
        assert one["low"] < of_treated / len(treated) - of_held / len(held) < one["high"]
    assert not Stop.objects.exists()


def test_what_is_refunded_on_an_order_counts_to_whoever_ordered(small_shop):
    treated, held = acted(100)
    ordered([held[4]], MORNING - 20 * DAY)
    gave_back([None], MORNING + DAY, order=Order.objects.get().pk)
    ordered([treated[0]], MORNING + 40 * DAY)
    found = measured(20)["returned"]
    assert (found["treated"], found["held_out"]) == (0, 1)


def test_whoever_was_found_to_be_on_both_sides_counts_on_neither_and_a_merge_keeps_what_was_said(small_shop):
    treated, held = acted(100)
    say(treated[1], "email", {"": False}, proof=PROOF, at=MORNING + DAY)
    owned_by(treated[1], treated[0])
    owned_by(held[1], treated[2])
    ordered([treated[5]], MORNING + 40 * DAY)
    found = measured(20)
    assert found["n"] == {"treated": len(treated) - 2, "held_out": len(held) - 1}
    assert found["unsubscribed"]["treated"] == 1


def test_after_the_share_was_changed_it_is_said_that_plain_shares_mislead(small_shop):
    acted(200)
    ordered(sides()[0][:1], MORNING + 40 * DAY)
    assert not measured(20)["changed"]
    Play.objects.update(share=0.2)
    a_day(MORNING + DAY)
    assert measured(21)["changed"]
