"""The brakes stop what goes wrong, once, with the figures; what a person lets go on stays so until something new comes."""

import datetime as dt

from actions.messaging.post import HOUR, account, mail_server, planned, worker
from cast import MORNING, people, wish
from regulars import day
from regulars.actions.messaging import braking, feedback
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Message, MessageEvent
from regulars.decisions import stopping
from regulars.decisions.gate import Request, weigh
from regulars.decisions.models import Stop


def sent(count, source="campaign:spring/1"):
    """Messages that have left, without anything that led to them."""
    before = Message.objects.count()
    rows = [
        Message(
            pk=before + number, person_id=before + number, identifier_id=before + number, channel="email", purpose="news", marketing=True,
            source=source, occurrence="once", state="sent", not_before=MORNING, planned_at=MORNING, sent_at=MORNING,
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    Message.objects.bulk_create(rows)
    return [row.pk for row in rows]


def came_back(messages, kind, at=MORNING):
    for message in messages:
        feedback.happened(message, feedback.News(kind, f"{kind}:{message}:{at}"), at=at)


def scopes():
    return sorted(Stop.objects.filter(ended_at=None).values_list("scope", flat=True))


def test_three_complaints_in_a_thousand_stop_the_campaign_and_everything(shop):
    came_back(sent(1000)[:3], "complaint")
    assert len(braking.brake(now=MORNING + HOUR)) == 2
    assert braking.brake(now=MORNING + HOUR) == []
    assert scopes() == ["campaign:spring", "everything"]
    assert Stop.objects.get(scope="campaign:spring").why == (
        "3 of 1,000 messages were reported as spam (0.30%) in 14 days."
    )
    assert Stop.objects.filter(actor="brakes").count() == 2
    asked = weigh([Request(people(1)[0], wish("campaign:other/1"))], now=MORNING)
    assert asked[0].reason == "paused_shop"


def test_one_complaint_in_a_first_batch_stops_that_campaign_alone(shop):
    came_back(sent(150)[:1], "complaint")
    sent(400, "campaign:other/1")
    braking.brake(now=MORNING + HOUR)
    assert scopes() == ["campaign:spring"]
    assert "look at it before more leave" in Stop.objects.get().why


def test_what_a_person_let_go_on_is_stopped_again_only_by_something_new(shop):
    messages = sent(300)
    came_back(messages[:6], "hard")
    braking.brake(now=MORNING + HOUR)
    for scope in scopes():
        stopping.go_on(scope, actor="owner", at=MORNING + 2 * HOUR)
    assert braking.brake(now=MORNING + 3 * HOUR) == []
    came_back(messages[6:7], "hard", at=MORNING + 4 * HOUR)
    assert len(braking.brake(now=MORNING + 5 * HOUR)) == 2


def test_what_lies_long_ago_and_letters_about_orders_do_not_count(small_shop):
    messages = sent(1000)
    Message.objects.filter(pk__in=messages[:3]).update(marketing=False)
    came_back(messages[:3], "complaint")
    came_back(messages[3:6], "complaint", at=MORNING - dt.timedelta(days=15))
    assert braking.brake(now=MORNING + HOUR) == []


def test_addresses_that_the_mail_server_refuses_brake_too(small_shop):
    account()
    with mail_server() as (port, box):
        box.at_rcpt = lambda _address: "550 5.1.1 no such user"
        planned(people(6))
        worker(port).run()
    assert MessageEvent.objects.filter(kind="hard").count() == 6
    assert next(stop.why for stop in braking.brake(now=MORNING + HOUR)).startswith("6 of 6 messages went to addresses")


def test_the_day_brakes_after_it_sent(small_shop):
    came_back(sent(100)[:1], "complaint")
    said = []
    day.send(Worker("w", lambda: MORNING), say=said.append)
    assert said == [
        "stopped campaign:spring: 1 of the first 100 messages was reported as spam: look at it before more leave."
    ]
