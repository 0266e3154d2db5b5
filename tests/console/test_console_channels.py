"""Accounts at providers: kept by owners alone, their secrets to themselves, and no endpoint inside our own network."""

import re
from html import unescape

import pytest
from console_users import entered, user
from django.test import Client

from regulars.actions.messaging import accounts, hooks
from regulars.actions.messaging.channels.email.providers import PROVIDERS
from regulars.actions.messaging.channels.port import Outcome
from regulars.actions.messaging.channels.webhook.guarded import NotConnected, check
from regulars.actions.messaging.models import Account, Viewed
from regulars.console.views import channels, contact

SECRET = "a secret key"
MAIL = {
    "way": "provider", "provider": "mailgun", "user": "news.shop.example", "host": "https://api.eu.mailgun.net/v3", "password": SECRET, "hook_key": "signing",
    "from_address": "a@shop.example", "postal_address": "Lindenweg 5", "public_url": "https://club.shop.example", "allowed": "*",
}  # fmt: skip
SMS = {
    "way": "provider",
    "provider": "twilio",
    "user": "AC1",
    "password": SECRET,
    "from_name": "+4930123",
    "allowed": "*",
    "per_minute": "60",
}
HOOK = {"way": "provider", "public_url": "https://93.184.216.34/in", "allowed": "*", "per_minute": "60"}


def kept(channel: str) -> Account:
    return Account.objects.get(pk=channel)


def shown(answer) -> str:
    return answer.content.decode()


def test_a_provider_of_mail_is_kept_with_its_keys_to_itself(owner: Client):
    assert owner.post("/messages/account", MAIL).status_code == 302
    found = kept("email")
    assert (found.way, found.provider, found.user, found.password, found.hook_key) == (
        "provider",
        "mailgun",
        "news.shop.example",
        SECRET,
        "signing",
    )
    page = shown(owner.get("/messages/account"))
    assert SECRET not in page
    assert "signing" not in page.replace("signs", "")
    assert hooks.address("email", "mailgun") in page
    owner.post("/messages/account", MAIL | {"password": "", "hook_key": ""})
    assert (kept("email").password, kept("email").hook_key) == (SECRET, "signing")


def test_a_key_is_never_taken_over_by_another_provider_or_server(owner: Client):
    owner.post("/messages/account", MAIL)
    assert b"message error" in owner.post("/messages/account", MAIL | {"provider": "brevo", "password": ""}).content
    owner.post(
        "/messages/account",
        MAIL | {"way": "smtp", "host": "mail.evil.example", "port": "587", "password": "", "hook_key": ""},
    )
    assert (kept("email").way, kept("email").password, kept("email").hook_key) == ("smtp", "", "")


def test_looking_at_another_way_shows_its_fields_and_keeps_nothing(owner: Client):
    owner.post("/messages/account", MAIL)
    for name, known in PROVIDERS.items():
        page = shown(owner.get(f"/messages/account?way=provider&provider={name}"))
        assert (f"/hooks/email/{name}/" in page) == known.reports
        assert ("news.shop.example" in page.partition("2. Who writes")[0].partition("<h2")[2]) == (name == "mailgun")
    assert "mail.shop.example" not in shown(owner.get("/messages/account?way=smtp"))
    assert owner.get("/messages/account?way=provider&provider=%3Cscript%3E").status_code == 200
    assert kept("email").provider == "mailgun"


@pytest.mark.parametrize(
    "wrong",
    [{"password": ""}, {"user": ""}, {"provider": "nobody"}, {"provider": "x" * 500}, {"provider": "postal", "host": ""}, {"from_address": ""},
     {"host": "http://api.evil.example/"}, {"public_url": "javascript:1"}, {"per_minute": "0"}],
)  # fmt: skip
def test_a_provider_that_cannot_work_is_not_kept(owner: Client, wrong: dict[str, str]):
    assert b"message error" in owner.post("/messages/account", MAIL | wrong).content
    assert not Account.objects.exists()


def test_a_provider_of_texts_is_kept_and_told_where_to_report(owner: Client):
    owner.post("/messages/account", MAIL)
    assert owner.post("/messages/account/sms", SMS).status_code == 302
    assert kept("sms").password == SECRET
    page = shown(owner.get("/messages/account/sms"))
    assert SECRET not in page
    assert hooks.address("sms") in page
    hand = accounts.way_of("sms").hand(0, "+4915112345678")
    assert hand.provider.callback == hooks.address("sms")
    owner.post("/messages/account/sms", SMS | {"password": ""})
    assert kept("sms").password == SECRET
    assert b"message error" in owner.post("/messages/account/sms", SMS | {"provider": "sinch", "password": ""}).content


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_name": "Tea\r\nTo: +1"},
        {"from_name": "x" * 30},
        {"from_name": ""},
        {"user": ""},
        {"provider": ""},
        {"password": ""},
        {"per_minute": "x"},
    ],
)
def test_texts_that_could_not_leave_are_not_kept(owner: Client, wrong: dict[str, str]):
    assert b"message error" in owner.post("/messages/account/sms", SMS | wrong).content
    assert not Account.objects.exists()


def test_messages_to_oneself_go_by_the_account_as_it_is_kept(owner: Client, monkeypatch):
    owner.post("/messages/account/sms/trial", {"to": "+49 151 12345678"})
    owner.post("/messages/account/webhook/trial")
    assert Viewed.objects.get().to == "test@example.com"
    assert (
        b"Write the number with its country"
        in owner.post("/messages/account/sms/trial", {"to": "me"}, follow=True).content
    )
    asked = []
    monkeypatch.setattr(
        channels, "try_out", lambda to, **rest: asked.append((to, rest["channel"])) or Outcome("ours", "401 no")
    )
    answer = owner.post("/messages/account/sms/trial", {"to": "0049 151 12345678"}, follow=True)
    assert b"Not sent: 401 no" in answer.content
    assert asked == [("+4915112345678", "sms")]


INSIDE = [
    "https://127.0.0.1/x",
    "https://10.0.0.7/",
    "https://[::1]/",
    "https://169.254.169.254/latest/meta-data",
    "https://0x7f.1/",
    "https://2130706433/",
]


@pytest.mark.parametrize("url", INSIDE)
def test_an_endpoint_inside_our_network_is_refused_at_once(owner: Client, url: str):
    assert (
        b"leads into a private network" in owner.post("/messages/account/webhook", HOOK | {"public_url": url}).content
    )
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("url", "why"),
    [("http://93.184.216.34/", "must begin with https://"), ("https://u:p@93.184.216.34/", "no user and no password"), ("", "no address that can"),
     ("https://93.184.216.34/" + "x" * 300, "no address that can"), ("https://a b/", "no address that can"), ("javascript:1", "must begin with https://")],
)  # fmt: skip
def test_why_an_endpoint_is_refused_is_told(owner: Client, url: str, why: str):
    assert why in shown(owner.post("/messages/account/webhook", HOOK | {"public_url": url}))
    assert not Account.objects.exists()


def test_a_name_that_leads_inside_or_nowhere_is_refused(monkeypatch):
    with pytest.raises(ValueError, match="inside"):
        check("https://hooks.shop.example/", resolve=lambda *_args, **_rest: [(2, 1, 6, "", ("192.168.1.1", 443))])
    monkeypatch.setattr(channels, "check", lambda _url: (_ for _ in ()).throw(NotConnected("no")))
    assert "No machine of this name" in channels._wrong_with("https://hooks.shop.example/")[0]


def test_an_endpoints_secret_is_shown_once(owner: Client):
    first = shown(owner.post("/messages/account/webhook", HOOK))
    secret = kept("webhook").password
    assert secret.startswith("whsec_")
    assert secret in unescape(first)
    assert "whsec_" not in shown(owner.get("/messages/account/webhook"))
    assert owner.post("/messages/account/webhook", HOOK | {"allowed": ""}).status_code == 302
    assert kept("webhook").password == secret
    again = unescape(shown(owner.post("/messages/account/webhook/secret")))
    assert secret not in again
    assert kept("webhook").password in again


@pytest.mark.parametrize(
    ("kind", "page"), [("email", "?way=provider&provider=brevo"), ("sms", "/sms"), ("cards", "/cards")]
)
def test_an_address_for_reports_can_be_changed(owner: Client, kind: str, page: str):
    before = re.findall(r"/hooks/[^<]+", shown(owner.get(f"/messages/account{page}")))
    assert owner.post(f"/messages/account/{kind}/address").status_code == 302
    after = re.findall(r"/hooks/[^<]+", shown(owner.get(f"/messages/account{page}")))
    assert len(before) == len(after) == 1
    assert before != after
    assert owner.post("/messages/account/nothing/address").status_code == 404


def test_accounts_of_every_channel_are_for_owners(small_shop: str):
    user("owner", owner=True)
    helper = entered("helper")
    for path in ("sms", "webhook", "cards"):
        assert helper.get(f"/messages/account/{path}").status_code == 403
    for path in ("sms", "sms/trial", "webhook", "webhook/trial", "webhook/secret", "cards/address", "email/address"):
        assert helper.post(f"/messages/account/{path}", SMS).status_code == 403
    assert not Account.objects.exists()


def test_a_trial_says_what_the_provider_said(owner: Client, monkeypatch):
    monkeypatch.setattr(contact, "try_out", lambda *_args, **_rest: Outcome("sent", provider_id="id-7"))
    assert b"Handed over: id-7" in owner.post("/messages/account/trial", {"to": "me@shop.example"}, follow=True).content
