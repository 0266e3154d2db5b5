import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.actions.messaging.channels.webhook.signed import BadSecret, NotGenuine, new_secret, sign, verify

# The test vector that the libraries of the specification share.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_vector_is_reproduced():
    headers = sign([SECRET], ID, AT, BODY)
    assert headers == {"webhook-id": ID, "webhook-timestamp": str(AT), "webhook-signature": SIGNATURE}
    assert verify([SECRET], headers, BODY, now=AT) == ID
    assert verify([SECRET.removeprefix("whsec_")], headers, BODY, now=AT) == ID


def test_during_a_change_of_keys_either_key_verifies():
    old, new = new_secret(), new_secret()
    headers = sign([new, old], "m-1", AT, b"{}")
    assert verify([old], headers, b"{}", now=AT) == verify([new], headers, b"{}", now=AT) == "m-1"
    assert verify([new, old], sign([old], "m-1", AT, b"{}"), b"{}", now=AT) == "m-1"


@given(st.binary(max_size=200), st.integers(0, 10**10), st.binary(min_size=1, max_size=5))
def test_whatever_is_changed_is_found_out(body, at, more):
    secret = new_secret()
    headers = sign([secret], "m-1", at, body)
    assert verify([secret], {name.title(): value for name, value in headers.items()}, body, now=at + 299) == "m-1"
    for changed, content in (
        (headers, body + more),
        (headers | {"webhook-id": "m-2"}, body),
        (headers | {"webhook-timestamp": str(at + 1)}, body),
        (headers | {"webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,")}, body),
        (sign([new_secret()], "m-1", at, body), body),
    ):
        with pytest.raises(NotGenuine):
            verify([secret], changed, content, now=at)


@pytest.mark.parametrize("now", [AT - 301, AT + 301])
def test_what_is_too_old_or_from_the_future_is_refused(now):
    with pytest.raises(NotGenuine, match="old"):
        verify([SECRET], sign([SECRET], ID, AT, BODY), BODY, now=now)


@pytest.mark.parametrize("headers", [{}, {"webhook-id": ID, "webhook-timestamp": "²", "webhook-signature": SIGNATURE},
                                     {"webhook-id": ID, "webhook-timestamp": str(AT), "webhook-signature": "v1, v1,é v2,x"}])  # fmt: skip
def test_headers_that_make_no_sense_are_not_genuine(headers):
    with pytest.raises(NotGenuine):
        verify([SECRET], headers, BODY, now=AT)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_abc", "whsec_c2hvcnQ=", "whsec_gr\u00fc\u00df"])
def test_a_weak_secret_signs_nothing(secret):
    with pytest.raises(BadSecret):
        sign([secret], "m-1", AT, b"")


def test_an_ambiguous_id_is_not_signed():
    for message_id in ("", "a.1", "a\nb", "é"):
        with pytest.raises(ValueError, match="webhook-id"):
            sign([SECRET], message_id, AT, b"")
    with pytest.raises(ValueError, match="no secret"):
        sign([], "m-1", AT, b"")
