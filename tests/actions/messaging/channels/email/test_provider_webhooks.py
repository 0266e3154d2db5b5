"""Reports of providers in our words: a person is given up only when both sides mean the person."""

import contextlib
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.messaging.channels.email import provider_reports as sent
from regulars.actions.messaging.channels.email import webhooks
from regulars.actions.messaging.channels.email.providers import PROVIDERS

TOKEN = "AAAAAAAAEmdTNHgUzp9hxw"
POLICY, FULL, NOBODY = "550 5.7.1 blocked by policy", "552 5.2.2 mailbox full", "550 5.1.1 no such user"
EVENTS = [
    ("brevo", sent.brevo(TOKEN, "delivered"), "delivered"),
    ("brevo", sent.brevo(TOKEN, "hard_bounce", reason=NOBODY), "hard"),
    ("brevo", sent.brevo(TOKEN, "hard_bounce", reason=POLICY), "ours"),
    ("brevo", sent.brevo(TOKEN, "soft_bounce", reason=FULL), "full"),
    ("brevo", sent.brevo(TOKEN, "soft_bounce", reason=NOBODY), "soft"),
    ("brevo", sent.brevo(TOKEN, "deferred"), "delayed"),
    ("brevo", sent.brevo(TOKEN, "spam"), "complaint"),
    ("brevo", sent.brevo(TOKEN, "unsubscribe"), "unsubscribe"),
    ("mailersend", sent.mailersend(TOKEN, "hard_bounced"), "hard"),
    ("mailersend", sent.mailersend(TOKEN, "spam_complaint"), "complaint"),
    ("mailgun", sent.mailgun(TOKEN, "delivered"), "delivered"),
    ("mailgun", sent.mailgun(TOKEN, "failed", severity="permanent", reason="bounce"), "hard"),
    ("mailgun", sent.mailgun(TOKEN, "failed", severity="permanent", reason="suppress-unsubscribe"), "unsubscribe"),
    ("mailgun", sent.mailgun(TOKEN, "failed", severity="permanent", reason="generic", **{"delivery-status": {"message": NOBODY}}), "hard"),
    ("mailgun", sent.mailgun(TOKEN, "failed", severity="permanent", reason="generic"), "soft"),
    ("mailgun", sent.mailgun(TOKEN, "failed", severity="temporary", reason="generic"), "delayed"),
    ("mailjet", sent.mailjet(TOKEN, "sent"), "delivered"),
    ("mailjet", sent.mailjet(TOKEN, "bounce", error="user unknown", hard_bounce=True), "hard"),
    ("mailjet", sent.mailjet(TOKEN, "bounce", error="quota exceeded", hard_bounce=False), "full"),
    ("mailjet", sent.mailjet(TOKEN, "blocked", error="spam reporter"), "complaint"),
    ("mailtrap", sent.mailtrap(TOKEN, "bounce"), "hard"),
    ("mailtrap", sent.mailtrap(TOKEN, "soft bounce"), "delayed"),
    ("mandrill", sent.mandrill(TOKEN, "hard_bounce", diag=NOBODY), "hard"),
    ("mandrill", sent.mandrill(TOKEN, "soft_bounce", diag="452 4.2.2 over quota"), "full"),
    ("mandrill", sent.mandrill(TOKEN, "unsub"), "unsubscribe"),
    ("postal", sent.postal(TOKEN, "Sent"), "delivered"),
    ("postal", sent.postal(TOKEN, "HardFail", output=NOBODY), "hard"),
    ("postal", sent.postal(TOKEN, "HardFail", details="held by an administrator"), "soft"),
    ("postmark", sent.postmark(TOKEN, "Delivery"), "delivered"),
    ("postmark", sent.postmark(TOKEN, "Bounce", Type="HardBounce", ID=4, Details=NOBODY), "hard"),
    ("postmark", sent.postmark(TOKEN, "Bounce", Type="SoftBounce", ID=4), "soft"),
    ("postmark", sent.postmark(TOKEN, "SpamComplaint", Type="SpamComplaint", ID=4), "complaint"),
    ("postmark", sent.postmark(TOKEN, "SubscriptionChange", SuppressSending=True, SuppressionReason="ManualSuppression"), "unsubscribe"),
    ("resend", sent.resend(TOKEN, "delivered"), "delivered"),
    ("resend", sent.resend(TOKEN, "bounced", bounce={"type": "Permanent", "message": "The recipient's email provider sent a hard bounce message"}), "hard"),
    ("resend", sent.resend(TOKEN, "bounced", bounce={"type": "Transient", "message": "because the recipient's inbox was full."}), "soft"),
    ("sendgrid", sent.sendgrid(TOKEN, "bounce", type="bounce", reason=NOBODY), "hard"),
    ("sendgrid", sent.sendgrid(TOKEN, "bounce", type="blocked", reason=POLICY), "ours"),
    ("sendgrid", sent.sendgrid(TOKEN, "dropped", reason="Bounced Address"), "hard"),
    ("sendgrid", sent.sendgrid(TOKEN, "spamreport"), "complaint"),
    ("sparkpost", sent.sparkpost(TOKEN, "bounce", bounce_class="10", raw_reason=NOBODY), "hard"),
    ("sparkpost", sent.sparkpost(TOKEN, "bounce", bounce_class="51", raw_reason=POLICY), "ours"),
    ("sparkpost", sent.sparkpost(TOKEN, "list_unsubscribe"), "unsubscribe"),
    ("unisender_go", sent.unisender_go(TOKEN, "hard_bounced", delivery_info={"delivery_status": "err_user_unknown"}), "hard"),
    ("unisender_go", sent.unisender_go(TOKEN, "hard_bounced", delivery_info={"delivery_status": "err_mailbox_full"}), "full"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def calm():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize(("name", "body", "kind"), EVENTS)
def test_a_report_names_our_message_and_says_what_happened(name, body, kind):
    (told,) = webhooks.read(name, sent.post(body))
    assert (told.kind, TOKEN in told.tokens) == (kind, True)
    (again,) = webhooks.read(name, sent.post(body))
    assert again == told


def test_every_provider_that_reports_is_read_here():
    assert {name for name, _body, _kind in EVENTS} == {known.name for known in PROVIDERS.values() if known.reports}


@pytest.mark.parametrize(
    ("name", "body"),
    [("brevo", sent.brevo(TOKEN, "opened")), ("postmark", sent.postmark(TOKEN, "Click")),
     ("sendgrid", sent.sendgrid(TOKEN, "processed")), ("mailgun", sent.mailgun(TOKEN, "something new"))],
)  # fmt: skip
def test_openings_clicks_and_unknown_events_say_nothing(name, body):
    assert webhooks.read(name, sent.post(body)) == []


def test_two_events_of_one_letter_are_two_and_the_message_id_is_a_name_too():
    one, two = (
        webhooks.read("sendgrid", sent.post(sent.sendgrid("", "bounce", sg_event_id=each, anymail_id=TOKEN)))[0]
        for each in ("e1", "e2")
    )
    assert one.event != two.event
    assert one.tokens == (TOKEN,)


def test_a_signed_report_is_checked_when_its_key_is_known():
    body = sent.mailgun(TOKEN, "delivered", key="signing")
    assert webhooks.read("mailgun", sent.post(body), key="signing")
    with pytest.raises(webhooks.Unreadable):
        webhooks.read("mailgun", sent.post(body), key="another")
    with pytest.raises(webhooks.Unreadable):
        webhooks.read(
            "mandrill", sent.post(sent.mandrill(TOKEN, "unsub")), key="k", url="https://club.shop.example/hooks"
        )
    with pytest.raises(webhooks.Unreadable):
        webhooks.read("unisender_go", sent.post(sent.unisender_go(TOKEN, "delivered")), key="k")


def test_too_many_events_at_once_are_not_read(monkeypatch):
    monkeypatch.setattr(webhooks, "EVENTS_MAX", 2)
    with pytest.raises(webhooks.Unreadable):
        webhooks.read("sendgrid", sent.post(sent.sendgrid(TOKEN, "bounce") * 3))


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["event", "msys", "data", "type", "Payload", "event-data", "x"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(st.sampled_from(sorted(name for name, known in PROVIDERS.items() if known.reports)), ODD)
def test_no_body_is_too_odd(name, body):
    with contextlib.suppress(webhooks.Unreadable):
        assert all(told.kind for told in webhooks.read(name, sent.post(body if not isinstance(body, str) else [body])))
