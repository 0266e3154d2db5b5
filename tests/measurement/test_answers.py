"""How many answered a play that asks: replies to its messages and calls in which somebody spoke, within its days."""

import datetime as dt

from cast import MORNING
from regulars.actions.messaging.models import Message, MessageEvent
from regulars.actions.tasks.models import Task
from regulars.decisions.models import Decision
from regulars.measurement import answers
from regulars.measurement.outcomes import answered

DAY = dt.timedelta(days=1)
SCOPE = "play:quiet-ones"


def sent(count, *, at=MORNING, source=f"{SCOPE}/1", first=1):
    Message.objects.bulk_create(
        Message(pk=pk, person_id=pk, identifier_id=pk, channel="email", purpose="care", marketing=True, source=source, occurrence="1",
                state="sent", not_before=at, planned_at=at, sent_at=at)
        for pk in range(first, first + count)
    )  # fmt: skip


def replied(message, at, **more):
    number = MessageEvent.objects.count()
    MessageEvent.objects.create(message_id=message, kind="reply", raw_id=f"r{number}", at=at, **more)


def called(pk, result, *, at):
    Decision.objects.create(pk=pk, person_id=pk, identifier_id=pk, channel="phone", purpose="care", source=f"{SCOPE}/1",
                            occurrence="c", priority=4, arm="treated", at=MORNING, not_before=MORNING)  # fmt: skip
    Task.objects.create(
        decision_id=pk, person_id=pk, identifier_id=pk, kind="call", not_before=MORNING, at=at, result=result
    )


def test_replies_in_time_and_calls_in_which_somebody_spoke_are_answers(shop):
    sent(6)
    sent(3, source="play:quiet-ones-too/1", first=20)
    sent(4, at=MORNING + 20 * DAY, first=40)
    replied(1, MORNING + DAY)
    replied(1, MORNING + 2 * DAY)
    replied(2, MORNING + 31 * DAY)
    replied(3, MORNING + DAY, machine=True)
    replied(20, MORNING + DAY)
    called(101, "well", at=MORNING + DAY)
    called(102, "not_reached", at=MORNING + DAY)
    called(103, "", at=MORNING + DAY)
    found = answers.of(SCOPE, days=30, complete=(MORNING + 31 * DAY).date())
    assert found == {"days": 30, "asked": 8, "answered": 2}
    assert answered({"answers": found}) == "2 of 8 people asked answered within 30 days: 7% to 59%."


def test_nobody_is_counted_before_their_days_are_over(small_shop):
    sent(5)
    replied(1, MORNING)
    found = answers.of(SCOPE, days=30, complete=(MORNING + 10 * DAY).date())
    assert found["asked"] == found["answered"] == 0
    assert answered({"answers": found}) == ""
    assert answered({}) == ""
