"""Users and their clients, for console tests."""

from django.contrib.auth.models import User
from django.test import Client

PASSWORD = "correct horse battery"


def new_client(**choices: bool) -> Client:
    """A client that knows the console's address."""
    return Client(headers={"host": "127.0.0.1"}, **choices)


def user(name: str, *, owner: bool = False) -> User:
    """A user with the tests' password."""
    return User.objects.create_user(username=name, password=PASSWORD, is_staff=owner)


def entered(name: str, *, owner: bool = False, **choices: bool) -> Client:
    """A client in which a new user is logged in."""
    client = new_client(**choices)
    client.force_login(user(name, owner=owner))
    return client
