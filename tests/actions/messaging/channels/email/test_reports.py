import base64

import pytest
import returned_mails as samples
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.actions.messaging.channels.email.mails import SIZE_MAX
from regulars.actions.messaging.channels.email.reports import KINDS, read, smtp_reply

TOKEN, OURS = "tok7Ab", samples.OURS


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "kind", "told"),
    [
        ("failed", "5.1.1", "550 5.1.1 <ada@example.com>: unknown", "hard", "5.1.1"),
        ("failed", "5.0.0", "550 5.1.1 User unknown", "hard", "5.1.1"),
        ("failed", "5.2.1 (mailbox disabled)", "550 disabled", "hard", "5.2.1"),
        ("failed", "5.1.8", "553 sender's domain is bad", "ours", "5.1.8"),
        ("failed", "5.2.2", "552 mailbox full", "full", "5.2.2"),
        ("failed", "4.2.2", "452 over quota", "full", "4.2.2"),
        ("failed", "5.7.1", "550 5.7.1 listed at a block list; user unknown", "ours", "5.7.1"),
        ("failed", "5.3.0", "554 rejected", "soft", "5.3.0"),
        ("failed", "4.4.7", "delivery time expired", "soft", "4.4.7"),
        ("delayed", "4.4.1", "connection timed out", "delayed", "4.4.1"),
        ("failed", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied.", "hard", "5.4.1"),
        ("failed", "", "550 blocked by our policy", "ours", ""),
    ],
)
def test_a_delivery_report_means_what_its_code_says(action, status, diagnostic, kind, told):
    report = read(samples.dsn(samples.recipient(action, status, diagnostic)))
    assert (report.kind, report.status) == (kind, told)
    assert (report.token, report.message_id, report.address) == (TOKEN, OURS, "ada@example.com")
    assert report.text == diagnostic


def test_a_report_sent_elsewhere_is_matched_by_the_original_it_encloses():
    report = read(samples.dsn(samples.recipient("failed", "5.1.1", "550 no"), to="hello@shop.example"))
    assert (report.token, report.message_id) == (TOKEN, OURS)


def test_a_report_encoded_against_the_rules_is_read_too():
    fields = base64.encodebytes(samples.recipient("failed", "5.1.1", "550 no").encode()).decode()
    assert read(samples.dsn(fields, encoding="base64")).kind == "hard"


def test_a_report_whose_fields_are_missing_is_read_by_its_words():
    assert read(samples.dsn("", said="<ada@example.com>: user unknown")).kind == "hard"


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_news_of_a_delivery_is_no_report(action):
    assert read(samples.dsn(samples.recipient(action, "2.1.5", "250 fine"))) is None


@pytest.mark.parametrize(
    ("raw", "kind", "status", "address"),
    [
        (samples.EXIM, "hard", "", "ada@example.com"),
        (samples.QMAIL, "full", "5.2.2", "ada@example.com"),
        (samples.CHINESE_UNKNOWN, "hard", "", "ada@qq.example"),
        (samples.CHINESE_FULL, "full", "", "ada@163.example"),
        (samples.CHINESE_SPAM, "ours", "", ""),
    ],
)
def test_a_bounce_in_free_text_is_matched_by_its_token_and_judged_by_its_words(raw, kind, status, address):
    report = read(raw)
    assert (report.kind, report.token, report.status, report.address) == (kind, TOKEN, status, address)


def test_a_warning_that_delivery_goes_on_is_a_delay():
    text = "This is a warning message only. YOU DO NOT NEED TO RESEND YOUR MESSAGE. 451 4.4.1 timeout"
    assert read(samples.mail(text, From="MAILER-DAEMON@x.example", Subject="Delivery delayed")).kind == "delayed"


def test_a_wrapped_or_quoted_printable_envelope_sender_is_found():
    to = "SRS0=x7=yz=bounce.shop.example=b+tok7Ab@forward.example"
    assert (
        read(samples.mail("550 5.1.1 no", To=to, From="mailer-daemon@x.example", Subject="failure notice")).token
        == TOKEN
    )


def test_a_complaint_with_a_blacked_out_address_is_matched_by_the_original():
    fields = "Feedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\nOriginal-Mail-From: <>\r\nOriginal-Rcpt-To: [redacted]"
    hidden = samples.ORIGINAL.replace("ada@example.com", "[redacted]").replace("b+tok7Ab@", "[redacted]@")
    report = read(samples.complaint(fields=fields, original=hidden))
    assert (report.kind, report.token, report.message_id, report.address) == ("complaint", "", OURS, "")
    assert read(samples.complaint(fields=fields)).token == TOKEN


def test_not_spam_is_no_complaint_and_a_failed_authentication_is_ours():
    assert read(samples.complaint(fields="Feedback-Type: not-spam")) is None
    assert read(samples.complaint(fields="Feedback-Type: auth-failure")).kind == "ours"


def test_outlook_complains_by_enclosing_the_original():
    original = "X-HmXmrOriginalRecipient: ada@outlook.example\r\n" + samples.ORIGINAL
    raw = (
        "From: staff@hotmail.com\r\nSubject: complaint about message\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
        f"--B\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\n--B--\r\n"
    )
    report = read(raw.encode())
    assert (report.kind, report.address, report.token) == ("complaint", "ada@outlook.example", TOKEN)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied", "Subject": "Re: Your delivery report"},
        {"Subject": "Automatic reply: Delivery failure of my tea", "Return_Path": "<>"},
        {"Subject": "=?utf-8?B?6Ieq5Yqo5Zue5aSN77yaWW91ciB0ZWE=?="},
        {"Precedence": "auto_reply", "Subject": "Away"},
    ],
)
def test_an_automatic_answer_is_neither_a_bounce_nor_a_reply(headers):
    report = read(samples.mail("I am away. My account is closed until Monday.", In_Reply_To=OURS, **headers))
    assert (report.kind, report.token, report.message_id) == ("auto_reply", TOKEN, OURS)


def test_a_circular_is_of_no_interest():
    assert read(samples.mail("Buy!", To="info@shop.example", Precedence="bulk", List_Id="<x.example>")) is None


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({"Subject": "unsubscribe:abcXYZ"}, "abcXYZ"),
        ({"Subject": "Unsubscribe tok-99_a", "To": "leave@shop.example"}, "tok-99_a"),
        ({"Subject": "", "To": "u+tok99@shop.example"}, "tok99"),
        ({"Subject": "Unsubscribe"}, TOKEN),
    ],
)
def test_a_mailto_unsubscribe_is_known_by_its_token(headers, token):
    report = read(samples.mail("", Auto_Submitted="auto-generated", **headers))
    assert (report.kind, report.token, report.address) == ("unsubscribe", token, "ada@example.com")


@pytest.mark.parametrize(
    ("body", "subject", "stop"),
    [
        ("STOP\n\nOn Mon, Ada wrote:\n> Hello", "Re: Your tea", True),
        ("Bitte abmelden.\n\nAda Muster\nTeestraße 1", "Re: Your tea", True),
        ("退订\n\n发自我的iPhone", "Re: tea", True),
        ("", "unsubscribe please", True),
        ("How do I unsubscribe?", "Re: Your tea", None),
        ("Thank you, it was lovely!\n> unsubscribe here", "Re: Your tea", False),
        ("Your courier paid 450 visits, says the address was not found!", "Re: Delivery problem with my order", False),
    ],
)
def test_a_person_who_replies_is_heard(body, subject, stop):
    report = read(samples.mail(body, Subject=subject, In_Reply_To=OURS))
    assert (report.kind, report.address, report.message_id, report.says_stop) == (
        "reply",
        "ada@example.com",
        OURS,
        stop,
    )


def test_of_a_giant_mail_only_the_headers_are_read():
    report = read(samples.mail("x" * SIZE_MAX, Auto_Submitted="auto-replied", In_Reply_To=OURS))
    assert (report.kind, report.message_id) == ("auto_reply", OURS)


def test_a_mail_nested_beyond_reason_is_survived():
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000))
    read(b"From: ada@example.com\n" + nested)
    read(b"Content-Type: message/rfc822\n\n" * 3_000)


def test_a_charset_that_no_codec_can_be_named_is_survived():
    assert read(b'From: ada@example.com\nContent-Type: text/plain; charset="a\x00b"\n\nSt\xf6p').kind == "reply"


@given(st.sampled_from([samples.EXIM, samples.CHINESE_UNKNOWN, samples.dsn(samples.recipient("failed", "5.1.1", "no")),
                        samples.complaint(fields="Feedback-Type: abuse")]),
       st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=40)), max_size=8))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_no_broken_mail_is_too_much(raw, cuts):
    for where, length, instead in cuts:
        at = int(where * len(raw))
        raw = raw[:at] + instead + raw[at + length :]
    report = read(raw)
    assert report is None or report.kind in KINDS


@given(st.binary(max_size=300))
def test_bytes_that_are_no_mail_are_survived(raw):
    read(raw)


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        (550, "5.1.1 no such user", "hard"), (550, "No such user here", "hard"), (550, "mailbox unavailable", "soft"), (552, "exceeded", "full"),
        (552, "5.2.2 quota", "full"), (452, "4.2.2 mailbox full", "full"), (452, "insufficient system resources", "delayed"),
        (421, "4.7.0 rate limited", "delayed"), (450, "greylisted, see 5.7.1", "delayed"), (550, "5.7.26 unauthenticated", "ours"),
        (554, "DT:SPM 126 mx", "ours"), (535, "authentication failed", "ours"), (556, "domain takes no mail", "hard"), (554, "no", "soft"),
        (550, "User not found: ada@163.example", "hard"), (553, "Mail from must equal authorized user", "soft"),
    ],
)  # fmt: skip
def test_a_refusal_in_the_dialogue_is_judged_by_the_same_rules(code, text, kind):
    assert smtp_reply(code, text) == kind


def test_what_is_no_refusal_is_not_judged():
    with pytest.raises(ValueError, match="250"):
        smtp_reply(250, "fine")
