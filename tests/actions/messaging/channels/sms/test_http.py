import json
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.actions.messaging.channels.sms.http import (
    Answer,
    Callback,
    NotUsable,
    Provider,
    answer_of,
    callback_of,
    request_of,
)
from regulars.actions.messaging.channels.sms.providers import PROVIDERS, SINCH, TWILIO, VONAGE

TWILIO_SHOP = replace(TWILIO, account="AC1", secret="geheim", callback="https://shop.example/sms/s3cret")


def test_twilio_is_asked_with_a_form_and_basic_authentication():
    request = request_of(TWILIO_SHOP, "+491701234567", "Tee & Grüße {key}", "+4930123", "m-1")
    assert (request.method, request.url) == ("POST", "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json")
    assert request.headers["Authorization"] == "Basic QUMxOmdlaGVpbQ=="
    assert parse_qs(request.body.decode()) == {
        "To": ["+491701234567"], "From": ["+4930123"], "Body": ["Tee & Grüße {key}"], "StatusCallback": ["https://shop.example/sms/s3cret"]}  # fmt: skip


def test_sinch_is_asked_with_json_and_leaves_out_what_is_empty():
    request = request_of(replace(SINCH, account="plan", secret="t"), "+46701", "你好", "Shop", "m-1")
    assert (request.url, request.headers["Authorization"]) == (
        "https://us.sms.api.sinch.com/xms/v1/plan/batches",
        "Bearer t",
    )
    assert json.loads(request.body) == {"from": "Shop", "to": ["+46701"], "body": "你好", "client_reference": "m-1", "delivery_report": "per_recipient"}  # fmt: skip


def test_vonage_is_told_the_alphabet_and_a_number_without_plus():
    said = parse_qs(request_of(VONAGE, "+46701", "你好", "Shop", "m-1").body.decode())
    assert (said["to"], said["type"]) == (["46701"], ["unicode"])


def test_secrets_are_not_printed():
    assert "geheim" not in repr(TWILIO_SHOP)
    assert "Basic" not in repr(request_of(TWILIO_SHOP, "+49", "x", "y", "k"))


@pytest.mark.parametrize("provider", [Provider("own", "https://x.example/{nothing}", {}),
                                      Provider("own", "https://x.example/", {}, headers={"X-Key": "{key}"})])  # fmt: skip
def test_data_that_cannot_be_asked_is_refused(provider):
    with pytest.raises(NotUsable):
        request_of(provider, "+49", "text", "shop", "key\r\nX-Other: 1")


@pytest.mark.parametrize(
    ("provider", "status", "body", "answer"),
    [
        (TWILIO, 201, b'{"sid": "SM1", "status": "queued"}', Answer("sent", "SM1", "")),
        (TWILIO, 400, b'{"code": 21211, "message": "Invalid To"}', Answer("failed", "", "400 Invalid To")),
        (TWILIO, 401, b'{"message": "Authenticate"}', Answer("later", "", "401 Authenticate")),
        (TWILIO, 429, b"{}", Answer("later", "", "429 {}")),
        (TWILIO, 500, b"oops", Answer("unknown", "", "500 oops")),
        (replace(TWILIO, idempotent=True), 500, b"", Answer("later", "", "500 ")),
        (SINCH, 201, b'{"id": "01FC"}', Answer("sent", "01FC", "")),
        (VONAGE, 200, b'{"messages": [{"status": "0", "message-id": "0C"}]}', Answer("sent", "0C", "")),
        (
            VONAGE,
            200,
            b'{"messages": [{"status": "1", "error-text": "Throughput"}]}',
            Answer("later", "", "1 Throughput"),
        ),
        (VONAGE, 200, b'{"messages": [{"status": "6", "error-text": "No"}]}', Answer("failed", "", "6 No")),
        (VONAGE, 200, b"<html>", Answer("unknown", "", "")),
    ],
)
def test_an_answer_says_what_became_of_the_message(provider, status, body, answer):
    assert answer_of(provider, status, body) == answer


@pytest.mark.parametrize(
    ("provider", "body", "callback"),
    [
        (TWILIO, b"MessageSid=SM1&MessageStatus=delivered", Callback("SM1", "delivered", "delivered")),
        (TWILIO, b"MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30005", Callback("SM1", "failed", "undelivered")),
        (SINCH, b'{"batch_id": "01FC", "status": "Dispatched", "code": 401}', Callback("01FC", "sent", "Dispatched")),
        (VONAGE, b'{"messageId": "0C", "status": "expired"}', Callback("0C", "failed", "expired")),
        (VONAGE, b"messageId=0C&status=odd", Callback("0C", "unknown", "odd")),
    ],
)
def test_a_callback_tells_the_message_and_its_state(provider, body, callback):
    assert callback_of(provider, body) == callback


@given(
    st.sampled_from(sorted(PROVIDERS)),
    st.integers(100, 599),
    st.binary(max_size=80) | st.sampled_from([b"[" * 99_999, b'{"messages": 1}']),
)
def test_no_answer_is_too_odd(name, status, body):
    assert answer_of(PROVIDERS[name], status, body).state in {"sent", "failed", "later", "unknown"}
    try:
        callback_of(PROVIDERS[name], body)
    except NotUsable:
        pass
