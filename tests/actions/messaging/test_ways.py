"""Text messages and webhooks by way of the outbox: what each answer means for the message and for the account."""

import json

import pytest

from actions.messaging.post import letter
from cast import MORNING, person, wish
from regulars.actions.messaging import looking
from regulars.actions.messaging.accounts import way_of
from regulars.actions.messaging.channels.sms.hand import SmsHand
from regulars.actions.messaging.channels.sms.providers import TWILIO
from regulars.actions.messaging.channels.webhook import signed
from regulars.actions.messaging.channels.webhook.guarded import NoAnswer, NotConnected, Refused, Reply
from regulars.actions.messaging.channels.webhook.hand import WebhookHand
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Account, Message, Viewed
from regulars.actions.messaging.plan import plan
from regulars.decisions.gate import Request, decide
from regulars.decisions.models import Reservation

SECRET = signed.new_secret()
PHONE = "+4915112345678"
ASK_NO_YES = {"purpose": "service", "expires_at": None}


class Endpoint:
    """Answers with what it is given, and remembers what it was asked."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def __call__(self, url, body, headers):
        self.asked.append((url, body, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        status, said = self.answer if isinstance(self.answer, tuple) else (self.answer, "{}")
        return Reply(status, said.encode(), "answered")


def account(channel, **rest):
    given = {"way": "provider", "allowed": "*", "password": SECRET, "warm_up": False} | rest
    return Account.objects.create(channel=channel, **given)


def hand_over(channel, endpoint, *, words="Tea is back"):
    """One message of this channel, decided, planned and handed over to this endpoint."""
    letter_id = letter(subject="Tea", blocks=[{"kind": "text", "words": words}])
    who = person("Ada", phone=PHONE)
    decide([Request(who, wish(channel=channel, **ASK_NO_YES), todo={"letter": letter_id})], now=MORNING)
    plan(now=MORNING)
    way = way_of(channel)
    hands = {"sms": lambda: SmsHand(TWILIO, "Tea", send=endpoint), "webhook": lambda: _webhook(endpoint)}
    way.make_hand = way.make_hand and hands[channel]
    Worker("w", lambda: MORNING, 1, lambda _channel: way).run()
    return Message.objects.get()


def _webhook(endpoint):
    return WebhookHand("https://hooks.shop.example/in", SECRET, send=endpoint)


SMS = [
    ((201, '{"sid": "SM1"}'), "sent", False),
    ((400, '{"message": "no such number"}'), "failed", False),
    ((401, "{}"), "planned", True),
    ((429, "{}"), "planned", False),
    ((500, "{}"), "unknown", False),
    (NotConnected("away"), "planned", False),
    (NoAnswer("silence"), "unknown", False),
    (Refused("inside"), "planned", True),
]


@pytest.mark.parametrize(("answer", "state", "paused"), SMS)
def test_what_a_text_messages_provider_answers(small_shop, answer, state, paused):
    account("sms", provider="twilio", user="AC1")
    endpoint = Endpoint(answer)
    message = hand_over("sms", endpoint)
    assert message.state == state
    assert (Account.objects.get().paused_until is not None) == paused
    assert b"To=%2B4915112345678" in endpoint.asked[0][1]


WEBHOOK = [
    (204, "sent", False),
    (400, "failed", False),
    (410, "failed", True),
    (403, "planned", True),
    (302, "planned", True),
    (503, "planned", False),
    (NotConnected("away"), "planned", False),
    (NoAnswer("silence"), "unknown", False),
    (Refused("inside"), "planned", True),
]


@pytest.mark.parametrize(("answer", "state", "paused"), WEBHOOK)
def test_what_an_endpoint_answers(small_shop, answer, state, paused):
    account("webhook")
    message = hand_over("webhook", Endpoint(answer))
    assert message.state == state
    assert (Account.objects.get().paused_until is not None) == paused
    assert not Reservation.objects.exists()


def test_an_endpoint_can_tell_that_a_message_is_ours_and_whose(shop):
    account("webhook")
    endpoint = Endpoint(200)
    message = hand_over("webhook", endpoint)
    (_url, body, headers) = endpoint.asked[0]
    assert signed.verify([SECRET], headers, body, now=MORNING.timestamp()) == str(message.pk)
    said = json.loads(body)
    assert (said["to"], said["purpose"], said["text"]) in [
        (to, "service", "Tea is back") for to in (PHONE, "ada@customer.example")
    ]


def test_a_text_that_is_too_long_is_refused_with_its_reason(small_shop):
    account("sms", provider="twilio")
    message = hand_over("sms", Endpoint(201), words="x" * 1600)
    assert (message.state, message.reason, "11 parts" in message.detail) == ("refused", "content_refused", True)


@pytest.mark.parametrize("channel", ["sms", "webhook"])
def test_until_the_owner_says_so_a_message_is_only_shown(small_shop, channel):
    account(channel, way="viewer")
    assert hand_over(channel, Endpoint(200), words="Note: 茶").provider_id == "viewer"
    assert "Note: 茶" in looking.seen(Viewed.objects.get()).text


def test_an_account_that_names_no_known_provider_or_secret_sends_nothing(small_shop):
    account("sms", provider="nobody")
    account("webhook", password="x", public_url="https://hooks.shop.example/in")
    parcel = way_of("webhook").parcel
    for channel in ("sms", "webhook"):
        hand = way_of(channel).hand(0, PHONE)
        assert hand.give(parcel(_item(), at=MORNING)).state == "ours"
        hand.close()


def _item():
    from regulars.actions.messaging.channels.port import Item
    from regulars.words.letters import Filled

    return Item(7, "order", marketing=False, address=PHONE, name="Ada", letter=Filled("", "", "", "Tea", "en"))
