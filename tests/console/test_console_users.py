"""Users: owners manage them, others do not, and somebody always remains who can."""

import pytest
from console_users import PASSWORD, entered, new_client, user
from django.contrib.auth.models import User
from django.test import Client

GOOD = "a long one 4 us"


@pytest.fixture()
def helper(small_shop: str) -> Client:
    """A user who is not an owner."""
    user("owner", owner=True)
    return entered("helper")


def test_a_helper_works_in_the_shop_and_sees_no_form_for_users(helper: Client):
    assert helper.get("/customers").status_code == 200
    assert b'name="owner"' not in helper.get("/settings").content


def test_a_helper_makes_and_closes_nobody(helper: Client):
    answer = helper.post("/settings/users", {"username": "eve", "password": GOOD, "owner": "yes"}, follow=True)
    assert b"Only the owner can do this." in answer.content
    helper.post(f"/settings/users/{User.objects.get(username='owner').pk}/closing")
    assert set(User.objects.values_list("username", "is_active", "is_staff")) == {
        ("owner", True, True),
        ("helper", True, False),
    }


def test_an_owner_makes_a_user_who_can_log_in(shop: str):
    client = entered("owner", owner=True)
    client.post("/settings/users", {"username": "ben", "password": GOOD})
    made = User.objects.get(username="ben")
    assert (made.is_staff, made.is_superuser) == (False, False)
    assert new_client().post("/log-in", {"username": "ben", "password": GOOD}).status_code == 302


@pytest.mark.parametrize(
    ("name", "password"),
    [("", GOOD), ("OWNER", GOOD), ("ben", "short"), ("ben", "1234567890"), ("ben", "password123"), ("ben", "")],
)
def test_a_taken_name_or_a_weak_password_makes_nobody(name: str, password: str, owner: Client):
    owner.post("/settings/users", {"username": name, "password": password})
    assert User.objects.count() == 1


def test_the_last_owner_stays(owner: Client):
    pk = User.objects.get().pk
    assert b"The last owner cannot be closed." in owner.post(f"/settings/users/{pk}/closing", follow=True).content
    assert User.objects.get().is_active


def test_a_closed_user_is_gone_from_the_list_and_cannot_come_back(owner: Client):
    ben = user("ben", owner=True)
    owner.post(f"/settings/users/{ben.pk}/closing")
    assert b"ben" not in owner.get("/settings").content
    assert new_client().post("/log-in", {"username": "ben", "password": PASSWORD}).status_code == 403


def test_a_weak_password_leaves_the_old_one(owner: Client):
    owner.post("/settings/password", {"password": "owner"})
    assert User.objects.get().check_password(PASSWORD)
    owner.post("/settings/password", {"password": GOOD})
    assert User.objects.get().check_password(GOOD)
