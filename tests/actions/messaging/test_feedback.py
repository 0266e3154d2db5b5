"""What comes back: taken once in any order, acted on at once, and never held against the person when it is our fault."""

import datetime as dt
from dataclasses import replace

import pytest

from actions.messaging.channels.email import returned_mails as mails
from actions.messaging.post import account, at_once, planned
from cast import MORNING, person, wish
from regulars.actions.messaging import feedback, links
from regulars.actions.messaging.channels.email import reports
from regulars.actions.messaging.channels.sms.http import Callback
from regulars.actions.messaging.models import Account, Message, MessageEvent
from regulars.customers.consenting import words
from regulars.customers.models import Identifier, Pause, Suppression
from regulars.decisions.gate import Request, decide

DAY = dt.timedelta(days=1)


def sent(name="Ada", source="campaign:spring/1"):
    """The number of a message that this person was sent."""
    who = Identifier.objects.filter(name=name).values_list("pk", flat=True).first() or person(name)
    found = planned([who], source=source, purpose="service", expires_at=None)
    Message.objects.filter(decision_id=found[0].pk).update(state="sent", sent_at=MORNING)
    return Message.objects.get(decision_id=found[0].pk).pk


def report(kind, message, deed=links.BOUNCE, **rest):
    given = {"address": "", "status": "", "text": "said so"} | rest
    return reports.Report(kind, links.token(message, deed), "", **given)


def take(kind, message, raw_id=None, *, at=MORNING, **rest):
    return feedback.take(report(kind, message, **rest), raw_id or f"{kind}:{message}", at=at)


def reason(name, **rest):
    who = Identifier.objects.get(name=name).pk
    return decide([Request(who, wish("campaign:next/1", **rest))], now=MORNING)[0].reason


def test_an_address_that_does_not_exist_gets_nothing_not_even_about_orders(shop):
    assert take("hard", sent()).ended
    assert Suppression.objects.get().why == "bounce"
    assert reason("Ada") == "suppressed"
    assert reason("Ada", purpose="order", expires_at=None, occurrence="other") == "suppressed"


def test_a_complaint_ends_marketing_on_every_channel_but_not_letters_about_orders(shop):
    take("complaint", sent())
    assert (Suppression.objects.get().why, Pause.objects.get().why) == ("complaint", "paused_complaint")
    assert reason("Ada") == "suppressed"
    assert reason("Ada", channel="card", occurrence="card") == "paused_complaint"
    assert reason("Ada", purpose="order", expires_at=None, occurrence="other") == ""


def test_the_same_report_three_times_and_out_of_order_changes_nothing(shop):
    message = sent()
    take("complaint", message, "c")
    for _time in range(3):
        take("hard", message, "b")
        feedback.happened(message, feedback.News("delivered", "d"), at=MORNING)
        assert not take("complaint", message, "c").new
    assert Message.objects.get().result == "complained"
    assert MessageEvent.objects.count() == 3
    assert Suppression.objects.count() == 2


def test_reports_that_come_at_the_same_moment_are_taken_once_each(shop):
    message = sent()
    deeds = [lambda kind=kind: take(kind, message) for kind in ("hard", "complaint", "hard", "complaint", "soft")]
    assert sorted(taken.new for taken in at_once(deeds)) == [False, False, True, True, True]
    assert sorted(Suppression.objects.values_list("why", flat=True)) == ["bounce", "complaint"]
    assert Message.objects.get().result == "complained"


def test_a_full_mailbox_is_given_up_after_three_messages_within_thirty_days(small_shop):
    one, two, three, four = (sent(source=f"campaign:c{number}/1") for number in range(4))
    take("full", one, at=MORNING)
    take("full", one, "again", at=MORNING + DAY)
    take("full", two, at=MORNING + 20 * DAY)
    take("full", three, at=MORNING + 40 * DAY)
    assert not Suppression.objects.exists()
    assert take("full", four, at=MORNING + 41 * DAY).ended


def test_what_is_our_fault_pauses_the_account_and_never_the_person(shop):
    account()
    take("ours", sent(), text="5.7.1 blocked by a list")
    assert "blocked by a list" in Account.objects.get().paused_why
    assert Account.objects.get().paused_until > MORNING
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("kind", "rest"), [("unsubscribe", {"deed": links.UNSUBSCRIBE}), ("reply", {"says_stop": True})]
)
def test_to_unsubscribe_by_mail_is_to_leave(shop, kind, rest):
    message = sent()
    assert take(kind, message, **rest).ended
    who = Message.objects.get().identifier_id
    said = words([who], channels=["email"], attested=[], at=MORNING)
    assert said[who, "email", ""].said == "no"
    assert Suppression.objects.get().why == "unsubscribed"
    assert reason("Ada", purpose="order", expires_at=None, occurrence="other") == ""


@pytest.mark.parametrize("unclear", [None, False])
def test_an_unclear_answer_is_only_noted_for_staff(small_shop, unclear):
    assert not take("reply", sent(), says_stop=unclear, text="please do not stop, but ...").ended
    assert MessageEvent.objects.get().detail == "please do not stop, but ..."
    assert not Suppression.objects.exists()


def test_a_delivery_settles_what_was_unknown(shop):
    message = sent()
    Message.objects.update(state="unknown")
    feedback.happened(message, feedback.News("delivered", "d"), at=MORNING)
    assert (Message.objects.get().state, Message.objects.get().result) == ("sent", "delivered")


def test_a_mail_without_a_token_is_known_by_its_message_id_and_a_forged_one_by_nothing(small_shop):
    message = sent()
    plain = replace(report("soft", message), token="")
    known = f"<{links.token(message, links.BOUNCE)}@news.shop.example>"
    assert feedback.take(replace(plain, message_id=known), "one", at=MORNING).message == message
    for forged in ("", f"<{message}@news.shop.example>", f"<{links.token(message, 'other')}@news.shop.example>"):
        assert feedback.take(replace(plain, message_id=forged), "two", at=MORNING) == feedback.NOTHING
    assert feedback.take(report("hard", 12345), "three", at=MORNING) == feedback.NOTHING


def test_a_bounce_as_receivers_write_it_finds_its_message(small_shop):
    message = sent()
    to = f"b+{links.token(message, links.BOUNCE)}@bounce.shop.example"
    raw = mails.dsn(mails.recipient("failed", "5.1.1", "550 5.1.1 no such user"), to=to)
    found = reports.read(raw)
    assert found is not None
    assert feedback.take(found, feedback.id_of(raw), at=MORNING).ended
    assert not feedback.take(found, feedback.id_of(raw), at=MORNING).new


def test_a_providers_callback_finds_its_text_message(small_shop):
    message = sent()
    Message.objects.update(channel="sms", provider_id="SM1", state="unknown")
    assert feedback.arrived(Callback("SM1", "delivered", ""), at=MORNING).message == message
    assert feedback.arrived(Callback("SM1", "sent", ""), at=MORNING) == feedback.NOTHING
    assert feedback.arrived(Callback("", "delivered", ""), at=MORNING) == feedback.NOTHING
    assert Message.objects.get().result == "delivered"
