"""Whoever was told goodbye is left in peace until they order or answer; orders' letters still come."""

import datetime as dt

import pytest

from cast import MORNING, person
from plays.play_shops import a_day, customers, on, play
from regulars import goodbyes
from regulars.actions.messaging.models import Message, MessageEvent
from regulars.actions.messaging.plan import plan
from regulars.customers.models import Identifier, Pause
from regulars.decisions.models import Decision
from regulars.orders.models import Order
from regulars.plays.folders import Written
from regulars.plays.reading import PlayMistakes, read

DAY = dt.timedelta(days=1)


def farewell():
    written = play(share=0)
    return Written(written.text.replace("[play]\n", "[play]\ngoodbye = true\n"), written.words)


def told(count):
    """So many people whose letter of goodbye has left."""
    people = customers(count)
    on(farewell())
    a_day()
    plan(now=MORNING)
    Message.objects.update(state="sent", sent_at=MORNING)
    return people


def bought(who, at):
    Order.objects.create(pk=Order.objects.count() + 1, source="csv", source_key=str(who), identifier_id=who, ordered_at=at, known_at=at,
                         status="paid", currency="EUR", total=100, net=100, base_total=100, base_net=100, progress="x",
                         payload_hash="x", import_id=1)  # fmt: skip


def resting():
    return set(Pause.objects.filter(why="paused_goodbye", ended_at=None).values_list("identifier_id", flat=True))


def test_after_the_letter_no_other_play_reaches_them(shop):
    people = told(4)
    assert goodbyes.keep(now=MORNING + DAY) == (4, 0)
    assert resting() == set(people)
    on(Written(play(share=0).text.replace('"hello"', '"other"'), play().words))
    a_day(MORNING + 10 * DAY)
    assert not Decision.objects.filter(source__startswith="play:other/", arm="treated").exists()


def test_again_nothing_begins_and_what_ended_does_not_begin_again(shop):
    people = told(3)
    goodbyes.keep(now=MORNING + DAY)
    assert goodbyes.keep(now=MORNING + DAY) == (0, 0)
    bought(people[0], MORNING + 2 * DAY)
    assert goodbyes.keep(now=MORNING + 3 * DAY) == (0, 1)
    assert goodbyes.keep(now=MORNING + 4 * DAY) == (0, 0)
    assert resting() == set(people[1:])


def test_who_orders_under_another_address_or_answers_hears_from_the_shop_again(shop):
    people = told(3)
    goodbyes.keep(now=MORNING + DAY)
    other = person("Ada B")
    Identifier.objects.filter(pk=other).update(customer_id=people[0])
    bought(other, MORNING + 2 * DAY)
    bought(people[2], MORNING - 5 * DAY)
    letter = Message.objects.get(identifier_id=people[1])
    MessageEvent.objects.create(message_id=letter.pk, kind="reply", raw_id="r", at=MORNING + 2 * DAY)
    assert goodbyes.keep(now=MORNING + 3 * DAY) == (0, 2)
    assert resting() == {people[2]}


def test_letters_of_other_plays_end_nothing(small_shop):
    customers(3)
    on(play(share=0))
    a_day()
    plan(now=MORNING)
    Message.objects.update(state="sent", sent_at=MORNING)
    assert goodbyes.keep(now=MORNING + DAY) == (0, 0)


def test_goodbye_is_true_or_false():
    with pytest.raises(PlayMistakes, match="true or false"):
        read(farewell().text.replace("goodbye = true", 'goodbye = "yes"'))
