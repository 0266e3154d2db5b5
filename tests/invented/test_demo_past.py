"""The demo shop's past: decisions by the product's own lot, letters only to whom it did not withhold, and lifts measured."""

import datetime as dt
from itertools import pairwise

import pytest
from django.db.models import Count

import databases
from regulars.actions.messaging.models import Message
from regulars.customers.models import Identifier
from regulars.decisions.models import Decision, Reservation
from regulars.invented import demo, past
from regulars.measurement import results
from regulars.measurement.kept_lifts import VERSIONS
from regulars.measurement.models import Lift
from regulars.orders.models import Order
from regulars.plays.models import Play
from regulars.policy.hold_out import EVERYTHING, HoldOut, held_out
from regulars.simulator.lived import HELD_OUT_OF_EVERYTHING, HELD_OUT_OF_PLAY

NOW = dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC)
CUSTOMERS = 900
TREATED, HELD_OUT = Decision.Arm.TREATED, Decision.Arm.HELD_OUT


def quiet(_line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    with databases.fresh("sqlite", tmp_path_factory.mktemp("demo")):
        demo.fill_shop(CUSTOMERS, now=NOW, say=quiet)
        yield


def test_the_lot_is_that_of_the_customers_as_they_are_known(filled):
    rule = HoldOut(past.SALT, HELD_OUT_OF_EVERYTHING, HELD_OUT_OF_PLAY)
    rows = Decision.objects.values_list("person_id", "source", "facts")
    right = [
        held_out(person, source.rsplit("/", 1)[0], rule) == facts.get("layer", "") for person, source, facts in rows
    ]
    assert len(right) > 300
    assert sum(right) / len(right) > 0.97  # a few have a second address that the lot did not know of


def test_only_whom_the_lot_let_through_got_a_letter_and_gave_a_slot(filled):
    treated = set(Decision.objects.filter(arm=TREATED).values_list("pk", flat=True))
    assert set(Message.objects.values_list("decision_id", flat=True)) == treated
    assert set(Reservation.objects.values_list("pk", flat=True)) == treated
    assert not Decision.objects.filter(arm=TREATED, facts__layer=EVERYTHING).exists()


def test_nobody_changed_sides_or_was_written_to_twice_in_a_week(filled):
    arms = (
        Decision.objects.exclude(facts__layer=EVERYTHING)
        .values("person_id", "source")
        .annotate(n=Count("arm", distinct=True))
    )
    assert max(row["n"] for row in arms) == 1
    letters: dict[int, list[dt.datetime]] = {}
    for person, at in Message.objects.order_by("sent_at").values_list("person_id", "sent_at"):
        letters.setdefault(person, []).append(at)
    gaps = [(b - a).days for found in letters.values() for a, b in pairwise(found)]
    assert min(gaps) >= 6  # days of 23 hours among them


def test_nobody_was_decided_about_before_their_first_order(filled):
    owner = dict(Identifier.objects.values_list("pk", "customer_id"))
    first = {}
    for identifier, at in (
        Order.objects.exclude(identifier_id=None).order_by("-ordered_at").values_list("identifier_id", "ordered_at")
    ):
        first[owner[identifier]] = at
    assert all(first[person] < at for person, at in Decision.objects.values_list("person_id", "at"))


def test_plays_are_on_with_what_they_changed(filled):
    found = {each.play.name: each for each in results.plays()}
    assert set(found) == {"birthday", "replenishment", "second-order", "slipping-away"}
    assert all(each.play.state == Play.State.ON and each.told for each in found.values())
    assert found["second-order"].told.back["n"] > 200
    assert found["second-order"].told.back["estimate"] is not None


def test_the_versions_of_words_that_compete_are_compared(filled):
    said = Lift.objects.get(source="play:slipping-away", question=VERSIONS).data["versions"]
    treated = Decision.objects.filter(source__startswith="play:slipping-away/", arm=TREATED)
    assert [one["drawn"] for one in said] == [treated.filter(variant=place).count() for place in (0, 1)]
    assert min(one["drawn"] for one in said) > 10


def test_filled_again_nothing_is_written_twice(filled):
    before = [model.objects.count() for model in (Decision, Message, Order, Identifier)]
    demo.fill_shop(CUSTOMERS, now=NOW, say=quiet)
    assert [model.objects.count() for model in (Decision, Message, Order, Identifier)] == before


def test_a_fill_that_was_killed_before_the_past_goes_on_there(small_shop, monkeypatch):
    def killed(*_given):
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(past, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            demo.fill_shop(200, now=NOW, say=quiet)
    assert not past.written()
    demo.fill_shop(200, now=NOW + dt.timedelta(days=3), say=quiet)
    assert past.written()
    assert Decision.objects.latest("at").at < NOW
