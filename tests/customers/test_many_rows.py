"""Thousands of rows at once are found and written as one by one, whatever is in them."""

import datetime as dt

import pytest
from django.db import IntegrityError

from cast import MORNING, people
from regulars.customers.models import Identifier, Suppression
from regulars.decisions.models import Decision, Reservation
from regulars.shop import current
from regulars.shop.among import among, among_hashes
from regulars.shop.inserting import insert, insert_all

AWKWARD = "tab\there, back\\slash, quote\"'s, line\nbreak, \\N, 茶 and %s {1,2}"


def test_people_are_found_by_their_numbers_and_nobody_by_none(shop):
    ids = people(6)
    assert set(Identifier.objects.filter(among(pk=ids[:4])).values_list("pk", flat=True)) == set(ids[:4])
    assert Identifier.objects.filter(among(customer_id=iter(ids[2:]))).count() == 4
    assert Identifier.objects.exclude(among(pk=ids[:4])).count() == 2
    assert not Identifier.objects.filter(among(pk=[])).exists()
    assert Identifier.objects.filter(among(pk=[])).update(name="x") == 0
    assert Identifier.objects.filter(among(pk=ids)).update(name="x") == 6


def test_hashes_are_found_and_what_would_need_quotes_is_refused(shop):
    for number in range(3):
        Suppression.objects.create(channel="email", value_hash=f"{number}ab", why="staff", at=MORNING)
    assert Suppression.objects.filter(among_hashes(value_hash=["0ab", "2ab", "5c"])).count() == 2
    assert not Suppression.objects.filter(among_hashes(value_hash=[])).exists()
    with pytest.raises(ValueError, match="hashes"):
        among_hashes(value_hash=['a"b'])


def decision(pk, **rest):
    given = {"person_id": 1, "identifier_id": 2, "channel": "email", "purpose": "care", "source": f"play:a{pk}/1", "occurrence": "once",
             "priority": 4, "arm": Decision.Arm.TREATED, "at": MORNING, "not_before": MORNING} | rest  # fmt: skip
    return Decision(pk=pk, **given)


def test_what_is_inserted_at_once_reads_as_what_django_inserts(shop):
    odd = {"because": AWKWARD, "facts": {"why": AWKWARD, "n": None}, "share": 0.1, "consent_id": 2**62, "reason": ""}
    berlin = MORNING.astimezone(dt.timezone(dt.timedelta(hours=1))) + dt.timedelta(microseconds=7)
    insert_all(made := [decision(1, **odd, expires_at=berlin), decision(3)])
    Decision.objects.bulk_create([decision(2, **odd, expires_at=berlin), decision(4)])
    names = [field.attname for field in Decision._meta.concrete_fields if field.attname not in ("id", "source")]
    one, two, three, four = Decision.objects.order_by("pk").values_list(*names)
    assert (one, three) == (two, four)
    assert not any(each._state.adding for each in made)
    with current.connection().cursor() as cursor:  # also as text, which SQLite keeps it as
        cursor.execute("SELECT count(DISTINCT expires_at), count(DISTINCT facts) FROM decisions_decision WHERE id < 3")
        assert cursor.fetchone() == (1, 1)


def test_a_row_that_is_there_already_is_an_error_and_nothing_is_written(shop):
    insert_all([decision(1)])
    with pytest.raises(IntegrityError), current.atomic():
        insert_all([decision(5), decision(1)])
    assert Decision.objects.count() == 1
    insert(
        Reservation,
        ("decision_id", "identifier_id", "counts_at", "priority", "state", "why"),
        [(1, 2, MORNING, 4, "held", "")],
    )
    assert Reservation.objects.get().counts_at == MORNING
