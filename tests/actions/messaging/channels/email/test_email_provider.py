"""Letters by a provider's API: whole, by their own token, never doubled, and nobody is blamed for our mistakes."""

import base64
import json
import re
import socket
import warnings
from dataclasses import replace
from urllib.parse import parse_qs, quote

import pytest

from actions.messaging.channels.email.api_server import api
from actions.messaging.post import account, planned
from cast import MORNING, person
from regulars.actions.messaging import accounts, links
from regulars.actions.messaging.channels.email import build, provider
from regulars.actions.messaging.channels.email.provider import ProviderHand
from regulars.actions.messaging.channels.email.providers import PROVIDERS
from regulars.actions.messaging.channels.port import Item
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Account, Message
from regulars.customers.models import Suppression
from regulars.words.enclosures import accept
from regulars.words.letters import Filled

SECRET = "key-4711"
SENDER = build.Sender("茶馆, Berlin", "茶馆, Berlin", "hello@news.shop.example", "", "help@shop.example", "bounce.shop.example", "Lindenweg 5",
                      "https://club.shop.example")  # fmt: skip
LETTER = Filled("Grüße 茶", "look inside", "<html><body><p>Tee</p></body></html>", "Tee\nund mehr", "de")
NUMBER = 4_711
TOKEN = links.token(NUMBER, links.BOUNCE)
TO = "ada@customer.example"
YES = {
    "brevo": '{"messageId": "<id-1>"}', "mailersend": "", "mailgun": '{"id": "<id-1>", "message": "Queued. Thank you."}',
    "mailjet": '{"Messages": [{"Status": "success", "To": [{"Email": "ada@customer.example", "MessageID": "id-1"}]}]}',
    "mailtrap": '{"success": true, "message_ids": ["id-1"]}', "mandrill": '[{"email": "ada@customer.example", "status": "sent", "_id": "id-1"}]',
    "postal": '{"status": "success", "data": {"messages": {"ada@customer.example": {"id": "id-1"}}}}',
    "postmark": '{"ErrorCode": 0, "Message": "OK", "MessageID": "id-1", "To": "ada@customer.example"}', "resend": '{"id": "id-1"}',
    "scaleway": '{"emails": [{"mail_rcpt": "ada@customer.example", "id": "id-1", "status": "new"}]}', "sendgrid": "",
    "sparkpost": '{"results": {"total_accepted_recipients": 1, "total_rejected_recipients": 0, "id": "id-1"}}',
    "unisender_go": '{"status": "success", "job_id": "id-1", "emails": ["ada@customer.example"]}',
}  # fmt: skip


@pytest.fixture()
def server():
    with api() as found:
        yield found


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(provider, "ANSWER_SECONDS", 0.4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # anymail says that nobody tests SendGrid any more
        yield


def parcel(**rest):
    item = {
        "message_id": NUMBER,
        "purpose": "news",
        "marketing": True,
        "address": TO,
        "name": "Ada Ångström",
        "letter": LETTER,
    } | rest
    return build.parcel(Item(**item), SENDER, at=MORNING)  # fmt: skip


def hand(name, url, **rest):
    known = PROVIDERS[name]
    given = {"key": SECRET, "user": "user-1", "host": "", **rest}
    return ProviderHand(known, known.options(**given) | {"api_url": url})


def say(server, status, text, headers=None):
    server.say = lambda _number: (status, text, headers or {})


def decoded(body):
    """Everything that a request says, as one text."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return json.dumps(parse_qs(body, keep_blank_values=True), ensure_ascii=False)


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_every_provider_gets_the_whole_letter_with_our_token_once(server, name):
    say(server, 202, YES[name], {"X-Message-Id": "id-1"} | ({} if YES[name] else {"Content-Type": "text/html"}))
    one = hand(name, server.url)
    outcome = one.give(parcel())
    one.close()
    assert (outcome.state, bool(outcome.provider_id)) == ("sent", True), outcome
    ((_path, _headers, body),) = server.asked
    said, known = decoded(body), PROVIDERS[name]
    for part in (
        TOKEN,
        "Grüße 茶",
        "Tee",
        "und mehr",
        "Unsubscribe",
        "Lindenweg 5",
        TO,
        "hello@news.shop.example",
        "help@shop.example",
    ):
        assert part in said, part
    assert "茶馆, Berlin" in said
    assert ("List-Unsubscribe=One-Click" in said) == ("List-Unsubscribe-Post" in known.headers)
    assert (f"<{TOKEN}@news.shop.example>" in said) == ("Message-ID" in known.headers)
    if known.tracks:
        assert re.search(
            r'(?i)track\w*"?: ?(?:\[?"(?:no|none|disabled)"|false|0|\{[^}]*false)|"o:tracking-clicks": \["no"\]', said
        )


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_files_go_with_the_letter_by_every_provider(server, name):
    say(server, 202, YES[name], {"X-Message-Id": "id-1"} | ({} if YES[name] else {"Content-Type": "text/html"}))
    note, menu = accept("茶.txt", "Grüße\n".encode()), accept("menu.pdf", b"%PDF-1.7\n\n")
    one = hand(name, server.url)
    outcome = one.give(parcel(letter=replace(LETTER, attachments=(note, menu))))
    one.close()
    assert outcome.state == "sent", outcome
    ((_path, _headers, body),) = server.asked
    asked = "".join(body.split())
    for file in (note, menu):
        content = base64.b64encode(file.content).decode()
        assert content in asked or file.content.decode().strip() in body
        assert file.name in decoded(body) or quote(file.name) in body
    assert asked.count("Lindenweg") == 2


FAILURES = [
    ("mailgun", (401, "Forbidden"), "ours"),
    ("mailgun", (403, '{"message": "Domain news.shop.example is not allowed to send"}'), "ours"),
    ("mailgun", (404, '{"message": "Domain not found: news.shop.example"}'), "ours"),
    ("mailgun", (200, "Mailgun Magnificent API"), "ours"),
    ("mailgun", (400, '{"message": "\'from\' parameter is not a valid address. please check documentation"}'), "ours"),
    ("mailgun", (400, '{"message": "\'to\' parameter is not a valid address. please check documentation"}'), "failed"),
    ("mailgun", (302, "", {"Location": "/v1/elsewhere"}), "ours"),
    ("mailgun", (429, '{"message": "Too many requests for your account"}'), "later"),
    ("mailgun", (500, "oops"), "later"),
    ("mailgun", (503, ""), "later"),
    ("mailgun", (502, "bad gateway"), "unknown"),
    ("mailgun", (504, "gateway time-out"), "unknown"),
    ("mailgun", (200, "<html>Welcome, sender</html>"), "unknown"),
    ("mailgun", (200, "[]"), "unknown"),
    ("mailgun", "cut", "unknown"),
    ("mailgun", "silence", "unknown"),
    ("resend", "silence", "later"),
    ("resend", (409, '{"name": "concurrent_idempotent_requests"}'), "unknown"),
    ("postmark", (422, '{"ErrorCode": 300, "Message": "Invalid \'To\' address: \'ada@customer.example\'."}'), "failed"),
    ("postmark", (422, '{"ErrorCode": 406, "Message": "You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: ada@customer.example. Inactive"}'), "failed"),
    ("postmark", (422, '{"ErrorCode": 400, "Message": "The \'From\' address you supplied is not a Sender Signature on your account."}'), "ours"),
    ("mandrill", (500, '{"status": "error", "code": -1, "name": "Invalid_Key", "message": "Invalid API key"}'), "ours"),
    ("mandrill", (200, '[{"email": "ada@customer.example", "status": "rejected", "reject_reason": "hard-bounce"}]'), "failed"),
    ("postal", (200, '{"status": "error", "data": {"code": "InvalidServerAPIKey", "message": "The API token is not valid"}}'), "ours"),
    ("postal", (200, '{"status": "error", "data": {"code": "ValidationError", "message": "The recipient is odd"}}'), "failed"),
    ("postal", (200, '{"status": "success"}'), "unknown"),
    ("mailjet", (400, '{"Messages": [{"Status": "error", "Errors": [{"ErrorMessage": "\\"x\\" is an invalid email address."}]}]}'), "failed"),
    ("mailersend", (202, '{"warnings": [{"type": "ALL_SUPPRESSED", "recipients": [{"email": "ada@customer.example"}]}]}'), "failed"),
    ("unisender_go", (200, '{"status": "success", "emails": [], "failed_emails": {"ada@customer.example": "temporary_unavailable"}}'), "failed"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "state"), FAILURES)
def test_what_a_provider_answers_decides_whether_it_may_be_asked_again(server, name, said, state):
    server.say = lambda _number: said if isinstance(said, str) else (*said, {})[:3]
    outcome = hand(name, server.url).give(parcel())
    assert outcome.state == state, outcome
    assert len(server.asked) == 1
    assert outcome.gone == ("Invalid 'To' address" in outcome.detail)


def test_nobody_who_listens_is_asked_again_later():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        assert hand("mailgun", url).give(parcel()).state == "later"
    assert hand("mailgun", "https://no-such-host.invalid/").give(parcel()).state == "later"


def test_a_server_without_a_certificate_gets_no_letter_and_no_key(server):
    url = server.url.replace("http://", "https://")
    assert hand("mailgun", url).give(parcel()).state == "later"
    assert server.asked == []


PLAIN = ["http://api.mailgun.example/v3", "ftp://127.0.0.1/", "//api.example/", "http://127.0.0.1.api.example/",
         "http://localhost@api.example/"]  # fmt: skip


@pytest.mark.parametrize("url", PLAIN)
def test_a_key_is_told_to_no_address_without_https(url):
    assert hand("mailgun", url).give(parcel()).state == "ours"


def test_an_account_that_lacks_something_is_our_fault():
    assert ProviderHand(None, {}).give(parcel()).state == "ours"
    assert ProviderHand(PROVIDERS["postal"], {"api_key": SECRET}).give(parcel()).state == "ours"
    assert (
        ProviderHand(PROVIDERS["mailgun"], {"sender_domain": "a/b", "api_key": SECRET}).give(parcel()).state == "ours"
    )


@pytest.mark.parametrize("wrong", [{"api_key": "schlüssel"}, {"api_key": "a\r\nX: b"}, {"api_url": "https://[bad/"}])
def test_an_account_that_cannot_be_asked_with_is_our_fault(server, wrong):
    one = ProviderHand(PROVIDERS["resend"], {"api_key": SECRET, "api_url": server.url} | wrong)
    assert one.give(parcel()).state == "ours"
    assert server.asked == []


@pytest.mark.parametrize("name", ["brevo", "sparkpost", "mailersend"])
def test_a_customers_name_is_no_field_of_the_provider(server, name):
    say(server, 200, YES[name], {"X-Message-Id": "id-1"} | ({} if YES[name] else {"Content-Type": "text/html"}))
    sly = Filled(
        "For {{ contact.EMAIL }}",
        "",
        "<html><body>{{ contact.EMAIL }} {% raw %}</body></html>",
        "{{ contact.EMAIL }} {$name}",
        "en",
    )
    assert hand(name, server.url).give(parcel(letter=sly, name="{{ contact.EMAIL }}")).state == "sent"
    assert not re.search(r"\{\{|\{%|\{\$", server.asked[0][2])


def test_our_key_is_in_no_answer_that_we_keep(server):
    say(server, 401, json.dumps({"message": f"{SECRET} is no key"}))
    assert SECRET not in hand("mailgun", server.url).give(parcel()).detail


def test_one_connection_is_kept_and_a_rested_one_is_not(server, monkeypatch):
    say(server, 200, YES["resend"])
    one = hand("resend", server.url)
    assert [one.give(parcel(message_id=number)).state for number in (1, 2)] == ["sent", "sent"]
    first = one._backend.session
    assert [headers["Idempotency-Key"] for _path, headers, _body in server.asked] == ["regulars-1", "regulars-2"]
    one.give(parcel())
    assert one._backend.session is first
    monkeypatch.setattr(provider, "IDLE_SECONDS", -1.0)
    one.give(parcel())
    assert one._backend.session is not first


def test_a_sender_cannot_bring_headers_of_their_own(server):
    say(server, 200, YES["mailgun"])
    sly = build.Sender("Shop\r\nBcc: eve@evil.example", "Tea\r\nBcc: eve@evil.example", *list(vars_of(SENDER))[2:])
    item = Item(1, "news", marketing=True, address=TO, name='Ada" <x@evil.example>, "', letter=LETTER)
    assert hand("mailgun", server.url).give(build.parcel(item, sly, at=MORNING)).state == "sent"
    said = parse_qs(server.asked[0][2])
    assert said["from"] == ['"Tea Bcc: eve@evil.example" <hello@news.shop.example>']
    assert "bcc" not in said
    assert len(said["to"]) == 1
    assert said["to"][0].endswith(f"<{TO}>")


def vars_of(sender):
    return (getattr(sender, name) for name in sender.__slots__)


def test_a_campaign_by_a_provider_leaves_by_the_outbox(small_shop, server):
    say(server, 200, YES["mailgun"])
    account(way="provider", provider="mailgun", password=SECRET, user="news.shop.example", host=server.url)
    planned([person("Ada"), person("Ben")])
    Worker("w1", lambda: MORNING, 2).run()
    assert list(Message.objects.values_list("state", "provider_id")) == [("sent", "<id-1>")] * 2
    assert [path for path, _headers, _body in server.asked] == ["/v1/news.shop.example/messages"] * 2


def test_a_refused_key_pauses_the_account_and_no_address_is_given_up(small_shop, server):
    say(server, 401, "Forbidden")
    account(way="provider", provider="mailgun", password=SECRET, user="news.shop.example", host=server.url)
    planned([person("Ada")])
    Worker("w1", lambda: MORNING, 1).run()
    assert Message.objects.get().state == "planned"
    assert Account.objects.get().paused_until > MORNING
    assert not Suppression.objects.exists()


def test_a_letter_to_oneself_goes_by_the_provider(small_shop, server):
    say(server, 200, YES["resend"])
    account(way="provider", provider="resend", password=SECRET, host=server.url)
    assert accounts.try_out("me@shop.example", now=MORNING).state == "sent"
    assert "Idempotency-Key" not in server.asked[0][1]
