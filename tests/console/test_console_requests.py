"""Requests: a look changes nothing, a change needs a form of ours, and hostile ones get a calm answer."""

import logging
import re

import pytest
from console_pages import BOTH, NUMBERED, PATHS, POSTED, address
from console_rows import people
from console_users import entered, user
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from regulars.customers.models import Customer
from regulars.sources.models import Import

LONG = "x" * 100_000
NOBODY = 4_000_000_000_000_000_001
HEADERS = {
    "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}  # fmt: skip
HOSTILE = [
    "page=abc", "page=-1", "page=0", "page=99999999999999999999", "page=" + "9" * 5000, "page=1e9", "page[]=1", "page=%C2%B2",
    "sort=;drop", "sort=password", "sort=-pk", "sort=" + LONG, "segment=%C2%B2", "segment=-1", "segment=0x10", "segment=99999999999999999999999",
    "segment=" + "9" * 5000, "segment=1%27", "stage=%27", "grade=AA", "q=%C2%B2", "q=%27%3B--", "q=%25_%25", "q=%F0%9F%92%A9", "q=" + "9" * 5000,
    "q=" + LONG, "q=%ED%A0%80", "q=%FF", "condition=" + LONG, "condition=" + "(" * 1900, "condition=" + "not+" * 450 + "true",
    "condition=orders+*+999999999999999+*+999999999999999+*+999999999999999+%3E+1", "condition=net_total+%3E+999999999999999",
    "condition=1%3D1", "condition=orders+in+(select+1)", "condition=first_product+%3D+%27%25s%27", "condition=orders+%25+2+%3D+0",
    "condition=%27", "condition=/*", "condition=--", "condition=has_email", "condition=%24%241", "condition=orders+%3E+%3F",
    "condition=contains(first_product%2C%27%25%27)", "condition=orders+%3E+1+order+by+1", "condition=(((((orders+%3E+1)))))",
]  # fmt: skip


def content(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_looking_at_every_page_changes_nothing(filled: Client):
    pages = [address(name, number) for name in PATHS.keys() - POSTED - {"enter"} for number in _numbers(name)]
    filled.get("/")
    before = _rows()
    for path in pages:
        content(filled.get(path))
        filled.get(f"{path}?with=ada@shop.example&condition=orders>1&q=ada")
    assert _rows() == before


def _numbers(name: str) -> list[int]:
    if not name.startswith("customer"):
        return [1]
    return list(Customer.objects.values_list("pk", flat=True))[:3]


def _rows() -> list[str]:
    lines = connections["default"].connection.iterdump()
    return [line for line in lines if not line.startswith('INSERT INTO "django_session"')]


@pytest.mark.parametrize("name", sorted(POSTED | BOTH))
def test_a_change_without_our_token_is_refused(name: str, small_shop: str):
    people([1, 2])
    Import.objects.create(pk=1, state="done", created_at="2026-01-01T00:00Z")
    client = entered("owner", owner=True, enforce_csrf_checks=True)
    client.get("/")
    before = _rows()
    answer = client.post(address(name), {"with": "2", "name": "x", "username": "y"})
    assert answer.status_code == 403
    assert _rows() == before


@pytest.mark.parametrize("name", sorted(PATHS.keys() - BOTH))
def test_another_method_than_the_page_knows_is_refused(name: str, owner: Client):
    others = {"get", "put", "delete", "patch"} if name in POSTED else {"post", "put", "delete", "patch"}
    assert {getattr(owner, method)(address(name)).status_code for method in others} == {405}


@pytest.mark.parametrize("name", sorted(NUMBERED))
def test_an_unknown_number_is_not_found(name: str, shop: str):
    client = entered("owner", owner=True)
    for number in (NOBODY, 10**30):
        answer = client.post(address(name, number)) if name in POSTED else client.get(address(name, number))
        assert answer.status_code == 404
        assert b"<h1>" in answer.content


@pytest.mark.parametrize(
    "path", ["/numbers/nothing", "/charts/nothing", "/charts/rfm", "/customers/x", "/no-such-page", "/import/1.5"]
)
def test_what_does_not_exist_is_not_found(path: str, owner: Client):
    assert owner.get(path).status_code == 404


def test_hostile_parameters_get_a_calm_answer(shop: str):
    people(range(1, 4), name="Ada")
    client = entered("owner", owner=True)
    for query in HOSTILE:
        for path in ("/customers", "/customers.csv", "/segments/trial", "/suggestions", "/customers/1/merge"):
            answer = client.get(f"{path}?{query}")
            assert answer.status_code == 200, (path, query[:80])
            content(answer)


def test_a_null_character_is_refused_wherever_it_stands(shop: str):
    people([1])
    client = entered("owner", owner=True)
    assert client.get("/customers?q=a%00b").status_code == 400
    assert client.get("/customers?a%00b=1").status_code == 400
    assert client.post("/customers/1/notes", {"text": "a\0b"}).status_code == 400
    assert client.post("/segments", {"name": "a\0", "condition": "orders > 1"}).status_code == 400
    assert client.post("/log-in", {"username": "a\0b", "password": "x"}).status_code == 400
    client.cookies["shop"] = "de\0mo"
    assert client.get("/").status_code == 400


def test_very_long_texts_are_cut_or_refused_and_never_break_a_page(shop: str):
    people([1, 2])
    client = entered("owner", owner=True)
    posts = {
        "/customers/1/notes": {"text": LONG}, "/customers/1/merge": {"with": LONG, "reason": LONG}, "/segments": {"name": LONG, "condition": LONG},
        "/settings": {"name": LONG, "currency": LONG, "zone": LONG, "horizon_days": LONG, "margin_percent": LONG, "opened": LONG, "excluded_tags": LONG},
        "/settings/users": {"username": LONG, "password": LONG}, "/log-in": {"username": LONG, "password": LONG, "next": "/" + LONG},
        "/language": {"language": LONG, "next": LONG}, "/which-shop": {"shop": LONG},
    }  # fmt: skip
    for path, form in posts.items():
        assert client.post(path, form).status_code in (200, 302, 403, 422), path
    assert client.post("/customers/1/merge", {"with": "2", "reason": LONG}).status_code == 302
    for path in ("/customers/1", "/segments", "/settings", "/"):
        assert client.get(path).status_code == 200


def test_a_form_larger_than_four_megabytes_is_refused(owner: Client):
    assert owner.post("/segments", {"name": "x", "condition": "x" * 4_500_000}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/customers",
        "/customers.csv",
        "/charts/survival",
        "/healthy",
        "/log-in",
        "/no-such-page",
        "/enter",
        "/language",
    ],
)
def test_every_answer_keeps_the_page_to_itself(path: str, filled: Client, stranger: Client):
    for client in (filled, stranger):
        answer = client.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, answer.status_code
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "unsafe-eval" not in answer["Content-Security-Policy"]
        assert "script-src 'self';" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "private, no-store"


def test_a_refused_request_keeps_the_page_to_itself_too(owner: Client):
    for answer in (owner.get("/?q=%00"), owner.get("/", headers={"host": "evil.example"})):
        assert answer.status_code == 400
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_pages_hold_no_script_of_their_own_and_nothing_from_elsewhere(filled: Client):
    for name in (
        PATHS.keys() - POSTED - {"healthy", "chart", "customers-csv", "import-rejects", "enter", "label-frames"}
    ):
        page = content(filled.get(address(name, _numbers(name)[0]))).decode()
        assert not re.search(r"<script(?![^>]*\ssrc=)", page), name
        assert not re.search(r"\son\w+=", page), name
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page), name


def test_cookies_are_closed_to_scripts_and_to_other_sites(small_shop: str, stranger: Client):
    user("ada")
    stranger.get("/log-in")
    stranger.post("/log-in", {"username": "ada", "password": "correct horse battery"})
    stranger.post("/which-shop", {"shop": "own"})
    stranger.post("/language", {"language": "zh-hans"})
    assert {"sessionid", "csrftoken", "shop", "django_language"} <= set(stranger.cookies)
    for name, cookie in stranger.cookies.items():
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), name


def test_no_secret_is_in_a_page_or_a_log(filled: Client, caplog: pytest.LogCaptureFixture):
    someone = User.objects.get()
    secrets = [settings.SECRET_KEY, someone.password, filled.cookies["sessionid"].value]
    with caplog.at_level(logging.DEBUG):
        pages = [content(filled.get(address(name))).decode(errors="replace") for name in PATHS.keys() - POSTED]
        filled.post("/log-in", {"username": "owner", "password": "a secret typed wrong"})
        filled.get("/enter?token=a-token-that-leaks")
    told = "\n".join([*pages, caplog.text])
    assert [secret for secret in [*secrets, "a secret typed wrong", "a-token-that-leaks"] if secret in told] == []
