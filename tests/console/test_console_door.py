"""The door: who comes in, how often somebody may try, and that nothing is seen from outside."""

import pytest
from console_pages import PATHS, address
from console_rows import people
from console_users import PASSWORD, entered, new_client, user
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from regulars.console import entrance
from regulars.console.views import door

OPEN = {"log-in": 200, "enter": 403, "healthy": 200, "language": 405}
ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "\\\\evil.example",
    "///evil.example",
]


@pytest.mark.parametrize("name", sorted(PATHS.keys() - OPEN.keys()))
def test_every_page_but_the_door_wants_a_log_in(name: str, small_shop: str, stranger: Client):
    for answer in (stranger.get(address(name)), stranger.post(address(name))):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/log-in?next=")


@pytest.mark.parametrize(("name", "status"), OPEN.items())
def test_the_door_itself_is_open(name: str, status: int, small_shop: str, stranger: Client):
    assert stranger.get(address(name)).status_code == status


@pytest.mark.parametrize(
    "path", ["/customers/1", "/customers/2", "/no-such-page", "/log-in-too", "/enterprise", "/healthy/x", "/static-not"]
)
def test_from_outside_what_exists_and_what_does_not_look_the_same(path: str, small_shop: str, stranger: Client):
    people([1])
    answer = stranger.get(path)
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer["Location"] == f"/log-in?next={path}"


def test_a_list_that_asks_for_more_after_log_out_is_sent_to_the_door(small_shop: str, stranger: Client):
    answer = stranger.get("/customers", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/log-in")


def test_a_user_comes_in_and_goes_on_to_the_page_that_was_asked_for(small_shop: str, stranger: Client):
    user("ada")
    answer = stranger.post("/log-in", {"username": "ada", "password": PASSWORD, "next": "/customers?q=x"})
    assert (answer.status_code, answer["Location"]) == (302, "/customers?q=x")
    assert stranger.get("/customers").status_code == 200


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_to_another_site(target: str, small_shop: str, stranger: Client):
    user("ada")
    assert stranger.post("/language", {"language": "en", "next": target})["Location"] == "/"
    assert stranger.post("/log-in", {"username": "ada", "password": PASSWORD, "next": target})["Location"] == "/"
    assert new_client().post(f"/log-in?next={target}", {"username": "ada", "password": PASSWORD})["Location"] == "/"


def test_after_some_wrong_passwords_even_the_right_one_waits(small_shop: str, stranger: Client):
    user("ada")
    user("ben")
    for _attempt in range(door.ATTEMPTS_MAX):
        assert stranger.post("/log-in", {"username": "ada", "password": "wrong"}).status_code == 403
    assert stranger.post("/log-in", {"username": "ADA", "password": PASSWORD}).status_code == 429
    assert stranger.post("/log-in", {"username": "ben", "password": PASSWORD}).status_code == 302


def test_trying_many_names_from_one_address_ends_too(
    small_shop: str, stranger: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(door, "ATTEMPTS_OF_ADDRESS_MAX", 12)
    user("ada")
    for attempt in range(12):
        stranger.post("/log-in", {"username": f"name{attempt}", "password": "wrong"})
    assert stranger.post("/log-in", {"username": "ada", "password": PASSWORD}).status_code == 429


def test_the_printed_address_works_once(small_shop: str, stranger: Client):
    path = entrance.link("owner", shop="own")
    assert stranger.get(path)["Location"] == "/settings"
    assert stranger.get("/settings").status_code == 200
    assert new_client().get(path).status_code == 403
    assert User.objects.get(username="owner").is_staff


def test_the_printed_address_of_the_demo_leads_into_the_demo(small_shop: str, demo: None, stranger: Client):
    assert stranger.get(entrance.link("owner", shop="demo"))["Location"] == "/"
    assert b"Demo shop" in stranger.get("/").content


def test_a_log_in_makes_earlier_addresses_worthless(small_shop: str, stranger: Client):
    path = entrance.link("owner", shop="own")
    stranger.get(entrance.link("owner", shop="own"))
    assert new_client().get(path).status_code == 403


def test_a_forged_an_old_or_a_cut_address_opens_nothing(
    small_shop: str, stranger: Client, monkeypatch: pytest.MonkeyPatch
):
    path = entrance.link("owner", shop="own")
    for token in ("", "x", path[:-1], path.replace("token=", "token=A"), "/enter?token=" + "é" * 1000):
        assert stranger.get(token if token.startswith("/") else f"/enter?token={token}").status_code == 403
    monkeypatch.setattr(entrance, "LINK_SECONDS_MAX", -1)
    assert stranger.get(path).status_code == 403
    assert stranger.head(path).status_code == 405


def test_the_address_of_somebody_who_was_closed_opens_nothing(small_shop: str, stranger: Client):
    path = entrance.link("owner", shop="own")
    User.objects.update(is_active=False)
    assert stranger.get(path).status_code == 403


def test_the_address_tells_nothing_of_the_password(small_shop: str):
    import base64

    someone = user("owner", owner=True)
    body = entrance.link("owner", shop="own").split("token=")[1].split("%3A")[0]
    told = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    assert someone.password[-6:].encode() not in told


def test_a_user_who_is_closed_is_out_at_once(small_shop: str):
    client = entered("ben")
    assert client.get("/").status_code == 200
    User.objects.filter(username="ben").update(is_active=False)
    assert client.get("/")["Location"].startswith("/log-in")
    assert new_client().post("/log-in", {"username": "ben", "password": PASSWORD}).status_code == 403


def test_log_out_ends_the_session_and_is_no_link(owner: Client):
    assert owner.get("/log-out").status_code == 405
    assert owner.get("/").status_code == 200
    owner.post("/log-out")
    assert owner.get("/")["Location"].startswith("/log-in")
    assert Session.objects.count() == 0


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(small_shop: str):
    here = entered("ada")
    there = new_client()
    there.force_login(User.objects.get(username="ada"))
    here.post("/settings/password", {"password": "another long one 7"})
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_a_log_in_gets_a_new_session(small_shop: str, stranger: Client):
    user("ada")
    stranger.cookies["sessionid"] = "a" * 32
    stranger.post("/log-in", {"username": "ada", "password": PASSWORD})
    assert stranger.cookies["sessionid"].value != "a" * 32
