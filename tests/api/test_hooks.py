"""Reports over HTTP: only who knows the secret is heard, only about what left by that channel, and each once."""

import datetime as dt
import json
import logging

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from actions.messaging.channels.email import provider_reports as sent
from actions.messaging.post import account, planned
from cast import person, wish
from regulars.actions.messaging import hooks, links
from regulars.actions.messaging.models import Account, Message, MessageEvent
from regulars.actions.tasks import carry_out
from regulars.actions.tasks.models import Task
from regulars.actions.tasks.plan import plan as plan_tasks
from regulars.api import hooks as doors
from regulars.customers.consenting import Proof, words
from regulars.customers.leaving import leave
from regulars.customers.models import Identifier, Pause, Suppression
from regulars.decisions.gate import Request, decide
from regulars.decisions.models import Reservation
from regulars.shop import current

NOW = timezone.now()
PHONE = "+4915112345678"
JSON = "application/json"


@pytest.fixture()
def outside(small_shop):
    """A program without cookies that does not know our tokens against forgery."""
    return Client(enforce_csrf_checks=True, HTTP_HOST="localhost")


def message(channel="email", name="Ada", source="campaign:spring/1", **rest):
    who = Identifier.objects.filter(name=name).values_list("pk", flat=True).first() or person(
        name, phone=PHONE if name == "Ada" else ""
    )
    (found,) = planned(
        [who], now=NOW, source=source, channel=channel, purpose="service", not_before=NOW, expires_at=None
    )
    Message.objects.filter(decision_id=found.pk).update(state="sent", sent_at=NOW, **rest)
    return Message.objects.get(decision_id=found.pk)


def token(number):
    return links.token(number, links.BOUNCE)


def path(kind, provider=""):
    return hooks.address(kind, provider).removeprefix("https://club.shop.example")


def report(client, body, provider="mailgun"):
    return client.post(path("email", provider), body, content_type=JSON).status_code


def test_a_bounce_gives_an_address_up_once_however_often_and_in_which_order_it_comes(outside):
    one = message()
    bounce = sent.mailgun(token(one.pk), "failed", severity="permanent", reason="bounce")
    late = sent.mailgun(token(one.pk), "delivered")
    assert [report(outside, body) for body in (bounce, bounce, late, bounce, late)] == [200] * 5
    assert sorted(MessageEvent.objects.values_list("kind", flat=True)) == ["delivered", "hard"]
    assert (Message.objects.get().result, Suppression.objects.get().why) == ("bounced", "bounce")


def test_a_complaint_an_unsubscribing_and_a_refusal_for_our_sake(outside):
    account()
    one, two, three = message(), message(name="Ben"), message(name="Cleo")
    report(outside, sent.mailgun(token(one.pk), "complained"))
    report(outside, sent.mailgun(token(two.pk), "unsubscribed"))
    blocked = sent.mailgun(
        token(three.pk),
        "failed",
        severity="permanent",
        reason="bounce",
        **{"delivery-status": {"message": "550 5.7.1 spam"}},
    )
    report(outside, blocked)  # fmt: skip
    assert sorted(Suppression.objects.values_list("why", flat=True)) == ["complaint", "unsubscribed"]
    assert Pause.objects.get().why == "paused_complaint"
    assert "5.7.1" in Account.objects.get(pk="email").paused_why
    said = words([two.identifier_id], channels=["email"], attested=[], at=timezone.now())
    assert said[two.identifier_id, "email", ""].said == "no"


def test_half_a_character_in_one_event_loses_none_of_a_batch(outside):
    one, two = message(), message(name="Ben")
    odd = sent.sendgrid(token(one.pk), "bounce", type="bounce", reason="550 5.1.1 \ud83d", sg_event_id="\ud83d")
    assert report(outside, [*odd, *sent.sendgrid(token(two.pk), "spamreport")], "sendgrid") == 200
    assert sorted(MessageEvent.objects.values_list("kind", flat=True)) == ["complaint", "hard"]


def test_a_delivery_settles_what_was_unknown(outside):
    one = message(name="Ada")
    Message.objects.update(state="unknown")
    report(outside, sent.mailgun(token(one.pk), "delivered"))
    assert (Message.objects.get().state, Message.objects.get().result) == ("sent", "delivered")


@pytest.mark.parametrize("tell", [
    lambda _one: "", lambda one: str(one.pk), lambda _one: token(12345), lambda one: links.token(one.pk, links.UNSUBSCRIBE),
])  # fmt: skip
def test_a_report_about_nothing_of_ours_is_heard_and_changes_nothing(outside, tell):
    one = message()
    assert report(outside, sent.mailgun(tell(one), "complained")) == 200
    assert not MessageEvent.objects.exists()
    assert not Suppression.objects.exists()


def test_a_provider_of_letters_cannot_speak_about_text_messages(outside):
    one = message(channel="sms")
    assert report(outside, sent.mailgun(token(one.pk), "complained")) == 200
    assert not MessageEvent.objects.exists()


def test_a_wrong_secret_of_any_kind_is_not_found_and_never_logged(outside, caplog):
    right = path("email", "mailgun")
    secret = right.rpartition("/")[2]
    body = sent.mailgun(token(message().pk), "complained")
    forged = [right[:-1] + "A", right + "/", path("email", "brevo").replace("brevo", "mailgun"), path("sms").replace("sms", "email/mailgun"),
              f"/hooks/email/nobody/{secret}", f"/hooks/email/scaleway/{secret}", f"/hooks/email/{secret}", f"/hooks/sms/{secret}", f"/hooks/cards/{secret}",
              f"/hooks/{secret}", "/hooks/email/mailgun/ü", right.replace(secret, links.token(1, links.BOUNCE))]  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        answers = [outside.post(each, body, content_type=JSON).status_code for each in forged if each != right]
    assert set(answers) == {404}
    assert not MessageEvent.objects.exists()
    assert secret not in caplog.text


def test_a_new_address_ends_the_old_one(outside):
    old = path("email", "mailgun")
    hooks.renew("email")
    assert outside.post(old, {}, content_type=JSON).status_code == 404
    assert outside.head(path("email", "mailgun")).status_code == 200
    assert outside.get(path("email", "mailgun")).status_code == 200
    assert outside.put(path("email", "mailgun")).status_code == 405


def test_an_address_outlives_a_change_of_the_installations_key(outside):
    old = path("email", "mailgun")
    with override_settings(SECRET_KEY="x" * 50, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert outside.head(old).status_code == 200
        assert path("email", "mailgun") != old
    with override_settings(SECRET_KEY="x" * 50):
        assert outside.head(old).status_code == 404


def test_null_characters_are_left_out_on_every_database(shop):
    client, one = Client(HTTP_HOST="localhost"), message()
    body = sent.mailgun(
        token(one.pk), "failed", severity="permanent", reason="bounce", **{"delivery-status": {"message": "no\0body"}}
    )
    assert report(client, body) == 200
    assert MessageEvent.objects.get().detail == "nobody"
    Account.objects.update_or_create(pk="sms", defaults={"provider": "twilio"})
    for form in (
        {"MessageSid": "S\0", "MessageStatus": "delivered"},
        {"From": PHONE, "Body": "\0STOP\0", "MessageSid": "\0"},
    ):
        assert client.post(path("sms"), form).status_code == 200


UNREADABLE = [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"event-data": 7}', b'{"task": 1}']


@pytest.mark.parametrize("body", UNREADABLE)
def test_what_cannot_be_read_is_not_found_and_not_logged_with_its_address(outside, caplog, body):
    with caplog.at_level(logging.DEBUG):
        for kind, provider in (
            ("email", "mailgun"),
            ("email", "sparkpost"),
            ("email", "mandrill"),
            ("sms", ""),
            ("cards", ""),
        ):
            Account.objects.update_or_create(pk="sms", defaults={"provider": "twilio"})
            where = path(kind, provider)
            answer = outside.post(where, body, content_type=JSON)
            assert answer.status_code == (200 if provider == "sparkpost" and body == b"[]" else 404), (kind, provider)
            assert where.rpartition("/")[2] not in caplog.text


@pytest.mark.parametrize("form", [JSON, "application/x-www-form-urlencoded"])
def test_ten_megabytes_are_refused(outside, form):
    for kind, provider in (("email", "mandrill"), ("sms", ""), ("cards", "")):
        assert outside.post(path(kind, provider), b"x=" + b"y" * 10_000_000, content_type=form).status_code == 413


def test_strangers_who_try_often_and_too_many_reports_have_to_wait(outside, monkeypatch):
    monkeypatch.setattr(doors, "STRANGERS_MAX", 2)
    monkeypatch.setattr(doors, "REPORTS_MAX", 2)
    assert [outside.post("/hooks/sms/guess").status_code for _time in range(3)] == [404, 404, 429]
    body = sent.mailgun("", "delivered")
    assert [report(outside, body) for _time in range(3)] == [200, 200, 429]


def test_a_report_that_breaks_on_our_side_is_asked_for_again(outside, monkeypatch, caplog):
    monkeypatch.setattr(doors.feedback, "reported", lambda *_args, **_rest: 1 / 0)
    assert report(outside, sent.mailgun(token(1), "delivered")) == 503
    assert path("email", "mailgun").rpartition("/")[2] not in caplog.text


def test_a_signed_report_needs_the_right_signature(outside):
    account(way="provider", provider="mailgun", hook_key="signing")
    one = message()
    assert report(outside, sent.mailgun(token(one.pk), "complained", key="forged")) == 404
    assert report(outside, sent.mailgun(token(one.pk), "complained", key="signing")) == 200
    assert MessageEvent.objects.get().kind == "complaint"


def test_reports_are_about_the_own_shop_whatever_the_cookie_says(outside):
    one = message()
    outside.cookies["shop"] = "demo"
    report(outside, sent.mailgun(token(one.pk), "delivered"))
    assert current.alias() == current.OWN
    assert Message.objects.get().result == "delivered"


@pytest.fixture()
def texting(outside):
    Account.objects.create(channel="sms", way="provider", provider="twilio", allowed="*")
    return outside


def test_a_text_messages_arrival_is_told_by_form_and_by_query(texting):
    one = message(channel="sms", provider_id="SM1")
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    for answer in (texting.post(path("sms"), form), texting.get(path("sms"), form), texting.post(path("sms"), form)):
        assert (answer.status_code, answer.content) == (200, b"")
    assert (MessageEvent.objects.get().message_id, Message.objects.get().result) == (one.pk, "delivered")
    assert texting.post(path("sms"), form | {"MessageSid": "SM\x00"}).status_code == 200


@pytest.mark.parametrize(
    ("text", "leaves"), [("STOP", True), ("please stop!", True), ("do not stop", False), ("thanks", False)]
)
def test_who_answers_stop_gets_no_more_texts_and_others_are_noted(texting, text, leaves):
    one = message(channel="sms", provider_id="SM1")
    answer = {"From": PHONE, "To": "+4930", "Body": text, "MessageSid": "IN1"}
    for _time in range(2):
        assert texting.post(path("sms"), answer).status_code == 200
    event = MessageEvent.objects.get()
    assert (event.message_id, event.kind, event.detail) == (one.pk, "reply", text)
    assert [row.why for row in Suppression.objects.all()] == (["unsubscribed"] if leaves else [])


@pytest.mark.parametrize("known", [True, False])
def test_a_stop_holds_also_where_no_text_was_sent(texting, known):
    who = person("Ada", phone=PHONE) if known else None
    texting.post(path("sms"), {"From": PHONE.removeprefix("+"), "Body": "STOP", "MessageSid": "IN1"})
    later = wish(channel="sms", not_before=NOW, expires_at=NOW + dt.timedelta(days=3))
    (decision,) = decide([Request(who or person("Ada", phone=PHONE), later)], now=NOW)
    assert decision.reason == "suppressed"


@pytest.mark.parametrize(("sender", "leaves"), [("+8613812345678", True), (PHONE, False)])
def test_a_lone_letter_means_stop_only_where_it_does(texting, sender, leaves):
    person("Ada", phone=sender)
    texting.post(path("sms"), {"From": sender, "Body": "T", "MessageSid": "IN1"})
    assert Suppression.objects.exists() == leaves


def test_an_account_without_a_known_provider_hears_no_texts(outside):
    assert outside.post(path("sms"), {"From": PHONE, "Body": "STOP"}).status_code == 404
    assert not Suppression.objects.exists()


def card():
    who = person("Ada")
    later = NOW + dt.timedelta(days=9)
    decide(
        [Request(who, wish(channel="card", purpose="care", not_before=NOW, expires_at=later), todo={"text": "Hello"})],
        now=NOW,
    )
    plan_tasks(now=NOW)
    return Task.objects.get()


@pytest.mark.parametrize(
    ("states", "end"),
    [(["posted", "posted", "failed"], "done"), (["failed", "failed"], "cancelled"), (["failed", "posted"], "done")],
)
def test_the_printer_says_what_became_of_a_card_once(outside, states, end):
    task = card()
    for state in states:
        assert outside.post(path("cards"), {"task": task.pk, "state": state}, content_type=JSON).status_code == 200
    assert (Task.objects.get().state, Task.objects.get().by) == (end, "print provider")


def test_a_card_that_was_posted_counts_whoever_had_it_printed_and_whatever_was_said_since(outside):
    task = card()
    carry_out.take(task.pk, by="mia", at=NOW)
    leave(Identifier.objects.get(), "card", Proof("no more", "phone", "person"), at=NOW)
    outside.post(path("cards"), {"task": task.pk, "state": "posted"}, content_type=JSON)
    assert Task.objects.get().state == "done"
    assert Reservation.objects.get().state == "used"


WRONG = [{"task": "1", "state": "posted"}, {"task": True, "state": "posted"}, {"task": 1.5, "state": "posted"}, {"state": "posted"},
         {"task": 1, "state": "done"}, {"task": 1, "state": ["posted"]}, [1], 7]  # fmt: skip


def test_a_printer_that_speaks_otherwise_or_of_others_changes_nothing(outside):
    task = card()
    for body in WRONG:
        assert outside.post(path("cards"), json.dumps(body), content_type=JSON).status_code == 404
    for number in (task.pk + 1, -1, 10**30):
        assert outside.post(path("cards"), {"task": number, "state": "posted"}, content_type=JSON).status_code == 200
    Task.objects.update(kind="call")
    outside.post(path("cards"), {"task": task.pk, "state": "posted"}, content_type=JSON)
    assert Task.objects.get().state == "open"


def test_a_stop_that_ends_with_half_an_emoji_is_heard(texting):
    Account.objects.filter(pk="sms").update(provider="sinch")
    message(channel="sms", provider_id="SM1")
    said = json.dumps({"id": "IN1", "from": PHONE, "body": "STOP \ud83d"})
    assert texting.post(path("sms"), said, content_type=JSON).status_code == 200
    assert Suppression.objects.get().channel == "sms"
